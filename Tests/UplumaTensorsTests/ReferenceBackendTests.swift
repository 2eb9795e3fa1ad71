import Foundation
import Testing
import UplumaKernels
import UplumaTensors
import UplumaTestSupport

/// The reference against values worked out by hand; `GraphGoldenTests` holds it against PyTorch.
@Suite struct ReferenceBackendTests {
    private func result(_ operation: UplumaTensors.Operation, _ inputs: [Tensor]) throws -> [Float] {
        try ReferenceBackend().run(graph(operation, channels: inputs.map(\.shape.channels)), inputs)[0].values
    }

    private func picture(_ channels: Int, _ height: Int, _ width: Int, _ values: [Float]) -> Tensor {
        Tensor(TensorShape(channels: channels, height: height, width: width), values: values)
    }

    /// 3 × 3 values 1...9.
    private var square: Tensor { picture(1, 3, 3, (1...9).map(Float.init)) }

    @Test("a convolution correlates, its taps by rows, zeros around the picture")
    func convolution() throws {
        // Weights 1, 2, 4, …, 256 tell every tap apart: the corner sees the lower right four.
        let taps = (0..<9).map { Float(1 << $0) }
        let same = Convolution(
            inputChannels: 1, outputChannels: 1, kernel: Extent(3), padding: Insets(1), weights: taps, bias: [0.5])
        let found = try result(.convolution(same), [square])
        // 1·16 + 2·32 + 4·128 + 5·256; Σ k·2^(k-1) = 8·2⁹ + 1; 5·1 + 6·2 + 8·8 + 9·16.
        let expected: [Float] = [1872.5, 4097.5, 225.5]
        #expect([found[0], found[4], found[8]] == expected)
    }

    @Test("stride and dilation step rows and columns")
    func steps() throws {
        var step = Convolution(
            inputChannels: 1, outputChannels: 1, kernel: Extent(rows: 1, columns: 2),
            stride: Extent(rows: 2, columns: 1), weights: [1, 10])
        #expect(try result(.convolution(step), [square]) == [21, 32, 87, 98])
        step.dilation = Extent(rows: 1, columns: 2)
        #expect(try result(.convolution(step), [square]) == [31, 97])
    }

    @Test("channels are summed in the order of the weights")
    func channels() throws {
        let mix = Convolution(
            inputChannels: 2, outputChannels: 3, kernel: Extent(1), weights: [1, 0, 0, 1, 2, -1], bias: [0, 0, 7])
        let pair = picture(2, 1, 2, [1, 2, 30, 40])
        #expect(try result(.convolution(mix), [pair]) == [1, 2, 30, 40, 7 + 2 - 30, 7 + 4 - 40])
    }

    @Test("a transposed convolution spreads its kernel from each pixel")
    func transposed() throws {
        let row = picture(1, 1, 2, [1, 10])
        var spread = TransposedConvolution(
            inputChannels: 1, outputChannels: 1, kernel: Extent(rows: 1, columns: 3),
            stride: Extent(rows: 1, columns: 2), weights: [1, 2, 3], bias: [0.5])
        #expect(try result(.transposedConvolution(spread), [row]) == [1.5, 2.5, 13.5, 20.5, 30.5])
        // PyTorch's padding 1 and output padding 1.
        spread.crop = Insets(top: 0, bottom: 0, left: 1, right: 0)
        #expect(try result(.transposedConvolution(spread), [row]) == [2.5, 13.5, 20.5, 30.5])
        spread.crop.right = -1
        #expect(try result(.transposedConvolution(spread), [row]) == [2.5, 13.5, 20.5, 30.5, 0.5])
    }

    @Test("padding mirrors without the edge, repeats it, or adds zeros; negative insets cut")
    func padding() throws {
        let row = picture(1, 1, 3, [1, 2, 3])
        let wide = Insets(top: 0, bottom: 0, left: 2, right: 2)
        #expect(try result(.padding(Padding(.reflection, wide)), [row]) == [3, 2, 1, 2, 3, 2, 1])
        #expect(try result(.padding(Padding(.replication, wide)), [row]) == [1, 1, 1, 2, 3, 3, 3])
        #expect(try result(.padding(Padding(.zero, wide)), [row]) == [0, 0, 1, 2, 3, 0, 0])
        let mixed = Insets(top: 1, bottom: -2, left: -1, right: 0)
        #expect(try result(.padding(Padding(.reflection, mixed)), [square]) == [5, 6, 2, 3])
    }

