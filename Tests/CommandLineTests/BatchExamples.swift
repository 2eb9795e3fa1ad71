import Foundation
import Upluma

@testable import UplumaTool

/// What batches tell, as the tests of screens and lines use it.
enum BatchExamples {
    static func worker(
        _ number: Int, _ activity: WorkerProgress.Activity, _ file: String? = nil, chunk: (Int, Int)? = nil,
        frame: (Int, Int)? = nil, fps: Double? = nil
    ) -> WorkerProgress {
        var worker = WorkerProgress(number: number, activity: activity)
        (worker.file, worker.fps) = (file, fps)
        (worker.chunk, worker.chunks) = (chunk?.0, chunk?.1)
        (worker.frame, worker.frames) = (frame?.0, frame?.1)
        return worker
    }

    static let workers = [
        worker(1, .enlarging, "1987/summer at the sea.avi", chunk: (3, 12), frame: (450, 1000), fps: 24),
        worker(2, .joining, "1988/birthday.mpg", frame: (2250, 2250)),
        worker(3, .opening, "1988/誕生日の朝.avi"),
        worker(4, .waiting),
    ]

    static func progress(workers: [WorkerProgress] = workers) -> BatchProgress {
        var progress = BatchProgress()
        progress.files = [.done: 400, .skipped: 10, .quarantined: 2, .listed: 788]
        (progress.secondsDone, progress.secondsTotal) = (48_200, 100_000)
        (progress.frames, progress.fps, progress.etaSeconds) = (123_456, 48.12, 11_523.4)
        (progress.outputBytes, progress.freeBytes) = (3_210_000_000, 412_000_000_000)
        progress.workers = workers
        return progress
    }

    static func done(_ name: String) -> BatchFileReport {
        var file = BatchFileReport(
            source: "/films/\(name).avi", output: "\(name).mkv", state: .done, sourceBytes: 12_300_000)
        (file.resultWidth, file.resultHeight, file.outputBytes) = (704, 576, 45_600_000)
        (file.frames, file.workSeconds, file.attempts) = (2250, 123, 1)
        return file
    }

    static func ended(_ name: String, _ state: BatchFileState, _ reason: String) -> BatchFileReport {
        var file = BatchFileReport(
            source: "/films/\(name)", output: "\(name).mkv", state: state, sourceBytes: 4_500_000)
        (file.reason, file.attempts) = (reason, state == .quarantined ? 3 : 0)
        return file
    }

    static func ending(troubles: Int) -> BatchEnding {
        var head = BatchReportHead(version: "1", started: Date(), ended: Date())
        head.files = ["done": 400, "skipped": 10, "quarantined": troubles]
        (head.frames, head.seconds, head.sourceBytes, head.outputBytes) = (
            900_000, 11_520, 1_230_000_000, 4_560_000_000
        )
        return BatchEnding(
            head: head,
            troubles: (0..<min(troubles, 30)).map { ended("bad \($0).avi", .quarantined, "It is damaged.") },
            troubleCount: troubles, reportJSON: "/out/batch-report.json", reportPage: "/out/batch-report.html")
    }
}
