import Foundation
import UplumaKernels
import UplumaNetworks
import UplumaTestSupport

/// SP-VDSR of some size in 8 bits, every number seeded: weights of the whole range, a third of the zero points at either
/// end, and input ranges that some values exceed, so that codes are limited on both sides.
func seededQuantizedChain(
    widths: [Int] = [1, 8, 8, 8, 8, 8, 4], factor: Int = 2,
    activation: (_ channels: Int) -> Activation = { _ in .leaky(0.3) }, seed: UInt64 = 1
) -> ConvolutionChain {
    var noise = SeededNoise(seed: seed)
    let layers = zip(widths, widths.dropFirst()).enumerated().map { index, layer in
        let (inputs, outputs) = layer
        let isLast = index == widths.count - 2
        guard index > 0 else {
            return seededLayer(inputs, outputs, activation: isLast ? .none : activation(outputs), noise: &noise)
        }
        let zeros = (0..<inputs).map { _ in UInt8(min(max(noise.float(in: -128...384), 0), 255)) }
        // Products of weights and codes of mean square 73² and about 100², over all taps.
        let sum = 73 * 100 * Float(9 * inputs).squareRoot()
        let quantization = LayerQuantization(
            weights: (0..<9 * inputs * outputs).map { _ in Int8(noise.float(in: -127...127).rounded()) },
            weightScales: (0..<outputs).map { _ in noise.float(in: 0.3...0.8) / sum },
            inputScales: (0..<inputs).map { _ in noise.float(in: 0.002...0.008) }, inputZeros: zeros)
        return ConvolutionLayer(
            inputChannels: inputs, outputChannels: outputs, weights: quantization.dequantizedWeights,
            bias: (0..<outputs).map { _ in noise.float(in: -0.2...0.2) },
            activation: isLast ? .none : activation(outputs), quantization: quantization)
    }
    return ConvolutionChain(layers: layers, factor: factor)
}

/// The tensors of a quantised chain as its file has them.
func quantizedTensors(of chain: ConvolutionChain) -> [TypedTensor] {
    tensors(of: chain).flatMap { tensor -> [TypedTensor] in
        let parts = tensor.name.split(separator: ".")
        let index = parts[0] == "conv2d" ? 0 : Int(parts[0].dropFirst("conv2d_".count)) ?? 0
        guard let quantization = chain.layers[index].quantization, parts[1] == "weight" else {
            return [TypedTensor(tensor.name, tensor.shape, floats: tensor.values)]
        }
        let (outputs, inputs) = (tensor.shape[0], tensor.shape[1])
        return [
            TypedTensor(
                tensor.name, type: "I8", tensor.shape, bytes: quantization.weights.map { UInt8(bitPattern: $0) }),
            TypedTensor("\(parts[0]).weight_scale", [outputs], floats: quantization.weightScales),
            TypedTensor("\(parts[0]).input_scale", [inputs], floats: quantization.inputScales),
            TypedTensor("\(parts[0]).input_zero", type: "U8", [inputs], bytes: quantization.inputZeros),
        ]
    }
}

let int8Metadata = spvdsrMetadata.merging(["precision": "int8"]) { $1 }
