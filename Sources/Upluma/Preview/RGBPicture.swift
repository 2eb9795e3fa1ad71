package import UplumaFrames

/// A picture as screens show it: red, green and blue, full range, the transfer of its source kept.
package struct RGBPicture: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// Bits of a sample, 8 or 16.
    package let depth: Int
    /// Red, green and blue of each pixel, codes 0...2^depth - 1; rows first, without padding.
    package var samples: [UInt16]
    /// What the codes mean; nil where the source does not say, which viewers take for sRGB.
    package var tag: ColorTag?
    /// Width over height of a pixel; nil where the source does not say.
    package var pixelAspect: Rational?

    /// The code points of ITU-T H.273 that a PNG file names (its chunk `cICP`).
    package struct ColorTag: Sendable, Hashable {
        package var primaries: UInt8
        package var transfer: UInt8

        package init(primaries: UInt8, transfer: UInt8) {
            self.primaries = primaries
            self.transfer = transfer
        }
    }

    package init(
        width: Int, height: Int, depth: Int, samples: [UInt16], tag: ColorTag? = nil, pixelAspect: Rational? = nil
    ) {
        precondition(width > 0 && height > 0 && samples.count == 3 * width * height, "\(width)×\(height) pixels")
        precondition(depth == 8 || depth == 16, "8 or 16 bits, not \(depth)")
        self.width = width
        self.height = height
        self.depth = depth
        self.samples = samples
        self.tag = tag
        self.pixelAspect = pixelAspect
    }
}
