extension LoadedDownscaler {
    /// What `upluma models --downscalers --json` says.
    package var card: DownscalerCard {
        switch content {
        case .filter(let filter):
            // A stretched filter, along the rows and then down for the columns that are left.
            let taps = max(1, (2 * filter.support * Double(factor)).rounded(.up))
            let products = taps * (1 / Double(factor) + 1 / Double(factor * factor))
            return DownscalerCard(
                self, parameters: 0,
                operationsPerInputPixel: ResamplerNetwork.operations(productsOfSource: products), sha256: nil)
        case .network(let weights):
            return DownscalerCard(
                self, parameters: weights.parameterCount,
                operationsPerInputPixel: weights.network.operationsPerInputPixel, sha256: weights.sha256)
        }
    }
}

/// One object of `upluma models --downscalers --json`: the keys of `ModelCard` with the same meanings, so that one reader
/// serves both lists, and those of downscalers alone.
package struct DownscalerCard: Sendable, Hashable, Encodable {
    package let name: String
    package let family: String
    /// Source over result, in both directions.
    package let factor: Int
    /// The model that belongs to it; nil for filters, and where a file does not say.
    package let upscaler: String?
    /// Trained numbers; 0 for filters.
    package let parameters: Int
    /// A multiply-add counted as 2.
    package let operationsPerInputPixel: Int
    /// Lower-case hexadecimal; nil for filters.
    package let weightsSHA256: String?
    package let summary: String

    init(_ loaded: LoadedDownscaler, parameters: Int, operationsPerInputPixel: Int, sha256: String?) {
        name = loaded.downscaler.name
        family = loaded.downscaler.family
        factor = loaded.factor
        upscaler = loaded.downscaler.upscaler
        summary = loaded.downscaler.summary
        self.parameters = parameters
        self.operationsPerInputPixel = operationsPerInputPixel
        weightsSHA256 = sha256
    }

    private struct Weights: Encodable {
        let factor: Int
        let parameters: Int
        let sha256: String
    }

    private enum CodingKeys: String, CodingKey {
        case name, family, scales, parameters, summary, weights, factor, upscaler
        case operationsPerInputPixel = "operations_per_input_pixel"
        case weightsSHA256 = "weights_sha256"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(family, forKey: .family)
        // It enlarges by no scale.
        try container.encode([Int](), forKey: .scales)
        try container.encode(factor, forKey: .factor)
        try container.encode(upscaler, forKey: .upscaler)
        try container.encode(parameters, forKey: .parameters)
        try container.encode(operationsPerInputPixel, forKey: .operationsPerInputPixel)
        try container.encode(weightsSHA256, forKey: .weightsSHA256)
        try container.encode(
            weightsSHA256.map { [Weights(factor: factor, parameters: parameters, sha256: $0)] } ?? [],
            forKey: .weights)
        try container.encode(summary, forKey: .summary)
    }
}
