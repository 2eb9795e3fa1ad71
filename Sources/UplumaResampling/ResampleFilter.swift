import Foundation

/// A FIR interpolation filter: one of the catalog, by the names the command line uses, or any cubic.
///
/// Each is an even function of the distance from the target position, in source samples; when a plane is made smaller
/// it is stretched by the ratio. Weights are normalised where they are used (`FilterTaps`).
package struct ResampleFilter: Hashable, Sendable, CaseIterable, CustomStringConvertible {
    package let name: String
    /// One line for lists of filters.
    package let summary: String
    private let law: FilterLaw

    package static let nearest = ResampleFilter(
        name: "nearest", summary: "repeats the nearest sample; blocky, exact for whole ratios", law: .box)
    package static let bilinear = ResampleFilter(
        name: "bilinear", summary: "straight lines between samples; soft", law: .triangle)
    package static let bicubic = ResampleFilter(
        name: "bicubic",
        summary: "cubic with B = 0, C = 1/2, the papers' bicubic (MATLAB's imresize); any other as bicubic:B:C",
        law: .cubic(b: 0, c: 0.5))
    package static let catmullrom = ResampleFilter(
        name: "catmullrom", summary: "cubic with B = 0, C = 1/2 by its own name; the same as bicubic",
        law: .cubic(b: 0, c: 0.5))
    package static let mitchell = ResampleFilter(
        name: "mitchell", summary: "cubic with B = C = 1/3; soft, hardly any ringing",
        law: .cubic(b: 1.0 / 3, c: 1.0 / 3))
    package static let lanczos2 = ResampleFilter(
        name: "lanczos2", summary: "sinc windowed over 2 samples each side; near Catmull-Rom", law: .lanczos(lobes: 2))
    package static let lanczos3 = ResampleFilter(
        name: "lanczos3", summary: "sinc windowed over 3 samples each side; the usual baseline", law: .lanczos(lobes: 3)
    )
    package static let lanczos4 = ResampleFilter(
        name: "lanczos4", summary: "sinc windowed over 4 samples each side; sharpest, rings most",
        law: .lanczos(lobes: 4))

    /// The catalog.
    package static let allCases: [ResampleFilter] = [
        nearest, bilinear, bicubic, catmullrom, mitchell, lanczos2, lanczos3, lanczos4,
    ]

    /// The cubic of Mitchell and Netravali with any parameters, called `bicubic:B:C`; both must be finite.
    package static func bicubic(b: Double, c: Double) -> ResampleFilter {
        precondition(b.isFinite && c.isFinite, "a cubic has finite parameters")
        return ResampleFilter(
            name: "bicubic:\(b):\(c)", summary: "cubic with B = \(b), C = \(c)", law: .cubic(b: b, c: c))
    }

    /// The filter called `name`, nil when there is none.
    package init?(named name: String) {
        if let known = Self.allCases.first(where: { $0.name == name }) {
            self = known
            return
        }
        let parts = name.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "bicubic", let b = Double(parts[1]), let c = Double(parts[2]),
            b.isFinite, c.isFinite
        else { return nil }
        self = .bicubic(b: b, c: c)
    }

    private init(name: String, summary: String, law: FilterLaw) {
        self.name = name
        self.summary = summary
        self.law = law
    }

    package var description: String { name }

    /// Distance, in source samples, from which on the weight is 0. For `nearest`, half the width of its box.
    package var support: Double { law.support }

    /// The weight of a sample at `distance` source samples from the target position; not normalised.
    package func weight(_ distance: Double) -> Double { law.weight(distance) }
}

/// The families the filters belong to.
private enum FilterLaw: Hashable, Sendable {
    case box
    case triangle
    /// Mitchell and Netravali, "Reconstruction Filters in Computer Graphics", 1988, equation 8.
    case cubic(b: Double, c: Double)
    /// sinc(x) · sinc(x / lobes).
    case lanczos(lobes: Double)

    var support: Double {
        switch self {
        case .box: 0.5
        case .triangle: 1
        case .cubic: 2
        case .lanczos(let lobes): lobes
        }
    }

    func weight(_ distance: Double) -> Double {
        let x = abs(distance)
        switch self {
        case .box: return x <= 0.5 ? 1 : 0
        case .triangle: return max(1 - x, 0)
        case .cubic(let b, let c):
            if x < 1 { return ((12 - 9 * b - 6 * c) * x * x * x + (-18 + 12 * b + 6 * c) * x * x + (6 - 2 * b)) / 6 }
            guard x < 2 else { return 0 }
            return ((-b - 6 * c) * x * x * x + (6 * b + 30 * c) * x * x + (-12 * b - 48 * c) * x + (8 * b + 24 * c)) / 6
        case .lanczos(let lobes): return x < lobes ? sinc(x) * sinc(x / lobes) : 0
        }
    }

    private func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(.pi * x) / (.pi * x) }
}
