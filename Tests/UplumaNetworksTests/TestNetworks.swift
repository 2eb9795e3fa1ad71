import Foundation
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

/// A network with weights drawn so that every layer matters: biases keep a padded row different from a computed one.
func seededChain(widths: [Int] = [1, 8, 8, 8, 8, 8, 4], factor: Int = 2, seed: UInt64 = 1) -> ConvolutionChain {
    var noise = SeededNoise(seed: seed)
    let layers = zip(widths, widths.dropFirst()).enumerated().map { index, layer in
        let (inputs, outputs) = layer
        // The variance 2 / (9 · inputs) that keeps features at the size of the input.
        let bound = (6 / Float(9 * inputs)).squareRoot()
        return ConvolutionLayer(
            inputChannels: inputs, outputChannels: outputs,
            weights: (0..<inputs * outputs * 9).map { _ in noise.float(in: -bound...bound) },
            bias: (0..<outputs).map { _ in noise.float(in: -0.2...0.2) },
            slope: index == widths.count - 2 ? 1 : 0.3)
    }
    return ConvolutionChain(layers: layers, factor: factor)
}

/// The residual at the large size, [factor · height][factor · width], by the streaming executor in one strip.
func streamedResidual(
    _ chain: ConvolutionChain, values: [Float], width: Int, height: Int, rows: Range<Int>? = nil, level: CPULevel
) -> [Float] {
    let executor = StreamingExecutor(chain: chain, size: PlaneSize(width, height), level: level)
    let rows = rows ?? 0..<height
    let factor = chain.factor
    return ScratchMemory(byteCount: executor.scratchByteCount).withBytes { memory in
        // What earlier work left there must not matter.
        memset(memory, 0xFF, executor.scratchByteCount)
        var cursor = executor.begin(rows: rows, scratch: memory)
        return rows.flatMap { _ in
            let row = cursor.nextRow { y, target in
                for x in 0..<width { target[x] = values[y * width + x] }
            }
            return (0..<factor).flatMap { dy in
                (0..<factor * width).map { row.channel(factor * dy + $0 % factor)[$0 / factor] }
            }
        }
    }
}

func seededValues(_ count: Int, seed: UInt64) -> [Float] {
    var noise = SeededNoise(seed: seed)
    return (0..<count).map { _ in noise.float(in: 0...1) }
}

func largestDifference(_ values: [Float], _ expected: [Double]) -> Double {
    precondition(values.count == expected.count)
    // A NaN must not pass for a small difference.
    return zip(values, expected).reduce(0) { $1.0.isNaN ? .infinity : max($0, abs(Double($1.0) - $1.1)) }
}

/// A safetensors file of a header and data given by hand.
func safetensors(_ header: String, data: [UInt8] = []) -> Data {
    withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8) + Data(data)
}

/// A safetensors file of float32 tensors.
func safetensors(metadata: [String: String], tensors: [(name: String, shape: [Int], values: [Float])]) -> Data {
    var entries: [String] = []
    if !metadata.isEmpty {
        let facts = metadata.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
        entries.append("\"__metadata__\":{\(facts.joined(separator: ","))}")
    }
    var data: [UInt8] = []
    for tensor in tensors {
        let begin = data.count
        for value in tensor.values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data += $0 } }
        entries.append(
            "\"\(tensor.name)\":{\"dtype\":\"F32\",\"shape\":\(tensor.shape),\"data_offsets\":[\(begin),\(data.count)]}"
        )
    }
    return safetensors("{\(entries.joined(separator: ","))}", data: data)
}

/// The tensors of a chain under the names SP-VDSR's files use.
func tensors(of chain: ConvolutionChain) -> [(name: String, shape: [Int], values: [Float])] {
    chain.layers.enumerated().flatMap { index, layer in
        let name = index == 0 ? "conv2d" : "conv2d_\(index)"
        return [
            ("\(name).weight", [layer.outputChannels, layer.inputChannels, 3, 3], layer.weights),
            ("\(name).bias", [layer.outputChannels], layer.bias),
        ]
    }
}

let spvdsrMetadata = [
    "architecture": "sp-vdsr", "scale": "2", "widths": "1-8-8-8-8-8-4", "leaky_slope": "0.3", "base": "lanczos3",
    "sample_range": "0..1, code value / 255 at 8 bits",
]
