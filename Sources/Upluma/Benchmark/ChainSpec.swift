import UplumaNetworks

/// A chain of 3×3 convolutions by its channels, to compare engines with: `1-64x4-100` is 1→64→64→64→64→100.
///
/// Layers are separated by `-`, `x` and a number repeat one. The first number is 1, the plane; the last one a square, the
/// sub-pixels. Weights are seeded, of a size that keeps features about the size of the input.
struct ChainSpec: Hashable, Sendable {
    /// Channels of the input and after each layer.
    let channels: [Int]

    /// Nil when `text` is not such a chain; at most 100 layers of at most 1,024 channels.
    init?(_ text: String) {
        var channels: [Int] = []
        for part in text.split(separator: "-", omittingEmptySubsequences: false) {
            let numbers = part.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
            guard (1...2).contains(numbers.count), let width = numbers[0], (1...1024).contains(width) else {
                return nil
            }
            guard let count = numbers.count == 2 ? numbers[1] : 1, (1...100).contains(count) else { return nil }
            channels += Array(repeating: width, count: count)
        }
        guard (2...101).contains(channels.count), channels.first == 1, let last = channels.last,
            (1...32).contains(where: { $0 * $0 == last })
        else { return nil }
        self.channels = channels
    }

    /// The network; the last layer has no activation, the others are leaky ReLUs as SP-VDSR's.
    func chain() -> ConvolutionChain {
        var generator = SplitMix(state: 1)
        let layers = zip(channels, channels.dropFirst()).enumerated().map { index, pair in
            let (inputs, outputs) = pair
            let bound = (6 / Float(9 * inputs)).squareRoot()
            return ConvolutionLayer(
                inputChannels: inputs, outputChannels: outputs,
                weights: (0..<9 * inputs * outputs).map { _ in Float.random(in: -bound...bound, using: &generator) },
                bias: (0..<outputs).map { _ in Float.random(in: -0.01...0.01, using: &generator) },
                activation: index + 2 == channels.count ? .none : .leaky(0.3))
        }
        let last = channels[channels.count - 1]
        let factor = (1...32).first { $0 * $0 == last } ?? 1
        return ConvolutionChain(layers: layers, factor: factor)
    }

    /// The same in 8 bits: a quantisation that keeps features in range, and nothing more.
    func quantizedChain() -> ConvolutionChain {
        let chain = chain()
        let layers = chain.layers.enumerated().map { index, layer in
            guard index > 0 else { return layer }
            // Features lie within some -1...1, weights within the bound they were drawn from.
            let inputs = Array(repeating: Float(1) / 127, count: layer.inputChannels)
            let step = layer.weights.reduce(0) { max($0, abs($1)) } / 127
            let quantization = LayerQuantization(
                weights: layer.weights.map { Int8(($0 / step).rounded()) },
                weightScales: Array(repeating: step / 127, count: layer.outputChannels), inputScales: inputs,
                inputZeros: Array(repeating: 127, count: layer.inputChannels))
            return ConvolutionLayer(
                inputChannels: layer.inputChannels, outputChannels: layer.outputChannels,
                weights: quantization.dequantizedWeights, bias: layer.bias, activation: layer.activation,
                quantization: quantization)
        }
        return ConvolutionChain(layers: layers, factor: chain.factor, base: chain.base)
    }

    /// SplitMix64 (Steele, Lea and Flood, 2014): the same weights in every run.
    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var z = state
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
    }
}
