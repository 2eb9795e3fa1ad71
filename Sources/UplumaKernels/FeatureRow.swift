import CUplumaKernels

/// How one row of planar float features lies in memory: all pixels of channel 0, then all of channel 1, and so on.
///
/// Every channel is surrounded by a margin: pixels left and right of the picture, which hold 0 (the zero padding of a
/// convolution, up to `padding` pixels), and what vector code may read beyond. Neighbouring channels share it. A channel
/// takes an odd number of cache lines, so that channels spread over the cache at any width.
package struct FeatureLayout: Sendable, Hashable {
    /// Channels a row has room for.
    package let channels: Int
    /// Pixels of a row.
    package let width: Int
    /// Floats from one channel to the next.
    package let channelStride: Int

    /// Zeros that are there on both sides of a channel: half the largest kernel.
    package static let padding = Int(UPLUMA_CONV_LARGEST_KERNEL) / 2

    /// Floats before channel 0, and at least those after each channel's padded width; one cache line, so that pixel 0 is
    /// aligned when the row is.
    static let margin = 16

    package init(channels: Int, width: Int) {
        precondition(channels > 0 && width > 0, "a feature row has at least one channel and one pixel")
        self.channels = channels
        self.width = width
        precondition(Self.padding <= Self.margin)
        channelStride = ((width + 15) / 16 + 1 | 1) * Self.margin
    }

    /// Floats of a channel that kernels write: the width rounded up to 16, zeros from `width` on.
    package var paddedWidth: Int { (width + 15) / 16 * 16 }

    /// Bytes of one row with its margins, a multiple of 64.
    package var byteCount: Int { (FeatureLayout.margin + channels * channelStride) * MemoryLayout<Float>.stride }
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
        base = memory.assumingMemoryBound(to: Float.self) + FeatureLayout.margin
    }

    /// The pixels of one channel, `layout.width` floats, and up to `layout.paddedWidth` zeros, valid as long as the row's
    /// memory. Writing anything else than 0 past the width breaks the zero padding.
    package func channel(_ index: Int) -> UnsafeMutablePointer<Float> {
        precondition(index >= 0 && index < layout.channels, "channel \(index) of \(layout.channels)")
        return base + index * layout.channelStride
    }
}
