package import UplumaKernels
package import UplumaResampling

/// One way to make a smaller picture: what it is called and what it is made of.
package struct Downscaler: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case filter(ResampleFilter)
        /// One file, of a `ResamplerNetwork`.
        case network(Model.Weights)
    }

    package let name: String
    /// The architecture of a network (`file` while a file the user names is not open), `fir` for filters.
    package internal(set) var family: String
    /// One line for lists.
    package let summary: String
    package let kind: Kind
    /// Source over result, in both directions; nil while a file the user names is not open.
    package internal(set) var factor: Int?
    /// The model that undoes it best, by its name in `ModelCatalog`: the one it was trained with; nil for filters, and
    /// where a file does not say.
    package internal(set) var upscaler: String?
    /// PSNR in dB that a network loses to f32, for precisions that were measured.
    package let precisionCosts: [Precision: Double]

    package init(
        name: String, family: String, summary: String, kind: Kind, factor: Int?, upscaler: String?,
        precisionCosts: [Precision: Double] = [:]
    ) {
        self.name = name
        self.family = family
        self.summary = summary
        self.kind = kind
        self.factor = factor
        self.upscaler = upscaler
        self.precisionCosts = precisionCosts
    }

    /// The key in a file's metadata that names the model it was trained with.
    static let guideKey = "guide"

    /// Ready for use; reads the weights file.
    ///
    /// - Throws: `WeightsError`.
    package func load() throws -> LoadedDownscaler {
        switch kind {
        case .filter(let filter):
            guard let factor else { preconditionFailure("a filter has a factor") }
            return LoadedDownscaler(downscaler: self, factor: factor, content: .filter(filter))
        case .network(let weights):
            let file =
                switch weights {
                case .shipped(let names): try WeightsFile(path: WeightsResource.path(of: names[0]))
                case .file(let path): try WeightsFile(path: path)
                }
            let network = try ResamplerNetwork(file: file)
            if let factor, factor != network.factor {
                throw WeightsError(
                    .invalidSetting, file: file.name,
                    problem: "makes pictures \(network.factor) times smaller, \(name) \(factor) times",
                    remedy: "it is not the file that belongs here")
            }
            var downscaler = self
            downscaler.family = network.architecture.rawValue
            downscaler.factor = network.factor
            downscaler.upscaler = file.metadata[Self.guideKey] ?? upscaler
            return LoadedDownscaler(
                downscaler: downscaler, factor: network.factor,
                content: .network(
                    LoadedDownscaler.Weights(
                        network: network, parameterCount: file.parameterCount(), sha256: file.sha256)))
        }
    }
}
