/// A picture in sixels, as VT340s and many terminals of today draw it: six rows at a time, colour by colour.
struct SixelPicture {
    private let width: Int
    private let height: Int
    private let palette: SixelPalette
    /// The colour of each pixel, rows first.
    private let indices: [UInt8]

    /// - Parameter picture: of 8 bits.
    init(_ picture: RGBPicture) {
        precondition(picture.depth == 8, "sixels are made of 8 bits")
        width = picture.width
        height = picture.height
        if let (palette, indices) = SixelPalette.exact(picture) {
            (self.palette, self.indices) = (palette, indices)
        } else {
            palette = SixelPalette(medianCutOf: picture)
            indices = palette.dithered(picture)
        }
    }

    /// The whole sequence, from DCS to ST.
    ///
    /// P2 = 1: what is not drawn stays as it is. The raster attributes give square pixels and the size, so that terminals
    /// know it at once and do not round it up to whole bands.
    var bytes: [UInt8] {
        var result = Array("\u{1B}P0;1q\"1;1;\(width);\(height)".utf8)
        for (index, color) in palette.percent.enumerated() {
            result += "#\(index);2;\(color.x);\(color.y);\(color.z)".utf8
        }
        var band = Band(width: width)
        for top in stride(from: 0, to: height, by: 6) {
            // A line break, and none after the last: that would scroll.
            if top > 0 { result.append(UInt8(ascii: "-")) }
            band.fill(indices, rows: top..<min(top + 6, height))
            band.write(to: &result)
        }
        return result + Array("\u{1B}\\".utf8)
    }

    /// Six rows: for each colour in use a row of characters.
    private struct Band {
        let width: Int
        /// Six bits for each column, the highest row in the lowest; 256 rows of them, those of `used` valid.
        private var bits: [UInt8]
        private var used: [Int] = []

        init(width: Int) {
            self.width = width
            bits = Array(repeating: 0, count: 256 * width)
        }

        mutating func fill(_ indices: [UInt8], rows: Range<Int>) {
            for color in used { for index in color * width..<(color + 1) * width { bits[index] = 0 } }
            var isUsed = [Bool](repeating: false, count: 256)
            for (bit, row) in rows.enumerated() {
                for x in 0..<width {
                    let color = Int(indices[row * width + x])
                    isUsed[color] = true
                    bits[color * width + x] |= 1 << UInt8(bit)
                }
            }
            used = isUsed.indices.filter { isUsed[$0] }
        }

        func write(to result: inout [UInt8]) {
            for (place, color) in used.enumerated() {
                // Back to the left edge, for the next colour.
                if place > 0 { result.append(UInt8(ascii: "$")) }
                result += "#\(color)".utf8
                let row = bits[color * width..<(color + 1) * width]
                // What is empty to the right of the last dot need not be said.
                let end = (row.lastIndex { $0 != 0 } ?? row.startIndex) + 1
                var x = row.startIndex
                while x < end {
                    let run = row[x..<end].prefix { $0 == row[x] }.count
                    SixelPicture.write(row[x], times: run, to: &result)
                    x += run
                }
            }
        }
    }

    /// A column some times over; four and more take less as a count.
    private static func write(_ bits: UInt8, times: Int, to result: inout [UInt8]) {
        let character = UInt8(ascii: "?") + bits
        if times > 3 {
            result += "!\(times)".utf8
            result.append(character)
        } else {
            for _ in 0..<times { result.append(character) }
        }
    }
}
