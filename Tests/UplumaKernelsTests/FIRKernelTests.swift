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

        var target = [Float](repeating: -7, count: table.paddedCount + 16)
        readable.plane.withBytes { bytes in
            kernels.horizontal(bytes.assumingMemoryBound(to: Float.self), taps: table, into: &target)
        }
        let expected = first.indices.map { x in
            (0..<taps).reduce(Float(0)) { sum, k in
                let product = source[first[x] + k] * weights[x * taps + k]
                return k == 0 ? product : sum + product
            }
        }
        let comparison = PlaneComparison([Array(target[..<first.count])], [expected])
        #expect(comparison.isBitEqual, "\(name), \(taps) taps, \(first.count) targets: \(comparison)")
        #expect(
            target[first.count..<table.paddedCount].allSatisfy { $0 == 0 }, "\(name): the padding of a group is not 0")
        #expect(target[table.paddedCount...].allSatisfy { $0 == -7 }, "\(name): written past the last group")
    }

    private func checkVertical(_ level: CPULevel) {
        let kernels = FIRKernels(level: level)
        for taps in 1...17 {
            for count in [16, 32, 48, 64, 80, 112, 128, 208] {
                var noise = SeededNoise(seed: UInt64(taps * 1000 + count))
                let rows = GuardedPlane(width: count, height: taps, sample: .float32, guardSamples: 3)
                rows.plane.fill { _, _ in noise.float(in: -2...2) }
                let weights = (0..<taps).map { _ in noise.float(in: -1...1) }
                var target = [Float](repeating: -7, count: count + 16)
                rows.plane.withBytes { bytes in
                    let pointers = (0..<taps).map { k in
                        UnsafePointer((bytes + k * rows.plane.stride).assumingMemoryBound(to: Float.self))
                    }
                    kernels.vertical(pointers, weights: weights, taps: taps, count: count, into: &target)
                }
                let values = rows.plane.codes
                let expected = (0..<count).map { x in
                    (0..<taps).reduce(Float(0)) { sum, k in
                        let product = values[k][x] * weights[k]
                        return k == 0 ? product : sum + product
                    }
                }
                let comparison = PlaneComparison([Array(target[..<count])], [expected])
                #expect(comparison.isBitEqual, "\(taps) taps, \(count) columns: \(comparison)")
                #expect(
                    target[count...].allSatisfy { $0 == -7 }, "\(taps) taps, \(count) columns: written past the end")
            }
        }
    }
}
