import Foundation
import UplumaFrames

/// How far the taps of a strip of small pixels are moved, added up strip by strip; lengths in source pixels.
struct OffsetTally: Sendable {
    /// Taps that move further are counted: more than to the edge of the source pixel they rest on.
    static let far = 0.5
    /// What small pixels are told apart by, in the order of `areas`.
    static let kinds: [InspectedRegion.Kind] = [.smooth, .edge, .texture]

    /// Sums over the taps of the small pixels of one kind.
    struct Area: Sendable {
        var results = 0
        var taps = 0
        var length = 0.0
        /// Of lengths times the magnitude of the tap's weight.
        var weighted = 0.0
        var weight = 0.0
        var far = 0

        static func + (a: Area, b: Area) -> Area {
            Area(
                results: a.results + b.results, taps: a.taps + b.taps, length: a.length + b.length,
                weighted: a.weighted + b.weighted, weight: a.weight + b.weight, far: a.far + b.far)
        }
    }

    private(set) var areas = Array(repeating: Area(), count: OffsetTally.kinds.count)
    /// [tap] Sum over all small pixels.
    private(set) var lengths: [Double]
    /// [tap]
    private(set) var longest: [Float]
    /// Of each small pixel, the mean over its taps; rows first.
    private(set) var means: [Float] = []

    init(taps: Int) {
        lengths = Array(repeating: 0, count: taps)
        longest = Array(repeating: 0, count: taps)
    }

    /// - Parameters:
    ///   - unit: source pixels for a displacement of 1.
    ///   - kind: of a small pixel, by its row in the strip and its column: a place in `kinds`.
    init(
        weights: [Plane], horizontal: [Plane], vertical: [Plane], unit: Float, kind: (_ x: Int, _ y: Int) -> Int
    ) {
        self.init(taps: weights.count)
        let (width, height) = (weights[0].width, weights[0].height)
        for y in 0..<height {
            let kinds = (0..<width).map { kind($0, y) }
            var sums = [Float](repeating: 0, count: width)
            for kind in kinds {
                areas[kind].results += 1
                areas[kind].taps += weights.count
            }
            for tap in weights.indices {
                let (dx, dy) = (horizontal[tap].floats(row: y), vertical[tap].floats(row: y))
                let weight = weights[tap].floats(row: y)
                for x in 0..<width {
                    let length = unit * (dx[x] * dx[x] + dy[x] * dy[x]).squareRoot()
                    sums[x] += length
                    lengths[tap] += Double(length)
                    longest[tap] = max(longest[tap], length)
                    let (exact, magnitude) = (Double(length), Double(abs(weight[x])))
                    areas[kinds[x]].length += exact
                    areas[kinds[x]].weighted += exact * magnitude
                    areas[kinds[x]].weight += magnitude
                    if exact > Self.far { areas[kinds[x]].far += 1 }
                }
            }
            means += sums.map { $0 / Float(weights.count) }
        }
    }

    /// Takes in the strip below.
    mutating func add(_ other: OffsetTally) {
        for index in areas.indices { areas[index] = areas[index] + other.areas[index] }
        for tap in lengths.indices {
            lengths[tap] += other.lengths[tap]
            longest[tap] = max(longest[tap], other.longest[tap])
        }
        means += other.means
    }
}
