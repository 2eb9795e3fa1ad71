package import UplumaMedia

extension RGBPicture {
    /// The bytes of a PNG file of the picture's depth: samples as they are, the tag as `cICP`, the pixels' shape as `pHYs`.
    ///
    /// - Throws: `MediaError` when FFmpeg was built without its PNG encoder.
    package func png(_ effort: PNGEncoding.Effort = .fast) throws -> [UInt8] {
        try PNGEncoding.encode(
            PNGEncoding.Picture(
                width: width, height: height, depth: depth, samples: samples,
                color: tag.map { PNGEncoding.Color(primaries: $0.primaries, transfer: $0.transfer) },
                pixelAspect: pixelAspect), effort)
    }
}
