import Foundation
import UplumaMedia
import UplumaNetworks

/// What tells whether a result that stands is the one that would be made: of options and weights, and of a source besides.
package enum BatchFingerprint {
    /// Of what results depend on besides their sources.
    ///
    /// Left out is what changes no picture, sample or packet: names of files, who may be overwritten or looked up, threads,
    /// and what is checked (`verifies`, `isStrict`): a result that was not checked is not another one. Versions of the tool
    /// are not in it either. Paths of weights count by what is in the files.
    ///
    /// - Parameter weights: `weights(of:)`.
    /// - Returns: 64 hexadecimal digits.
    package static func options(_ options: UpscaleOptions, weights: [String]) throws -> String {
        var plain = options
        if isFile(plain.model) { plain.model = file }
        if let downscaler = plain.downscaler, isFile(downscaler) { plain.downscaler = file }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let object = try JSONSerialization.jsonObject(with: try encoder.encode(plain))
        guard var values = object as? [String: Any] else {
            throw UplumaError(.internal, "Options are no JSON object.")
        }
        for name in withoutInfluence { values[name] = nil }
        // A batch's encoders always are.
        if var encoder = values["encoder"] as? [String: Any] {
            encoder["isSteady"] = nil
            values["encoder"] = encoder
        }
        let json = try JSONSerialization.data(withJSONObject: values, options: [.sortedKeys, .withoutEscapingSlashes])
        return try hash([String(decoding: json, as: UTF8.self)] + weights.sorted())
    }

    /// Of a source under certain options: `options(_:weights:)`.
    package static func file(bytes: Int64, changed: Int64, options: String) throws -> String {
        try hash([options, "\(bytes)", "\(changed)"])
    }

    /// SHA-256 of every weights file that a job with these options may use, in the order of names; `auto` may take any of
    /// several models.
    ///
    /// - Throws: `UplumaError`.
    package static func weights(of options: UpscaleOptions) throws -> [String] {
        do {
            var hashes: [String] = []
            if options.scale > 1 {
                let isOpen = options.model == UpscaleOptions.automaticModel
                for name in isOpen ? ModelChoice.candidates : [options.model] {
                    hashes += try weights(of: ModelCatalog.model(name), scale: options.scale)
                }
            }
            if let downscaler = options.downscaler {
                let loaded = try DownscalerCatalog.downscaler(downscaler).load()
                if case .network(let weights) = loaded.content { hashes.append(weights.sha256) }
            }
            return hashes
        } catch {
            throw UplumaError(any: error)
        }
    }

    private static func weights(of model: Model, scale: Int) throws -> [String] {
        guard case .network(let networks) = try model.load().content else { return [] }
        // A scale that needs no detour takes its own network alone; a detour may take any.
        let isNative = networks.factors.contains(scale)
        return networks.members.filter { !isNative || $0.network.factor == scale }
            .flatMap { [$0.sha256, $0.quantized?.sha256].compactMap { $0 } }
    }

    /// Keys of `UpscaleOptions`.
    private static let withoutInfluence = [
        "input", "output", "overwrite", "threads", "verifies", "isStrict", "allowsNetwork", "resumes",
    ]

    /// Instead of a path.
    private static let file = ".safetensors"

    private static func isFile(_ name: String) -> Bool { name.hasSuffix(file) }

    /// A line each.
    private static func hash(_ lines: [String]) throws -> String {
        do {
            let hash = try ContentHash()
            for line in lines { hash.add(Array("\(line)\n".utf8)) }
            return hash.finish()
        } catch {
            throw UplumaError(any: error)
        }
    }
}

extension ModelChoice {
    /// Every model that the source may decide for, of those in the catalog.
    static var candidates: [String] {
        let catalog = ModelCatalog.models.map(\.name)
        let tagged = DownscalerCatalog.downscalers.compactMap(\.upscaler).filter(catalog.contains)
        return [clean, film(of: catalog)] + Set(tagged).sorted()
    }
}
