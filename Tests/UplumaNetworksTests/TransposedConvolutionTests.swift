import Testing
import UplumaKernels
import UplumaNetworks
import UplumaTestSupport

/// The fold against the definition: every input pixel adds its kernel to the large picture, `stride` apart.
@Suite struct TransposedConvolutionTests {
    @Test("the folded layer is the transposed convolution", arguments: [1, 3, 5, 9], 1...4)
    func fold(kernel: Int, stride: Int) {
        let (channels, width, height) = (3, 7, 5)
        var noise = SeededNoise(seed: UInt64(10 * kernel + stride))
        let weights = (0..<channels * kernel * kernel).map { _ in noise.float(in: -1...1) }
        // One layer before it makes three channels out of the one that a network reads.
        let spread = seededLayer(1, channels, kernel: 1, activation: .none, noise: &noise)
        let values = (0..<width * height).map { _ in Double(noise.float(in: 0...1)) }
        let features = (0..<channels).map { channel in
            values.map { Double(spread.bias[channel]) + Double(spread.weights[channel]) * $0 }
        }
        var expected = [Double](repeating: 0.25, count: width * height * stride * stride)
        for channel in 0..<channels {
            for y in 0..<height {
                for x in 0..<width {
                    for ky in 0..<kernel {
                        for kx in 0..<kernel {
                            let (row, column) = (stride * y + ky - kernel / 2, stride * x + kx - kernel / 2)
                            guard (0..<stride * height).contains(row), (0..<stride * width).contains(column) else {
                                continue
                            }
                            expected[row * stride * width + column] +=
                                features[channel][y * width + x]
                                * Double(weights[(channel * kernel + ky) * kernel + kx])
                        }
                    }
                }
            }
        }
        let folded = TransposedConvolution.folded(
            inputChannels: channels, kernel: kernel, stride: stride, weights: weights, bias: 0.25)
        #expect(folded.kernel == TransposedConvolution.foldedKernel(kernel: kernel, stride: stride))
        #expect(folded.products == weights.count)
        // Every weight is there once.
        #expect(folded.weights.filter { $0 != 0 }.sorted() == weights.sorted())
        let chain = ConvolutionChain(layers: [spread, folded], factor: stride, base: nil)
        let found = ReferenceExecutor(chain: chain).layerOutput(of: values, width: width, height: height)
        // Double precision on both sides, sums of order ten in another order: 1e-12 is thousands of roundings.
        #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-12 })
    }
}
