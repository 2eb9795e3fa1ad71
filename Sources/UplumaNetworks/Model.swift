package import UplumaKernels
package import UplumaResampling

/// One entry of the catalog: what it is called and what it is made of.
package struct Model: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case filter(ResampleFilter)
        case network(Weights)
    }

    /// Where a network's weights come from.
    package enum Weights: Sendable, Hashable {
        /// Files that come with the program, one for each scale the network was trained for and precision it is in.
        case shipped([String])
        /// A path the user names.
        case file(String)
    }

    package let name: String
    /// The architecture of a network (`file` while a file the user names is not open), `fir` for filters.
    package internal(set) var family: String
    /// One line for lists.
    package let summary: String
    package let kind: Kind
    /// PSNR in dB that a network loses to f32 (on Set5, at its worst scale), for precisions that were measured.
    package let precisionCosts: [Precision: Double]

    package init(
        name: String, family: String, summary: String, kind: Kind, precisionCosts: [Precision: Double] = [:]
    ) {
        self.name = name
        self.family = family
        self.summary = summary
        self.kind = kind
        self.precisionCosts = precisionCosts
    }

    /// Filter and weights ready for use; reads the weights files.
    ///
    /// - Throws: `WeightsError`.
    package func load() throws -> LoadedModel {
        switch kind {
        case .filter(let filter): return LoadedModel(model: self, content: .filter(filter))
        case .network(let weights):
            let files =
                switch weights {
                case .shipped(let names): try names.map { try WeightsFile(path: WeightsResource.path(of: $0)) }
                case .file(let path): [try WeightsFile(path: path)]
                }
            var model = self
            model.family = files.first?.metadata["architecture"] ?? family
            return LoadedModel(model: model, content: .network(try ScaleSet(files: files)))
        }
    }
}

/// A model with its weights in memory.
package struct LoadedModel: Sendable {
    package enum Content: Sendable {
        case filter(ResampleFilter)
        case network(ScaleSet)
    }

    package let model: Model
    package let content: Content
}
