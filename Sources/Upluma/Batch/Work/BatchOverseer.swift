import Foundation
import UplumaMedia

/// The part of a run that watches: turns workers' messages and ends into events, and into what the ledger is to know.
struct BatchOverseer {
    enum Order { case goOn, stop, diskFull }

    /// What ends the run with an error of its own.
    private(set) var failure: UplumaError?
    /// Whether it ends because a file failed, as was asked for.
    private(set) var isStoppedByFailure = false

    private let layout: BatchLayout
    private let ledger: BatchLedger
    private let options: BatchRunOptions
    private let run: Int64
    private let report: (BatchEvent) -> Void
    private let started = ProcessInfo.processInfo.systemUptime
    private var meter: ProgressMeter
    private var frames = 0
    private var totals = BatchTotals()
    private var lastTotals = -Double.infinity
    private var lastMark: Double
    /// Workers that ended at once, one after the other.
    private var failedStarts = 0
    private let mark: PauseMark
    private var wasPaused = false

    private static let totalsInterval = 0.5
    private static let markInterval = 10.0
    /// Seconds within which a worker that ends has not begun.
    private static let mostStarts = 5

    init(
        _ layout: BatchLayout, _ ledger: BatchLedger, _ options: BatchRunOptions, run: Int64,
        report: @escaping (BatchEvent) -> Void
    ) {
        (self.layout, self.ledger, self.options, self.run, self.report) = (layout, ledger, options, run, report)
        meter = ProgressMeter(frames: nil, startingAt: started)
        lastMark = started
        mark = PauseMark(layout)
    }

    mutating func take(_ message: WorkerMessage) throws -> Order {
        switch message {
        case .note(let note): report(.note(note))
        case .progress: break
        case .ended(let id):
            failedStarts = 0
            let file = try ledger.report(of: id, layout: layout)
            report(.ended(file))
            if file.state == .quarantined, options.failsFast {
                isStoppedByFailure = true
                return .stop
            }
        case .willRetry(let source, let reason, let attempt, let limit):
            report(.willRetry(source: source, reason: reason, attempt: attempt, of: limit))
        case .diskFull: return .diskFull
        case .failed(let kind, let message):
            failure = failure ?? UplumaError(FailureKind(rawValue: kind) ?? .internal, message)
            return .stop
        }
        return .goOn
    }

    /// Whether a worker that ended is to be followed by another one. What crashed it is put to the account of what it held.
    mutating func isToRestart(_ end: WorkerProcess.End, _ settings: WorkerSettings) throws -> Bool {
        guard case .killed(let signal, let words) = end else { return false }
        let held = try ledger.holdings().filter { $0.worker == settings.id }
        failedStarts = held.isEmpty ? failedStarts + 1 : 0
        guard failedStarts < Self.mostStarts else {
            failure = UplumaError(
                .internal, "Workers end as soon as they begin (\(Self.name(of: signal))). \(Self.lastLine(words))")
            return false
        }
        // Whoever sends these means the process and not the file.
        guard ![SIGKILL, SIGTERM, SIGINT, SIGHUP].contains(signal) else {
            report(
                .note(
                    "Worker \(settings.number) was ended from outside (\(Self.name(of: signal))); another one goes on.")
            )
            return true
        }
        for holding in held {
            let work = try ledger.work(of: holding)
            let reason = "The worker crashed (\(Self.name(of: signal))). \(Self.lastLine(words))"
            switch try ledger.fail(
                work, by: settings.id, kind: .internal, message: reason, limit: options.attempts)
            {
            case .quarantined: _ = try take(.ended(holding.file))
            case .willRetry(let attempt):
                report(
                    .willRetry(source: holding.source, reason: reason, attempt: attempt, of: options.attempts))
            }
        }
        return true
    }

    private static func name(of signal: Int32) -> String {
        "signal \(signal): " + String(cString: strsignal(signal))
    }

    private static func lastLine(_ words: String) -> String {
        words.split(separator: "\n").last { $0.contains("rror") }.map(String.init) ?? ""
    }

    /// Tells how far everything is.
    mutating func tick(_ workers: [WorkerProgress], frames: Int) throws {
        let now = ProcessInfo.processInfo.systemUptime
        self.frames = frames
        if now - lastTotals >= Self.totalsInterval {
            lastTotals = now
            totals = try ledger.totals()
        }
        if now - lastMark >= Self.markInterval {
            lastMark = now
            try ledger.markRun(run)
        }
        var progress = BatchProgress()
        progress.files = totals.files
        (progress.secondsDone, progress.secondsTotal) = (totals.secondsDone, totals.secondsTotal)
        (progress.frames, progress.outputBytes) = (frames, totals.outputBytes)
        progress.fps = meter.update(frame: frames, outputBytes: 0, at: now).fps
        progress.freeBytes = DiskSpace.free(at: layout.root)
        progress.workers = workers
        progress.isPaused = mark.isPaused || options.hours.map { !$0.isOpen(at: Date(), in: .current) } ?? false
        if progress.isPaused, !wasPaused {
            report(
                .note(
                    mark.isPaused
                        ? "The batch is paused. To go on: upluma batch continue \(layout.root)"
                        : "It is not the time to work; workers wait."))
        }
        wasPaused = progress.isPaused
        // Over the whole run: files differ, and the last seconds tell nothing of the next hours.
        let rate = now > started ? Double(frames) / (now - started) : 0
        if let total = totals.secondsTotal, rate > 0, totals.secondsDone > 0, totals.frames > 0 {
            let framesASecond = Double(totals.frames) / totals.secondsDone
            progress.etaSeconds = max(0, total - totals.secondsDone) * framesASecond / rate
        }
        report(.progress(progress))
    }

    /// Workers that end by themselves leave nothing but what another kind of processor has begun.
    func checkNothingIsLeft() throws {
        let files = try ledger.totals().files
        let left = files[.listed, default: 0] + files[.ready, default: 0]
        guard left > 0 else { return }
        throw UplumaError(
            .tryAgain,
            "\(left) files are left: they were begun on a processor that makes other pictures than this one. Go on there, or "
                + "plan again with --precision f32, which is the same everywhere.")
    }

    func diskIsFull() throws -> UplumaError {
        let need = try BatchReporting.need(ledger, jobs: options.jobs ?? 1)
        return UplumaError(.inputOutput, DiskSpace.fullSentence(at: layout.root, need: need))
    }
}
