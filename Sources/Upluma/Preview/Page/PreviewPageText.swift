import Foundation

/// Figures and times as the page of a preview words them.
enum PreviewPageText {
    /// Hours, minutes, seconds and milliseconds from the beginning of a file, as far as they are needed: `1:02:03`,
    /// `0:12.345`. To the nearest millisecond, as `--at` takes them.
    static func clock(_ seconds: Double) -> String {
        let total = Int((max(0, seconds) * 1000).rounded())
        let whole = duration(Double(total / 1000))
        return total % 1000 == 0 ? whole : whole + String(format: ".%03d", total % 1000)
    }

    /// When and where a frame is in the file: `0:12.345, frame 308`.
    static func place(_ moment: PreviewPage.Moment) -> String {
        clock(moment.seconds) + (moment.frameNumber.map { ", frame \($0)" } ?? "")
    }

    /// Hours, minutes and seconds, rounded up: `1:02:03`, `2:03`.
    static func duration(_ seconds: Double) -> String {
        let total = Int(min(seconds, 3_599_999).rounded(.up))
        let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, rest) : String(format: "%d:%02d", minutes, rest)
    }

    /// Decimal units with three significant figures: `950 B`, `3.21 MB`.
    static func bytes(_ count: Int64) -> String {
        guard count >= 1000 else { return "\(count) B" }
        let units = ["kB", "MB", "GB", "TB"]
        var value = Double(count) / 1000
        var unit = 0
        while value >= 999.5 && unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return "\(PageText.milliseconds(value)) \(units[unit])"
    }

    /// Frames a second, three significant figures.
    static func speed(_ framesPerSecond: Double) -> String { PageText.milliseconds(framesPerSecond) }

    /// JSON without what would end an element `script`, or be the end of a line to some readers.
    static func inScript(_ json: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in json.unicodeScalars {
            switch scalar {
            case "<", ">", "&", "\u{2028}", "\u{2029}":
                result.append(contentsOf: String(format: "\\u%04x", scalar.value).unicodeScalars)
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
