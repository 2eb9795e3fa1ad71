import UplumaKernels

/// A transposed convolution to one channel, as FSRCNN ends, folded into a convolution to sub-pixels.
///
/// With stride s and a kernel of k × k (odd) at padding k / 2 and output padding s - 1, a picture becomes exactly s times
/// as large: result(Y, X) is the bias plus the sum over channels, y and x of weight(ky, kx) · input(y, x), where
/// ky = Y - s · y + k / 2, kx likewise. For Y = s · q + r that is a convolution around row q with taps
/// w(j) = weight(r + k / 2 - s · j), one kernel for each of the s² remainders: the sub-pixels. Some of its taps lie
/// outside the original kernel and are 0.
package enum TransposedConvolution {
    /// The equivalent layer.
    ///
    /// - Parameters:
    ///   - inputChannels: 1 or more.
    ///   - kernel: rows and columns of the transposed kernel, odd.
    ///   - stride: s, 1 or more.
    ///   - weights: [input][row][column].
    ///   - bias: of the one channel.
    /// - Returns: `stride`² channels, sub-pixel (ry, rx) in channel s · ry + rx.
    package static func folded(
        inputChannels: Int, kernel: Int, stride: Int, weights: [Float], bias: Float
    ) -> ConvolutionLayer {
        precondition(kernel % 2 == 1 && stride >= 1 && weights.count == inputChannels * kernel * kernel)
        let reach = foldedKernel(kernel: kernel, stride: stride) / 2
        let size = 2 * reach + 1
        var folded: [Float] = []
        folded.reserveCapacity(stride * stride * inputChannels * size * size)
        for subpixel in 0..<stride * stride {
            for input in 0..<inputChannels {
                for row in -reach...reach {
                    for column in -reach...reach {
                        let ky = subpixel / stride + kernel / 2 - stride * row
                        let kx = subpixel % stride + kernel / 2 - stride * column
                        let inside = (0..<kernel).contains(ky) && (0..<kernel).contains(kx)
                        folded.append(inside ? weights[(input * kernel + ky) * kernel + kx] : 0)
                    }
                }
            }
        }
        return ConvolutionLayer(
            inputChannels: inputChannels, outputChannels: stride * stride, kernel: size, weights: folded,
            bias: Array(repeating: bias, count: stride * stride), activation: .none, products: weights.count)
    }

    /// Rows and columns of the equivalent kernel.
    package static func foldedKernel(kernel: Int, stride: Int) -> Int {
        2 * ((kernel / 2 + stride - 1) / stride) + 1
    }
}
