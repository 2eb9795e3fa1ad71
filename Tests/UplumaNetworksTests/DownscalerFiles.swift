import Foundation
import UplumaNetworks
import UplumaTestSupport

/// Weights files of downscalers, written, opened and loaded by their paths.
enum DownscalerFiles {
    static let light = LightForm.all[0].network
    static let full = FullForm(factor: 4, channels: 3)

    /// A weights file in a folder of its own.
    static func loaded(
        metadata: [String: String], tensors: [(name: String, shape: [Int], values: [Float])]
    ) throws -> LoadedDownscaler {
        let folder = try TemporaryDirectory()
        let path = folder.file("own.safetensors")
        try safetensors(metadata: metadata, tensors: tensors).write(to: URL(fileURLWithPath: path))
        return try withExtendedLifetime(folder) { try DownscalerCatalog.downscaler(path).load() }
    }

    static func loadedLight(_ changes: [String: String?] = [:]) throws -> LoadedDownscaler {
        try loaded(metadata: light.metadata.changed(changes), tensors: light.tensors)
    }

    static func loadedFull(
        _ changes: [String: String?] = [:], tensors: [(name: String, shape: [Int], values: [Float])] = full.tensors
    ) throws -> LoadedDownscaler {
        try loaded(metadata: full.metadata.changed(changes), tensors: tensors)
    }
}

extension [String: String] {
    /// With some values replaced, or removed where the new one is nil.
    fileprivate func changed(_ changes: [String: String?]) -> [String: String] {
        var result = self
        for (key, value) in changes { result[key] = value }
        return result
    }
}
