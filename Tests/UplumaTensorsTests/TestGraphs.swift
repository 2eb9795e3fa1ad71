import UplumaKernels
import UplumaTensors
import UplumaTestSupport

/// A tensor of seeded noise from -1 to 1.
func seededTensor(_ shape: TensorShape, seed: UInt64 = 1) -> Tensor {
    var noise = SeededNoise(seed: seed)
    return Tensor(shape, values: (0..<shape.count).map { _ in noise.float(in: -1...1) })
}

/// A convolution with seeded weights that keep results at the size of the inputs, and biases that matter.
func seededConvolution(
    _ inputs: Int, _ outputs: Int, kernel: Extent = Extent(3), stride: Int = 1, dilation: Int = 1,
    padding: Insets? = nil, seed: UInt64 = 2
) -> Convolution {
    var noise = SeededNoise(seed: seed)
    let count = inputs * kernel.rows * kernel.columns
    let bound = (3 / Float(count)).squareRoot()
    var convolution = Convolution(
        inputChannels: inputs, outputChannels: outputs, kernel: kernel, stride: Extent(stride),
        dilation: Extent(dilation), weights: (0..<outputs * count).map { _ in noise.float(in: -bound...bound) },
        bias: (0..<outputs).map { _ in noise.float(in: -0.5...0.5) })
    convolution.padding = padding ?? convolution.samePadding
    return convolution
}

/// A transposed convolution with seeded weights, likewise.
func seededTransposed(
    _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int, crop: Insets, seed: UInt64 = 3
) -> TransposedConvolution {
    var noise = SeededNoise(seed: seed)
    let bound = (3 / Float(inputs * kernel * kernel)).squareRoot() * Float(stride)
    return TransposedConvolution(
        inputChannels: inputs, outputChannels: outputs, kernel: Extent(kernel), stride: Extent(stride), crop: crop,
        weights: (0..<inputs * outputs * kernel * kernel).map { _ in noise.float(in: -bound...bound) },
        bias: (0..<outputs).map { _ in noise.float(in: -0.5...0.5) })
}

/// A graph of one operation.
func graph(_ operation: Operation, channels: [Int]) -> NetworkGraph {
    var graph = NetworkGraph()
    let inputs = channels.map { graph.input(channels: $0) }
    graph.output(graph.append(operation, inputs))
    return graph
}

extension GraphBackend {
    /// Runs a graph once.
    func run(
        _ graph: NetworkGraph, _ inputs: [Tensor], precision: Precision = .f32, threads: Int = 1
    ) throws -> [Tensor] {
        try prepare(graph, inputs: inputs.map(\.shape), precision: precision, threads: threads).run(inputs)
    }
}

/// The largest difference of two tensors of one shape; infinite where one is NaN and the other is not.
func largestDifference(_ found: Tensor, _ expected: Tensor) -> Float {
    precondition(found.shape == expected.shape, "\(found.shape) is compared with \(expected.shape)")
    return zip(found.values, expected.values).reduce(0) { largest, pair in
        let difference = abs(pair.0 - pair.1)
        return difference.isNaN ? .infinity : max(largest, difference)
    }
}
