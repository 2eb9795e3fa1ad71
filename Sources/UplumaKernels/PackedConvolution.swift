import CUplumaKernels

/// One convolution as the kernels take it: weights in the order they are read, and what lanes its rows are made of.
///
/// Immutable; owns its memory.
package final class PackedConvolution: @unchecked Sendable {  // the memory is written in `init` only
    package let inputChannels: Int
    /// Output channels of the network.
    package let outputChannels: Int
    /// Output channels the kernels write: rounded up to a multiple of 4, the extra ones zero.
    package let writtenChannels: Int
    /// Rows and columns of the kernel, odd.
    package let kernel: Int
    package let activation: Activation
    package let input: Lane
    package let output: Lane
    /// The layer as C sees it, its arrays owned by `memory`.
    let layer: UnsafeMutablePointer<upluma_conv_layer>
    private let memory: UnsafeMutableRawPointer

    /// Rows and columns of the kernels there are: odd numbers from 1 on.
    package static let kernelSizes = Array(stride(from: 1, through: Int(UPLUMA_CONV_LARGEST_KERNEL), by: 2))

    /// What sums are made of.
    package enum Weights {
        /// OIHW, used as they are with rows of floats and rounded to bfloat16 with rows of those.
        case floats([Float])
        /// OIHW with rows of bytes, and what turns a sum into a result before the bias is added, one for each output.
        case integers([Int8], scales: [Float])

        var count: Int {
            switch self {
            case .floats(let values): values.count
            case .integers(let values, _): values.count
            }
        }
    }

    /// How values become bytes: rint(value * steps + zeros), one of each for each output channel. A layer that reads
    /// bytes, too, has `steps` of 1.
    package struct Codes {
        package let steps: [Float]
        package let zeros: [UInt8]

        package init(steps: [Float], zeros: [UInt8]) {
            self.steps = steps
            self.zeros = zeros
        }
    }

    /// - Parameters:
    ///   - inputChannels: 1 or more.
    ///   - outputChannels: 1 or more.
    ///   - kernel: rows and columns of the kernel, one of `kernelSizes`.
    ///   - weights: [outputChannels][inputChannels][kernel][kernel], rows of the kernel first (OIHW).
    ///   - bias: [outputChannels]
    ///   - activation: as many slopes as output channels where each has its own. A tanh follows in rows of floats only.
    ///   - input: what is read; bytes go with integers.
    ///   - output: as the input, or either is of floats.
    ///   - codes: with an output of bytes.
    package init(
        inputChannels: Int, outputChannels: Int, kernel: Int, weights: Weights, bias: [Float], activation: Activation,
        input: Lane = .f32, output: Lane = .f32, codes: Codes? = nil
    ) {
        let taps = kernel * kernel
        precondition(inputChannels > 0 && outputChannels > 0, "a convolution has channels on both sides")
        precondition(Self.kernelSizes.contains(kernel), "there is no kernel of \(kernel)×\(kernel)")
        precondition(weights.count == outputChannels * inputChannels * taps && bias.count == outputChannels)
        precondition(
            input == output || input == .f32 || output == .f32, "there is no kernel from \(input) to \(output)")
        precondition((output == .u8) == (codes != nil), "bytes have steps")
        precondition(activation != .tanh || output == .f32, "tanh is taken of floats")
        let slopes = activation.slopes(channels: outputChannels)
        precondition(slopes.count == outputChannels, "a slope for each channel")
        self.inputChannels = inputChannels
        self.outputChannels = outputChannels
        self.kernel = kernel
        self.activation = activation
        self.input = input
        self.output = output
        let written = (outputChannels + 3) / 4 * 4
        writtenChannels = written

        let lanes = PackedConvolution.lanes(
            weights, input: input, inputChannels: inputChannels, outputChannels: outputChannels, taps: taps)
        var scales: [Float] = []
        if case .integers(_, let given) = weights { scales = given }
        let tables = [bias, scales, slopes, codes?.steps ?? [], codes?.zeros.map(Float.init) ?? []]
        let start = UnsafeMutableRawPointer.allocate(
            byteCount: (lanes.count + tables.count * written) * MemoryLayout<UInt32>.stride, alignment: 64)
        memory = start
        start.bindMemory(to: UInt32.self, capacity: lanes.count).update(from: lanes, count: lanes.count)
        let numbers = (start + lanes.count * MemoryLayout<UInt32>.stride).bindMemory(
            to: Float.self, capacity: tables.count * written)
        for (index, table) in tables.enumerated() {
            precondition(table.isEmpty || table.count == outputChannels, "one number for each output channel")
            let row = numbers + index * written
            for channel in 0..<written { row[channel] = channel < table.count ? table[channel] : 0 }
        }
        layer = .allocate(capacity: 1)
        layer.initialize(
            to: upluma_conv_layer(
                planes: Int32(input.planes(channels: inputChannels)), cout: Int32(written), kernel: Int32(kernel),
                input: input.cLane, output: output.cLane, weights: UnsafeRawPointer(memory), bias: numbers,
                scales: numbers + written, slopes: numbers + 2 * written, steps: numbers + 3 * written,
                zeros: numbers + 4 * written))
    }

    deinit {
        layer.deallocate()
        memory.deallocate()
    }

    /// For each block of B = 8 output channels (the last may be 4): [plane][ky][kx][B] lanes.
    private static func lanes(
        _ weights: Weights, input: Lane, inputChannels: Int, outputChannels: Int, taps: Int
    ) -> [UInt32] {
        func bits(_ output: Int, _ channel: Int, _ tap: Int) -> UInt32 {
            guard output < outputChannels && channel < inputChannels else { return 0 }
            let index = (output * inputChannels + channel) * taps + tap
            switch weights {
            case .floats(let values):
                precondition(input != .u8, "bytes are multiplied by integers")
                return input == .f32 ? values[index].bitPattern : UInt32(bfloat16Bits(values[index]))
            case .integers(let values, _):
                precondition(input == .u8, "integers multiply bytes")
                return UInt32(UInt8(bitPattern: values[index]))
            }
        }
        let written = (outputChannels + 3) / 4 * 4
        var lanes: [UInt32] = []
        lanes.reserveCapacity(written * input.planes(channels: inputChannels) * taps)
        for first in stride(from: 0, to: written, by: 8) {
            for plane in 0..<input.planes(channels: inputChannels) {
                for tap in 0..<taps {
                    for output in first..<min(first + 8, written) {
                        var lane: UInt32 = 0
                        for part in 0..<input.channels {
                            lane |= bits(output, plane * input.channels + part, tap) << (32 / input.channels * part)
                        }
                        lanes.append(lane)
                    }
                }
            }
        }
        return lanes
    }
}
