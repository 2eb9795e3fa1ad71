import Testing
import UplumaFrames
import UplumaKernels
import UplumaTestSupport

/// Every level against the arithmetic written down in `upluma_samples.h`, bit for bit.
@Suite struct SampleKernelTests {
    @Test("rows to floats, portable") func loadPortable() { checkLoad(.portable) }
    @Test("rows to floats, AVX2", .enabled(if: CPULevel.detected >= .avx2)) func loadAVX2() { checkLoad(.avx2) }
    @Test("rows to floats, AVX-512", .enabled(if: CPULevel.detected >= .avx512)) func loadAVX512() {
        checkLoad(.avx512)
    }
    @Test("floats to rows, portable") func storePortable() { checkStore(.portable) }
    @Test("floats to rows, AVX2", .enabled(if: CPULevel.detected >= .avx2)) func storeAVX2() { checkStore(.avx2) }
    @Test("floats to rows, AVX-512", .enabled(if: CPULevel.detected >= .avx512)) func storeAVX512() {
        checkStore(.avx512)
    }

    @Test("every code survives the way to a float and back", arguments: SampleMapping.integers)
    func roundTrip(mapping: SampleMapping) {
        let count = Int(mapping.maximum) + 1
        let source = Plane(width: count, height: 1, sample: mapping.sample)
        let target = Plane(width: count, height: 1, sample: mapping.sample)
        source.fill { x, _ in Float(x) }
        for level in CPULevel.available {
            let kernels = SampleKernels(level: level)
            var values = [Float](repeating: .nan, count: count)
            kernels.load(row: 0, of: source, mapping: mapping, into: &values)
            kernels.store(values, asRow: 0, of: target, mapping: mapping)
            #expect(PlaneComparison(source, target).isBitEqual, "\(level)")
        }
    }

    private func checkLoad(_ level: CPULevel) {
        let kernels = SampleKernels(level: level)
        for mapping in SampleMapping.cases {
            for width in 1...67 {
                for pattern in [TestPattern.noise, .highest, .alternating] {
                    let guarded = GuardedPlane(width: width, height: 2, sample: mapping.sample)
                    let maximum = min(mapping.maximum, 65535)
                    guarded.plane.fill(pattern, maximum: maximum, seed: UInt64(width))
                    for (y, codes) in guarded.plane.codes.enumerated() {
                        var row = [Float](repeating: -7, count: width + 40)
                        kernels.load(row: y, of: guarded.plane, mapping: mapping, into: &row)
                        let expected = codes.map { code -> Float in
                            let difference = code - mapping.zero
                            let scale = 1 / mapping.unit
                            return difference * scale
                        }
                        let comparison = PlaneComparison([Array(row[..<width])], [expected])
                        #expect(comparison.isBitEqual, "\(mapping) width \(width) \(pattern): \(comparison)")
                        #expect(
                            row[width...].allSatisfy { $0 == -7 }, "\(mapping) width \(width): written past the end")
                    }
                }
            }
        }
    }

    private func checkStore(_ level: CPULevel) {
        let kernels = SampleKernels(level: level)
        for mapping in SampleMapping.cases {
            for width in 1...67 {
                for values in Self.storeRows(width: width, mapping: mapping) {
                    let guarded = GuardedPlane(width: width, height: 2, sample: mapping.sample)
                    kernels.store(values, asRow: 0, of: guarded.plane, mapping: mapping)
                    kernels.store(values, asRow: 1, of: guarded.plane, mapping: mapping)
                    let expected = values.map { Self.stored($0, mapping) }
                    let comparison = PlaneComparison(guarded.plane.codes, [expected, expected])
                    #expect(comparison.isBitEqual, "\(mapping) width \(width): \(comparison)")
                    #expect(guarded.isIntact, "\(mapping) width \(width): written outside the row")
                }
            }
        }
    }

    private static func stored(_ value: Float, _ mapping: SampleMapping) -> Float {
        let product = value * mapping.unit
        let code = product + mapping.zero
        guard mapping.sample != .float32 else { return code }
        guard !code.isNaN else { return 0 }
        return min(max(code, 0), mapping.maximum).rounded(.toNearestOrEven)
    }

    /// Noise that overshoots both ends, halves between codes, and what is not a number in range.
    private static func storeRows(width: Int, mapping: SampleMapping) -> [[Float]] {
        var noise = SeededNoise(seed: UInt64(width))
        let isFloat = mapping.sample == .float32
        let odd: [Float] =
            [.infinity, -.infinity, 1e30, -1e30, 0, -0.0, .leastNonzeroMagnitude] + (isFloat ? [] : [.nan])
        return [
            (0..<width).map { _ in noise.float(in: -1.5...2.5) },
            (0..<width).map { x in (Float((x * 37) % 256) + 0.5 - mapping.zero) / mapping.unit },
            (0..<width).map { x in odd[x % odd.count] },
        ]
    }
}

extension SampleMapping {
    /// Luma and chroma at all depths, limited and full range.
    fileprivate static let integers: [SampleMapping] = [8, 9, 10, 12, 16].flatMap { depth -> [SampleMapping] in
        let format = PictureFormat(chroma: .yuv420, bitDepth: depth)
        return [.luma(format, range: .limited), .luma(format, range: .full), .chroma(format, range: .limited)]
    }

    /// One of each kind the kernels tell apart.
    fileprivate static let cases: [SampleMapping] = [
        .luma(PictureFormat(chroma: .gray, bitDepth: 8), range: .limited),
        .chroma(PictureFormat(chroma: .yuv420, bitDepth: 8), range: .full),
        .luma(PictureFormat(chroma: .gray, bitDepth: 10), range: .full),
        .chroma(PictureFormat(chroma: .yuv420, bitDepth: 16), range: .limited),
        .float, SampleMapping(sample: .float32, zero: 0.25, unit: 3, maximum: .infinity),
    ]
}
