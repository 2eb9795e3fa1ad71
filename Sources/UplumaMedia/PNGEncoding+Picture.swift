import CFFmpeg
package import UplumaFrames

extension PNGEncoding {
    /// Code points of ITU-T H.273.
    package struct Color: Sendable, Hashable {
        package var primaries: UInt8
        package var transfer: UInt8

        package init(primaries: UInt8, transfer: UInt8) {
            self.primaries = primaries
            self.transfer = transfer
        }
    }

    /// A picture of red, green and blue, full range.
    package struct Picture: Sendable {
        package var width: Int
        package var height: Int
        /// Bits of a sample, 8 or 16.
        package var depth: Int
        /// Red, green and blue of each pixel, codes 0...2^depth - 1; rows first, without padding.
        package var samples: [UInt16]
        /// What the codes mean; nil says nothing, which viewers take for sRGB.
        package var color: Color?
        /// Width over height of a pixel; nil says nothing, which viewers take for square.
        package var pixelAspect: Rational?

        package init(
            width: Int, height: Int, depth: Int, samples: [UInt16], color: Color? = nil, pixelAspect: Rational? = nil
        ) {
            precondition(width > 0 && height > 0 && samples.count == 3 * width * height, "\(width)×\(height) pixels")
            precondition(depth == 8 || depth == 16, "8 or 16 bits, not \(depth)")
            self.width = width
            self.height = height
            self.depth = depth
            self.samples = samples
            self.color = color
            self.pixelAspect = pixelAspect
        }
    }

    /// What counts: time, or bytes. Small files have about an eighth less and take nearly twice the time.
    package enum Effort: Sendable, CaseIterable {
        case fast, small
    }

    /// How bytes are predicted from their neighbours and packed.
    ///
    /// Measured on enlarged photographs and film: prediction from above gives files of 30 to 60 % less than none, as small
    /// or smaller than the others on the whole, and is the quickest. Of zlib's levels, 5 and 6 would take another two and
    /// four times as long as 4 for another 3 and 7 %.
    struct Deflation {
        /// FFmpeg's name of a filter.
        let prediction: String
        /// zlib's, 1...9.
        let level: Int32

        init(_ effort: Effort) {
            prediction = "up"
            level = effort == .fast ? 1 : 4
        }
    }

    /// The bytes of an RGB PNG: samples as they are, the colour as chunk `cICP`, the shape of pixels that are not square as
    /// `pHYs`. No `gAMA` and no `cHRM`: from a camera's transfer they would make viewers show another picture than players.
    ///
    /// - Throws: `MediaError` when FFmpeg was built without its PNG encoder.
    package static func encode(_ picture: Picture, _ effort: Effort) throws -> [UInt8] {
        let isDeep = picture.depth == 16
        let bytesPerPixel = isDeep ? 6 : 3
        let bytes = Plane(width: bytesPerPixel * picture.width, height: picture.height, sample: .uint8)
        let rowSamples = 3 * picture.width
        bytes.withBytes { base in
            picture.samples.withUnsafeBufferPointer { samples in
                for y in 0..<picture.height {
                    let (row, start) = (base + y * bytes.stride, y * rowSamples)
                    if isDeep {
                        let target = row.bindMemory(to: UInt16.self, capacity: rowSamples)
                        for x in 0..<rowSamples { target[x] = samples[start + x].bigEndian }
                    } else {
                        let target = row.bindMemory(to: UInt8.self, capacity: rowSamples)
                        for x in 0..<rowSamples { target[x] = UInt8(truncatingIfNeeded: samples[start + x]) }
                    }
                }
            }
        }
        let file = try encode(
            bytes, bytesPerPixel: bytesPerPixel, as: isDeep ? AV_PIX_FMT_RGB48BE : AV_PIX_FMT_RGB24,
            deflation: Deflation(effort))
        return PNGChunk.file(file, describedBy: descriptions(picture))
    }

    /// The chunks that say what samples mean.
    private static func descriptions(_ picture: Picture) -> [PNGChunk] {
        var chunks: [PNGChunk] = []
        if let color = picture.color {
            // Matrix 0 and range 1: the samples are RGB of the full range.
            chunks.append(PNGChunk("cICP", [color.primaries, color.transfer, 0, 1]))
            // The one description that says the same to programs that are older than cICP; 1 is relative colorimetry.
            if color == Color(primaries: 1, transfer: 13) { chunks.append(PNGChunk("sRGB", [1])) }
        }
        if let aspect = picture.pixelAspect, aspect.isPositive, aspect.numerator != aspect.denominator {
            // Pixels a unit across and down, of an unknown unit: a pixel that is wide leaves room for fewer across.
            // FFmpeg has the two the other way round, when it writes and when it reads.
            let counts = [aspect.denominator, aspect.numerator].flatMap { PNGChunk.bytes(UInt32($0)) }
            chunks.append(PNGChunk("pHYs", counts + [0]))
        }
        return chunks
    }
}
