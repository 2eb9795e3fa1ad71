import CUplumaKernels

/// How one row of features lies in memory when all channels of a pixel lie together, pixel after pixel: what the Winograd
/// kernels read and write. Pixels around the picture hold 0.
package struct ChannelsLastLayout: Sendable, Hashable {
    /// A multiple of `grain`.
    package let channels: Int
    /// Pixels of a row.
    package let width: Int

    /// Channels and pixels come in groups of this many.
    package static let grain = Int(UPLUMA_WINOGRAD_GRAIN)

    /// - Parameter channels: rounded up to a multiple of `grain`.
    package init(channels: Int, width: Int) {
        precondition(channels > 0 && width > 0, "a feature row has at least one channel and one pixel")
        self.channels = (channels + Self.grain - 1) / Self.grain * Self.grain
        self.width = width
    }

    /// Bytes of one row with the pixels around it, a multiple of 64.
    package var byteCount: Int {
        let pixels = 1 + (width + Self.grain - 1) / Self.grain * Self.grain + 1
        return pixels * channels * MemoryLayout<Float>.stride
    }
}

/// One such row in memory owned by someone else, who vouches for it while the value is in use.
package struct ChannelsLastRow {
    package let layout: ChannelsLastLayout
    /// Channel 0 of pixel 0; pixel x follows x · channels floats later.
    package let base: UnsafeMutablePointer<Float>

    /// A row of `layout.byteCount` bytes at `memory`, 64-byte aligned. Memory set to 0 once stays a row, whatever kernels
    /// write to it.
    package init(at memory: UnsafeMutableRawPointer, layout: ChannelsLastLayout) {
        self.layout = layout
        base = memory.assumingMemoryBound(to: Float.self) + layout.channels
    }
}
