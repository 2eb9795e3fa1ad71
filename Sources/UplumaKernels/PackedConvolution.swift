import CUplumaKernels

/// The weights of one convolution in the order the kernels read them.
package struct PackedConvolution: Sendable {
    package let inputChannels: Int
    /// Output channels of the network.
    package let outputChannels: Int
    /// Output channels the kernels write: rounded up to a multiple of 4, the extra ones zero.
    package let writtenChannels: Int
    /// Rows and columns of the kernel, odd.
    package let kernel: Int
    package let activation: Activation
    /// For each block of B = 8 output channels (the last may be 4): [input][ky][kx][B].
    private let weights: [Float]
    /// [writtenChannels]
    private let bias: [Float]
    /// [writtenChannels]
    private let slopes: [Float]

    /// Rows and columns of the kernels there are: odd numbers from 1 on.
    package static let kernelSizes = Array(stride(from: 1, through: Int(UPLUMA_CONV_LARGEST_KERNEL), by: 2))

    /// - Parameters:
    ///   - inputChannels: 1 or more.
    ///   - outputChannels: 1 or more.
    ///   - kernel: rows and columns of the kernel, one of `kernelSizes`.
    ///   - weights: [outputChannels][inputChannels][kernel][kernel], rows of the kernel first (OIHW).
    ///   - bias: [outputChannels]
    ///   - activation: as many slopes as output channels where each has its own.
    package init(
        inputChannels: Int, outputChannels: Int, kernel: Int, weights: [Float], bias: [Float], activation: Activation
    ) {
        let taps = kernel * kernel
        precondition(inputChannels > 0 && outputChannels > 0, "a convolution has channels on both sides")
        precondition(Self.kernelSizes.contains(kernel), "there is no kernel of \(kernel)×\(kernel)")
        precondition(weights.count == outputChannels * inputChannels * taps && bias.count == outputChannels)
        let slopes = activation.slopes(channels: outputChannels)
        precondition(slopes.count == outputChannels, "a slope for each channel")
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernel = kernel
        self.activation = activation
        writtenChannels = (outputChannels + 3) / 4 * 4
        let extra = [Float](repeating: 0, count: writtenChannels - outputChannels)
        self.bias = bias + extra
        self.slopes = slopes + extra
        var packed: [Float] = []
        packed.reserveCapacity(writtenChannels * inputChannels * taps)
        for first in stride(from: 0, to: writtenChannels, by: 8) {
            let block = min(8, writtenChannels - first)
            for input in 0..<inputChannels {
                for tap in 0..<taps {
                    for output in first..<(first + block) {
                        let known = output < outputChannels
                        packed.append(known ? weights[(output * inputChannels + input) * taps + tap] : 0)
                    }
                }
            }
        }
        self.weights = packed
    }

    func withLayer(_ body: (UnsafePointer<upluma_conv_layer>) -> Void) {
        weights.withUnsafeBufferPointer { weights in
            bias.withUnsafeBufferPointer { bias in
                slopes.withUnsafeBufferPointer { slopes in
                    guard let weights = weights.baseAddress, let bias = bias.baseAddress,
                        let slopes = slopes.baseAddress
                    else { preconditionFailure("a convolution has weights") }
                    var layer = upluma_conv_layer(
                        cin: Int32(inputChannels), cout: Int32(writtenChannels), kernel: Int32(kernel),
                        weights: weights, bias: bias, slopes: slopes)
                    withUnsafePointer(to: &layer, body)
                }
            }
        }
    }
}
