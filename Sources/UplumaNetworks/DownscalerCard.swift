extension LoadedDownscaler {
    /// What `upluma models --json` says of it.
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

/// A downscaler as one object of `upluma models --json`; the keys are stable.
package struct DownscalerCard: Sendable, Hashable, Encodable {
    package let name: String
    package let family: String
    /// Source over result, in both directions.
    package let factor: Int
    /// The model it was trained with; nil for filters, and where a file does not say.
    package let upscaler: String?
    /// Trained numbers; 0 for filters.
    package let parameters: Int
    /// For each pixel of the source, a multiply-add counted as 2.
    package let operationsPerInputPixel: Int
    /// Of the weights file, lower-case hexadecimal; nil for filters.
    package let weightsSHA256: String?
    package let summary: String

    init(_ loaded: LoadedDownscaler, parameters: Int, operationsPerInputPixel: Int, sha256: String?) {
        name = loaded.downscaler.name
        family = loaded.downscaler.family
        factor = loaded.factor
        upscaler = loaded.downscaler.upscaler
        self.parameters = parameters
        self.operationsPerInputPixel = operationsPerInputPixel
        weightsSHA256 = sha256
        summary = loaded.downscaler.summary
    }

    private enum CodingKeys: String, CodingKey {
        case name, family, factor, upscaler, parameters, summary
        case operationsPerInputPixel = "operations_per_input_pixel"
        case weightsSHA256 = "weights_sha256"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(family, forKey: .family)
        try container.encode(factor, forKey: .factor)
        // Present even when there is none, so that every object has the same keys.
        try container.encode(upscaler, forKey: .upscaler)
        try container.encode(parameters, forKey: .parameters)
        try container.encode(operationsPerInputPixel, forKey: .operationsPerInputPixel)
        try container.encode(weightsSHA256, forKey: .weightsSHA256)
        try container.encode(summary, forKey: .summary)
    }
}
