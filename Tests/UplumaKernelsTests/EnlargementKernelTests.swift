import Testing
import UplumaFrames
import UplumaKernels
import UplumaTestSupport

/// Enlargement by whole factors, at every level, against the sums written down in `upluma_fir.h`, bit for bit.
@Suite struct EnlargementKernelTests {
    @Test("portable", arguments: 1...4) func portable(factor: Int) { check(.portable, factor: factor) }
    @Test("AVX2", .enabled(if: CPULevel.detected >= .avx2), arguments: 1...4) func avx2(factor: Int) {
        check(.avx2, factor: factor)
    }
    @Test("AVX-512", .enabled(if: CPULevel.detected >= .avx512), arguments: 1...4) func avx512(factor: Int) {
        check(.avx512, factor: factor)
    }

    /// Integer and float samples, depths that do not fill their type, a zero inside the range.
    private static let mappings: [SampleMapping] = [
        .luma(PictureFormat(chroma: .gray, bitDepth: 8), range: .limited),
        .chroma(PictureFormat(chroma: .yuv420, bitDepth: 8), range: .full),
        .luma(PictureFormat(chroma: .gray, bitDepth: 10), range: .limited),
        .chroma(PictureFormat(chroma: .yuv420, bitDepth: 16), range: .limited),
        .float, SampleMapping(sample: .float32, zero: 0.25, unit: 3, maximum: .infinity),
    ]

    /// Widths around every step of the kernels; targets that end inside the last pixel; phases of different lengths, none
    /// at all among them; rows with and without a residual.
    private func check(_ level: CPULevel, factor: Int) {
        let kernels = FIRKernels(level: level)
        for mapping in Self.mappings {
            for (index, width) in (Array(1...34) + [47, 48, 49, 63, 64, 65, 80, 127, 128, 129, 150]).enumerated() {
                let row = Row(
                    width: width, factor: factor, lengths: [[6, 6, 6, 6], [1, 6, 2, 0], [8, 3, 0, 4]][index % 3])
                let targets = width * factor - (index % 2 == 0 ? 0 : factor - 1)
                for ending in [
                    FIREnding(mapping), FIREnding(mapping, adding: .init(row.residual.row, firstChannel: 1)),
                ] {
                    let expected = row.expected(targets: targets, mapping: mapping, ending: ending)
                    let name = "\(mapping), width \(width), residual \(ending.residual != nil)"
                    let target = GuardedPlane(width: targets, height: 2, sample: mapping.sample)
                    row.source.plane.withBytes { bytes in
                        let first = bytes.assumingMemoryBound(to: Float.self) + Row.before
                        for y in 0..<2 {
                            kernels.enlarge(
                                first, phases: row.phases(mapping), ending: ending, asRow: y, of: target.plane)
                        }
                    }
                    let comparison = PlaneComparison(target.plane.codes, [expected, expected])
                    #expect(comparison.isBitEqual, "\(name): \(comparison)")
                    #expect(target.isIntact && row.source.isIntact && row.residual.isIntact, "\(name)")
                    if mapping.sample == .float32 { checkFloats(kernels, row, mapping, ending, expected) }
                }
            }
        }
    }

    /// The variant that writes plain memory.
    private func checkFloats(
        _ kernels: FIRKernels, _ row: Row, _ mapping: SampleMapping, _ ending: FIREnding, _ expected: [Float]
    ) {
        var floats = [Float](repeating: -7, count: expected.count + 64)
        row.source.plane.withBytes { bytes in
            let first = bytes.assumingMemoryBound(to: Float.self) + Row.before
            kernels.enlarge(first, phases: row.phases(mapping), ending: ending, count: expected.count, into: &floats)
        }
        #expect(PlaneComparison([Array(floats[..<expected.count])], [expected]).isBitEqual)
        #expect(floats[expected.count...].allSatisfy { $0 == -7 })
    }

    /// A row of samples with margins, the taps of each phase, and sub-pixels to add.
    private struct Row {
        static let before = 5
        let width: Int
        let first: [Int]
        let weights: [[Float]]
        let source: GuardedPlane
        let samples: [Float]
        let residual: GuardedFeatureRow

        init(width: Int, factor: Int, lengths: [Int]) {
            var noise = SeededNoise(seed: UInt64(factor * 1000 + width))
            self.width = width
            first = [-3, -2, 0, -5].prefix(factor).map { $0 }
            weights = lengths.prefix(factor).map { (0..<$0).map { _ in noise.float(in: -0.6...0.9) } }
            // Values far outside 0...1 and exact ends are among the sums; past the window, what must not show.
            let end = zip(first, weights).filter { !$0.1.isEmpty }.map { $0.0 + $0.1.count }.max() ?? 0
            let used = Row.before + width + end - 1
            samples = (0..<used).map { $0 % 7 == 0 ? Float($0 % 3) : noise.float(in: -1...1.5) }
            source = GuardedPlane(width: used + FIRPhases.overread, height: 1, sample: .float32)
            let values = samples
            source.plane.fill { x, _ in x < values.count ? values[x] : .nan }
            residual = GuardedFeatureRow(layout: FeatureLayout(channels: factor + 1, width: width))
            residual.fill((0...factor).map { _ in (0..<width).map { _ in noise.float(in: -0.7...0.7) } })
        }

        func phases(_ mapping: SampleMapping) -> FIRPhases {
            FIRPhases(first: first, weights: weights.map { $0.map { $0 * mapping.unit } })
        }

        func expected(targets: Int, mapping: SampleMapping, ending: FIREnding) -> [Float] {
            (0..<targets).map { target in
                let (x, phase) = (target / first.count, target % first.count)
                var sum = mapping.zero
                if ending.residual != nil {
                    sum = mapping.zero.addingProduct(residual.row.channel(1 + phase)[x], mapping.unit)
                }
                for (k, weight) in weights[phase].enumerated() {
                    sum.addProduct(samples[Row.before + x + first[phase] + k], weight * mapping.unit)
                }
                guard ending.residual != nil || mapping.sample != .float32 else { return sum }
                let highest =
                    ending.residual == nil ? mapping.maximum : min(mapping.zero + mapping.unit, mapping.maximum)
                let code = min(max(sum, ending.residual == nil ? 0 : mapping.zero), highest)
                return mapping.sample == .float32 ? code : code.rounded(.toNearestOrEven)
            }
        }
    }

    @Test("NaN becomes the lowest code, infinities the ends", arguments: CPULevel.available)
    func notANumber(level: CPULevel) {
        let source: [Float] = [.nan, .infinity, -.infinity, 1e30, -1e30, 0.5] + [Float](repeating: 0, count: 60)
        for mapping in [Self.mappings[1], Self.mappings[3]] {
            let target = Plane(width: 6, height: 1, sample: mapping.sample)
            FIRKernels(level: level).enlarge(
                source, phases: FIRPhases(first: [0], weights: [[mapping.unit]]), ending: FIREnding(mapping), asRow: 0,
                of: target)
            let middle = (mapping.zero + mapping.unit / 2).rounded(.toNearestOrEven)
            let top = mapping.maximum
            #expect(target.codes == [[0, top, 0, top, 0, min(middle, top)]])
        }
    }
}
