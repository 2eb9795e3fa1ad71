import Foundation

/// Which numbers the colours of a map stand for.
package struct ColorScale: Sendable {
    /// How numbers are spread over the colours.
    package enum Law: Sendable {
        case linear
        /// By the square root of their magnitude, the sign kept, so that small weights beside large ones still show; of a
        /// range that is around zero or begins with it.
        case root
    }

    package let map: ColorMap
    /// Of the first colour and of the last.
    package let range: ClosedRange<Double>
    package let law: Law

    /// Blue, white and red for a range around zero.
    ///
    /// - Parameters:
    ///   - largest: magnitude of the ends.
    ///   - law: how numbers are spread in between.
    package static func around(zero largest: Double, law: Law = .linear) -> ColorScale {
        let end = largest > 0 && largest.isFinite ? largest : 1
        return ColorScale(map: .diverging, range: -end...end, law: law)
    }

    /// Dark to light from one number to another.
    ///
    /// - Parameter law: how numbers are spread in between.
    package static func rising(from lowest: Double, to highest: Double, law: Law = .linear) -> ColorScale {
        precondition(law == .linear || lowest == 0, "roots are of numbers from 0 on")
        let isRange = lowest.isFinite && highest.isFinite && lowest < highest
        return ColorScale(map: .rising, range: isRange ? lowest...highest : lowest...lowest + 1, law: law)
    }

    /// Where a number lies among the colours, 0...1 for the range.
    package func position(_ value: Double) -> Double {
        switch law {
        case .linear: (value - range.lowerBound) / (range.upperBound - range.lowerBound)
        case .root where range.lowerBound == 0: (max(0, value) / range.upperBound).squareRoot()
        case .root: 0.5 + (value < 0 ? -0.5 : 0.5) * (abs(value) / range.upperBound).squareRoot()
        }
    }

    package func color(_ value: Double) -> RGB { map.color(position(value)) }

    /// Numbers to write beside a bar, with their text: the ends, zero, then round ones while there is room for them.
    ///
    /// - Parameters:
    ///   - width: of the bar, in pixels.
    ///   - scale: of the text.
    /// - Returns: by rising value.
    package func ticks(width: Int, scale: Int) -> [(value: Double, text: String)] {
        var ticks: [(value: Double, text: String)] = []
        var taken: [ClosedRange<Double>] = []
        func add(_ value: Double) {
            let text = NumberText.short(value)
            let half = Double(TextRaster.width(of: text, scale: scale)) / 2
            // The labels of the ends do not stand out beyond the bar.
            let middle = min(max(position(value) * Double(width), half), Double(width) - half)
            let space = half + Double(TextRaster.advance * scale) / 2
            guard !taken.contains(where: { $0.overlaps(middle - space...middle + space) }) else { return }
            taken.append(middle - space...middle + space)
            ticks.append((value, text))
        }
        add(range.lowerBound)
        add(range.upperBound)
        if range.contains(0) { add(0) }
        let largest = max(abs(range.lowerBound), abs(range.upperBound))
        let decade = Int(log10(largest).rounded(.down))
        for exponent in stride(from: decade, through: decade - 3, by: -1) {
            for digit in [5.0, 2, 1] {
                let value = digit * pow(10, Double(exponent))
                for signed in [value, -value] where range.contains(signed) { add(signed) }
            }
        }
        return ticks.sorted { $0.value < $1.value }
    }
}

/// Numbers in pictures.
package enum NumberText {
    /// Three decimals, or two digits where that is more; zeros at the end left out.
    package static func short(_ value: Double) -> String {
        guard value != 0, value.isFinite else { return value.isFinite ? "0" : "\(value)" }
        let decimals = max(3, 1 - Int(log10(abs(value)).rounded(.down)))
        var text = String(format: "%.\(decimals)f", value)
        while text.hasSuffix("0") { text.removeLast() }
        return text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    /// One decimal.
    package static func tenths(_ value: Double) -> String { String(format: "%.1f", value) }

    /// Two decimals without a zero before the point, as wide as four letters in -0.99...9.99.
    package static func tight(_ value: Double) -> String {
        let text = String(format: "%.2f", abs(value))
        let sign = value < 0 && text != "0.00" ? "-" : ""
        return sign + (text.hasPrefix("0") ? String(text.dropFirst()) : text)
    }
}
