import UplumaNetworks

/// One downscaler of the catalog, as `upluma models` lists it. Encodes to the stable keys of `models --downscalers --json`.
public struct DownscalerInfo: Sendable, Encodable {
    private let card: DownscalerCard

    public var name: String { card.name }
    /// `fir` for filters, the architecture for networks.
    public var family: String { card.family }
    /// Source over result, in both directions.
    public var factor: Int { card.factor }
    /// The model that belongs to it, by its name in the catalog; nil for filters.
    public var upscaler: String? { card.upscaler }
    /// Trained numbers; 0 for filters.
    public var parameters: Int { card.parameters }
    /// A multiply-add counts as two.
    public var operationsPerInputPixel: Int { card.operationsPerInputPixel }
    public var summary: String { card.summary }

    /// The whole catalog.
    ///
    /// - Throws: `UplumaError` when weights that belong to the program are missing or damaged.
    public static func all() throws -> [DownscalerInfo] {
        try DownscalerCatalog.downscalers.map { try DownscalerInfo($0) }
    }

    /// The entry called `name`; nil when there is none.
    ///
    /// - Throws: as `all`.
    public static func named(_ name: String) throws -> DownscalerInfo? {
        try DownscalerCatalog.downscalers.first { $0.name == name }.map { try DownscalerInfo($0) }
    }

    private init(_ downscaler: Downscaler) throws {
        do {
            card = try downscaler.load().card
        } catch {
            throw UplumaError(any: error)
        }
    }

    public func encode(to encoder: any Encoder) throws { try card.encode(to: encoder) }
}
