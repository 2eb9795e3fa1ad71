import Testing
import UplumaResampling

@Suite struct FilterTapsTests {
    /// Source and target counts: enlarging, reducing, odd, one, two.
    static let sizes: [(Int, Int)] = [
        (16, 32), (17, 51), (20, 30), (13, 52), (31, 37), (37, 31), (64, 32), (67, 20), (50, 7), (1, 1), (1, 5),
        (1, 64),
        (2, 2), (2, 4), (2, 3), (3, 2), (5, 1), (64, 1), (3, 24),
    ]
    static let shifts: [Double] = [0, 0.125, -0.25, 0.5, -3.7, 40, -40]

    static var cases: [(filter: ResampleFilter, axis: SampleAxis)] {
        ResampleFilter.allCases.flatMap { filter in
            sizes.flatMap { size in
                shifts.map { (filter, SampleAxis(source: size.0, target: size.1, shift: $0)) }
            }
        }
    }

    @Test("weights of each target sum to one and stay inside the source")
    func sums() {
        for (filter, axis) in Self.cases {
            let taps = FilterTaps(filter: filter, axis: axis)
            #expect(taps.first.count == axis.targetCount && taps.weights.count == axis.targetCount * taps.count)
            for target in 0..<axis.targetCount {
                #expect(taps.first[target] >= 0 && taps.first[target] + taps.count <= axis.sourceCount)
                let sum = row(taps, target).reduce(0) { $0 + Double($1) }
                // Each weight is rounded to float once: half an ULP of a weight up to 2 is 2^-24.
                #expect(abs(sum - 1) <= Double(taps.count) * 0x1p-24, "\(filter) \(axis) target \(target): \(sum)")
            }
        }
    }

    @Test("a ramp is reproduced: no phase error", arguments: ResampleFilter.allCases)
    func ramp(filter: ResampleFilter) {
        for (source, target) in [(64, 128), (63, 189), (64, 96), (67, 71), (64, 64), (200, 100), (201, 67), (200, 123)]
        {
            for shift in [0, 0.125, -0.25, 0.5, 2.3] {
                let axis = SampleAxis(source: source, target: target, shift: shift)
                let taps = FilterTaps(filter: filter, axis: axis)
                let margin = filter.support * max(axis.step, 1)
                for i in 0..<target {
                    let place = axis.sourceCoordinate(i)
                    guard place - margin >= 0, place + margin <= Double(source - 1) else { continue }
                    let value = row(taps, i).enumerated().reduce(0.0) {
                        $0 + Double($1.element) * Double(taps.first[i] + $1.offset)
                    }
                    let bound = rampError(filter, axis)
                    #expect(abs(value - place) <= bound, "\(filter) \(axis) target \(i): \(value), not \(place)")
                }
            }
        }
    }

    /// In source samples. Linear interpolation and the cubics with B + 2 C = 1 reproduce ramps exactly as long as they
    /// are stretched by a whole number; what is left is float weights (2^-24 each) at coordinates up to 200. The others
    /// ripple about the ramp (0.032 at most for lanczos2, 0.075 for a stretched bilinear): that much is the filter, and a
    /// phase error would be an eighth of a sample or more.
    private func rampError(_ filter: ResampleFilter, _ axis: SampleAxis) -> Double {
        if filter == .nearest { return 0.5 }
        let stretch = max(axis.step, 1)
        let isExact = [.bilinear, .catmullrom, .mitchell].contains(filter) && stretch == stretch.rounded()
        return isExact || axis.isIdentity ? 1e-4 : 0.08
    }

    @Test("mirrored pictures have mirrored weights")
    func symmetry() {
        for (filter, axis) in Self.cases where filter != .nearest {  // which breaks ties to one side
            var mirrored = axis
            mirrored.shift = -axis.shift
            let taps = FilterTaps(filter: filter, axis: axis)
            let other = FilterTaps(filter: filter, axis: mirrored)
            for target in 0..<axis.targetCount {
                let left = dense(taps, target, axis.sourceCount)
                let right = dense(other, axis.targetCount - 1 - target, axis.sourceCount).reversed()
                // Coordinates up to 100 in double precision, weights rounded to float (2^-24 each).
                let isClose = zip(left, right).allSatisfy { abs($0 - $1) <= 0x1p-22 }
                #expect(isClose, "\(filter) \(axis) target \(target)")
            }
        }
    }

    @Test("a grid that is kept is the identity, for every filter", arguments: ResampleFilter.allCases)
    func identity(filter: ResampleFilter) {
        for count in [1, 2, 3, 64] {
            #expect(FilterTaps(filter: filter, axis: SampleAxis(source: count, target: count)).isIdentity)
        }
        #expect(!FilterTaps(filter: filter, axis: SampleAxis(source: 8, target: 16)).isIdentity)
        #expect(!FilterTaps(filter: filter, axis: SampleAxis(source: 8, target: 8, shift: 1)).isIdentity)
    }

    @Test("taps outside are mirrored about the edge, and clamped when still outside")
    func edges() {
        // Linear interpolation at -1.25 between samples -2 (that is 1) and -1 (that is 0).
        let axis = SampleAxis(source: 8, target: 8, shift: -1.25)
        #expect(dense(FilterTaps(filter: .bilinear, axis: axis), 0, 8) == [0.75, 0.25, 0, 0, 0, 0, 0, 0])
        // At 8.25, with 8 (that is 7) and 9 (that is 6).
        let right = SampleAxis(source: 8, target: 8, shift: 1.25)
        #expect(dense(FilterTaps(filter: .bilinear, axis: right), 7, 8) == [0, 0, 0, 0, 0, 0, 0.25, 0.75])
        // At -9.5, -10 and -9 mirrored are 9 and 8: past the other end, so the last sample twice.
        let far = SampleAxis(source: 4, target: 4, shift: -9.5)
        #expect(dense(FilterTaps(filter: .bilinear, axis: far), 0, 4) == [0, 0, 0, 1])
        #expect(FilterTaps(filter: .lanczos4, axis: SampleAxis(source: 1, target: 9)).weights.allSatisfy { $0 == 1 })
    }

    @Test(
        "a filter is widened for reduction",
        arguments: [
            (ResampleFilter.lanczos3, 64, 32, 12), (.catmullrom, 60, 20, 12), (.bilinear, 64, 16, 8),
            (.lanczos3, 32, 64, 6), (.lanczos3, 4, 64, 4), (.nearest, 64, 8, 1),
        ])
    func widening(filter: ResampleFilter, source: Int, target: Int, count: Int) {
        #expect(FilterTaps(filter: filter, axis: SampleAxis(source: source, target: target)).count == count)
    }

    private func row(_ taps: FilterTaps, _ target: Int) -> ArraySlice<Float> {
        let slice = taps.weights[target * taps.count..<(target + 1) * taps.count]
        return ArraySlice(Array(slice))
    }

    private func dense(_ taps: FilterTaps, _ target: Int, _ count: Int) -> [Float] {
        var all = [Float](repeating: 0, count: count)
        for (k, weight) in row(taps, target).enumerated() { all[taps.first[target] + k] += weight }
        return all
    }
}
