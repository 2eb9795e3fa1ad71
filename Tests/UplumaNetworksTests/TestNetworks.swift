import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

/// A layer with weights drawn so that it matters: biases keep a padded row different from a computed one.
func seededLayer(
    _ inputs: Int, _ outputs: Int, kernel: Int = 3, activation: Activation, noise: inout SeededNoise
) -> ConvolutionLayer {
    // The variance 2 / (k² · inputs) that keeps features at the size of the input.
    let bound = (6 / Float(kernel * kernel * inputs)).squareRoot()
    return ConvolutionLayer(
        inputChannels: inputs, outputChannels: outputs, kernel: kernel,
        weights: (0..<inputs * outputs * kernel * kernel).map { _ in noise.float(in: -bound...bound) },
        bias: (0..<outputs).map { _ in noise.float(in: -0.2...0.2) }, activation: activation)
}

/// SP-VDSR of some size with seeded weights.
func seededChain(widths: [Int] = [1, 8, 8, 8, 8, 8, 4], factor: Int = 2, seed: UInt64 = 1) -> ConvolutionChain {
    var noise = SeededNoise(seed: seed)
    let layers = zip(widths, widths.dropFirst()).enumerated().map { index, layer in
        seededLayer(
            layer.0, layer.1, activation: index == widths.count - 2 ? .none : .leaky(0.3), noise: &noise)
    }
    return ConvolutionChain(layers: layers, factor: factor)
}

/// A network of one of the other forms.
struct NetworkForm: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let chain: ConvolutionChain

    /// Every kernel size, every activation, both inputs, with base and without; wide layers.
    static let all: [NetworkForm] = {
        var noise = SeededNoise(seed: 17)
        let slopes = (0..<12).map { _ in noise.float(in: -0.6...1.4) }
        func chain(
            _ layers: [ConvolutionLayer], factor: Int, input: ConvolutionChain.Input = .source, base: ResampleFilter?
        ) -> ConvolutionChain {
            ConvolutionChain(layers: layers, factor: factor, input: input, base: base)
        }
        return [
            NetworkForm(
                testDescription: "9-1-5 on an enlargement by 2 (SRCNN)",
                chain: chain(
                    [
                        seededLayer(1, 12, kernel: 9, activation: .leaky(0), noise: &noise),
                        seededLayer(12, 6, kernel: 1, activation: .leaky(0), noise: &noise),
                        seededLayer(6, 1, kernel: 5, activation: .none, noise: &noise),
                    ], factor: 2, input: .enlarged(.catmullrom), base: nil)),
            NetworkForm(
                testDescription: "5-1-3-1-7 with PReLU to 9 sub-pixels (FSRCNN)",
                chain: chain(
                    [
                        seededLayer(1, 12, kernel: 5, activation: .perChannel(slopes), noise: &noise),
                        seededLayer(12, 5, kernel: 1, activation: .perChannel(Array(slopes[..<5])), noise: &noise),
                        seededLayer(5, 5, activation: .perChannel(Array(slopes[4..<9])), noise: &noise),
                        seededLayer(5, 12, kernel: 1, activation: .perChannel(slopes), noise: &noise),
                        seededLayer(12, 9, kernel: 7, activation: .none, noise: &noise),
                    ], factor: 3, base: nil)),
            NetworkForm(
                testDescription: "5-3-3 with tanh to 16 sub-pixels (ESPCN)",
                chain: chain(
                    [
                        seededLayer(1, 9, kernel: 5, activation: .tanh, noise: &noise),
                        seededLayer(9, 7, activation: .tanh, noise: &noise),
                        seededLayer(7, 16, activation: .none, noise: &noise),
                    ], factor: 4, base: nil)),
            NetworkForm(
                testDescription: "residual on an enlargement by 3 (VDSR)",
                chain: chain(
                    [
                        seededLayer(1, 8, activation: .leaky(0), noise: &noise),
                        seededLayer(8, 8, activation: .leaky(0), noise: &noise),
                        seededLayer(8, 8, activation: .leaky(0), noise: &noise),
                        seededLayer(8, 1, activation: .none, noise: &noise),
                    ], factor: 3, input: .enlarged(.catmullrom), base: .catmullrom)),
            NetworkForm(
                testDescription: "64 channels",
                chain: chain(
                    [
                        seededLayer(1, 64, activation: .leaky(0.1), noise: &noise),
                        seededLayer(64, 64, activation: .leaky(0.1), noise: &noise),
                        seededLayer(64, 4, activation: .none, noise: &noise),
                    ], factor: 2, base: .bilinear)),
        ]
    }()
}

