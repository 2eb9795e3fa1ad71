"""The networks, mirrored one to one from `Sources/UplumaNetworks`."""
