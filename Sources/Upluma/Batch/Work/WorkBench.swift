import Foundation
import UplumaMedia
import UplumaPipeline

/// Where a worker does what it claimed: opens files, makes chunks, joins them; and keeps what one piece of work leaves to
/// the next, an open file above all.
///
/// Not sendable: one worker's thread.
final class WorkBench {
    /// What the worker lends.
    struct Hooks {
        /// Passed before each frame.
        var gate: @Sendable () throws -> Void
        var isToFinish: @Sendable () -> Bool
        var isCancelled: @Sendable () -> Bool
        /// Receives the stages that run, nil when they have ended.
        var willStart: (StageGroup?) -> Void
        var tell: @Sendable (WorkerMessage) -> Void
        var meter: WorkerMeter
    }

    /// A file that is open for making chunks.
    struct Session {
        let file: Int64
        let source: ChunkSource
        let notes: RunNotes
    }

    let settings: WorkerSettings
    let layout: BatchLayout
    let ledger: BatchLedger
    let hooks: Hooks
    let options: UpscaleOptions
    let selection: BatchSelection
    let limits: BatchLimits
    /// Ways of making pictures (`BatchSurvey.execution`) that are not this processor's.
    private(set) var rejected: Set<[String]> = []
    private var session: Session?
    /// Seconds after which work that somebody else is at is asked for again.
    private static let patience = 1.0

    /// - Throws: `UplumaError` when the ledger has no plan.
    init(_ settings: WorkerSettings, _ layout: BatchLayout, _ ledger: BatchLedger, _ hooks: Hooks) throws {
        (self.settings, self.layout, self.ledger, self.hooks) = (settings, layout, ledger, hooks)
        guard let options = try ledger.setting(.options, as: UpscaleOptions.self),
            let selection = try ledger.setting(.selection, as: BatchSelection.self),
            let limits = try ledger.setting(.limits, as: BatchLimits.self)
        else { throw LedgerFailure.noBatch(layout.ledger) }
        (self.options, self.selection, self.limits) = (options, selection, limits)
        for folder in [layout.parts, layout.looks, layout.payload] {
            try FolderMaking.make(folder)
        }
    }

    /// Does a piece of work and tells the ledger what became of it.
    ///
    /// - Throws: `UplumaError` of kind `inputOutput` when the disk is full, or whatever the ledger throws.
    func work(on work: BatchWork) throws {
        defer { hooks.willStart(nil) }
        do {
            try checkSource(work.file)
            switch work {
            case .survey(let file): try survey(file)
            case .chunk(let file, let chunk, let count): try make(chunk, of: count, in: file)
            case .join(let file, let chunks): try join(file, chunks)
            }
        } catch {
            try settle(work, UplumaError(any: error), isFull: DiskSpace.isFull(error))
        }
    }

    private func settle(_ work: BatchWork, _ error: UplumaError, isFull: Bool) throws {
        if session?.file == work.file.id { session = nil }
        if isFull {
            hooks.tell(.diskFull)
            // The ledger may lie on the same disk: then the claim goes with the worker.
            try? ledger.release(work, by: settings.id)
            throw error
        }
        switch error.kind {
        case .interrupted: try ledger.release(work, by: settings.id)
        case .tryAgain:
            try ledger.release(work, by: settings.id)
            // Somebody else is at it, and will not be done at once.
            Thread.sleep(forTimeInterval: Self.patience)
        default:
            switch try ledger.fail(
                work, by: settings.id, kind: error.kind, message: error.message, limit: settings.attempts)
            {
            case .quarantined: hooks.tell(.ended(work.file.id))
            case .willRetry(let attempt):
                hooks.tell(
                    .willRetry(
                        source: work.file.source, reason: error.message, attempt: attempt, of: settings.attempts))
            }
        }
    }

    /// A source that changed under the batch would be half the old and half the new.
    private func checkSource(_ file: BatchFile) throws {
        guard let found = FileStamp(file.source) else {
            throw UplumaError(.noInput, "\"\(file.source)\" is no more there. Give `upluma batch plan` again.")
        }
        guard found.bytes == file.sourceBytes, found.changed == file.sourceChanged else {
            session = nil
            throw UplumaError(
                .badInput,
                "\"\(file.source)\" changed since it was planned. Give `upluma batch plan` again to have it done as it is now."
            )
        }
    }

    // MARK: Opening

    /// The job that makes a file's result.
    func jobOptions(_ file: BatchFile) -> UpscaleOptions {
        var options = options
        options.input = file.source
        options.output = layout.result(of: file)
        options.threads = settings.threads
        // What stands there is looked at before.
        options.overwrite = true
        if layout.isArchive, let survey = file.survey {
            ArchiveSettings.fit(&options, width: survey.targetWidth, height: survey.targetHeight)
        }
        return options
    }

    /// An open file to make chunks of; the last one where it is the same.
    func opened(_ file: BatchFile, _ notes: RunNotes? = nil) throws -> Session {
        if let session, session.file == file.id { return session }
        session = nil
        let notes = notes ?? RunNotes(tell: { _ in })
        let plan = try UpscalePlan(
            jobOptions(file), report: { if case .note(let note) = $0 { notes.add(note) } },
            isCancelled: hooks.isCancelled)
        guard plan.source.facts.isSeekable else {
            throw UplumaError(
                .badInput, "\"\(file.source)\" can be read only once, and a batch reads it several times.")
        }
        let session = Session(
            file: file.id, source: ChunkSource(plan, notes: notes, isCancelled: hooks.isCancelled), notes: notes)
        self.session = session
        return session
    }

    /// Whether this processor makes pictures as the one that opened the file; if not, the file is left to others.
    func matches(_ plan: UpscalePlan, _ file: BatchFile) -> Bool {
        guard let execution = file.survey?.execution, execution != plan.upscaler.runs else { return true }
        rejected.insert(execution)
        return false
    }

    func leave(_ file: BatchFile) { if session?.file == file.id { session = nil } }
}

/// Folders of results.
enum FolderMaking {
    /// Makes a folder with those above it.
    ///
    /// - Throws: `UplumaError` of kind `cannotCreate`.
    static func make(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            if DiskSpace.isFull(error) {
                throw UplumaError(.inputOutput, "\"\(path)\" cannot be created: \(String(cString: strerror(ENOSPC))).")
            }
            throw UplumaError(
                .cannotCreate,
                "The folder \"\(path)\" cannot be created (\(error.localizedDescription)). Choose one you may write to."
            )
        }
    }
}