/// What the layers make, at the large size, [subpixels · height][subpixels · width], by the streaming executor in one
/// strip of the layers' rows.
func streamedOutput(
    _ chain: ConvolutionChain, values: [Float], width: Int, height: Int, rows: Range<Int>? = nil,
    precision: Precision = .f32, level: CPULevel
) -> [Float] {
    let executor = StreamingExecutor(
        chain: chain, size: PlaneSize(width, height), precision: precision, level: level)
    let rows = rows ?? 0..<height
    let times = chain.subpixels
    return ScratchMemory(byteCount: executor.scratchByteCount).withBytes { memory in
        // What earlier work left there must not matter.
        memset(memory, 0xFF, executor.scratchByteCount)
        var cursor = executor.begin(rows: rows, scratch: memory)
        var next = executor.firstInputRow(of: rows)
        return rows.flatMap { _ in
            let row = cursor.nextRow { y, target in
                precondition(y == next, "input rows come in order")
                next += 1
                for x in 0..<width { target[x] = values[y * width + x] }
            }
            return (0..<times).flatMap { dy in
                (0..<times * width).map { row.channel(times * dy + $0 % times)[$0 / times] }
            }
        }
    }
}

/// The exact result of a network for values at its source's size, enlargements by the filter scaler.
func referenceOutput(_ chain: ConvolutionChain, source: Plane, mapping: SampleMapping) -> [Double] {
    func enlarged(_ filter: ResampleFilter) -> [Double] {
        let large = Plane(width: chain.factor * source.width, height: chain.factor * source.height, sample: .float32)
        FIRScaler(
            filter: filter, sourceSize: PlaneSize(source.width, source.height),
            targetSize: PlaneSize(large.width, large.height), source: mapping, target: .float
        ).scale(source, into: large)
        return large.codes.joined().map(Double.init)
    }
    let size = chain.layerSize(of: PlaneSize(source.width, source.height))
    let values =
        switch chain.input {
        case .source: source.codes.joined().map { (Double($0) - Double(mapping.zero)) / Double(mapping.unit) }
        case .enlarged(let filter): enlarged(filter)
        }
    return ReferenceExecutor(chain: chain).output(
        of: values, base: chain.base.map(enlarged), width: size.width, height: size.height)
}

extension ScaleSet {
    /// The network for one of `factors` where it is a chain; nil also where there are no such weights.
    func chain(factor: Int, precision: WeightsPrecision = .f32) -> ConvolutionChain? {
        network(factor: factor, precision: precision)?.chain
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
    safetensors(metadata: metadata, tensors: tensors.map { TypedTensor($0.name, $0.shape, floats: $0.values) })
}

/// A tensor of a file as its bytes.
struct TypedTensor {
    let name: String
    let type: String
    let shape: [Int]
    let bytes: [UInt8]

    init(_ name: String, type: String, _ shape: [Int], bytes: [UInt8]) {
        (self.name, self.type, self.shape, self.bytes) = (name, type, shape, bytes)
    }

    init(_ name: String, _ shape: [Int], floats: [Float]) {
        let bytes = floats.map { $0.bitPattern.littleEndian }.withUnsafeBytes(Array.init)
        self.init(name, type: "F32", shape, bytes: bytes)
    }
}

/// A safetensors file of tensors of any type.
func safetensors(metadata: [String: String], tensors: [TypedTensor]) -> Data {
    var entries: [String] = []
    if !metadata.isEmpty {
        let facts = metadata.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value)\"" }
        entries.append("\"__metadata__\":{\(facts.joined(separator: ","))}")
    }
    var data: [UInt8] = []
    for tensor in tensors {
        let begin = data.count
        data += tensor.bytes
        entries.append(
            "\"\(tensor.name)\":{\"dtype\":\"\(tensor.type)\",\"shape\":\(tensor.shape),"
                + "\"data_offsets\":[\(begin),\(data.count)]}")
    }
    return safetensors("{\(entries.joined(separator: ","))}", data: data)
}

/// The tensors of a chain under the names the files of an architecture use.
func tensors(
    of chain: ConvolutionChain, names: (Int) -> String = { $0 == 0 ? "conv2d" : "conv2d_\($0)" }
) -> [(name: String, shape: [Int], values: [Float])] {
    chain.layers.enumerated().flatMap { index, layer in
        let shape = [layer.outputChannels, layer.inputChannels, layer.kernel, layer.kernel]
        let name = names(index)
        var tensors = [("\(name).weight", shape, layer.weights), ("\(name).bias", [layer.outputChannels], layer.bias)]
        if case .perChannel(let slopes) = layer.activation {
            tensors.insert(("\(name).slope", [layer.outputChannels], slopes), at: 1)
        }
        return tensors
    }
}

let spvdsrMetadata = [
    "architecture": "sp-vdsr", "scale": "2", "widths": "1-8-8-8-8-8-4", "leaky_slope": "0.3", "base": "lanczos3",
    "sample_range": "0..1, code value / 255 at 8 bits",
]
