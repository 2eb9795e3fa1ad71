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

    /// - Parameters:
    ///   - inputChannels: 1 or more.
    ///   - outputChannels: 1 or more.
    ///   - kernel: one of `PackedConvolution.kernelSizes`.
    ///   - weights: in the shape of the property.
    ///   - bias: in the shape of the property.
    ///   - activation: applied to the sums.
    ///   - products: as the property; nil is one for each weight.
    package init(
        inputChannels: Int, outputChannels: Int, kernel: Int = 3, weights: [Float], bias: [Float],
        activation: Activation, products: Int? = nil
    ) {
        precondition(inputChannels > 0 && outputChannels > 0, "a convolution has channels on both sides")
        precondition(PackedConvolution.kernelSizes.contains(kernel), "there is no kernel of \(kernel)×\(kernel)")
        precondition(weights.count == outputChannels * inputChannels * kernel * kernel, "one weight for each tap")
        precondition(bias.count == outputChannels, "one bias for each output channel")
        if case .perChannel(let slopes) = activation {
            precondition(slopes.count == outputChannels, "one slope for each output channel")
        }
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernel = kernel
        self.weights = weights
        self.bias = bias
        self.activation = activation
        self.products = products ?? weights.count
    }

    /// Rows above and below a row, and columns beside a column, that it depends on.
    package var reach: Int { kernel / 2 }

    /// The layer as the kernels take it.
    var packed: PackedConvolution {
        PackedConvolution(
            inputChannels: inputChannels, outputChannels: outputChannels, kernel: kernel, weights: weights, bias: bias,
            activation: activation)
    }
}
