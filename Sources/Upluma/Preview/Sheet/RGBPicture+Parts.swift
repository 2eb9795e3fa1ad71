/// What red, green and blue give to luma, in 1/65536; they sum to one.
struct LumaWeights: Sendable, Equatable {
    let red: UInt32
    let green: UInt32
    let blue: UInt32

    /// - Parameter matrix: that made red, green and blue of the planes.
    init(_ matrix: ColorMatrix) {
        let shares = matrix.lumaShares
        (red, blue) = (UInt32((65536 * shares.red).rounded()), UInt32((65536 * shares.blue).rounded()))
        green = 65536 - red - blue
    }
}

extension RGBPicture {
    /// Smaller by area means, or the same.
    func reduced(toWidth targetWidth: Int, height targetHeight: Int, threads: Int) -> RGBPicture {
        if targetWidth == width && targetHeight == height { return self }
        return RGBPicture(
            width: targetWidth, height: targetHeight, depth: depth,
            samples: AreaMean.reduced(
                samples, width: width, height: height, channels: 3, toWidth: targetWidth, height: targetHeight,
                threads: threads), tag: tag, pixelAspect: pixelAspect)
    }

    /// A rectangle that lies inside.
    func part(_ box: Box) -> RGBPicture {
        var part: [UInt16] = []
        part.reserveCapacity(3 * box.width * box.height)
        for y in box.y..<box.maxY {
            part += samples[3 * (y * width + box.x)..<3 * (y * width + box.maxX)]
        }
        return RGBPicture(
            width: box.width, height: box.height, depth: depth, samples: part, tag: tag, pixelAspect: pixelAspect)
    }

    /// Luma of each pixel, rows first: 0 black, 65535 white, at both depths, so that 257 is one code of 8 bits.
    func luma(_ weights: LumaWeights, threads: Int) -> [UInt16] {
        let factor: UInt32 = depth == 8 ? 257 : 1
        return [UInt16](rows: height, length: width, threads: threads) { rows, target in
            samples.withUnsafeBufferPointer { source in
                var index = 3 * rows.lowerBound * width
                for pixel in 0..<rows.count * width {
                    let red = weights.red &* (factor &* UInt32(source[index]))
                    let green = weights.green &* (factor &* UInt32(source[index &+ 1]))
                    let blue = weights.blue &* (factor &* UInt32(source[index &+ 2]))
                    // At most 65536 × 65535 + 32768, which 32 bits hold.
                    target[pixel] = UInt16(truncatingIfNeeded: (red &+ green &+ blue &+ 32768) >> 16)
                    index &+= 3
                }
            }
        }
    }
}
