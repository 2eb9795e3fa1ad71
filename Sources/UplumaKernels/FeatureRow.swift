/// How one row of planar float features lies in memory: all pixels of channel 0, then all of channel 1, and so on.
///
/// Every channel is surrounded by a margin: the pixels left and right of the picture, which hold 0 (the zero padding of
/// a convolution), and what vector code may read beyond. Neighbouring channels share it. A channel takes an odd number
/// of cache lines, so that channels spread over the cache at any width.
package struct FeatureLayout: Sendable, Hashable {
    /// Channels a row has room for.
    package let channels: Int
    /// Pixels of a row.
    package let width: Int
    /// Floats from one channel to the next.
    package let channelStride: Int

    /// Floats before channel 0; one cache line, so that pixel 0 is aligned when the row is.
    static let leftMargin = 16

    package init(channels: Int, width: Int) {
        precondition(channels > 0 && width > 0, "a feature row has at least one channel and one pixel")
        self.channels = channels
        self.width = width
        let lines = (width + 15) / 16 + 1
        channelStride = (lines | 1) * 16
    }

    /// Bytes of one row with its margins, a multiple of 64.
    package var byteCount: Int { (FeatureLayout.leftMargin + channels * channelStride) * MemoryLayout<Float>.stride }
}

/// One row of features in memory owned by someone else, who vouches for it while the value is in use.
package struct FeatureRow {
    package let layout: FeatureLayout
    /// Pixel 0 of channel 0.
    let base: UnsafeMutablePointer<Float>

    /// A row of `layout.byteCount` bytes at `memory`, 64-byte aligned, whose margins hold 0: memory set to 0 once stays
    /// a row, whatever kernels write to it.
    package init(at memory: UnsafeMutableRawPointer, layout: FeatureLayout) {
        self.layout = layout
        base = memory.assumingMemoryBound(to: Float.self) + FeatureLayout.leftMargin
    }

    /// The pixels of one channel, `layout.width` floats, valid as long as the row's memory. Writing past them breaks the
    /// zero padding.
    package func channel(_ index: Int) -> UnsafeMutablePointer<Float> {
        precondition(index >= 0 && index < layout.channels, "channel \(index) of \(layout.channels)")
        return base + index * layout.channelStride
    }
}
