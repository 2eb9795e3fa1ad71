import Foundation
import UplumaKernels

/// Runs a network the plain way, for proofs: whole pictures, one sum after the other, in double precision; a quantised
/// network in its own arithmetic (`quantizedFeatures`).
package struct ReferenceExecutor: Sendable {
    package let chain: ConvolutionChain

    package init(chain: ConvolutionChain) {
        self.chain = chain
    }

    /// What the layers make: the picture or its residual, before base and limits.
    ///
    /// - Parameters:
    ///   - values: [height][width], what the first layer reads: the source, or its enlargement.
    ///   - width: pixels of a row of the layers' grid.
    ///   - height: rows of it.
    /// - Returns: [subpixels · height][subpixels · width]
    package func layerOutput(of values: [Double], width: Int, height: Int) -> [Double] {
        precondition(values.count == width * height && width > 0 && height > 0)
        var features = [values]
        if chain.isQuantized {
            features = quantizedFeatures(of: values.map(Float.init), width: width, height: height).map {
                $0.map(Double.init)
            }
        }
        if !chain.isQuantized {
            features = Self.features(of: features, layers: chain.layers, width: width, height: height)
        }
        let times = chain.subpixels
        return (0..<times * height).flatMap { y in
            (0..<times * width).map { x in features[times * (y % times) + x % times][y / times * width + x / times] }
        }
    }

    /// The result: what the layers make and the base added and limited to 0...1.
    ///
    /// - Parameters:
    ///   - values: as for `layerOutput`.
    ///   - base: in the shape of the result, the enlargement that a residual corrects; nil where there is none.
    ///   - width: pixels of a row of `values`.
    ///   - height: rows of `values`.
    package func output(of values: [Double], base: [Double]?, width: Int, height: Int) -> [Double] {
        precondition((base == nil) == (chain.base == nil), "a base where the network corrects one")
        let made = layerOutput(of: values, width: width, height: height)
        let base = base ?? Array(repeating: 0, count: made.count)
        precondition(base.count == made.count)
        return zip(base, made).map { min(max($0 + $1, 0), 1) }
    }

    /// What layers make of [channel][height · width], in the same shape.
    static func features(
        of values: [[Double]], layers: [ConvolutionLayer], width: Int, height: Int
    ) -> [[Double]] {
        layers.reduce(values) { features, layer in
            (0..<layer.outputChannels).map { output in
                (0..<height).flatMap { y in
                    (0..<width).map { x in value(of: layer, output: output, features, x, y, width, height) }
                }
            }
        }
    }

    /// One output channel at one pixel; pixels outside the picture count as 0.
    private static func value(
        of layer: ConvolutionLayer, output: Int, _ features: [[Double]], _ x: Int, _ y: Int, _ width: Int, _ height: Int
    ) -> Double {
        var sum = Double(layer.bias[output])
        let (kernel, reach) = (layer.kernel, layer.reach)
        for input in 0..<layer.inputChannels {
            for ky in 0..<kernel where (0..<height).contains(y + ky - reach) {
                for kx in 0..<kernel where (0..<width).contains(x + kx - reach) {
                    let tap = ((output * layer.inputChannels + input) * kernel + ky) * kernel + kx
                    sum += Double(layer.weights[tap]) * features[input][(y + ky - reach) * width + x + kx - reach]
                }
            }
        }
        switch layer.activation {
        case .none: return sum
        case .leaky(let slope): return sum > 0 ? sum : sum * Double(slope)
        case .perChannel(let slopes): return sum > 0 ? sum : sum * Double(slopes[output])
        case .tanh: return tanh(sum)
        }
    }
}
