import Testing
import UplumaKernels
import UplumaTestSupport

@Suite struct SubpixelKernelTests {
    @Test("portable", arguments: 1...5) func portable(factor: Int) { check(.portable, factor: factor) }
    @Test("AVX2", .enabled(if: CPULevel.detected >= .avx2), arguments: 1...5) func avx2(factor: Int) {
        check(.avx2, factor: factor)
    }
    @Test("AVX-512", .enabled(if: CPULevel.detected >= .avx512), arguments: 1...5) func avx512(factor: Int) {
        check(.avx512, factor: factor)
    }

    /// Rows of 1 to 70 pixels: residuals are interleaved, added and clipped.
    private func check(_ level: CPULevel, factor: Int) {
        for width in 1...70 {
            var noise = SeededNoise(seed: UInt64(factor * 1000 + width))
            let layout = FeatureLayout(channels: factor + 1, width: width)
            let residual = GuardedFeatureRow(layout: layout)
            // Half of the sums leave 0...1; exact ends and a negative zero are among them.
            let special: [Float] = [-0.0, 0, 1, -1, 2]
            residual.fill((0...factor).map { _ in (0..<width).map { _ in noise.float(in: -1...1) } })
            for channel in 1...factor where width >= special.count {
                for (x, value) in special.enumerated() { residual.row.channel(channel)[x] = value }
            }
            let base = (0..<factor * width).map { $0 < 5 * factor ? 0 : noise.float(in: -0.2...1.2) }
            let expected = (0..<factor * width).map { x in
                let sum = base[x] + residual.row.channel(1 + x % factor)[x / factor]
                return sum > 0 ? min(sum, 1) : 0
            }
            let plane = GuardedPlane(rows: [base], sample: .float32)
            plane.plane.withBytes {
                ConvolutionKernels(level: level).addSubpixels(
                    of: residual.row, firstChannel: 1, factor: factor, to: $0.assumingMemoryBound(to: Float.self))
            }
            let comparison = PlaneComparison(plane.plane.codes, [expected])
            #expect(comparison.isBitEqual, "\(width) pixels: \(comparison)")
            #expect(plane.isIntact && residual.isIntact, "\(width) pixels")
        }
    }
}
