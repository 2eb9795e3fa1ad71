import Foundation

/// What captions of previews say, in sheets and pages alike.
package enum PreviewText {
    /// Between facts on one line.
    static let separator = " · "

    /// A time as H:MM:SS.mmm.
    ///
    /// Rounded up, so that what is on the screen at the written time is the same frame; times before the beginning count
    /// as 0.
    package static func clock(_ seconds: Double) -> String {
        // Whole milliseconds that are not whole in binary stay as they are.
        let milliseconds = Int((max(0, seconds) * 1000 - 1e-4).rounded(.up))
        let (minutes, rest) = milliseconds.quotientAndRemainder(dividingBy: 60000)
        return String(
            format: "%d:%02d:%02d.%03d", minutes / 60, minutes % 60, rest / 1000, rest % 1000)
    }

    /// Three digits: "0.85 ms", "12.3 ms", "123 ms"; from ten seconds on in seconds.
    static func milliseconds(_ value: Double) -> String {
        switch value {
        case ..<9.995: String(format: "%.2f ms", value)
        case ..<99.95: String(format: "%.1f ms", value)
        case ..<9999.5: String(format: "%.0f ms", value)
        default: String(format: "%.1f s", value / 1000)
        }
    }

    /// Two decimals; between equal pictures there is nothing to count.
    static func decibels(_ value: Double) -> String {
        value.isFinite ? String(format: "%.2f dB", value) : "exact"
    }

    /// "62%"; what is less than one in a hundred has a decimal.
    static func percent(_ share: Double) -> String {
        String(format: share < 0.00995 ? "%.1f%%" : "%.0f%%", 100 * share)
    }

    /// The time of a moment, and its number where it has one.
    static func place(seconds: Double, frameNumber: Int?) -> [String] {
        [clock(seconds)] + (frameNumber.map { ["frame \($0)"] } ?? [])
    }

    /// What a version took and how near it comes; figures that there are not are left out.
    static func facts(milliseconds: Double?, quality: PreviewReport.Quality) -> [String] {
        var facts: [String] = []
        if let milliseconds { facts.append(self.milliseconds(milliseconds) + " per frame") }
        let figures: [(String, Double?, (Double) -> String)] = [
            ("self-consistency", quality.selfConsistencyPsnrY, decibels),
            ("PSNR", quality.psnrY, decibels),
            ("SSIM", quality.ssimY, { String(format: "%.4f", $0) }),
            ("after encoding", quality.encodedPsnrY, decibels),
        ]
        for case (let name, let value?, let text) in figures {
            facts.append("\(name) \(text(value))")
        }
        return facts
    }

    /// The middle of the numbers, the mean of the middle two of an even count; nil of none.
    static func median(_ values: [Double]) -> Double? {
        guard !values.isEmpty else { return nil }
        let (sorted, middle) = (values.sorted(), values.count / 2)
        return values.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }
}
