import UplumaKernels

extension ReferenceExecutor {
    /// What the layers of a quantised network make, by the arithmetic that is fixed for it, to the last bit.
    ///
    /// The first layer is in single precision: from the bias on, tap by tap (rows first), each product added with one
    /// rounding. Its result y becomes the code rint(y · (1 / s) + z) of the next layer's input, with one rounding before
    /// that to whole numbers (half to even), limited to 0...255. Further layers add up codes exactly; the sum is
    /// multiplied and moved by `LayerQuantization.resultLaw` with one rounding, a negative one multiplied by the slope,
    /// then z added, rounded and limited as before. The last layer's results are values.
    ///
    /// - Parameters and result: as for `layerOutput`, but [channel][height · width], single precision.
    func quantizedFeatures(of values: [Float], width: Int, height: Int) -> [[Float]] {
        let first = chain.layers[0]
        let plane = PaddedPlane(values, width: width, height: height, outside: 0)
        var features = (0..<first.outputChannels).map { output in
            var sums = Array(repeating: first.bias[output], count: width * height)
            for tap in 0..<first.kernel * first.kernel {
                let weight = first.weights[output * first.kernel * first.kernel + tap]
                plane.forEach(tap: tap, kernel: first.kernel) { sums[$0] = sums[$0].addingProduct(weight, $1) }
            }
            return sums.map { Self.activated($0, first.activation, channel: output) }
        }
        for (index, layer) in chain.layers.enumerated().dropFirst() {
            guard let quantization = layer.quantization else { preconditionFailure("the network is quantised") }
            // What comes from the first layer is in values, from others in steps of this layer's codes.
            let codes = features.enumerated().map { channel, plane in
                let scale = 1 / quantization.inputScales[channel]
                let zero = Float(quantization.inputZeros[channel])
                return plane.map { Self.code(index == 1 ? zero.addingProduct($0, scale) : $0 + zero) }
            }
            features = Self.features(
                of: layer, quantization, codes, next: index + 1 < chain.layers.count ? chain.layers[index + 1] : nil,
                width: width, height: height)
        }
        return features
    }

    /// The results of one layer, activated, from the codes of its inputs.
    private static func features(
        of layer: ConvolutionLayer, _ quantization: LayerQuantization, _ codes: [[UInt8]], next: ConvolutionLayer?,
        width: Int, height: Int
    ) -> [[Float]] {
        let law = quantization.resultLaw(bias: layer.bias, next: next?.quantization)
        let taps = layer.kernel * layer.kernel
        let planes = codes.enumerated().map {
            PaddedPlane($1.map(Int.init), width: width, height: height, outside: Int(quantization.inputZeros[$0]))
        }
        return (0..<layer.outputChannels).map { output in
            var sums = Array(repeating: 0, count: width * height)
            for (input, plane) in planes.enumerated() {
                for tap in 0..<taps {
                    let weight = Int(quantization.weights[(output * layer.inputChannels + input) * taps + tap])
                    plane.forEach(tap: tap, kernel: layer.kernel) { sums[$0] += weight * $1 }
                }
            }
            return sums.map {
                let value = law.offsets[output].addingProduct(Float($0), law.scales[output])
                return activated(value, layer.activation, channel: output)
            }
        }
    }

    private static func activated(_ value: Float, _ activation: Activation, channel: Int) -> Float {
        switch activation {
        case .none: value
        case .leaky(let slope): value > 0 ? value : slope * value
        case .perChannel(let slopes): value > 0 ? value : slopes[channel] * value
        case .tanh: preconditionFailure("there is no tanh in 8 bits")
        }
    }

    /// The nearest code, the even one of two.
    private static func code(_ value: Float) -> UInt8 { UInt8(min(max(value.rounded(.toNearestOrEven), 0), 255)) }
}

/// One channel and what is read outside of it.
private struct PaddedPlane<Value> {
    let values: [Value]
    let width: Int
    let height: Int
    let outside: Value

    init(_ values: [Value], width: Int, height: Int, outside: Value) {
        precondition(values.count == width * height)
        (self.values, self.width, self.height, self.outside) = (values, width, height, outside)
    }

    /// Calls `body` with the index of each pixel and what tap `tap` of a kernel around it reads.
    func forEach(tap: Int, kernel: Int, _ body: (Int, Value) -> Void) {
        let (down, right) = (tap / kernel - kernel / 2, tap % kernel - kernel / 2)
        for y in 0..<height {
            for x in 0..<width {
                let isInside = (0..<height).contains(y + down) && (0..<width).contains(x + right)
                body(y * width + x, isInside ? values[(y + down) * width + x + right] : outside)
            }
        }
    }
}
