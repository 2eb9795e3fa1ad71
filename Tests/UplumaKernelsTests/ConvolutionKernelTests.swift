import Testing
import UplumaKernels
import UplumaTestSupport

/// Every level computes each sum in one order with fused multiply-adds, so results are compared bit for bit with the
/// same sums written out in Swift.
@Suite struct ConvolutionKernelTests {
    struct Shape: CustomTestStringConvertible, Sendable {
        let inputs, outputs, kernel: Int
        var testDescription: String { "\(inputs) to \(outputs), \(kernel)×\(kernel)" }

        init(_ inputs: Int, _ outputs: Int, _ kernel: Int = 3) {
            (self.inputs, self.outputs, self.kernel) = (inputs, outputs, kernel)
        }
    }

    /// SP-VDSR's, and blocks of 8, of 4, of both, and channels that fill no block; then every other kernel, and wide
    /// layers.
    static let shapes = [
        Shape(1, 8), Shape(8, 8), Shape(8, 4), Shape(3, 12), Shape(5, 1), Shape(2, 20), Shape(7, 15), Shape(1, 1),
        Shape(1, 8, 1), Shape(7, 13, 1), Shape(1, 12, 5), Shape(3, 4, 5), Shape(2, 9, 7), Shape(1, 17, 9),
        Shape(2, 1, 9), Shape(64, 64),
    ]

    @Test("portable", arguments: shapes) func portable(shape: Shape) { check(.portable, shape) }
    @Test("AVX2", .enabled(if: CPULevel.detected >= .avx2), arguments: shapes)
    func avx2(shape: Shape) { check(.avx2, shape) }
    @Test("AVX-512", .enabled(if: CPULevel.detected >= .avx512), arguments: shapes)
    func avx512(shape: Shape) { check(.avx512, shape) }

    /// Every width up to 100, two greater ones, extreme values, every activation.
    private func check(_ level: CPULevel, _ shape: Shape) {
        func check(_ width: Int, _ activation: Activation = .leaky(0.3), values: Values = .noise) {
            self.check(Case(level: level, shape: shape, width: width, activation: activation, values: values))
        }
        // The reference takes long for wide layers; their own risk is in the channels.
        let isWide = shape.inputs * shape.outputs > 1000
        for width in isWide ? [1, 50, 97] : Array(1...100) + [197, 720] { check(width) }
        for values in Values.allCases {
            for width in isWide ? [17] : [1, 15, 16, 17, 33, 48, 97] { check(width, values: values) }
        }
        let slopes = (0..<shape.outputs).map { Float($0 % 5) * 0.6 - 1.2 }
        for activation: Activation in [.none, .leaky(0), .leaky(0.01), .perChannel(slopes)] { check(37, activation) }
        // All results are 0 of one sign or the other: what a slope below 0 makes of them is the same at all levels.
        check(37, .perChannel(Array(repeating: -1, count: shape.outputs)), values: .zeros)
    }

    enum Values: CaseIterable {
        case noise, zeros, ones, huge, denormal, alternating

        func value(_ index: Int, _ noise: inout SeededNoise) -> Float {
            switch self {
            case .noise: noise.float(in: -1...1)
            case .zeros: 0
            case .ones: 1
            // 576 of these times weights of 1 stay below the largest float.
            case .huge: noise.next() % 2 == 0 ? 1e35 : -1e35
            case .denormal: Float.leastNonzeroMagnitude * Float(noise.next() % 100)
            case .alternating: index % 2 == 0 ? 1 : -1
            }
        }
    }

    struct Case {
        let level: CPULevel
        let shape: Shape
        let width: Int
        let activation: Activation
        let values: Values
    }

    private func check(_ test: Case) {
        let shape = test.shape
        var noise = SeededNoise(seed: UInt64(test.width * 1000 + shape.inputs * 100 + shape.outputs))
        let weights = (0..<shape.outputs * shape.inputs * shape.kernel * shape.kernel).map { _ in
            noise.float(in: -1...1)
        }
        let bias = (0..<shape.outputs).map { _ in test.values == .zeros ? -0.0 : noise.float(in: -1...1) }
        let rows = (0..<shape.kernel).map { _ in
            (0..<shape.inputs).map { _ in (0..<test.width).map { test.values.value($0, &noise) } }
        }
        let expected = scalar(test, rows, weights, bias)
        let layer = PackedConvolution(
            inputChannels: shape.inputs, outputChannels: shape.outputs, kernel: shape.kernel,
            weights: .floats(weights), bias: bias, activation: test.activation)
        let layout = FeatureLayout(channels: shape.inputs, width: test.width)
        let inputs = rows.map { values in
            let row = GuardedFeatureRow(layout: layout)
            row.fill(values)
            return row
        }
        let target = GuardedFeatureRow(layout: FeatureLayout(channels: layer.writtenChannels, width: test.width))
        target.fill((0..<layer.writtenChannels).map { _ in Array(repeating: .nan, count: test.width) })
        ConvolutionKernels(level: test.level).convolve(layer, into: target.row) { inputs[$0].row }
        let extra = Array(
            repeating: Array(repeating: Float(0), count: test.width), count: layer.writtenChannels - shape.outputs)
        let comparison = PlaneComparison(target.values, expected + extra)
        #expect(comparison.isBitEqual, "\(test): \(comparison)")
        #expect(target.isIntact, "\(test): margins of the result")
        #expect(inputs.filter { !$0.isIntact }.isEmpty, "\(test): an input was written to")
    }

    /// [output][pixel]
    private func scalar(_ test: Case, _ rows: [[[Float]]], _ weights: [Float], _ bias: [Float]) -> [[Float]] {
        let (inputs, kernel) = (test.shape.inputs, test.shape.kernel)
        return (0..<test.shape.outputs).map { output in
            let slope: Float =
                switch test.activation {
                case .none, .tanh: 1
                case .leaky(let slope): slope
                case .perChannel(let slopes): slopes[output]
                }
            return (0..<test.width).map { x in
                var sum = bias[output]
                for input in 0..<inputs {
                    for ky in 0..<kernel {
                        for kx in 0..<kernel {
                            let place = x + kx - kernel / 2
                            let pixel = (0..<test.width).contains(place) ? rows[ky][input][place] : 0
                            sum.addProduct(weights[((output * inputs + input) * kernel + ky) * kernel + kx], pixel)
                        }
                    }
                }
                return sum > 0 ? sum : sum * slope
            }
        }
    }
}
