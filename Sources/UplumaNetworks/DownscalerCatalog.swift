import UplumaResampling

/// Everything that can be asked for as a downscaler.
package enum DownscalerCatalog {
    /// Factors that a filter is offered for.
    package static let factors = [2, 4]

    /// The networks, then the FIR filters they are compared with, called `FILTER-2x` and so on.
    package static let downscalers: [Downscaler] = ResampleFilter.allCases.flatMap { filter in
        factors.map { downscaler(filter, factor: $0) }
    }

    private static func downscaler(_ filter: ResampleFilter, factor: Int) -> Downscaler {
        Downscaler(
            name: "\(filter.name)-\(factor)x", family: "fir", summary: filter.summary, kind: .filter(filter),
            factor: factor, upscaler: nil)
    }

    /// The downscaler called `name`.
    ///
    /// - Throws: `UnknownDownscalerError`.
    package static func downscaler(_ name: String) throws -> Downscaler {
        if let downscaler = downscalers.first(where: { $0.name == name }) { return downscaler }
        throw UnknownDownscalerError(name: name, known: downscalers.map(\.name))
    }
}

/// There is no downscaler of that name.
package struct UnknownDownscalerError: Error, Hashable, Sendable, CustomStringConvertible {
    package let name: String
    package let known: [String]

    package var description: String {
        "There is no downscaler \"\(name)\". Give one of \(known.joined(separator: ", "))."
    }
}
