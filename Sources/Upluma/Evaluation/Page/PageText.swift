import Foundation

/// Text as HTML and SVG hold it.
enum PageText {
    /// By scalars: a quotation mark under an accent is a `Character` of its own, and to a browser still the end of an
    /// attribute.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    static func decibels(_ value: Double?) -> String {
        guard let value else { return "–" }
        return value.isFinite ? String(format: "%.2f", value) : "exact"
    }

    static func similarity(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "–" }

    /// Three significant figures, without zeros at the end of whole numbers.
    static func milliseconds(_ value: Double) -> String {
        String(format: value < 9.995 ? "%.2f" : value < 99.95 ? "%.1f" : "%.0f", value)
    }

    /// A coordinate of SVG.
    static func point(_ value: Double) -> String { String(format: "%.1f", value) }
}

/// Round numbers along an axis.
struct AxisTicks {
    let values: [Double]
    let decimals: Int

    /// From four to nine ticks that lie within `range`, at multiples of 1, 2 or 5 times a power of ten.
    init(_ range: ClosedRange<Double>) {
        let rough = max(range.upperBound - range.lowerBound, 1e-9) / 5
        let power = pow(10, log10(rough).rounded(.down))
        let step = power * ([1, 2, 5].first { $0 * power >= rough } ?? 10)
        let first = (range.lowerBound / step - 1e-9).rounded(.up)
        let last = (range.upperBound / step + 1e-9).rounded(.down)
        values = first <= last ? (Int(first)...Int(last)).map { Double($0) * step } : []
        decimals = max(0, Int(-(log10(step) + 1e-9).rounded(.down)))
    }

    func text(_ value: Double) -> String { String(format: "%.\(decimals)f", value) }
}
