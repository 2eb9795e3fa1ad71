/// Runs a network the plain way, for proofs: whole pictures, one sum after the other, in double precision.
package struct ReferenceExecutor: Sendable {
    package let chain: ConvolutionChain

    package init(chain: ConvolutionChain) {
        self.chain = chain
    }

    /// The residual at the large size.
    ///
    /// - Parameters:
    ///   - values: [height][width], 0...1.
    ///   - width: pixels of a row.
    ///   - height: rows.
    /// - Returns: [factor · height][factor · width]
    package func residual(of values: [Float], width: Int, height: Int) -> [Double] {
        precondition(values.count == width * height && width > 0 && height > 0)
        var features = [values.map(Double.init)]
        for layer in chain.layers {
            features = (0..<layer.outputChannels).map { output in
                var plane: [Double] = []
                for y in 0..<height {
                    for x in 0..<width {
                        plane.append(Self.value(of: layer, output: output, features, x, y, width, height))
                    }
                }
                return plane
            }
        }
        let factor = chain.factor
        return (0..<factor * height).flatMap { y in
            (0..<factor * width).map { x in
                features[factor * (y % factor) + x % factor][y / factor * width + x / factor]
            }
        }
    }

    /// Residual and base added and limited to 0...1.
    ///
    /// - Parameters:
    ///   - values: [height][width], 0...1.
    ///   - base: [factor · height][factor · width], the enlargement that the residual corrects.
    ///   - width: pixels of a row of `values`.
    ///   - height: rows of `values`.
    /// - Returns: in the shape of `base`.
    package func output(of values: [Float], base: [Float], width: Int, height: Int) -> [Double] {
        let residual = residual(of: values, width: width, height: height)
        precondition(base.count == residual.count)
        return zip(base, residual).map { min(max(Double($0) + $1, 0), 1) }
    }

    /// One output channel at one pixel; pixels outside the picture count as 0.
    private static func value(
        of layer: ConvolutionLayer, output: Int, _ features: [[Double]], _ x: Int, _ y: Int, _ width: Int, _ height: Int
    ) -> Double {
        var sum = Double(layer.bias[output])
        for input in 0..<layer.inputChannels {
            for ky in 0..<3 where (0..<height).contains(y + ky - 1) {
                for kx in 0..<3 where (0..<width).contains(x + kx - 1) {
                    let weight = layer.weights[((output * layer.inputChannels + input) * 3 + ky) * 3 + kx]
                    sum += Double(weight) * features[input][(y + ky - 1) * width + x + kx - 1]
                }
            }
        }
        return sum > 0 ? sum : sum * Double(layer.slope)
    }
}
