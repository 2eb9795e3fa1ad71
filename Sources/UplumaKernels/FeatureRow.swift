import CUplumaKernels

/// How one row of planar features lies in memory: all pixels of plane 0, then all of plane 1, and so on; a plane holds one
/// to four channels (`Lane`).
///
/// Every plane is surrounded by a margin: pixels left and right of the picture, which hold the value 0 (the zero padding
/// of a convolution, up to `padding` pixels), and what vector code may read beyond. Neighbouring planes share it. A plane
/// takes an odd number of cache lines, so that planes spread over the cache at any width.
package struct FeatureLayout: Sendable, Hashable {
    /// Channels a row has room for.
    package let channels: Int
    /// Pixels of a row.
    package let width: Int
    package let lane: Lane
    /// Lanes from one plane to the next.
    package let planeStride: Int

    /// Pixels of padding that are there on both sides of a plane: half the largest kernel.
    package static let padding = Int(UPLUMA_CONV_LARGEST_KERNEL) / 2

    /// Lanes before plane 0, and at least those after each plane's padded width; one cache line, so that pixel 0 is
    /// aligned when the row is.
    static let margin = 16

    package init(channels: Int, width: Int, lane: Lane = .f32) {
        precondition(channels > 0 && width > 0, "a feature row has at least one channel and one pixel")
        self.channels = channels
        self.width = width
        self.lane = lane
        // Half a margin for each of two planes.
        precondition(2 * Self.padding <= Self.margin)
        planeStride = ((width + 15) / 16 + 1 | 1) * Self.margin
    }

    package var planes: Int { lane.planes(channels: channels) }

    /// Lanes of a plane that kernels write: the width rounded up to 16, padding from `width` on.
    package var paddedWidth: Int { (width + 15) / 16 * 16 }

    /// Bytes of one row with its margins, a multiple of 64.
    package var byteCount: Int { (FeatureLayout.margin + planes * planeStride) * MemoryLayout<UInt32>.stride }
}

/// One row of features in memory owned by someone else, who vouches for it while the value is in use.
package struct FeatureRow {
    package let layout: FeatureLayout
    /// Pixel 0 of plane 0.
    let base: UnsafeMutablePointer<UInt32>

    /// A row of `layout.byteCount` bytes at `memory`, 64-byte aligned, whose margins hold 0: memory set to 0 once stays
    /// a row, whatever kernels write to it. Where the value 0 has another code, `fill` sets it.
    package init(at memory: UnsafeMutableRawPointer, layout: FeatureLayout) {
        self.layout = layout
        base = memory.assumingMemoryBound(to: UInt32.self) + FeatureLayout.margin
    }

    /// The pixels of one channel of a row of floats, `layout.width` of them, and up to `layout.paddedWidth` zeros, valid
    /// as long as the row's memory. Writing anything else than 0 past the width breaks the zero padding.
    package func channel(_ index: Int) -> UnsafeMutablePointer<Float> {
        precondition(layout.lane == .f32, "channels lie apart in rows of floats")
        precondition(index >= 0 && index < layout.channels, "channel \(index) of \(layout.channels)")
        return UnsafeMutableRawPointer(base + index * layout.planeStride).assumingMemoryBound(to: Float.self)
    }

    /// The lanes of one plane, in the same way.
    package func plane(_ index: Int) -> UnsafeMutablePointer<UInt32> {
        precondition(index >= 0 && index < layout.planes, "plane \(index) of \(layout.planes)")
        return base + index * layout.planeStride
    }

    /// Sets pixels and margins of a row of bytes to each channel's zero point; those of channels beyond `codes` to 0.
    package func fill(_ codes: [UInt8]) {
        precondition(layout.lane == .u8 && codes.count <= layout.planes * Lane.u8.channels)
        let half = FeatureLayout.margin / 2
        for plane in 0..<layout.planes {
            let lane = codes.dropFirst(plane * Lane.u8.channels).prefix(Lane.u8.channels).enumerated()
                .reduce(UInt32(0)) { $0 | UInt32($1.element) << (8 * $1.offset) }
            // A margin between two planes is half the one's and half the other's.
            (base + plane * layout.planeStride - half).update(repeating: lane, count: layout.planeStride)
        }
    }
}
