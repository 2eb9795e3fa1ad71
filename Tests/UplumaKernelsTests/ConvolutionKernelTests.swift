import Testing
import UplumaKernels
import UplumaTestSupport

/// Every level computes each sum in one order with fused multiply-adds, so results are compared bit for bit with the
/// same sums written out in Swift.
@Suite struct ConvolutionKernelTests {
    /// (input channels, output channels): SP-VDSR's, and blocks of 8, of 4, of both, and channels that fill no block.
    static let channels = [(1, 8), (8, 8), (8, 4), (3, 12), (5, 1), (2, 20), (7, 15), (1, 1)]

    @Test("portable", arguments: channels) func portable(inputs: Int, outputs: Int) {
        check(.portable, inputs, outputs)
    }
    @Test("AVX2", .enabled(if: CPULevel.detected >= .avx2), arguments: channels)
    func avx2(inputs: Int, outputs: Int) {
        check(.avx2, inputs, outputs)
    }
    @Test("AVX-512", .enabled(if: CPULevel.detected >= .avx512), arguments: channels)
    func avx512(inputs: Int, outputs: Int) {
        check(.avx512, inputs, outputs)
    }

    /// Every width up to 100, two greater ones, extreme values, slopes from ReLU to none.
    private func check(_ level: CPULevel, _ inputs: Int, _ outputs: Int) {
        func check(_ width: Int, slope: Float = 0.3, values: Values = .noise) {
            self.check(Case(level: level, inputs: inputs, outputs: outputs, width: width, slope: slope, values: values))
        }
        for width in Array(1...100) + [197, 720] { check(width) }
        for values in Values.allCases {
            for width in [1, 15, 16, 17, 33, 48, 97] { check(width, values: values) }
        }
        for slope: Float in [0, 0.01, 1] { check(37, slope: slope) }
    }

    enum Values: CaseIterable {
        case noise, zeros, ones, huge, denormal, alternating

        func value(_ index: Int, _ noise: inout SeededNoise) -> Float {
            switch self {
            case .noise: noise.float(in: -1...1)
            case .zeros: 0
            case .ones: 1
            // 72 of these times weights of 1 stay below the largest float.
            case .huge: noise.next() % 2 == 0 ? 1e36 : -1e36
            case .denormal: Float.leastNonzeroMagnitude * Float(noise.next() % 100)
            case .alternating: index % 2 == 0 ? 1 : -1
            }
        }
    }

    struct Case {
        let level: CPULevel
        let inputs, outputs, width: Int
        let slope: Float
        let values: Values
    }

    private func check(_ test: Case) {
        var noise = SeededNoise(seed: UInt64(test.width * 1000 + test.inputs * 100 + test.outputs))
        let weights = (0..<test.outputs * test.inputs * 9).map { _ in noise.float(in: -1...1) }
        let bias = (0..<test.outputs).map { _ in noise.float(in: -1...1) }
        let rows = (0..<3).map { _ in
            (0..<test.inputs).map { _ in (0..<test.width).map { test.values.value($0, &noise) } }
        }
        let expected = scalar(test, rows, weights, bias)
        let layer = PackedConvolution(
            inputChannels: test.inputs, outputChannels: test.outputs, weights: weights, bias: bias, slope: test.slope)
        let layout = FeatureLayout(channels: test.inputs, width: test.width)
        let inputs = rows.map { values in
            let row = GuardedFeatureRow(layout: layout)
            row.fill(values)
            return row
        }
        let target = GuardedFeatureRow(layout: FeatureLayout(channels: layer.writtenChannels, width: test.width))
        target.fill((0..<layer.writtenChannels).map { _ in Array(repeating: .nan, count: test.width) })
        ConvolutionKernels(level: test.level).convolve(
            layer, above: inputs[0].row, here: inputs[1].row, below: inputs[2].row, into: target.row)
        let extra = Array(
            repeating: Array(repeating: Float(0), count: test.width), count: layer.writtenChannels - test.outputs)
        let comparison = PlaneComparison(target.values, expected + extra)
        #expect(comparison.isBitEqual, "\(test): \(comparison)")
        #expect(target.isIntact, "\(test): margins of the result")
        #expect(inputs.filter { !$0.isIntact }.isEmpty, "\(test): an input was written to")
    }

    /// [output][pixel]
    private func scalar(_ test: Case, _ rows: [[[Float]]], _ weights: [Float], _ bias: [Float]) -> [[Float]] {
        (0..<test.outputs).map { output in
            (0..<test.width).map { x in
                var sum = bias[output]
                for input in 0..<test.inputs {
                    for ky in 0..<3 {
                        for kx in 0..<3 {
                            let inside = (0..<test.width).contains(x + kx - 1)
                            let pixel = inside ? rows[ky][input][x + kx - 1] : 0
                            sum.addProduct(weights[((output * test.inputs + input) * 3 + ky) * 3 + kx], pixel)
                        }
                    }
                }
                return sum > 0 ? sum : sum * test.slope
            }
        }
    }
}
