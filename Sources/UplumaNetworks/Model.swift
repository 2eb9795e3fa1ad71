package import UplumaResampling

/// One entry of the catalog: what it is called and what it is made of.
package struct Model: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case filter(ResampleFilter)
        case network(Weights)
    }

    /// Where a network's weights come from.
    package enum Weights: Sendable, Hashable {
        /// A file that comes with the program.
        case shipped(String)
        /// A path the user names.
        case file(String)
    }

    package let name: String
    /// The architecture of a network (`file` while a file the user names is not open), `fir` for filters.
    package internal(set) var family: String
    /// One line for lists.
    package let summary: String
    package let kind: Kind

    init(name: String, family: String, summary: String, kind: Kind) {
        self.name = name
        self.family = family
        self.summary = summary
        self.kind = kind
    }

    /// Filter and weights ready for use; reads the weights file.
    ///
    /// - Throws: `WeightsError`.
    package func load() throws -> LoadedModel {
        switch kind {
        case .filter(let filter): return LoadedModel(model: self, content: .filter(filter), weightsSHA256: nil)
        case .network(let weights):
            let file =
                switch weights {
                case .shipped(let name): try WeightsFile(path: WeightsResource.path(of: name))
                case .file(let path): try WeightsFile(path: path)
                }
            var model = self
            model.family = file.metadata["architecture"] ?? family
            return LoadedModel(
                model: model, content: .network(try ConvolutionChain(file: file)), weightsSHA256: file.sha256)
        }
    }
}

extension ConvolutionChain {
    /// The network a weights file describes by its metadata `architecture`.
    ///
    /// - Throws: `WeightsError`: `unknownArchitecture`, `invalidSetting`, or what is wrong with a tensor.
    package init(file: WeightsFile) throws {
        switch file.metadata["architecture"] {
        case SPVDSR.architecture: self = try SPVDSR.chain(from: file, settings: SPVDSR.settings(of: file))
        case let other:
            let found = other.map { "names the network '\($0)', which this version does not know" }
            throw WeightsError(
                .unknownArchitecture, file: file.name, problem: found ?? "does not name its network",
                remedy: "its metadata 'architecture' must be '\(SPVDSR.architecture)'")
        }
    }
}

/// A model with its weights in memory.
package struct LoadedModel: Sendable {
    package enum Content: Sendable {
        case filter(ResampleFilter)
        case network(ConvolutionChain)
    }

    package let model: Model
    package let content: Content
    /// Of the whole weights file, lower-case hexadecimal; nil for filters.
    package let weightsSHA256: String?

    /// What `upluma models --json` says.
    package var card: ModelCard {
        switch content {
        case .filter(let filter):
            // Along the rows for twice the columns, then down for twice the rows as well.
            let taps = max(1, Int((2 * filter.support).rounded(.up)))
            return ModelCard(
                name: model.name, family: model.family, scales: [2, 3, 4, 8], parameters: 0,
                operationsPerInputPixel: 2 * taps * (2 + 4), weightsSHA256: nil, summary: model.summary)
        case .network(let chain):
            return ModelCard(
                name: model.name, family: model.family, scales: [chain.factor], parameters: chain.parameterCount,
                operationsPerInputPixel: chain.operationsPerInputPixel, weightsSHA256: weightsSHA256,
                summary: model.summary)
        }
    }
}

/// One object of `upluma models --json`; the keys are stable.
package struct ModelCard: Sendable, Hashable, Encodable {
    package let name: String
    package let family: String
    /// Scales that need no detour; others are reached through them (`ScalerChain.notes`).
    package let scales: [Int]
    /// Trained numbers; 0 for filters.
    package let parameters: Int
    /// A multiply-add counted as 2; networks without their base, filters at scale 2.
    package let operationsPerInputPixel: Int
    /// Lower-case hexadecimal; null for filters.
    package let weightsSHA256: String?
    package let summary: String

    private enum CodingKeys: String, CodingKey {
        case name, family, scales, parameters, summary
        case operationsPerInputPixel = "operations_per_input_pixel"
        case weightsSHA256 = "weights_sha256"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(family, forKey: .family)
        try container.encode(scales, forKey: .scales)
        try container.encode(parameters, forKey: .parameters)
        try container.encode(operationsPerInputPixel, forKey: .operationsPerInputPixel)
        // Present even when there is none, so that every object has the same keys.
        try container.encode(weightsSHA256, forKey: .weightsSHA256)
        try container.encode(summary, forKey: .summary)
    }
}