    @Test("sub-pixels are shuffled row by row, and back")
    func shuffle() throws {
        let four = picture(4, 1, 2, (0..<8).map(Float.init))
        let shuffled: [Float] = [0, 2, 1, 3, 4, 6, 5, 7]
        #expect(try result(.pixelShuffle(2), [four]) == shuffled)
        let large = picture(1, 2, 4, shuffled)
        #expect(try result(.pixelUnshuffle(2), [large]) == four.values)
    }

    @Test("functions of single values")
    func pointwise() throws {
        let two = picture(2, 1, 2, [-2, 3, -4, 5])
        #expect(try result(.pointwise(.activation(.leaky(0.25))), [two]) == [-0.5, 3, -1, 5])
        #expect(try result(.pointwise(.activation(.perChannel([2, -1]))), [two]) == [-4, 3, 4, 5])
        #expect(try result(.pointwise(.activation(.tanh)), [two]) == two.values.map { Float(tanh(Double($0))) })
        #expect(try result(.pointwise(.clamp(-3...4)), [two]) == [-2, 3, -3, 4])
        #expect(
            try result(.pointwise(.affine(scales: [1, 2], offsets: [0.5, -1])), [two]) == [-1.5, 3.5, -9, 9])
        let sigmoid = try result(.pointwise(.sigmoid), [two])
        // One rounding to float of a value below 1.
        for (found, value) in zip(sigmoid, two.values) {
            let exact: Double = 1 / (1 + exp(-Double(value)))
            #expect(abs(Double(found) - exact) < 1e-7)
        }
    }

    @Test("two values become one; one channel serves all", arguments: Combination.allCases)
    func combination(combination: Combination) throws {
        let first = picture(2, 1, 2, [1, 2, 3, 4])
        let second = picture(2, 1, 2, [2, 4, 8, 16])
        let one = picture(1, 1, 2, [2, 4])
        let expected: (both: [Float], one: [Float]) =
            switch combination {
            case .add: ([3, 6, 11, 20], [3, 6, 5, 8])
            case .subtract: ([-1, -2, -5, -12], [-1, -2, 1, 0])
            case .multiply: ([2, 8, 24, 64], [2, 8, 6, 16])
            case .divide: ([0.5, 0.5, 0.375, 0.25], [0.5, 0.5, 1.5, 1])
            }
        #expect(try result(.combination(combination), [first, second]) == expected.both)
        #expect(try result(.combination(combination), [first, one]) == expected.one)
    }

    @Test("results can be read again, several pictures go in, several results come out")
    func wiring() throws {
        var graph = NetworkGraph()
        let first = graph.input(channels: 1), second = graph.input(channels: 2)
        let both = graph.concatenate([second, first, second])
        let doubled = graph.add(both, both)
        graph.output(doubled)
        graph.output(first)
        let shape = TensorShape(channels: 1, height: 1, width: 1)
        let wide = TensorShape(channels: 2, height: 1, width: 1)
        let found = try ReferenceBackend().run(
            graph, [Tensor(shape, values: [1]), Tensor(wide, values: [10, 100])])
        #expect(found.map(\.values) == [[20, 200, 2, 20, 200], [1]])
    }

    @Test("it computes in f32 alone, and says so", arguments: [Precision.bf16, .int8])
    func precision(precision: Precision) {
        let picture = TensorShape(channels: 1, height: 1, width: 1)
        #expect {
            try ReferenceBackend().prepare(
                graph(.pixelShuffle(1), channels: [1]), inputs: [picture], precision: precision, threads: 1)
        } throws: { ($0 as? GraphError)?.description.contains(precision.rawValue) == true }
    }
}
