import UplumaKernels

extension ConvolutionChain {
    /// The network a weights file describes by its metadata (`NetworkArchitecture`, `NetworkSettings`).
    ///
    /// - Throws: `WeightsError`: `unknownArchitecture`, `invalidSetting`, or what is wrong with a tensor:
    ///   `missingTensor`, `unexpectedTensor`, `wrongType`, `wrongShape`, `notFinite` or `outOfRange`.
    package init(file: WeightsFile) throws {
        let architecture = try NetworkArchitecture(of: file)
        guard architecture.form != .adaptive else {
            throw WeightsError(
                .unknownArchitecture, file: file.name, problem: "is a network of kernels, \(architecture.name)",
                remedy: "one is needed whose layers make the picture")
        }
        try self.init(architecture, file: file)
    }

    /// The network of a file that need not name its architecture.
    ///
    /// - Throws: `WeightsError` as above, but for `unknownArchitecture`.
    package init(_ architecture: NetworkArchitecture, file: WeightsFile) throws {
        let settings = try NetworkSettings(architecture, of: file)
        let count = settings.kernels.count
        let names = (0..<count).map { architecture.layerName($0, of: count) }
        let isPReLU = settings.activation == .prelu
        let known = Set(names.flatMap { ["\($0).weight", "\($0).bias"] })
            .union(isPReLU ? names.dropLast().map { "\($0).slope" } : [])
            .union(
                settings.precision == .int8
                    ? names.dropFirst().flatMap { name in LayerQuantization.tensorSuffixes.map { "\(name).\($0)" } }
                    : []
            )
        var layers: [ConvolutionLayer] = []
        for (index, name) in names.enumerated() {
            let (inputs, outputs) = (settings.widths[index], settings.widths[index + 1])
            let kernel = settings.kernels[index]
            let bias = try file.floats("\(name).bias", shape: [outputs])
            if architecture.form == .transposed && index == count - 1 {
                layers.append(
                    TransposedConvolution.folded(
                        inputChannels: inputs, kernel: kernel, stride: settings.factor,
                        weights: try file.floats("\(name).weight", shape: [inputs, 1, kernel, kernel]), bias: bias[0]))
                continue
            }
            let activation: Activation =
                switch settings.activation {
                case _ where index == count - 1: .none
                case .relu: .leaky(0)
                case .leaky: .leaky(settings.slope)
                case .prelu: .perChannel(try file.floats("\(name).slope", shape: [outputs]))
                case .tanh: .tanh
                }
            let quantization =
                settings.precision == .int8 && index > 0
                ? try LayerQuantization(name, of: file, inputs: inputs, outputs: outputs, kernel: kernel) : nil
            layers.append(
                ConvolutionLayer(
                    inputChannels: inputs, outputChannels: outputs, kernel: kernel,
                    weights: try quantization?.dequantizedWeights
                        ?? file.floats("\(name).weight", shape: [outputs, inputs, kernel, kernel]),
                    bias: bias, activation: activation, quantization: quantization))
        }
        if let stranger = file.tensorNames.first(where: { !known.contains($0) }) {
            throw WeightsError(
                .unexpectedTensor, file: file.name, tensor: stranger,
                problem: "does not belong to \(count) layers of \(architecture.name)",
                remedy: "the metadata 'widths' or 'activation' does not describe this network, or it is another one")
        }
        switch (architecture.form, settings.base) {
        case (.subpixels, let base):
            self.init(layers: layers, factor: settings.factor, base: base)
        case (.transposed, _):
            self.init(layers: layers, factor: settings.factor, base: nil)
        case (.enlarged, let filter?):
            self.init(layers: layers, factor: settings.factor, input: .enlarged(filter), base: nil)
        case (.enlargedResidual, let filter?):
            self.init(layers: layers, factor: settings.factor, input: .enlarged(filter), base: filter)
        case (.enlarged, nil), (.enlargedResidual, nil), (.adaptive, _):
            preconditionFailure("\(architecture.name) has a filter to enlarge with")
        }
    }
}
