import Foundation
import Synchronization
import UplumaMedia

/// `batch run`: starts workers, keeps them alive, tells what they do, and ends with reports. Any number of runs may work on
/// one batch at the same time.
///
/// Thread safety: `run` is called once; `finish`, `cancel` and `signalWorkers` may be called from any thread at any time.
public final class BatchRun: Sendable {
    private struct State {
        var workers: [Int: WorkerProcess] = [:]
        var progress: [Int: WorkerProgress] = [:]
        /// Frames that each worker's process has made, and those of processes that ended.
        var frames: [Int: Int] = [:]
        var framesBefore = 0
        var messages: [WorkerMessage] = []
        var ends: [(number: Int, end: WorkerProcess.End)] = []
        var isFinishing = false
        var isCancelled = false
    }

    private let options: BatchRunOptions
    private let command: [String]
    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)

    /// - Parameter command: program and arguments that make a worker (`BatchWorker`) of this tool; it reads its settings
    ///   and orders from standard input and writes messages to standard output.
    public init(_ options: BatchRunOptions, command: [String]) {
        (self.options, self.command) = (options, command)
    }

    /// Ends behind the segments in hand; `run` then throws kind `interrupted`.
    public func finish() { order(.finish) }

    /// Ends at once; what is on the disk stays. `run` then throws kind `interrupted`.
    public func cancel() { order(.stop) }

    /// Sends a signal to all workers: SIGSTOP and SIGCONT, when this process itself is stopped and continued.
    public func signalWorkers(_ number: Int32) {
        for worker in state.withLock({ Array($0.workers.values) }) { worker.signal(number) }
    }

    private func order(_ order: WorkerOrder) {
        let workers = state.withLock { state in
            state.isFinishing = true
            if order == .stop { state.isCancelled = true }
            return Array(state.workers.values)
        }
        for worker in workers { worker.order(order) }
        wake.signal()
    }

    /// Works until nothing is left to do.
    ///
    /// - Parameter report: receives events, on the calling thread.
    /// - Throws: `UplumaError`: `someFailed` when files were put aside, `interrupted`, `inputOutput` when the disk is full, or
    ///   what keeps the batch from being worked on at all. Reports are written in any case.
    public func run(_ report: @escaping (BatchEvent) -> Void) throws -> BatchSummary {
        if isFinishing { throw UplumaError(.interrupted, "Interrupted.") }
        let (layout, ledger) = try BatchLayout.opened(options.folder)
        WorkerLock.removeStale(in: layout.workers)
        let shares = try BatchShares(options)
        if options.makes, !options.ignoresSpace { try checkSpace(layout, ledger, jobs: shares.jobs, report) }
        let id = try ledger.beginRun()
        var overseer = BatchOverseer(layout, ledger, options, run: id, report: report)
        do {
            try work(shares, &overseer)
        } catch {
            order(.stop)
            drain(&overseer)
            try? ledger.markRun(id)
            _ = try? BatchReporting.write(layout, ledger)
            throw DiskSpace.isFull(error) ? (try? overseer.diskIsFull()) ?? error : error
        }
        try ledger.markRun(id)
        return try BatchReporting.summary(layout, ledger)
    }

    private func checkSpace(
        _ layout: BatchLayout, _ ledger: BatchLedger, jobs: Int, _ report: (BatchEvent) -> Void
    ) throws {
        let need = try BatchReporting.need(ledger, jobs: jobs)
        switch need.verdict(free: DiskSpace.free(at: layout.root), at: layout.root) {
        case .enough: return
        case .doubtful(let sentence): report(.note(sentence))
        case .refused(let sentence):
            throw UplumaError(.inputOutput, sentence + " To begin in spite of that, give --ignore-space.")
        }
    }

    // MARK: Workers

    private func work(_ shares: BatchShares, _ overseer: inout BatchOverseer) throws {
        for number in 1...shares.jobs { try start(number, shares) }
        var full = false
        while true {
            _ = wake.wait(timeout: .now() + .milliseconds(100))
            let (messages, ends, workers) = state.withLock { state in
                defer { (state.messages, state.ends) = ([], []) }
                return (state.messages, state.ends, state.workers.count)
            }
            for message in messages {
                switch try overseer.take(message) {
                case .goOn: break
                case .stop: finish()
                case .diskFull:
                    full = true
                    finish()
                }
            }
            for (number, end) in ends {
                guard try overseer.isToRestart(end, shares.settings[number - 1]), !isFinishing else { continue }
                try start(number, shares)
            }
            let (progress, frames) = state.withLock { state in
                (
                    state.progress.sorted { $0.key < $1.key }.map(\.value),
                    state.framesBefore + state.frames.values.reduce(0, +)
                )
            }
            try overseer.tick(progress, frames: frames)
            let isOver = state.withLock { $0.workers.isEmpty && $0.messages.isEmpty && $0.ends.isEmpty }
            if isOver, workers == 0 || ends.isEmpty { break }
        }
        if full { throw try overseer.diskIsFull() }
        if let failure = overseer.failure { throw failure }
        if isFinishing, !overseer.isStoppedByFailure {
            throw UplumaError(.interrupted, "Interrupted. The same command goes on; nothing that is done is lost.")
        }
        if !isFinishing, options.makes, options.joins { try overseer.checkNothingIsLeft() }
    }

    private var isFinishing: Bool { state.withLock { $0.isFinishing } }

    private func start(_ number: Int, _ shares: BatchShares) throws {
        var settings = shares.settings[number - 1]
        settings.id = UUID().uuidString.lowercased()
        let worker = try WorkerProcess(settings, command: command) { [self] message in
            state.withLock { state in
                if case .progress(let progress, let frames) = message {
                    (state.progress[number], state.frames[number]) = (progress, frames)
                } else {
                    state.messages.append(message)
                }
            }
            if case .progress = message { return }
            wake.signal()
        } ended: { [self] end in
            state.withLock { state in
                state.workers[number] = nil
                state.progress[number] = nil
                state.framesBefore += state.frames[number] ?? 0
                state.frames[number] = 0
                state.ends.append((number, end))
            }
            wake.signal()
        }
        shares.settings[number - 1].id = settings.id
        let order: WorkerOrder? = state.withLock { state in
            // One that ended while it was put here is taken out again by the loop, which looks at its end.
            if !state.ends.contains(where: { $0.number == number }) { state.workers[number] = worker }
            return state.isCancelled ? .stop : state.isFinishing ? .finish : nil
        }
        if let order { worker.order(order) }
    }

    /// Waits until all workers have ended, after they were told to.
    private func drain(_ overseer: inout BatchOverseer) {
        while state.withLock({ !$0.workers.isEmpty }) { _ = wake.wait(timeout: .now() + .milliseconds(100)) }
        for message in state.withLock({ $0.messages }) { _ = try? overseer.take(message) }
    }
}

