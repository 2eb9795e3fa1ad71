import Testing
import UplumaFrames
import UplumaKernels
import UplumaTestSupport

/// Every level against the sums written down in `upluma_fir.h`, bit for bit.
@Suite struct FIRKernelTests {
    @Test("along rows, portable") func horizontalPortable() { checkHorizontal(.portable) }
    @Test("along rows, AVX2", .enabled(if: CPULevel.detected >= .avx2)) func horizontalAVX2() {
        checkHorizontal(.avx2)
    }
    @Test("along rows, AVX-512", .enabled(if: CPULevel.detected >= .avx512)) func horizontalAVX512() {
        checkHorizontal(.avx512)
    }
    @Test("across rows, portable") func verticalPortable() { checkVertical(.portable) }
    @Test("across rows, AVX2", .enabled(if: CPULevel.detected >= .avx2)) func verticalAVX2() { checkVertical(.avx2) }
    @Test("across rows, AVX-512", .enabled(if: CPULevel.detected >= .avx512)) func verticalAVX512() {
        checkVertical(.avx512)
    }

    /// Source samples per target: from groups within one register to groups that need a gather, at every level; the
    /// last one runs backwards, as mirrored taps far outside a picture do.
    private static let steps: [Double] = [0, 0.25, 0.5, 0.66, 0.93, 1, 1.07, 1.5, 1.99, 2.14, 3, 7.3, -1]

    private func checkHorizontal(_ level: CPULevel) {
        let kernels = FIRKernels(level: level)
        for step in Self.steps {
            for taps in [1, 2, 3, 6, 17] {
                for count in [1, 2, 7, 8, 9, 15, 16, 17, 24, 31, 33, 48, 61, 64, 65, 67] {
                    let span = Int((Double(count) * abs(step)).rounded(.up))
                    let sourceCount = span + taps
                    let first = (0..<count).map { x in
                        let place = Int((Double(x) * abs(step)).rounded(.down))
                        return step < 0 ? span - place : place
                    }
                    check(kernels, first: first, taps: taps, sourceCount: sourceCount, name: "step \(step)")
                }
            }
        }
    }

    private func check(_ kernels: FIRKernels, first: [Int], taps: Int, sourceCount: Int, name: String) {
        var noise = SeededNoise(seed: UInt64(taps * 1000 + first.count))
        let source = (0..<sourceCount).map { _ in noise.float(in: -2...2) }
        let weights = (0..<first.count * taps).map { _ in noise.float(in: -1...1) }
        let table = FIRRowTaps(first: first, weights: weights, taps: taps, sourceCount: sourceCount)
        // What lies past the source may be read, but must not show.
        let readable = GuardedPlane(width: sourceCount + FIRRowTaps.overread, height: 1, sample: .float32)
        readable.plane.fill { x, _ in x < sourceCount ? source[x] : .nan }

        let start: Float = taps % 2 == 0 ? 0 : -0.25
        var target = [Float](repeating: -7, count: table.paddedCount + 16)
        readable.plane.withBytes { bytes in
            kernels.horizontal(bytes.assumingMemoryBound(to: Float.self), taps: table, start: start, into: &target)
        }
        let expected = first.indices.map { x in
            (0..<taps).reduce(start) { $0.addingProduct(source[first[x] + $1], weights[x * taps + $1]) }
        }
        let comparison = PlaneComparison([Array(target[..<first.count])], [expected])
        #expect(comparison.isBitEqual, "\(name), \(taps) taps, \(first.count) targets: \(comparison)")
        #expect(
            target[first.count..<table.paddedCount].allSatisfy { $0 == start }, "\(name): the padding of a group")
        #expect(target[table.paddedCount...].allSatisfy { $0 == -7 }, "\(name): written past the last group")
    }

    /// One target row, and two at once, from samples of every type, with guarded borders and rows further apart.
    private func checkVertical(_ level: CPULevel) {
        let kernels = FIRKernels(level: level)
        for (sample, maximum) in [(SampleType.uint8, Float(255)), (.uint16, 65535), (.float32, 2)] {
            for taps in [1, 2, 3, 6, 7, 17] {
                for count in Array(1...70) + [128, 208] {
                    var noise = SeededNoise(seed: UInt64(taps * 1000 + count))
                    let rows = GuardedPlane(width: count, height: taps + 2, sample: sample, guardSamples: 3)
                    rows.plane.fill(.noise, maximum: maximum, seed: UInt64(count))
                    let weights = (0..<2 * taps).map { _ in noise.float(in: -1...1) }
                    let codes = rows.plane.codes
                    func expected(_ target: Int) -> [Float] {
                        (0..<count).map { x in
                            (0..<taps).reduce(-0.5) { $0.addingProduct(codes[1 + $1][x], weights[target * taps + $1]) }
                        }
                    }
                    var alone = [Float](repeating: -7, count: count + 16)
                    var (first, second) = (alone, alone)
                    kernels.vertical(rows.plane, rows: 1..<1 + taps, weights: weights, start: -0.5, into: &alone)
                    kernels.vertical(
                        rows.plane, rows: 1..<1 + taps, weights: weights, start: -0.5, into: &first, second: &second)
                    for (index, target) in [alone, first, second].enumerated() {
                        let comparison = PlaneComparison([Array(target[..<count])], [expected(index / 2)])
                        #expect(comparison.isBitEqual, "\(sample), \(taps) taps, \(count) columns: \(comparison)")
                        #expect(
                            target[count...].allSatisfy { $0 == -7 },
                            "\(sample), \(taps) taps, \(count) columns: written past the end")
                    }
                }
            }
        }
    }
}
