package import UplumaResampling

/// SP-VDSR: six 3×3 convolutions of 8 channels at the small size, leaky ReLU between them, sub-pixels of a residual on a
/// Lanczos 3 enlargement of the luma.
///
/// Source: "Machine Learning Super-Resolution" by João Vitor Rafael Chrisóstomo (github.com/Artoriuz/sp-vdsr, its layer
/// list); luma 0...1 as `SampleMapping.luma` has it. Tensors are called `conv2d`, `conv2d_1`, … with `.weight` (OIHW) and `.bias`.
package enum SPVDSR {
    /// What files call this architecture.
    package static let architecture = "sp-vdsr"

    /// The sizes a file's metadata names; the article's where it names none.
    package struct Settings: Hashable, Sendable {
        package var factor = 2
        /// Channels before, between and after the layers.
        package var widths = [1, 8, 8, 8, 8, 8, 4]
        package var slope: Float = 0.3
        package var base = ResampleFilter.lanczos3

        package init() {}
    }

    /// - Throws: `WeightsError`: `missingTensor`, `unexpectedTensor`, `wrongType`, `wrongShape` or `notFinite`.
    package static func chain(from file: WeightsFile, settings: Settings) throws -> ConvolutionChain {
        let last = settings.widths.count - 2
        let names = (0...last).map { $0 == 0 ? "conv2d" : "conv2d_\($0)" }
        let layers = try zip(names, zip(settings.widths, settings.widths.dropFirst())).enumerated().map {
            index, layer in
            let (name, (inputs, outputs)) = layer
            return ConvolutionLayer(
                inputChannels: inputs, outputChannels: outputs,
                weights: try file.floats("\(name).weight", shape: [outputs, inputs, 3, 3]),
                bias: try file.floats("\(name).bias", shape: [outputs]),
                slope: index == last ? 1 : settings.slope)
        }
        let known = Set(names.flatMap { ["\($0).weight", "\($0).bias"] })
        if let stranger = file.tensorNames.first(where: { !known.contains($0) }) {
            throw WeightsError(
                .unexpectedTensor, file: file.name, tensor: stranger,
                problem: "does not belong to \(names.count) layers of \(architecture)",
                remedy: "the metadata 'widths' does not describe this network, or it is another one")
        }
        return ConvolutionChain(layers: layers, factor: settings.factor, baseFilter: settings.base)
    }

    /// Reads `scale`, `widths`, `leaky_slope`, `base` and `sample_range` of a file's metadata; what is missing is as in
    /// the article.
    ///
    /// - Throws: `WeightsError` with `invalidSetting`.
    package static func settings(of file: WeightsFile) throws -> Settings {
        var settings = Settings()
        func invalid(_ key: String, _ expected: String) -> WeightsError {
            WeightsError(
                .invalidSetting, file: file.name,
                problem: "metadata '\(key)' is '\(file.metadata[key] ?? "")', not \(expected)",
                remedy: "export the network again with metadata that describes it")
        }
        if let text = file.metadata["scale"] {
            guard let factor = Int(text), (1...8).contains(factor) else {
                throw invalid("scale", "a whole number from 1 to 8")
            }
            settings.factor = factor
        }
        if let text = file.metadata["widths"] {
            let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            let widths = parts.compactMap { $0 }
            guard widths.count == parts.count, (2...65).contains(widths.count), widths.first == 1,
                widths.allSatisfy({ (1...1024).contains($0) })
            else { throw invalid("widths", "channel counts from 1 to 1024 such as 1-8-8-4, starting with 1") }
            settings.widths = widths
        }
        guard settings.widths.last == settings.factor * settings.factor else {
            throw invalid("widths", "a list that ends with the square of the scale, \(settings.factor)²")
        }
        if let text = file.metadata["leaky_slope"] {
            guard let slope = Float(text), (0...1).contains(slope) else {
                throw invalid("leaky_slope", "a number from 0 to 1")
            }
            settings.slope = slope
        }
        if let text = file.metadata["base"] {
            guard let base = ResampleFilter(named: text) else {
                throw invalid("base", "one of \(ResampleFilter.allCases.map(\.name).joined(separator: ", "))")
            }
            settings.base = base
        }
        if let text = file.metadata["sample_range"], !text.hasPrefix("0..1") {
            throw invalid("sample_range", "0..1")
        }
        return settings
    }
}
