import Foundation
import Upluma

/// The objects of a batch under `--progress json`, one a line on standard error. Keys are stable: added to, never renamed;
/// what is not known is left out.
///
/// - `{"event":"note","message":…}`: something that the user should know.
/// - `{"event":"progress",…}`, twice a second at most: `files` (an object, numbers by state: `listed`, `ready`, `done`,
///   `skipped`, `quarantined`, `missing`), `total` and `ended` (numbers of files), `seconds_done` and `seconds_total` (of
///   video), `percent`, `frames` (of this run), `fps`, `eta_seconds`, `output_bytes`, `free_bytes`, `is_paused`, and
///   `workers`, an array of `number`, `activity` (`waiting`, `opening`, `enlarging`, `joining`, `verifying`, `paused`),
///   `file`, `chunk`, `chunks`, `frame`, `frames`, `fps`.
/// - `{"event":"file",…}`: a file reached an end; the keys are those of `files` in batch-report.json (`source`, `output`,
///   `state`, `reason`, `attempts`, …).
/// - `{"event":"retry","source":…,"reason":…,"attempt":…,"of":…}`: it failed and will be tried again.
/// - `{"event":"done",…}`, the last: `files`, `frames`, `seconds`, `source_bytes`, `output_bytes`, `report` and `page` (paths).
enum BatchLine {
    private struct Note: Encodable {
        let event = "note"
        let message: String
    }

    private struct Retry: Encodable {
        let event = "retry"
        let source: String
        let reason: String
        let attempt: Int
        let of: Int
    }

    private struct File: Encodable {
        let row: BatchFileRow

        private enum CodingKeys: String, CodingKey { case event }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode("file", forKey: .event)
            try row.encode(to: encoder)
        }
    }

    private struct Done: Encodable {
        let event = "done"
        let files: [String: Int]
        let frames: Int
        let seconds: Double
        let sourceBytes: Int64
        let outputBytes: Int64
        let report: String?
        let page: String?
    }

    /// How far a batch is; `batch status --json` has the same keys.
    struct Progress: Encodable {
        /// Nil in `batch status --json`.
        var event: String?
        let files: [String: Int]
        let total: Int
        let ended: Int
        let secondsDone: Double
        let secondsTotal: Double?
        let percent: Double?
        let frames: Int
        let fps: Double
        let etaSeconds: Double?
        let outputBytes: Int64
        let freeBytes: Int64?
        let isPaused: Bool
        let workers: [WorkerProgress]

        init(_ progress: BatchProgress) {
            files = Dictionary(uniqueKeysWithValues: progress.files.map { ($0.key.rawValue, $0.value) })
            (total, ended) = (progress.total, progress.ended)
            (secondsDone, secondsTotal) = (rounded(progress.secondsDone), progress.secondsTotal.map(rounded))
            percent = progress.share.map { rounded(100 * $0) }
            (frames, fps, etaSeconds) = (progress.frames, rounded(progress.fps), progress.etaSeconds.map(rounded))
            (outputBytes, freeBytes) = (progress.outputBytes, progress.freeBytes)
            isPaused = progress.isPaused
            workers = progress.workers.map { worker in
                var worker = worker
                worker.fps = worker.fps.map(rounded)
                return worker
            }
        }
    }

    static func note(_ message: String) -> String { text(Note(message: message)) }

    static func progress(_ progress: BatchProgress) -> String {
        var object = Progress(progress)
        object.event = "progress"
        return text(object)
    }

    static func file(_ report: BatchFileReport) -> String { text(File(row: BatchFileRow(report))) }

    static func retry(_ source: String, _ reason: String, attempt: Int, of attempts: Int) -> String {
        text(Retry(source: source, reason: reason, attempt: attempt, of: attempts))
    }

    static func done(_ ending: BatchEnding) -> String {
        let head = ending.head
        return text(
            Done(
                files: head.files, frames: head.frames, seconds: rounded(head.seconds), sourceBytes: head.sourceBytes,
                outputBytes: head.outputBytes, report: ending.reportJSON, page: ending.reportPage))
    }

    private static func text(_ object: some Encodable) -> String {
        guard let text = try? BatchJSON.text(object) else { preconditionFailure("plain values encode") }
        return text + "\n"
    }
}

private func rounded(_ value: Double) -> Double { value.isFinite ? (value * 1000).rounded() / 1000 : 0 }
