import Foundation

/// Figures and names as the page of a batch words them.
enum BatchPageText {
    /// Thousands apart, by narrow spaces that do not break: `1 234 567`.
    static func count(_ value: Int) -> String {
        var digits = String(value)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return ([digits] + groups).joined(separator: "\u{202F}")
    }

    static func files(_ count: Int) -> String { "\(self.count(count)) file\(count == 1 ? "" : "s")" }

    /// `352 × 288`.
    static func size(_ width: Int, _ height: Int) -> String { "\(width)\u{202F}×\u{202F}\(height)" }

    /// As `PreviewPageText.bytes`, number and unit on one line.
    static func bytes(_ count: Int64) -> String {
        PreviewPageText.bytes(count).replacing(" ", with: "\u{A0}")
    }

    /// UTC, to the second: `2026-11-22 03:50:10 UTC`.
    static func moment(_ date: Date) -> String {
        let style = Date.ISO8601FormatStyle().year().month().day().dateSeparator(.dash).dateTimeSeparator(.space)
            .time(includingFractionalSeconds: false).timeSeparator(.colon)
        return date.formatted(style) + " UTC"
    }

    /// How many times as much: `3.71`.
    static func ratio(_ after: Int64, _ before: Int64) -> String? {
        before > 0 ? PageText.milliseconds(Double(after) / Double(before)) : nil
    }
}

extension BatchFileState {
    /// For people: what became of a file, or what is still to be done.
    package var words: String {
        switch self {
        case .listed: "not opened yet"
        case .ready: "begun"
        case .done: "done"
        case .skipped: "skipped"
        case .quarantined: "put aside"
        case .missing: "missing"
        }
    }
}
