import UplumaKernels

/// One step of a `StreamingExecutor`: what makes rows of features from rows of features.
struct ExecutorStage: Sendable {
    enum Operation: Sendable {
        case convolution(PackedConvolution)
        /// Four rows at a time, channels last on both sides.
        case winograd(WinogradConvolution)
        /// From planar to channels last, and back, so many channels.
        case toChannelsLast(Int)
        case toPlanar(Int)
    }

    let operation: Operation

    /// Rows above and below a row that it depends on.
    var reach: Int {
        switch operation {
        case .convolution(let layer): layer.kernel / 2
        case .winograd: 1
        case .toChannelsLast, .toPlanar: 0
        }
    }

    /// Rows that are made at a time, from a multiple of this on.
    var step: Int {
        switch operation {
        case .winograd: WinogradConvolution.tile
        case .convolution, .toChannelsLast, .toPlanar: 1
        }
    }

    /// Time for each pixel, in multiply-adds of plain f32 kernels that take as long.
    ///
    /// Measured with AVX-512 on Zen 4, where a row of any width and 8 to 64 channels takes within 5 % of this: a lane of
    /// bfloat16 or bytes as long as one float, rounding a result to a byte 3, a transform there and back 10 for each
    /// channel, a change of layout 5.
    var work: Double {
        switch operation {
        case .convolution(let layer):
            let lanes = layer.input.planes(channels: layer.inputChannels) * layer.kernel * layer.kernel
            return Double(layer.writtenChannels * (lanes + (layer.output == .u8 ? 3 : 0)))
        case .winograd(let layer):
            let inputs = ChannelsLastLayout(channels: layer.inputChannels, width: 1).channels
            let outputs = ChannelsLastLayout(channels: layer.outputChannels, width: 1).channels
            return Double(inputs * outputs) * 36 / 16 + 10 * Double(inputs + outputs)
        case .toChannelsLast(let channels), .toPlanar(let channels): return 5 * Double(channels)
        }
    }

    /// Bytes that it needs apart from its rows.
    var scratchByteCount: Int {
        switch operation {
        case .winograd(let layer): layer.scratchByteCount
        case .convolution, .toChannelsLast, .toPlanar: 0
        }
    }
}

/// What rows between two stages look like.
enum RowLayout: Sendable {
    case planar(FeatureLayout)
    case channelsLast(ChannelsLastLayout)

    var byteCount: Int {
        switch self {
        case .planar(let layout): layout.byteCount
        case .channelsLast(let layout): layout.byteCount
        }
    }
}

/// A network's layers as stages, and the rows between them.
struct ExecutorPlan {
    private(set) var stages: [ExecutorStage] = []
    /// What stage n reads (index n); the last entry is what the last stage writes.
    private(set) var layouts: [RowLayout]
    /// The codes of the value 0 of each entry of `layouts` that holds bytes.
    private(set) var zeros: [[UInt8]?] = [nil]

    private let width: Int
    private var channels: Int

    /// - Parameters:
    ///   - layers: at least one; the first may read several channels.
    ///   - width: pixels of a row of the layers' grid.
    ///   - precision: int8 for layers that are quantised, bf16 for those without tanh.
    ///   - usesWinograd: whether wide 3×3 layers in f32 may take the faster way.
    init(_ layers: [ConvolutionLayer], width: Int, precision: Precision, usesWinograd: Bool) {
        self.width = width
        channels = layers[0].inputChannels
        layouts = [.planar(FeatureLayout(channels: channels, width: width))]
        for (index, layer) in layers.enumerated() {
            let (isFirst, isLast) = (index == 0, index == layers.count - 1)
            switch precision {
            case .f32:
                if usesWinograd && layer.suitsWinograd {
                    appendWinograd(layer)
                } else {
                    appendToPlanar()
                    append(layer.packed(), to: .f32)
                }
            case .bf16:
                // The picture itself and the residual stay floats: both cost next to nothing.
                append(
                    layer.packed(input: isFirst ? .f32 : .bf16, output: isLast ? .f32 : .bf16),
                    to: isLast ? .f32 : .bf16)
            case .int8:
                let next = isLast ? nil : layers[index + 1].quantization
                append(layer.quantized(next: next), to: isLast ? .f32 : .u8)
                zeros[zeros.count - 1] = next?.inputZeros
            }
        }
        // The result is handed out as a planar row.
        appendToPlanar()
    }

