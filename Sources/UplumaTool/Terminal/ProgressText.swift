import Foundation
import Upluma

/// Progress in words, for people.
enum ProgressText {
    /// A bar that fits `width` columns: `[#####-----]  50.0%  360/720  24.1 fps  ETA 0:15  3.2 MB`.
    static func bar(_ progress: JobProgress, width: Int) -> String {
        let text = figures(progress)
        guard let percent = progress.percent else { return String(text.prefix(width - 1)) }
        let room = min(40, width - text.count - 4)
        guard room >= 5 else { return String(text.prefix(width - 1)) }
        let filled = Int((percent / 100 * Double(room)).rounded(.down))
        return "[" + String(repeating: "#", count: filled) + String(repeating: "-", count: room - filled) + "] " + text
    }

    /// One line for a log.
    static func line(_ progress: JobProgress) -> String { "upluma: " + figures(progress) }

    private static func figures(_ progress: JobProgress) -> String {
        var parts: [String] = []
        if let percent = progress.percent { parts.append(String(format: "%5.1f%%", percent)) }
        parts.append("frame \(progress.frame)" + (progress.frames.map { "/\($0)" } ?? ""))
        parts.append(String(format: "%.1f fps", progress.fps))
        if let eta = progress.etaSeconds { parts.append("ETA " + duration(eta)) }
        // An evaluation has no output that grows.
        if progress.outputBytes > 0 { parts.append(bytes(progress.outputBytes)) }
        return parts.joined(separator: "  ")
    }

    /// Hours, minutes and seconds: `1:02:03`, `2:03`.
    static func duration(_ seconds: Double) -> String {
        let total = Int(min(seconds, 359_999).rounded(.up))
        let (hours, minutes, rest) = (total / 3600, total / 60 % 60, total % 60)
        return hours > 0
            ? String(format: "%d:%02d:%02d", hours, minutes, rest) : String(format: "%d:%02d", minutes, rest)
    }

    /// A time that has passed: `0.3 s`, `2:03`.
    static func elapsed(_ seconds: Double) -> String {
        seconds < 59.95 ? String(format: "%.1f s", seconds) : duration(seconds)
    }

    /// Decimal units with three significant figures: `950 B`, `3.21 MB`.
    static func bytes(_ count: Int64) -> String {
        guard count >= 1000 else { return "\(count) B" }
        var value = Double(count)
        var unit = 0
        let units = ["B", "kB", "MB", "GB", "TB"]
        while value >= 999.5 && unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        let decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0
        return String(format: "%.\(decimals)f %@", value, units[unit])
    }
}
