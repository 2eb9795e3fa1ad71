package import UplumaKernels

/// One convolution with zero padding that keeps the size, then an activation.
package struct ConvolutionLayer: Sendable, Hashable {
    package let inputChannels: Int
    package let outputChannels: Int
    /// Rows and columns of the kernel, odd; the padding is half of it.
    package let kernel: Int
    /// [output][input][row][column] (OIHW).
    package let weights: [Float]
    /// [output]
    package let bias: [Float]
    package let activation: Activation
    /// Multiply-adds for each pixel that the network asks for; fewer than there are weights where some of them only
    /// fill up a kernel (`TransposedConvolution`).
    package let products: Int
    /// The layer in 8 bits, `weights` being what these come to; nil where it is in floating point alone.
    package let quantization: LayerQuantization?

    /// - Parameters:
    ///   - inputChannels: 1 or more.
    ///   - outputChannels: 1 or more.
    ///   - kernel: one of `PackedConvolution.kernelSizes`.
    ///   - weights: in the shape of the property.
    ///   - bias: in the shape of the property.
    ///   - activation: applied to the sums.
    ///   - products: as the property; nil is one for each weight.
    ///   - quantization: as the property; for `weights`, its `dequantizedWeights`.
    package init(
        inputChannels: Int, outputChannels: Int, kernel: Int = 3, weights: [Float], bias: [Float],
        activation: Activation, products: Int? = nil, quantization: LayerQuantization? = nil
    ) {
        precondition(inputChannels > 0 && outputChannels > 0, "a convolution has channels on both sides")
        precondition(PackedConvolution.kernelSizes.contains(kernel), "there is no kernel of \(kernel)×\(kernel)")
        precondition(weights.count == outputChannels * inputChannels * kernel * kernel, "one weight for each tap")
        precondition(bias.count == outputChannels, "one bias for each output channel")
        if case .perChannel(let slopes) = activation {
            precondition(slopes.count == outputChannels, "one slope for each output channel")
        }
        if let quantization {
            precondition(
                quantization.inputScales.count == inputChannels && quantization.weightScales.count == outputChannels
                    && quantization.weights.count == weights.count, "the same layer in 8 bits")
            precondition(activation != .tanh, "there is no tanh in 8 bits")
        }
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernel = kernel
        self.weights = weights
        self.bias = bias
        self.activation = activation
        self.products = products ?? weights.count
        self.quantization = quantization
    }

    /// The layer in floating point alone.
    var dequantized: ConvolutionLayer {
        ConvolutionLayer(
            inputChannels: inputChannels, outputChannels: outputChannels, kernel: kernel, weights: weights, bias: bias,
            activation: activation, products: products)
    }

    /// Rows above and below a row, and columns beside a column, that it depends on.
    package var reach: Int { kernel / 2 }
}
