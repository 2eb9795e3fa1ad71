import CUplumaKernels

/// The weights of one 3×3 convolution in the order the kernels read them.
package struct PackedConvolution: Sendable {
    package let inputChannels: Int
    /// Output channels of the network.
    package let outputChannels: Int
    /// Output channels the kernels write: rounded up to a multiple of 4, the extra ones zero.
    package let writtenChannels: Int
    /// Negative results are multiplied by this, 0...1; 1 is no activation, 0 is ReLU.
    package let slope: Float
    /// For each block of B = 8 output channels (the last may be 4): [input][ky][kx][B].
    private let weights: [Float]
    /// [writtenChannels]
    private let bias: [Float]

    /// - Parameters:
    ///   - inputChannels: 1 or more.
    ///   - outputChannels: 1 or more.
    ///   - weights: [outputChannels][inputChannels][3][3], rows of the kernel first (OIHW).
    ///   - bias: [outputChannels]
    ///   - slope: 0...1, see the property.
    package init(inputChannels: Int, outputChannels: Int, weights: [Float], bias: [Float], slope: Float) {
        precondition(inputChannels > 0 && outputChannels > 0, "a convolution has channels on both sides")
        precondition(weights.count == outputChannels * inputChannels * 9 && bias.count == outputChannels)
        precondition((0...1).contains(slope), "a leaky slope lies in 0...1")
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.slope = slope
        writtenChannels = (outputChannels + 3) / 4 * 4
        self.bias = bias + Array(repeating: 0, count: writtenChannels - outputChannels)
        var packed: [Float] = []
        packed.reserveCapacity(writtenChannels * inputChannels * 9)
        for first in stride(from: 0, to: writtenChannels, by: 8) {
            let block = min(8, writtenChannels - first)
            for input in 0..<inputChannels {
                for tap in 0..<9 {
                    for output in first..<(first + block) {
                        let known = output < outputChannels
                        packed.append(known ? weights[(output * inputChannels + input) * 9 + tap] : 0)
                    }
                }
            }
        }
        self.weights = packed
    }

    func withLayer<Result>(_ body: (UnsafePointer<upluma_conv_layer>) -> Result) -> Result {
        weights.withUnsafeBufferPointer { weights in
            bias.withUnsafeBufferPointer { bias in
                guard let weights = weights.baseAddress, let bias = bias.baseAddress else {
                    preconditionFailure("a convolution has weights")
                }
                var layer = upluma_conv_layer(
                    cin: Int32(inputChannels), cout: Int32(writtenChannels), weights: weights, bias: bias, slope: slope)
                return withUnsafePointer(to: &layer, body)
            }
        }
    }
}
