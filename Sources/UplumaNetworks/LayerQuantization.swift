/// How a layer's products are made of small whole numbers: weights and inputs in 8 bits, sums in 32.
///
/// Input channel i holds code q for the value s_i · (q − z_i), s_i its scale and z_i its zero point. Weight w of output
/// channel o and input channel i is stored as a whole number W with w · s_i = a_o · W. A sum over taps is then
/// a_o · (Σ W · q − Σ W · z) + bias, its two sums exact. Outside the picture every input is its zero point.
package struct LayerQuantization: Sendable, Hashable {
    /// [output][input][row][column] (OIHW), -127...127.
    package let weights: [Int8]
    /// [output], a_o, above 0.
    package let weightScales: [Float]
    /// [input], s_i, above 0.
    package let inputScales: [Float]
    /// [input], z_i.
    package let inputZeros: [UInt8]

    package init(weights: [Int8], weightScales: [Float], inputScales: [Float], inputZeros: [UInt8]) {
        precondition(inputScales.count == inputZeros.count && !inputScales.isEmpty && !weightScales.isEmpty)
        precondition(weights.count % (weightScales.count * inputScales.count) == 0, "one weight for each tap")
        precondition(weights.allSatisfy { $0 >= -Self.greatestWeight }, "weights are symmetric")
        precondition((weightScales + inputScales).allSatisfy { $0 > 0 && $0.isFinite }, "scales are above 0")
        self.weights = weights
        self.weightScales = weightScales
        self.inputScales = inputScales
        self.inputZeros = inputZeros
    }

    /// Weights reach this far to both sides of 0; a sum of 1,024 channels' products still fits 32 bits.
    package static let greatestWeight: Int8 = 127

    /// Weights of the input and output channels of one another: rows times columns of the kernel.
    private var taps: Int { weights.count / (weightScales.count * inputScales.count) }

    /// The weights in floating point, OIHW: a_o · W / s_i.
    package var dequantizedWeights: [Float] {
        weights.indices.map {
            let (output, input) = ($0 / taps / inputScales.count, $0 / taps % inputScales.count)
            return Float(Double(weightScales[output]) * Double(weights[$0]) / Double(inputScales[input]))
        }
    }

    /// What makes results of sums of codes: result = scale · Σ W · q + offset, one of each for each output channel.
    ///
    /// - Parameters:
    ///   - bias: [output]
    ///   - next: the layer that reads the results: they are then in steps of its codes, not yet moved by its zero points
    ///     (which follows the activation). Nil: they are the values themselves.
    package func resultLaw(bias: [Float], next: LayerQuantization?) -> (scales: [Float], offsets: [Float]) {
        precondition(bias.count == weightScales.count && next.map { $0.inputScales.count == bias.count } ?? true)
        var scales: [Float] = []
        var offsets: [Float] = []
        for output in bias.indices {
            let own = output * taps * inputScales.count
            let zero = (0..<taps * inputScales.count).reduce(0) { sum, tap in
                sum + Int(weights[own + tap]) * Int(inputZeros[tap / taps])
            }
            let step = next.map { Double($0.inputScales[output]) } ?? 1
            let scale = Double(weightScales[output])
            scales.append(Float(scale / step))
            offsets.append(Float((Double(bias[output]) - scale * Double(zero)) / step))
        }
        return (scales, offsets)
    }
}

extension LayerQuantization {
    /// What a file adds to a quantised layer's `weight` and `bias`, after the layer's name and a dot.
    static let tensorSuffixes = ["weight_scale", "input_scale", "input_zero"]

    /// The tensors of the layer called `name`: `weight` I8 (OIHW), `weight_scale` F32 (O), `input_scale` F32 (I),
    /// `input_zero` U8 (I).
    ///
    /// - Throws: `WeightsError`: what is wrong with a tensor, `outOfRange` included.
    init(_ name: String, of file: WeightsFile, inputs: Int, outputs: Int, kernel: Int) throws {
        func scales(_ suffix: String, _ count: Int) throws -> [Float] {
            let values = try file.floats("\(name).\(suffix)", shape: [count])
            guard values.allSatisfy({ $0 > 0 }) else {
                throw WeightsError(
                    .outOfRange, file: file.name, tensor: "\(name).\(suffix)",
                    problem: "holds a scale that is not above 0", remedy: "quantise the network again")
            }
            return values
        }
        let weights = try file.int8s("\(name).weight", shape: [outputs, inputs, kernel, kernel])
        guard weights.allSatisfy({ $0 >= -Self.greatestWeight }) else {
            throw WeightsError(
                .outOfRange, file: file.name, tensor: "\(name).weight",
                problem: "holds -128, beyond -\(Self.greatestWeight)...\(Self.greatestWeight)",
                remedy: "quantise the network again")
        }
        self.init(
            weights: weights, weightScales: try scales("weight_scale", outputs),
            inputScales: try scales("input_scale", inputs),
            inputZeros: try file.uint8s("\(name).input_zero", shape: [inputs]))
    }
}
