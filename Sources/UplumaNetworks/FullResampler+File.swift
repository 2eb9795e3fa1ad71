import UplumaTensors

extension FullResampler {
    /// The network a weights file describes by its metadata and the shapes of its tensors, whose names are the authors':
    ///
    /// | key | value |
    /// |---|---|
    /// | `scale` | 2, 4 or 8 |
    /// | `kernel_size` | 3 · scale + 1, where it is said |
    /// | `channels` | as `ds_1.1.weight` has them, where it is said |
    /// | `sample_range` | 0..1, whatever is said after that |
    ///
    /// Each `NAME.weight` (output, input, row, column) has a `NAME.bias`: `sub_mean` (may be missing), `ds_1.1`,
    /// `ds_2.downsample.1`, `ds_4.…`, `res_4.N.transform.1` and `.4` for as many blocks N as there are, `ds_8.…`; for the
    /// trunks `kernels_trunk` and `offsets_trunk` `.1`, `.4`, `.7`, `.9.upsample.0` and `.11`; for the heads
    /// `kernels_weight`, `offsets_h_generation` and `offsets_v_generation` `.1` and `.4`.
    ///
    /// - Throws: `WeightsError`: `invalidSetting`, `missingTensor`, `unexpectedTensor`, `wrongType`, `wrongShape` or
    ///   `notFinite`.
    package init(file: WeightsFile) throws {
        let settings = ResamplerSettings(file)
        let factor = try settings.required("scale", "2, 4 or 8") { ResamplerSettings.number($0, of: [2, 4, 8]) }
        let size = Self.kernelSize(factor: factor)
        _ = try settings.value("kernel_size", "\(size) for scale \(factor)") {
            ResamplerSettings.number($0, of: [size])
        }
        _ = try settings.value("sample_range", "0..1") { $0.hasPrefix("0..1") ? true : nil }
        var reader = Reader(file: file)

        let channels = file.shape(of: "ds_1.1.weight").flatMap { $0.count > 1 ? $0[1] : nil } ?? 3
        guard channels == 1 || channels == 3 else {
            throw WeightsError(
                .wrongShape, file: file.name, tensor: "ds_1.1.weight",
                problem: "reads \(channels) channels, not 1 or 3", remedy: "the network reads luma, or R, G and B")
        }
        _ = try settings.value("channels", "\(channels), as its first layer reads") {
            ResamplerSettings.number($0, of: [channels])
        }
        let hasMean = file.shape(of: "sub_mean.weight") != nil || file.shape(of: "sub_mean.bias") != nil
        mean = hasMean ? try reader.convolution("sub_mean", inputs: channels, outputs: channels, side: 1) : nil
        entry = try reader.convolution("ds_1.1", inputs: channels, side: 5)
        let half = try reader.convolution("ds_2.downsample.1", inputs: 4 * entry.outputChannels, side: 1)
        let quarter = try reader.convolution("ds_4.downsample.1", inputs: 4 * half.outputChannels, side: 1)
        var blocks: [(first: Convolution, second: Convolution)] = []
        while file.shape(of: "res_4.\(blocks.count).transform.1.weight") != nil {
            let name = "res_4.\(blocks.count).transform"
            let first = try reader.convolution("\(name).1", inputs: quarter.outputChannels)
            let second = try reader.convolution(
                "\(name).4", inputs: first.outputChannels, outputs: quarter.outputChannels)
            blocks.append((first, second))
        }
        let eighth = try reader.convolution("ds_8.downsample.1", inputs: 4 * quarter.outputChannels, side: 1)
        kernelTrunk = try reader.trunk("kernels_trunk", inputs: eighth.outputChannels, factor: factor)
        displacementTrunk = try reader.trunk("offsets_trunk", inputs: eighth.outputChannels, factor: factor)
        kernelHead = try reader.head("kernels_weight", of: kernelTrunk, taps: size * size)
        horizontalHead = try reader.head("offsets_h_generation", of: displacementTrunk, taps: size * size)
        verticalHead = try reader.head("offsets_v_generation", of: displacementTrunk, taps: size * size)
        try settings.expect(
            reader.known, .full, remedy: "the file holds another network, or tensors that say how others are stored")
        self.blocks = blocks
        self.factor = factor
        inputChannels = channels
        reductions = [half, quarter, eighth]
    }

    /// Convolutions by their names.
    private struct Reader {
        let file: WeightsFile
        /// Tensors that have been read.
        var known: Set<String> = []

        init(file: WeightsFile) { self.file = file }

        /// - Parameters:
        ///   - outputs: nil where the file says them.
        ///   - side: rows and columns of the kernel.
        mutating func convolution(
            _ name: String, inputs: Int, outputs: Int? = nil, side: Int = 3
        ) throws -> Convolution {
            let outputs = outputs ?? max(1, file.shape(of: "\(name).weight")?.first ?? 1)
            known.formUnion(["\(name).weight", "\(name).bias"])
            return Convolution(
                inputChannels: inputs, outputChannels: outputs, kernel: Extent(side),
                weights: try file.floats("\(name).weight", shape: [outputs, inputs, side, side]),
                bias: try file.floats("\(name).bias", shape: [outputs]))
        }

        mutating func trunk(_ name: String, inputs: Int, factor: Int) throws -> Trunk {
            var coarse: [Convolution] = []
            for layer in ["1", "4", "7"] {
                coarse.append(
                    try convolution("\(name).\(layer)", inputs: coarse.last?.outputChannels ?? inputs))
            }
            let subpixels = FullResampler.multiple / factor * (FullResampler.multiple / factor)
            let enlarging = try convolution(
                "\(name).9.upsample.0", inputs: coarse.last?.outputChannels ?? inputs, side: 1)
            guard enlarging.outputChannels % subpixels == 0 else {
                throw WeightsError(
                    .wrongShape, file: file.name, tensor: "\(name).9.upsample.0.weight",
                    problem: "gives \(enlarging.outputChannels) channels, not a multiple of \(subpixels)",
                    remedy: "the metadata 'scale' does not describe this network")
            }
            return Trunk(
                coarse: coarse, enlarging: enlarging,
                fine: try convolution("\(name).11", inputs: enlarging.outputChannels / subpixels))
        }

        mutating func head(_ name: String, of trunk: Trunk, taps: Int) throws -> Head {
            let inner = try convolution("\(name).1", inputs: trunk.fine.outputChannels)
            return Head(inner: inner, last: try convolution("\(name).4", inputs: inner.outputChannels, outputs: taps))
        }
    }
}
