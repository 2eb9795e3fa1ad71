package import UplumaResampling

/// One 3×3 convolution with zero padding, then a leaky ReLU.
package struct ConvolutionLayer: Sendable, Hashable {
    package let inputChannels: Int
    package let outputChannels: Int
    /// [output][input][row][column] (OIHW).
    package let weights: [Float]
    /// [output]
    package let bias: [Float]
    /// Negative results are multiplied by this, 0...1; 1 is no activation, 0 is ReLU.
    package let slope: Float

    package init(inputChannels: Int, outputChannels: Int, weights: [Float], bias: [Float], slope: Float) {
        precondition(inputChannels > 0 && outputChannels > 0, "a convolution has channels on both sides")
        precondition(weights.count == outputChannels * inputChannels * 9, "\(outputChannels)×\(inputChannels)×3×3")
        precondition(bias.count == outputChannels, "one bias for each output channel")
        precondition((0...1).contains(slope), "a leaky slope lies in 0...1")
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.weights = weights
        self.bias = bias
        self.slope = slope
    }
}

/// A sub-pixel residual network as data, apart from how it is run: convolutions at the small size, whose last channels
/// become the sub-pixels of a residual that is added to a filtered enlargement.
///
/// Value (y, x) of the result is base(y, x) + channel (f · (y mod f) + x mod f) of the last layer at (y / f, x / f),
/// limited to 0...1, where f is the factor and base is the source enlarged f times with `baseFilter` (edges as in
/// `FilterTaps`). Source values are 0...1 by the plane's `SampleMapping`. Outside the picture every layer sees zeros, not
/// what its predecessor would compute there. Networks of this form: SP-VDSR, ESPCN with a base, and their like.
package struct ConvolutionChain: Sendable, Hashable {
    package let layers: [ConvolutionLayer]
    /// Enlargement in both directions.
    package let factor: Int
    package let baseFilter: ResampleFilter

    /// - Parameters:
    ///   - layers: at least one; the first takes 1 channel, the last gives `factor`².
    ///   - factor: 1 or more.
    ///   - baseFilter: what enlarges the source before the residual is added.
    package init(layers: [ConvolutionLayer], factor: Int, baseFilter: ResampleFilter = .lanczos3) {
        precondition(factor >= 1 && layers.first?.inputChannels == 1, "a network reads one plane")
        precondition(layers.last?.outputChannels == factor * factor, "the last layer gives \(factor)² sub-pixels")
        for (layer, next) in zip(layers, layers.dropFirst()) {
            precondition(layer.outputChannels == next.inputChannels, "layers fit together")
        }
        self.layers = layers
        self.factor = factor
        self.baseFilter = baseFilter
    }

    /// Source rows above and below (and columns beside) a source pixel that its result depends on through the layers.
    package var halo: Int { layers.count }

    /// Weights and biases.
    package var parameterCount: Int { layers.reduce(0) { $0 + $1.weights.count + $1.bias.count } }

    /// Operations of the convolutions for each source pixel, a multiply-add counted as 2; base and activations are left
    /// out.
    package var operationsPerInputPixel: Int { layers.reduce(0) { $0 + 2 * $1.weights.count } }
}