/// What a batch has come to, at the end of a run.
public struct BatchSummary: Sendable {
    public var head: BatchReportHead
    /// Files that were put aside or are missing: the first `mostTroubles`.
    public var troubles: [BatchFileReport]
    /// How many there are.
    public var troubleCount: Int
    public var reportJSON: String
    public var reportPage: String

    static let mostTroubles = 20
}

/// How processors and memory are divided among the workers of a run.
final class BatchShares {
    let jobs: Int
    /// Of each worker; the id is that of its latest process.
    var settings: [WorkerSettings]

    /// - Throws: `UplumaError` of kind `usage`.
    init(_ options: BatchRunOptions) throws {
        let processors = options.threads ?? AvailableProcessors.count
        let wanted = options.jobs ?? ThreadShares.defaultJobs(processors: processors)
        guard BatchRunOptions.jobsRange.contains(wanted) else {
            throw UplumaError(
                .usage,
                "\(wanted) jobs are not possible. Give \(BatchRunOptions.jobsRange.lowerBound) to "
                    + "\(BatchRunOptions.jobsRange.upperBound).")
        }
        jobs = wanted
        let threads = ThreadShares.threads(processors: processors, workers: wanted)
        var roles: BatchRoles = options.makes ? [.survey, .chunks] : []
        if options.joins { roles.insert(.join) }
        let memory = MemoryBudget(options.memory).bytes
        let folder = URL(fileURLWithPath: options.folder).standardizedFileURL.path
        settings = threads.enumerated().map { index, threads in
            WorkerSettings(
                folder: folder, id: "", number: index + 1, threads: threads, memoryBytes: memory, nice: options.nice,
                hours: options.hours, attempts: options.attempts, roles: roles.rawValue)
        }
    }
}
