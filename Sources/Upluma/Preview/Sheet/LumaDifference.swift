/// How much lighter a version is than the baseline, pixel by pixel.
struct LumaDifference: Sendable {
    let width: Int
    let height: Int
    /// Version less baseline, rows first; 257 is one code of 8 bits.
    private let values: [Int32]
    /// Of magnitudes, in codes of 8 bits.
    let mean: Double
    let largest: Double
    /// How many magnitudes there are of each eighth of a code.
    private let counts: [Int]

    private static let code = 257.0
    private static let bins = 8

    /// - Parameters:
    ///   - luma: 16 bits, rows first (`RGBPicture.luma`).
    ///   - baseline: the same.
    init(_ luma: [UInt16], from baseline: [UInt16], width: Int, height: Int, threads: Int) {
        (self.width, self.height) = (width, height)
        let values = [Int32](rows: height, length: width, threads: threads) { rows, target in
            let start = rows.lowerBound * width
            for index in target.indices {
                target[index] = Int32(luma[start &+ index]) &- Int32(baseline[start &+ index])
            }
        }
        var (sum, largest) = (0, Int32(0))
        var counts = [Int](repeating: 0, count: 65535 * Self.bins / Int(Self.code) + 1)
        values.withUnsafeBufferPointer { values in
            counts.withUnsafeMutableBufferPointer { counts in
                for value in values {
                    let magnitude = abs(value)
                    sum &+= Int(magnitude)
                    largest = max(largest, magnitude)
                    counts[Int(magnitude) &* Self.bins / 257] &+= 1
                }
            }
        }
        self.values = values
        self.counts = counts
        mean = Double(sum) / Double(values.count) / Self.code
        self.largest = Double(largest) / Self.code
    }

    /// A scale for several maps: it ends with a round number of codes that at most one in two hundred of their pixels
    /// exceeds.
    static func scale(for differences: [LumaDifference]) -> ColorScale {
        let end = rounds.first { beyond($0, in: differences) <= 1 / 200.0 }
        return .around(zero: Double(end ?? 255))
    }

    private static let rounds = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80, 100, 120, 150, 200, 255]

    /// The share of pixels whose magnitude exceeds a whole number of codes; a magnitude counts as the eighth that it is in.
    static func beyond(_ end: Int, in differences: [LumaDifference]) -> Double {
        let all = differences.reduce(0) { $0 + $1.values.count }
        let beyond = differences.reduce(0) { $0 + $1.counts.dropFirst(end * bins + 1).reduce(0, +) }
        return all > 0 ? Double(beyond) / Double(all) : 0
    }

    /// The differences in the colours of a linear scale around zero.
    func map(_ scale: ColorScale, threads: Int) -> RGBPicture {
        let colors = scale.map.colors.map { (UInt16($0.red), UInt16($0.green), UInt16($0.blue)) }
        let middle = Float(colors.count / 2)
        let factor = middle / Float(scale.range.upperBound * Self.code)
        let samples = [UInt16](rows: height, length: 3 * width, threads: threads) { rows, target in
            var place = 0
            values.withUnsafeBufferPointer { values in
                colors.withUnsafeBufferPointer { colors in
                    for index in rows.lowerBound * width..<rows.upperBound * width {
                        let position = min(max(middle + factor * Float(values[index]), 0), 2 * middle)
                        (target[place], target[place &+ 1], target[place &+ 2]) = colors[Int(position + 0.5)]
                        place &+= 3
                    }
                }
            }
        }
        return RGBPicture(width: width, height: height, depth: 8, samples: samples)
    }
}
