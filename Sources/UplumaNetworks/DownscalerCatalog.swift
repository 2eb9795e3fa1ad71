import UplumaKernels
import UplumaResampling

/// Everything that can be asked for as a downscaler.
///
/// A new network is an entry here and its weights in `Resources`; the file says the rest.
package enum DownscalerCatalog {
    /// Factors that a filter is offered for.
    package static let factors = [2, 4]

    /// The networks, then the FIR filters they are compared with, called `FILTER-2x` and so on.
    package static let downscalers: [Downscaler] =
        networks
        + ResampleFilter.allCases.flatMap { filter in
            factors.map { downscaler(filter, factor: $0) }
        }

    private static let networks: [Downscaler] = [
        network(
            "car-2x", factor: 2, upscaler: "sp-vdsr-car",
            "CAR's method in a light network, trained together with sp-vdsr-car, which undoes it"),
        network(
            "car-2x-bicubic", factor: 2, upscaler: "bicubic",
            "the same, trained for players that enlarge by bicubic"),
        network(
            "car-4x", factor: 4, upscaler: "sp-vdsr-car",
            "car-2x for a quarter of the width and height"),
    ]

    /// A shipped network, its file called after it.
    ///
    /// - Parameter upscaler: the model it was trained with.
    static func network(
        _ name: String, family: ResamplerArchitecture = .light, factor: Int, upscaler: String,
        costs: [Precision: Double] = [:], _ summary: String
    ) -> Downscaler {
        Downscaler(
            name: name, family: family.rawValue, summary: summary, kind: .network(.shipped(["\(name).safetensors"])),
            factor: factor, upscaler: upscaler, precisionCosts: costs)
    }

    /// What a filter is called as a downscaler.
    fileprivate static func name(_ filter: String, factor: Int) -> String { "\(filter)-\(factor)x" }

    private static func downscaler(_ filter: ResampleFilter, factor: Int) -> Downscaler {
        Downscaler(
            name: name(filter.name, factor: factor), family: "fir", summary: filter.summary, kind: .filter(filter),
            factor: factor, upscaler: nil)
    }

    /// The downscaler called `name`, of a list of them, or that of a weights file: anything that ends in `.safetensors` is a
    /// path.
    ///
    /// A file is opened only when the downscaler is used.
    /// - Throws: `UnknownDownscalerError`.
    package static func downscaler(_ name: String, of downscalers: [Downscaler] = downscalers) throws -> Downscaler {
        if let downscaler = downscalers.first(where: { $0.name == name }) { return downscaler }
        guard name.hasSuffix(".safetensors") else {
            throw UnknownDownscalerError(name: name, known: downscalers.map(\.name))
        }
        return Downscaler(
            name: name, family: "file", summary: "weights of your own", kind: .network(.file(name)), factor: nil,
            upscaler: nil)
    }
}

/// There is no downscaler of that name.
package struct UnknownDownscalerError: Error, Hashable, Sendable, CustomStringConvertible {
    package let name: String
    package let known: [String]

    package var description: String {
        if ModelCatalog.models.contains(where: { $0.name == name }) {
            let isFilter = ResampleFilter(named: name) != nil
            let names = DownscalerCatalog.factors.map { DownscalerCatalog.name(name, factor: $0) }
            let remedy = isFilter ? "Give \(names.joined(separator: " or "))." : "Give it to upluma upscale --model."
            return "\(name) is no downscaler but a model, which enlarges. \(remedy)"
        }
        return
            "There is no downscaler \"\(name)\". Give one of \(known.joined(separator: ", ")), or the path of a .safetensors "
            + "file."
    }
}
