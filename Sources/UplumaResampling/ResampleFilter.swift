import Foundation

/// The FIR interpolation filters, by the names the command line uses.
///
/// Each is an even function of the distance from the target position, in source samples; when a plane is made smaller
/// it is stretched by the ratio. Weights are normalised where they are used (`FilterTaps`).
package enum ResampleFilter: String, CaseIterable, Sendable, CustomStringConvertible {
    case nearest
    case bilinear
    case bicubic
    case catmullrom
    case mitchell
    case lanczos2
    case lanczos3
    case lanczos4

    package var name: String { rawValue }
    package var description: String { rawValue }

    /// The filter called `name`, nil when there is none.
    package init?(named name: String) { self.init(rawValue: name) }

    /// One line for lists of filters.
    package var summary: String {
        switch self {
        case .nearest: "repeats the nearest sample; blocky, exact for whole ratios"
        case .bilinear: "straight lines between samples; soft"
        case .bicubic: "cubic with B = 0, C = 0.6, FFmpeg's default; crisp, some ringing"
        case .catmullrom: "cubic with B = 0, C = 1/2, MATLAB's imresize; the papers' bicubic"
        case .mitchell: "cubic with B = C = 1/3; soft, hardly any ringing"
        case .lanczos2: "sinc windowed over 2 samples each side; near Catmull-Rom"
        case .lanczos3: "sinc windowed over 3 samples each side; the usual baseline"
        case .lanczos4: "sinc windowed over 4 samples each side; sharpest, rings most"
        }
    }

    /// Distance, in source samples, from which on the weight is 0. For `nearest`, half the width of its box.
    package var support: Double { law.support }

    /// The weight of a sample at `distance` source samples from the target position; not normalised.
    package func weight(_ distance: Double) -> Double { law.weight(distance) }

    private var law: FilterLaw {
        switch self {
        case .nearest: .box
        case .bilinear: .triangle
        case .bicubic: .cubic(b: 0, c: 0.6)
        case .catmullrom: .cubic(b: 0, c: 0.5)
        case .mitchell: .cubic(b: 1.0 / 3, c: 1.0 / 3)
        case .lanczos2: .lanczos(lobes: 2)
        case .lanczos3: .lanczos(lobes: 3)
        case .lanczos4: .lanczos(lobes: 4)
        }
    }
}

/// The families the filters belong to.
private enum FilterLaw {
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