    private mutating func append(_ layer: PackedConvolution, to lane: Lane) {
        channels = layer.writtenChannels
        append(.convolution(layer), .planar(FeatureLayout(channels: channels, width: width, lane: lane)))
    }

    private mutating func append(_ operation: ExecutorStage.Operation, _ layout: RowLayout) {
        stages.append(ExecutorStage(operation: operation))
        layouts.append(layout)
        zeros.append(nil)
    }

    private mutating func appendWinograd(_ layer: ConvolutionLayer) {
        if case .planar = layouts[layouts.count - 1] {
            let last = ChannelsLastLayout(channels: channels, width: width)
            // Room for whole groups of channels, those that only fill them up being 0.
            layouts[layouts.count - 1] = .planar(FeatureLayout(channels: last.channels, width: width))
            append(.toChannelsLast(last.channels), .channelsLast(last))
        }
        let made = ChannelsLastLayout(channels: layer.outputChannels, width: width)
        channels = made.channels
        append(.winograd(layer.winograd), .channelsLast(made))
    }

    private mutating func appendToPlanar() {
        guard case .channelsLast(let last) = layouts[layouts.count - 1] else { return }
        append(.toPlanar(last.channels), .planar(FeatureLayout(channels: last.channels, width: width)))
    }
}

extension ConvolutionLayer {
    /// Whether Winograd's way is the faster one, with a change of layout on each side: from 12 channels on both sides.
    var suitsWinograd: Bool {
        guard kernel == 3 else { return false }
        let groups = [inputChannels, outputChannels].map { ChannelsLastLayout(channels: $0, width: 1).channels }
        let operations: [ExecutorStage.Operation] = [
            .toChannelsLast(groups[0]), .winograd(winograd), .toPlanar(groups[1]),
        ]
        return operations.reduce(0) { $0 + ExecutorStage(operation: $1).work }
            < ExecutorStage(operation: .convolution(packed())).work
    }

    /// The layer for rows of floats or bfloat16.
    func packed(input: Lane = .f32, output: Lane = .f32) -> PackedConvolution {
        PackedConvolution(
            inputChannels: inputChannels, outputChannels: outputChannels, kernel: kernel, weights: .floats(weights),
            bias: bias, activation: activation, input: input, output: output)
    }

    /// The layer in 8 bits; the first of a chain reads floats.
    ///
    /// - Parameter next: the layer whose codes are written; nil for floats.
    func quantized(next: LayerQuantization?) -> PackedConvolution {
        let output: Lane = next == nil ? .f32 : .u8
        guard let quantization else {
            let codes = next.map {
                PackedConvolution.Codes(steps: $0.inputScales.map { 1 / $0 }, zeros: $0.inputZeros)
            }
            return PackedConvolution(
                inputChannels: inputChannels, outputChannels: outputChannels, kernel: kernel,
                weights: .floats(weights), bias: bias, activation: activation, output: output, codes: codes)
        }
        let law = quantization.resultLaw(bias: bias, next: next)
        let codes = next.map {
            PackedConvolution.Codes(steps: Array(repeating: 1, count: outputChannels), zeros: $0.inputZeros)
        }
        return PackedConvolution(
            inputChannels: inputChannels, outputChannels: outputChannels, kernel: kernel,
            weights: .integers(quantization.weights, scales: law.scales), bias: law.offsets, activation: activation,
            input: .u8, output: output, codes: codes)
    }

    /// The layer for Winograd's way.
    var winograd: WinogradConvolution {
        WinogradConvolution(
            inputChannels: inputChannels, outputChannels: outputChannels, weights: weights, bias: bias,
            activation: activation)
    }
}
