import Foundation
import Upluma

/// What a run of a batch came to.
struct BatchEnding {
    var head: BatchReportHead
    /// Files that were put aside or are missing: the first few at least.
    var troubles: [BatchFileReport]
    /// How many there are.
    var troubleCount: Int
    /// Paths of the reports; nil where none was written.
    var reportJSON: String?
    var reportPage: String?
}

/// Where a batch stands, as its ledger tells.
struct BatchStatus {
    /// That results go to.
    var folder: String
    var progress: BatchProgress
    /// Files that were put aside or are missing: the first few at least.
    var troubles: [BatchFileReport]
    /// How many there are.
    var troubleCount: Int
    /// Where all files are listed; nil where no report was written yet.
    var reportJSON: String?
}

/// What `upluma batch status` prints, and the last lines of a run.
enum BatchStatusText {
    /// Files that are named; the others are counted.
    static let mostNamed = 20

    // MARK: Status

    /// For people: label and value, a line each.
    static func screen(_ status: BatchStatus) -> String {
        let progress = status.progress
        var rows = [("batch", status.folder)]
        let states = BatchText.states(progress.files).joined(separator: ", ")
        rows.append(("files", "\(progress.total)" + (states.isEmpty ? "" : ": \(states)")))
        if let total = progress.secondsTotal, let share = progress.share {
            rows.append(
                (
                    "video",
                    "\(BatchText.span(progress.secondsDone)) of \(BatchText.span(total)) "
                        + String(format: "(%.1f%%)", 100 * share)
                ))
        }
        rows.append(
            (
                "results",
                ([ProgressText.bytes(progress.outputBytes)] + [BatchText.room(progress)].compactMap { $0 })
                    .joined(separator: ", ")
            ))
        rows += workers(progress)
        rows += labelled(
            "put aside", named(status.troubles, count: status.troubleCount, listedIn: status.reportJSON))
        let width = rows.map(\.0.count).max() ?? 0
        return rows.map { label, text in
            label.padding(toLength: width, withPad: " ", startingAt: 0) + "  " + BatchColumns.printable(text) + "\n"
        }.joined()
    }

    private static func workers(_ progress: BatchProgress) -> [(String, String)] {
        let state = progress.isPaused ? "paused" : nil
        guard !progress.workers.isEmpty else { return [("workers", state ?? "none")] }
        // A table as wide as it needs to be: this is no window that anything is cut to.
        let lines = BatchBlock.table(progress.workers, width: 1000).map { String($0.dropFirst()) }
        var speed = [String(format: "%.1f fps", progress.fps)]
        if let eta = progress.etaSeconds { speed.append("ETA \(BatchText.span(eta))") }
        let rows = labelled("workers", [state].compactMap { $0 } + lines)
        return progress.fps > 0 ? rows + [("speed", speed.joined(separator: ", "))] : rows
    }

    /// The label at the first line only.
    private static func labelled(_ label: String, _ lines: [String]) -> [(String, String)] {
        lines.enumerated().map { ($0 == 0 ? label : "", $1) }
    }

    private struct StatusObject: Encodable {
        let folder: String
        let progress: BatchLine.Progress
        let troubles: [BatchFileRow]
        let troubleCount: Int

        private enum CodingKeys: String, CodingKey { case folder, troubles, troubleCount }

        func encode(to encoder: any Encoder) throws {
            try progress.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(folder, forKey: .folder)
            try container.encode(troubles, forKey: .troubles)
            try container.encode(troubleCount, forKey: .troubleCount)
        }
    }

    /// One object: `folder`, the keys of `BatchLine`'s progress, `troubles` (files as in batch-report.json, as many as
    /// `status` has) and `trouble_count` (all of them).
    static func json(_ status: BatchStatus) throws -> String {
        try BatchJSON.text(
            StatusObject(
                folder: status.folder, progress: BatchLine.Progress(status.progress),
                troubles: status.troubles.map(BatchFileRow.init), troubleCount: status.troubleCount)) + "\n"
    }

    // MARK: Ending

    /// The last lines of a run: sums, what was put aside, and where the reports are.
    static func ending(_ ending: BatchEnding) -> String {
        let head = ending.head
        let total = head.files.values.reduce(0, +)
        let done = head.files[BatchFileState.done.rawValue] ?? 0
        let others = BatchFileState.allCases.filter { $0 != .done }.map { ($0, head.files[$0.rawValue] ?? 0) }
        let sums = BatchText.states(Dictionary(uniqueKeysWithValues: others))
        var sum = (["\(done) of \(BatchText.counted(total, "file")) done"] + sums).joined(separator: ", ")
        if head.frames > 0 {
            sum += "; \(BatchText.counted(head.frames, "frame")) in \(BatchText.span(head.seconds))"
            if head.seconds > 0 { sum += String(format: " (%.1f fps)", Double(head.frames) / head.seconds) }
            sum += ", \(ProgressText.bytes(head.sourceBytes)) to \(ProgressText.bytes(head.outputBytes))"
        }
        var lines = [sum]
        let named = named(ending.troubles, count: ending.troubleCount, listedIn: ending.reportJSON)
        if !named.isEmpty { lines += ["Put aside:"] + named.map { "  " + $0 } }
        let reports = [ending.reportPage, ending.reportJSON].compactMap { $0 }
        if !reports.isEmpty { lines.append("Report: " + reports.joined(separator: ", ")) }
        return lines.map { BatchText.note($0) + "\n" }.joined()
    }

    /// Files and reasons, a line each, then how many more there are and where.
    private static func named(_ files: [BatchFileReport], count: Int, listedIn report: String?) -> [String] {
        var lines = files.prefix(mostNamed).map { file in
            let attempts = file.attempts > 1 ? " (\(file.attempts) attempts)" : ""
            return "\(file.source): \(file.reason ?? file.state.words)\(attempts)"
        }
        let rest = count - lines.count
        if rest > 0 {
            lines.append("and \(rest) more" + (report.map { ", listed in \($0)" } ?? ""))
        }
        return lines
    }
}
