import UplumaKernels

extension AdaptiveNetwork {
    /// The network a weights file describes by its metadata, each value one entry for each stage, parted by spaces:
    ///
    /// | key | value |
    /// |---|---|
    /// | `scale` | 1 to 8, the product of the factors; 2 when missing |
    /// | `widths` | channels before, between and after the layers, such as 1-64-64-100: the first 1 or 2, the last an odd square times the factor's |
    /// | `factors` | enlargement of each stage; the scale when missing |
    /// | `kernels` | rows and columns of each layer's kernel; 3 when missing |
    /// | `intervals` | pixels between taps, such as 1-2 for two levels; 1 when missing |
    /// | `repeats` | how often a stage is run; 1 when missing |
    /// | `sample_range` | 0..1, whatever is said after that |
    ///
    /// The layers of the first stage are called `conv1`, `conv2`, …, those of the second `stage2.conv1`, and so on, each
    /// with `.weight` (output, input, row, column) and `.bias`; ReLU follows all but the last.
    ///
    /// - Throws: `WeightsError`: `invalidSetting`, `missingTensor`, `unexpectedTensor`, `wrongType`, `wrongShape`,
    ///   `notFinite` or `outOfRange`.
    init(_ architecture: NetworkArchitecture, file: WeightsFile) throws {
        let settings = try AdaptiveSettings(architecture, of: file)
        var known: Set<String> = []
        let stages = try settings.stages.enumerated().map { number, stage in
            let count = stage.kernels.count
            let layers = try (0..<count).map { index in
                let name = (number == 0 ? "" : "stage\(number + 1).") + architecture.layerName(index, of: count)
                known.formUnion(["\(name).weight", "\(name).bias"])
                let (inputs, outputs, kernel) = (stage.widths[index], stage.widths[index + 1], stage.kernels[index])
                return ConvolutionLayer(
                    inputChannels: inputs, outputChannels: outputs, kernel: kernel,
                    weights: try file.floats("\(name).weight", shape: [outputs, inputs, kernel, kernel]),
                    bias: try file.floats("\(name).bias", shape: [outputs]),
                    activation: index == count - 1 ? .none : .leaky(0))
            }
            return AdaptiveStage(
                layers: layers, size: stage.size, factor: stage.factor, intervals: stage.intervals,
                repeats: stage.repeats)
        }
        if let stranger = file.tensorNames.first(where: { !known.contains($0) }) {
            throw WeightsError(
                .unexpectedTensor, file: file.name, tensor: stranger,
                problem: "does not belong to the \(stages.count) stages of \(architecture.name)",
                remedy: "the metadata 'widths' does not describe this network, or it is another one")
        }
        self.init(stages: stages)
    }
}

/// The sizes of a network of stages, as the metadata of its file says them (`AdaptiveNetwork.init(_:file:)`).
struct AdaptiveSettings: Hashable, Sendable {
    struct Stage: Hashable, Sendable {
        let widths: [Int]
        let kernels: [Int]
        let factor: Int
        let intervals: [Int]
        let repeats: Int
        /// Rows and columns of the predicted kernels.
        let size: Int
    }

    let stages: [Stage]

    /// Rows and columns of predicted kernels, the largest there may be.
    static let largestSize = 9

    /// - Throws: `WeightsError` with `invalidSetting`.
    init(_ architecture: NetworkArchitecture, of file: WeightsFile) throws {
        func invalid(_ key: String, _ expected: String) -> WeightsError {
            let found = file.metadata[key].map { "is '\($0)', not \(expected)" } ?? "is missing; it is \(expected)"
            return WeightsError(
                .invalidSetting, file: file.name, problem: "metadata '\(key)' \(found)",
                remedy: "export the network again with metadata that describes it")
        }
        func lists(_ key: String, _ range: ClosedRange<Int>, _ expected: String, count: Int?) throws -> [[Int]]? {
            guard let text = file.metadata[key] else { return nil }
            let entries = text.split(separator: " ").map { entry in
                entry.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            }
            let numbers = entries.map { $0.compactMap { $0 } }
            let isWhole = zip(entries, numbers).allSatisfy { $0.count == $1.count && $1.allSatisfy(range.contains) }
            guard isWhole && !entries.isEmpty && entries.count == count ?? entries.count else {
                throw invalid(key, expected + (count.map { " for each of \($0) stages" } ?? ""))
            }
            return numbers
        }
        let size = Self.defaultSize
        let scale = try lists("scale", 1...8, "a whole number from 1 to 8", count: 1)?[0] ?? [2]
        guard scale.count == 1 else { throw invalid("scale", "a whole number from 1 to 8") }
        let standard = architecture.channels + [size * size * scale[0] * scale[0]]
        let widths = try lists("widths", 1...1024, "channel counts from 1 to 1024", count: nil) ?? [standard]
        let count = widths.count
        let factors = try lists("factors", 1...8, "a number from 1 to 8", count: count) ?? widths.map { _ in scale }
        let repeats = try lists("repeats", 1...8, "a number from 1 to 8", count: count) ?? widths.map { _ in [1] }
        let intervals = try lists("intervals", 1...8, "numbers from 1 to 8", count: count) ?? widths.map { _ in [1] }
        let known = PackedConvolution.kernelSizes.map(String.init).joined(separator: ", ")
        let sizes = "one of \(known) for each layer"
        let kernels =
            try lists("kernels", 1...9, sizes, count: count)
            ?? widths.map { Array(repeating: 3, count: max($0.count - 1, 0)) }
        _ = try file.metadata["sample_range"].map { if !$0.hasPrefix("0..1") { throw invalid("sample_range", "0..1") } }
        stages = try (0..<count).map { index in
            let (widths, kernels) = (widths[index], kernels[index])
            guard factors[index].count == 1, repeats[index].count == 1 else {
                throw invalid(factors[index].count == 1 ? "repeats" : "factors", "one number for each stage")
            }
            let (factor, repeats) = (factors[index][0], repeats[index][0])
            let size = stride(from: 1, through: Self.largestSize, by: 2).first {
                $0 * $0 * factor * factor == widths.last
            }
            guard let size, (2...65).contains(widths.count), widths[0] <= 2 else {
                throw invalid("widths", "channel counts that begin with 1 or 2 and end with an odd square · \(factor)²")
            }
            guard kernels.count == widths.count - 1, kernels.allSatisfy(PackedConvolution.kernelSizes.contains) else {
                throw invalid("kernels", sizes)
            }
            guard repeats == 1 || factor == 1 else { throw invalid("repeats", "1 where a stage enlarges") }
            return Stage(
                widths: widths, kernels: kernels, factor: factor, intervals: intervals[index], repeats: repeats,
                size: size)
        }
        guard stages.reduce(1, { $0 * $1.factor }) == scale[0] else {
            throw invalid("factors", "numbers whose product is the scale, \(scale[0])")
        }
    }

    /// The paper's.
    private static let defaultSize = 5
}
