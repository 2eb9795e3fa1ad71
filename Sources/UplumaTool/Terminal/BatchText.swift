import Foundation
import Upluma

/// A batch's events in words: what scrolls above the block on a terminal, and lines of a log elsewhere.
enum BatchText {
    private static let prefix = "upluma: "

    static func note(_ message: String) -> String { prefix + BatchColumns.printable(message) }

    /// What became of a file.
    static func line(_ file: BatchFileReport) -> String {
        var facts: [String] = []
        if file.state == .done {
            if let width = file.resultWidth, let height = file.resultHeight { facts.append("\(width)×\(height)") }
            if let bytes = file.outputBytes {
                facts.append("\(ProgressText.bytes(file.sourceBytes)) to \(ProgressText.bytes(bytes))")
            }
            if let seconds = file.workSeconds { facts.append(span(seconds)) }
            if !file.warnings.isEmpty { facts.append(counted(file.warnings.count, "warning")) }
            if let verification = file.verification, !verification.passed { facts.append(verification.summary) }
        } else if let reason = file.reason {
            facts.append(reason)
        }
        let name = file.state == .done ? file.output : file.source
        return note("\(file.state.words): \(name)" + (facts.isEmpty ? "" : ": " + facts.joined(separator: ", ")))
    }

    static func retry(_ source: String, _ reason: String, attempt: Int, of attempts: Int) -> String {
        note("\(source) failed and will be tried again (\(attempt) of \(attempts)): \(reason)")
    }

    /// How far everything is, for a log.
    static func overall(_ progress: BatchProgress) -> String {
        note((figures(progress) + [room(progress)].compactMap { $0 }).joined(separator: "  "))
    }

    // MARK: Parts

    /// The most important first.
    static func figures(_ progress: BatchProgress) -> [String] {
        var parts: [String] = []
        if let share = progress.share { parts.append(String(format: "%5.1f%%", 100 * share)) }
        parts.append("\(progress.ended)/\(progress.total) files")
        if progress.isPaused {
            parts.append("paused")
        } else {
            if progress.fps > 0 { parts.append(String(format: "%.1f fps", progress.fps)) }
            if let eta = progress.etaSeconds { parts.append("ETA " + span(eta)) }
        }
        return parts
    }

    /// Files by state, those that there are: first what reached an end.
    static func states(_ files: [BatchFileState: Int]) -> [String] {
        let all = BatchFileState.allCases
        return (all.filter(\.isFinal) + all.filter { !$0.isFinal }).compactMap { state in
            files[state].flatMap { $0 > 0 ? "\($0) \(state.words)" : nil }
        }
    }

    /// Room where results go.
    static func room(_ progress: BatchProgress) -> String? {
        progress.freeBytes.map { "\(ProgressText.bytes($0)) free" }
    }

    /// `48 s`, `2:03`, `1:02:03`, and from two days on `3 d 4 h`.
    static func span(_ seconds: Double) -> String {
        let days = 86_400.0
        guard seconds >= 2 * days, seconds.isFinite else { return ProgressText.elapsed(seconds) }
        let hours = Int((min(seconds, 36_500 * days) / 3600).rounded())
        return "\(hours / 24) d \(hours % 24) h"
    }

    static func counted(_ count: Int, _ word: String) -> String { "\(count) \(word)\(count == 1 ? "" : "s")" }
}
