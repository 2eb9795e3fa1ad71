import UplumaNetworks
import UplumaResampling

/// One entry of the catalog, as `upluma models` lists it. Encodes to the stable keys of `models --json`.
public struct ModelInfo: Sendable, Encodable {
    private let card: ModelCard

    public var name: String { card.name }
    /// `fir` for filters, the architecture for networks.
    public var family: String { card.family }
    /// Scales that need no detour; others are reached through them.
    public var scales: [Int] { card.scales }
    /// Trained numbers at the first of the scales; 0 for filters.
    public var parameters: Int { card.parameters }
    /// At the first of the scales; a multiply-add counts as two.
    public var operationsPerInputPixel: Int { card.operationsPerInputPixel }
    /// Of the weights file for the first of the scales, lower-case hexadecimal; nil for filters.
    public var weightsSHA256: String? { card.weightsSHA256 }
    public var summary: String { card.summary }

    /// The whole catalog.
    ///
    /// - Throws: `UplumaError` when weights that belong to the program are missing or damaged.
    public static func all() throws -> [ModelInfo] {
        try ModelCatalog.models.map { try ModelInfo($0) }
    }

    /// The entry called `name`, or that of a weights file.
    ///
    /// - Throws: `UplumaError` of kind `usage` when there is none.
    public static func named(_ name: String) throws -> ModelInfo {
        do {
            return try ModelInfo(ModelCatalog.model(name))
        } catch {
            throw UplumaError(any: error)
        }
    }

    /// What `UpscaleOptions.automaticModel` takes for which source, in one sentence.
    public static var automaticChoice: String { ModelChoice.summary(catalog: ModelCatalog.models.map(\.name)) }

    /// The names that `--chroma` takes.
    public static var filterNames: [String] { ResampleFilter.allCases.map(\.name) }

    private init(_ model: Model) throws {
        do {
            card = try model.load().card
        } catch {
            throw UplumaError(any: error)
        }
    }

    public func encode(to encoder: any Encoder) throws { try card.encode(to: encoder) }
}
