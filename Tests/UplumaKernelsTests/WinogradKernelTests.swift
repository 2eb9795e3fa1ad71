import Foundation
import Testing
import UplumaKernels
import UplumaTestSupport

/// Winograd's way against the plain sum in double precision, all levels against each other bit for bit, and copies
/// between the two layouts.
@Suite struct WinogradKernelTests {
    struct Shape: CustomTestStringConvertible, Sendable {
        let inputs, outputs: Int
        var testDescription: String { "\(inputs) to \(outputs)" }
    }

    /// Whole groups of 16 channels and what only fills them in part; every number of groups that a block can have.
    static let shapes = [
        Shape(inputs: 16, outputs: 16), Shape(inputs: 17, outputs: 30), Shape(inputs: 32, outputs: 48),
        Shape(inputs: 40, outputs: 64), Shape(inputs: 64, outputs: 100),
    ]

    @Test("four rows are the plain sums; every level gives the same bits", arguments: shapes)
    func rows(shape: Shape) {
        // Tiles are 4 wide, a chunk has 12 of them.
        for width in shape.inputs * shape.outputs > 1000 ? [1, 13, 49] : Array(1...20) + [47, 48, 49, 95, 100] {
            for activation: Activation in [.leaky(0.3), .none, .tanh] {
                let test = Case(shape: shape, width: width, activation: activation)
                var first: [[Float]]?
                for level in CPULevel.available {
                    let found = test.run(level)
                    let errors = zip(found.joined(), test.expected.joined()).map { abs(Double($0) - $1) }
                    // Up to 576 products, sums of order one. The rows of Bᵀ add up to 10 in absolute value and those of
                    // Aᵀ to 19, both twice, so that roundings of 6e-8 grow some hundredfold in the worst case; a plain
                    // sum in this type stays below 2e-6.
                    #expect(errors.allSatisfy { $0 < 4e-5 }, "\(level), \(width), \(activation): \(errors.max() ?? 0)")
                    if let first {
                        #expect(first.map { $0.map(\.bitPattern) } == found.map { $0.map(\.bitPattern) }, "\(level)")
                    }
                    first = first ?? found
                }
            }
        }
    }

    @Test("rows go from one layout to the other and back", arguments: CPULevel.available)
    func copies(level: CPULevel) {
        let kernels = WinogradKernels(level: level)
        for (channels, width) in [(16, 1), (16, 16), (32, 17), (48, 31), (112, 65)] {
            var noise = SeededNoise(seed: UInt64(width))
            let planar = GuardedFeatureRow(layout: FeatureLayout(channels: channels, width: width))
            let values = (0..<channels).map { _ in (0..<width).map { _ in noise.float(in: -1...1) } }
            planar.fill(values)
            let last = GuardedMemory(byteCount: ChannelsLastLayout(channels: channels, width: width).byteCount)
            let row = ChannelsLastRow(
                at: last.start, layout: ChannelsLastLayout(channels: channels, width: width))
            kernels.copy(planar.row, to: row)
            #expect(
                (0..<width * channels).allSatisfy { row.base[$0] == values[$0 % channels][$0 / channels] },
                "\(channels) × \(width)")
            let back = GuardedFeatureRow(layout: planar.row.layout)
            kernels.copy(row, to: back.row)
            #expect(
                back.values == values && back.isIntact && planar.isIntact && last.isIntact, "\(channels) × \(width)")
            // Pixels around the picture are 0 on both sides.
            let all = UnsafeBufferPointer(
                start: last.start.assumingMemoryBound(to: Float.self), count: row.layout.byteCount / 4)
            #expect(all[..<channels].allSatisfy { $0 == 0 } && all[((width + 1) * channels)...].allSatisfy { $0 == 0 })
        }
    }

    /// A layer with seeded weights and six rows.
    struct Case {
        let layer: WinogradConvolution
        let width: Int
        /// [row][pixel · channels]
        private let rows: [[Float]]
        private let inputs: ChannelsLastLayout
        private let outputs: ChannelsLastLayout
        /// [row][pixel · channels], channels that fill up a group too.
        private(set) var expected: [[Double]] = []

        init(shape: Shape, width: Int, activation: Activation) {
            self.width = width
            var noise = SeededNoise(seed: UInt64(width * 1000 + shape.inputs))
            let bound = (6 / Float(9 * shape.inputs)).squareRoot()
            let weights = (0..<shape.outputs * shape.inputs * 9).map { _ in noise.float(in: -bound...bound) }
            let bias = (0..<shape.outputs).map { _ in noise.float(in: -1...1) }
            layer = WinogradConvolution(
                inputChannels: shape.inputs, outputChannels: shape.outputs, weights: weights, bias: bias,
                activation: activation)
            let inputs = ChannelsLastLayout(channels: shape.inputs, width: width)
            let outputs = ChannelsLastLayout(channels: shape.outputs, width: width)
            (self.inputs, self.outputs) = (inputs, outputs)
            let rows = (0..<WinogradConvolution.patch).map { _ in
                (0..<width * inputs.channels).map {
                    $0 % inputs.channels < shape.inputs ? noise.float(in: -1...1) : 0
                }
            }
            self.rows = rows
            expected = (0..<WinogradConvolution.tile).map { y in
                (0..<width * outputs.channels).map { index in
                    let (x, output) = (index / outputs.channels, index % outputs.channels)
                    guard output < shape.outputs else { return 0 }
                    var sum = Double(bias[output])
                    for input in 0..<shape.inputs {
                        for tap in 0..<9 where (0..<width).contains(x + tap % 3 - 1) {
                            let value = rows[y + tap / 3][(x + tap % 3 - 1) * inputs.channels + input]
                            sum += Double(weights[(output * shape.inputs + input) * 9 + tap]) * Double(value)
                        }
                    }
                    switch activation {
                    case .tanh: return tanh(sum)
                    case .leaky(let slope): return sum > 0 ? sum : sum * Double(slope)
                    default: return sum
                    }
                }
            }
        }

        /// [row][pixel · channels]; memory outside the rows is watched.
        func run(_ level: CPULevel) -> [[Float]] {
            func memory(_ layout: ChannelsLastLayout) -> GuardedMemory { GuardedMemory(byteCount: layout.byteCount) }
            let sources = rows.map { values in
                let source = memory(inputs)
                let row = ChannelsLastRow(at: source.start, layout: inputs)
                for (index, value) in values.enumerated() { row.base[index] = value }
                return source
            }
            let targets = (0..<WinogradConvolution.tile).map { _ in memory(outputs) }
            let scratch = GuardedMemory(byteCount: layer.scratchByteCount)
            memset(scratch.start, 0xFF, layer.scratchByteCount)
            WinogradKernels(level: level).convolve(
                layer, into: { ChannelsLastRow(at: targets[$0].start, layout: outputs) }, scratch: scratch.start,
                row: { ChannelsLastRow(at: sources[$0].start, layout: inputs) })
            let isIntact = (sources + targets + [scratch]).allSatisfy { $0.isIntact }
            #expect(isIntact, "\(level): memory around rows")
            return targets.map { target in
                let row = ChannelsLastRow(at: target.start, layout: outputs)
                let all = UnsafeBufferPointer(
                    start: target.start.assumingMemoryBound(to: Float.self), count: outputs.byteCount / 4)
                let outside = Array(all[..<outputs.channels]) + Array(all[((width + 1) * outputs.channels)...])
                #expect(outside.allSatisfy { $0 == 0 }, "\(level): pixels beside the picture")
                return (0..<width * outputs.channels).map { row.base[$0] }
            }
        }
    }
}
