import Foundation
import Synchronization
import UplumaMedia

/// What `BatchAudit` is to check. The defaults are those of the command line, and the command line takes them from here.
public struct BatchAuditOptions: Sendable {
    /// The batch's folder.
    public var folder: String
    /// Whether results of an archive are decoded and their frames held against their checksums; without it only bytes are
    /// hashed.
    public var decodes = true
    /// Whether sources that are still where they were are hashed, too.
    public var checksSources = false
    /// Decoder threads, within `UpscaleOptions.threadRange`; nil is all.
    public var threads: Int?

    public init(folder: String) { self.folder = folder }
}

/// Checks a finished batch again, months or years later: that everything is there, that no byte is another, and in an archive
/// that every frame decodes to what it was.
///
/// Nothing is written, and nothing stops it but a folder that cannot be read, or `cancel`.
///
/// Thread safety: `run` is called once; `cancel` may be called from any thread at any time.
public final class BatchAudit: Sendable {
    /// Hands out what a ledger knows of the batch's files, one by one.
    public typealias Results = (_ each: (BatchFileReport) throws -> Void) throws -> Void

    private let options: BatchAuditOptions
    private let isCancelled = Mutex(false)

    public init(_ options: BatchAuditOptions) { self.options = options }

    /// Stops at the next packet or piece; `run` then throws kind `interrupted`.
    public func cancel() { isCancelled.withLock { $0 = true } }

    /// Does the work.
    ///
    /// - Parameters:
    ///   - results: the files that a ledger has as done, whose hashes are checked where the folder is no bag, and whose
    ///     presence where it is one; nil where there is no ledger, which only a bag can do without.
    ///   - report: receives items and progress, on the calling thread.
    /// - Returns: what was found; failures are no error, they are in the report (`failure`).
    /// - Throws: `UplumaError` when the folder cannot be read, is neither a bag nor has results, or the audit was cancelled.
    public func run(
        results: Results? = nil, report: @escaping (BatchAuditEvent) -> Void
    ) throws -> BatchAuditReport {
        guard FileStamp(options.folder)?.isFolder == true else {
            throw UplumaError(.noInput, "There is no folder \"\(options.folder)\".")
        }
        let folder = URL(fileURLWithPath: options.folder).path
        let isBag =
            FileStamp(folder + "/" + Bag.declaration) != nil
            || FileStamp(folder + "/" + Bag.manifest) != nil
        guard isBag || results != nil else {
            throw UplumaError(
                .noInput, "\"\(options.folder)\" is neither an archive nor a batch: nothing tells what is to be there.")
        }
        let state = AuditState(folder: folder, isBag: isBag, report: report) { [self] in isCancelled.withLock { $0 } }
        do {
            if isBag { try BagAudit(folder: folder, options: options, state: state).run() }
            try results?({ try ResultAudit(folder: folder, isBag: isBag, state: state).check($0) })
            return state.finished()
        } catch {
            throw isCancelled.withLock { $0 } ? UplumaError(.interrupted, "Interrupted.") : UplumaError(any: error)
        }
    }
}

/// What an audit has found so far. One caller at a time.
final class AuditState {
    let isCancelled: @Sendable () -> Bool
    private var report: BatchAuditReport
    private let tell: (BatchAuditEvent) -> Void
    private var progress = AuditProgress()

    init(
        folder: String, isBag: Bool, report tell: @escaping (BatchAuditEvent) -> Void,
        isCancelled: @escaping @Sendable () -> Bool
    ) {
        report = BatchAuditReport(folder: folder, isBag: isBag)
        self.tell = tell
        self.isCancelled = isCancelled
    }

    /// Tells an item; a failure of a kind that was told of the same file is not told twice.
    func add(_ path: String, _ verdict: AuditVerdict, _ message: String = "") {
        if verdict.isFailure, report.failures.contains(where: { $0.path == path && $0.verdict == verdict }) { return }
        let item = AuditItem(path: path, verdict: verdict, message: message)
        report.add(item)
        tell(.item(item))
    }

    func note(_ text: String) { report.notes.append(text) }

    func expect(bytes: Int64) { progress.totalBytes = bytes }

    /// Hashes a file and counts it.
    ///
    /// - Returns: nil when it cannot be read, which is then said.
    /// - Throws: only when cancelled.
    func hash(_ file: String, as path: String) throws -> String? {
        progress.path = path
        tell(.progress(progress))
        do {
            let hash = try ContentHash.ofFile(file, isCancelled: isCancelled)
            let bytes = FileStamp(file)?.bytes ?? 0
            report.files += 1
            report.bytes += bytes
            progress.files += 1
            progress.bytes += bytes
            tell(.progress(progress))
            return hash
        } catch {
            try checkCancelled()
            add(path, .unreadable, UplumaError(any: error).message)
            return nil
        }
    }

    func countDecoded() { report.decoded += 1 }

    /// Tells every hundredth frame.
    func countFrame() {
        progress.frames += 1
        if progress.frames % 100 == 0 { tell(.progress(progress)) }
    }

    func checkCancelled() throws {
        if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
    }

    func finished() -> BatchAuditReport {
        report.ended = Date()
        return report
    }
}

/// A result of a batch that is no archive, by what the ledger has of it.
struct ResultAudit {
    let folder: String
    let isBag: Bool
    let state: AuditState

    func check(_ file: BatchFileReport) throws {
        try state.checkCancelled()
        guard file.state == .done else { return }
        let path = (isBag ? BatchLayout.payloadFolder + "/" : "") + file.output
        let full = folder + "/" + path
        guard let stamp = FileStamp(full) else {
            // A bag that lists it has said so.
            if !isBag { state.add(path, .missing, "the ledger has it as done") }
            return
        }
        guard !isBag else { return }
        guard let known = file.sha256 else { return state.add(path, .unreadable, "the ledger has no SHA-256 of it") }
        guard let hash = try state.hash(full, as: path) else { return }
        if hash == known { return state.add(path, .intact) }
        let size = file.outputBytes.flatMap { $0 == stamp.bytes ? nil : ", and it has \(stamp.bytes) bytes, not \($0)" }
        state.add(path, .altered, "its SHA-256 is not the ledger's" + (size ?? ""))
    }
}
