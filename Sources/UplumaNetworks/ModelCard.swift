extension LoadedModel {
    /// What `upluma models --json` says.
    package var card: ModelCard {
        switch content {
        case .filter(let filter):
            // Along the rows for twice the columns, then down for twice the rows as well.
            let taps = max(1, Int((2 * filter.support).rounded(.up)))
            return ModelCard(model, scales: [2, 3, 4, 8], operationsPerInputPixel: 2 * taps * (2 + 4), weights: [])
        case .network(let networks):
            return ModelCard(
                model, scales: networks.factors,
                operationsPerInputPixel: networks.members[0].network.operationsPerInputPixel,
                weights: networks.members.map {
                    ModelCard.Weights(
                        scale: $0.network.factor, parameters: $0.parameterCount,
                        operationsPerInputPixel: $0.network.operationsPerInputPixel, sha256: $0.sha256,
                        int8SHA256: $0.quantized?.sha256)
                })
        }
    }
}

/// One object of `upluma models --json`; the keys are stable.
package struct ModelCard: Sendable, Hashable, Encodable {
    /// One weights file of a network.
    package struct Weights: Sendable, Hashable, Encodable {
        package let scale: Int
        package let parameters: Int
        package let operationsPerInputPixel: Int
        package let sha256: String
        /// Of the same network's file in 8 bits; nil where there is none.
        package let int8SHA256: String?

        private enum CodingKeys: String, CodingKey {
            case scale, parameters, sha256
            case operationsPerInputPixel = "operations_per_input_pixel"
            case int8SHA256 = "int8_sha256"
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(scale, forKey: .scale)
            try container.encode(parameters, forKey: .parameters)
            try container.encode(operationsPerInputPixel, forKey: .operationsPerInputPixel)
            try container.encode(sha256, forKey: .sha256)
            // Present even when there is none, so that every object has the same keys.
            try container.encode(int8SHA256, forKey: .int8SHA256)
        }
    }

    package let name: String
    package let family: String
    /// Scales that need no detour; others are reached through them (`ScalerChain.notes`).
    package let scales: [Int]
    /// A multiply-add counted as 2; networks at the first of their scales without enlargement by a filter, filters at
    /// scale 2.
    package let operationsPerInputPixel: Int
    package let summary: String
    /// One for each scale of a network, none for filters.
    package let weights: [Weights]

    /// Trained numbers at the first scale; 0 for filters.
    package var parameters: Int { weights.first?.parameters ?? 0 }
    /// Of the file for the first scale, lower-case hexadecimal; nil for filters.
    package var weightsSHA256: String? { weights.first?.sha256 }

    init(_ model: Model, scales: [Int], operationsPerInputPixel: Int, weights: [Weights]) {
        name = model.name
        family = model.family
        summary = model.summary
        self.scales = scales
        self.operationsPerInputPixel = operationsPerInputPixel
        self.weights = weights
    }

    private enum CodingKeys: String, CodingKey {
        case name, family, scales, parameters, summary, weights
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
        try container.encode(weights, forKey: .weights)
        try container.encode(summary, forKey: .summary)
    }
}
