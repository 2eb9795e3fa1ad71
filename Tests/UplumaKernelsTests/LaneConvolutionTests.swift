import Testing
import UplumaKernels
import UplumaTestSupport

/// Convolutions of rows of bfloat16 and bytes, and from and to rows of floats: bit for bit what the same sums written out
/// in Swift give, at every level.
@Suite struct LaneConvolutionTests {
    struct Kind: CustomTestStringConvertible, Sendable {
        let input, output: Lane
        var testDescription: String { "\(input) to \(output)" }
    }

    static let kinds = [
        Kind(input: .f32, output: .bf16), Kind(input: .f32, output: .u8), Kind(input: .bf16, output: .bf16),
        Kind(input: .bf16, output: .f32), Kind(input: .u8, output: .u8), Kind(input: .u8, output: .f32),
    ]
    /// Inputs, outputs, kernel: SP-VDSR's, channels that fill no lane or no block, other kernels, wide layers.
    static let shapes = [
        (1, 8, 3), (8, 8, 3), (8, 4, 3), (3, 12, 3), (5, 1, 3), (6, 20, 3), (7, 13, 1), (2, 9, 5), (9, 4, 9),
        (64, 64, 3),
    ]

    @Test("every level, width and shape", arguments: kinds, shapes)
    func levels(kind: Kind, shape: (inputs: Int, outputs: Int, kernel: Int)) {
        let isWide = shape.inputs * shape.outputs > 1000
        for width in isWide ? [1, 50] : Array(1...52) + [95, 96, 97, 197] {
            let test = Case(kind: kind, shape: shape, width: width)
            for level in CPULevel.available {
                let target = GuardedFeatureRow(
                    layout: FeatureLayout(channels: test.layer.writtenChannels, width: width, lane: kind.output))
                if kind.output == .u8 { target.row.fill(test.codes) }
                ConvolutionKernels(level: level).convolve(test.layer, into: target.row) { test.rows[$0].row }
                #expect(target.lanes == test.expected, "\(level), \(width)")
                #expect(target.isIntact(zeros: kind.output == .u8 ? test.codes : []), "\(level), \(width): margins")
                let zeros = kind.input == .u8 ? test.inputZeros : []
                #expect(
                    test.rows.allSatisfy { $0.isIntact(zeros: zeros) }, "\(level), \(width): an input was written to")
            }
        }
    }

    @Test("bytes are limited to 0...255, halves go to even", arguments: CPULevel.available)
    func limits(level: CPULevel) {
        let values: [Float] = [-3, -0.5, 0, 0.5, 1.5, 2.5, 254.5, 255, 255.49, 256, 70_000, -70_000]
        let layer = PackedConvolution(
            inputChannels: 1, outputChannels: 4, kernel: 1, weights: .floats([1, 1, 1, 1]), bias: [0, 0, 0, 0],
            activation: .none, output: .u8,
            codes: PackedConvolution.Codes(steps: [1, 1, 2, 1], zeros: [0, 3, 0, 200]))
        let input = GuardedFeatureRow(layout: FeatureLayout(channels: 1, width: values.count))
        input.fill([values])
        let target = GuardedFeatureRow(layout: FeatureLayout(channels: 4, width: values.count, lane: .u8))
        target.row.fill([0, 3, 0, 200])
        ConvolutionKernels(level: level).convolve(layer, into: target.row) { _ in input.row }
        func code(_ value: Float) -> UInt32 { UInt32(min(max(value.rounded(.toNearestOrEven), 0), 255)) }
        let expected = values.map { code($0) | code($0 + 3) << 8 | code(2 * $0) << 16 | code($0 + 200) << 24 }
        #expect(target.lanes == [expected])
    }

    @Test("bfloat16 is the nearest, halves to even") func rounding() {
        // 1 + 2^-7 is the number after 1: a half lies at 1 + 2^-8.
        let pairs: [(Float, Float)] = [
            (1, 1), (1 + 0x1p-8, 1), (1 + 3 * 0x1p-8, 1 + 0x1p-6), (1 + 0x1.1p-8, 1 + 0x1p-7), (-1 - 0x1p-8, -1),
            (0, 0),
        ]
        for (value, expected) in pairs {
            #expect(Float(bitPattern: UInt32(bfloat16Bits(value)) << 16) == expected, "\(value)")
        }
    }

    /// A layer with seeded weights, its inputs, and what must come out.
    final class Case {
        let layer: PackedConvolution
        let rows: [GuardedFeatureRow]
        let codes: [UInt8]
        let inputZeros: [UInt8]
        /// [plane][pixel]
        let expected: [[UInt32]]

        init(kind: Kind, shape: (inputs: Int, outputs: Int, kernel: Int), width: Int) {
            let (inputs, outputs, kernel) = shape
            let taps = kernel * kernel
            var noise = SeededNoise(seed: UInt64(width * 1000 + inputs * 100 + outputs))
            let count = outputs * inputs * taps
            let floats = (0..<count).map { _ in noise.float(in: -1...1) }
            let integers = (0..<count).map { _ in Int8.random(in: -127...127, using: &noise) }
            let bias = (0..<outputs).map { _ in noise.float(in: -1...1) }
            let slopes = (0..<outputs).map { Float($0 % 5) * 0.6 - 1.2 }
            // Sums of bytes spread over about as many codes as there are.
            let spread = 1 / (100 * 64 * Float(inputs * taps).squareRoot())
            let scales = (0..<outputs).map { _ in
                noise.float(in: 0.5...1) * (kind.output == .u8 ? 64 * spread : spread)
            }
            let steps = (0..<outputs).map { _ in kind.input == .u8 ? 1 : noise.float(in: 10...40) }
            let codes = (0..<outputs).map { _ in UInt8.random(in: 0...255, using: &noise) }
            self.codes = codes
            inputZeros = (0..<inputs).map { _ in UInt8.random(in: 0...255, using: &noise) }
            layer = PackedConvolution(
                inputChannels: inputs, outputChannels: outputs, kernel: kernel,
                weights: kind.input == .u8 ? .integers(integers, scales: scales) : .floats(floats), bias: bias,
                activation: .perChannel(slopes), input: kind.input, output: kind.output,
                codes: kind.output == .u8 ? PackedConvolution.Codes(steps: steps, zeros: codes) : nil)

            // [row][channel][pixel], as what a lane holds of a channel.
            let layout = FeatureLayout(channels: inputs, width: width, lane: kind.input)
            var parts: [[[UInt32]]] = []
            for _ in 0..<kernel {
                parts.append(
                    (0..<inputs).map { _ in
                        (0..<width).map { _ in
                            switch kind.input {
                            case .f32: noise.float(in: -1...1).bitPattern
                            case .bf16: UInt32(bfloat16Bits(noise.float(in: -1...1)))
                            case .u8: UInt32.random(in: 0...255, using: &noise)
                            }
                        }
                    })
            }
            let zeros = inputZeros
            rows = parts.map { channels in
                let row = GuardedFeatureRow(layout: layout)
                if kind.input == .u8 { row.row.fill(zeros) }
                row.fill(lanes: Self.lanes(channels, kind.input, width, writtenChannels: inputs))
                return row
            }

            let results: [[UInt32]] = (0..<outputs).map { output in
                (0..<width).map { x in
                    var sum: Float = bias[output]
                    var whole = 0
                    for plane in 0..<kind.input.planes(channels: inputs) {
                        for tap in 0..<taps {
                            let place = x + tap % kernel - kernel / 2
                            // Within a lane of bfloat16 the second channel comes first.
                            for part in (0..<kind.input.channels).reversed() {
                                let channel = plane * kind.input.channels + part
                                guard channel < inputs else { continue }
                                let isInside = (0..<width).contains(place)
                                let bits = isInside ? parts[tap / kernel][channel][place] : UInt32(zeros[channel])
                                let index = (output * inputs + channel) * taps + tap
                                switch kind.input {
                                case .f32: if isInside { sum.addProduct(floats[index], Float(bitPattern: bits)) }
                                case .bf16:
                                    let weight = Float(bitPattern: UInt32(bfloat16Bits(floats[index])) << 16)
                                    if isInside { sum.addProduct(weight, Float(bitPattern: bits << 16)) }
                                case .u8: whole += Int(integers[index]) * Int(bits)
                                }
                            }
                        }
                    }
                    if kind.input == .u8 {
                        sum = bias[output].addingProduct(Float(whole), scales[output])
                    }
                    sum = sum > 0 ? sum : slopes[output] * sum
                    switch kind.output {
                    case .f32: return sum.bitPattern
                    case .bf16: return UInt32(bfloat16Bits(sum))
                    case .u8:
                        let code = Float(codes[output]).addingProduct(sum, steps[output])
                        return UInt32(min(max(code.rounded(.toNearestOrEven), 0), 255))
                    }
                }
            }
            expected = Self.lanes(results, kind.output, width, writtenChannels: layer.writtenChannels)
        }

        /// Channels put together to planes; those beyond are 0.
        private static func lanes(_ parts: [[UInt32]], _ lane: Lane, _ width: Int, writtenChannels: Int) -> [[UInt32]] {
            (0..<lane.planes(channels: writtenChannels)).map { plane in
                (0..<width).map { x in
                    (0..<lane.channels).reduce(0) { sum, part in
                        let channel = plane * lane.channels + part
                        return sum | (channel < parts.count ? parts[channel][x] << (32 / lane.channels * part) : 0)
                    }
                }
            }
        }
    }
}
