import Foundation
import Synchronization
import UplumaMedia
import UplumaNetworks

/// `batch plan`: walks through what was named and writes every file into the ledger, opening none.
///
/// Thread safety: `run` is called once; `cancel` may be called from any thread at any time.
public final class BatchPlanner: Sendable {
    /// What was planned.
    public struct Summary: Sendable, Equatable {
        /// Files in the batch, by state.
        public var files: [BatchFileState: Int] = [:]
        /// Files that this listing named, and their bytes.
        public var taken = 0
        public var bytes: Int64 = 0
        /// Why files were left out: "3 are excluded, 1 is hidden"; nil when none was.
        public var leftOut: String?
    }

    private let options: BatchOptions
    private let isCancelled = Mutex(false)

    public init(_ options: BatchOptions) { self.options = options }

    /// Stops at the next file; `run` then throws kind `interrupted`, and the ledger is as it was.
    public func cancel() { isCancelled.withLock { $0 = true } }

    /// Does the work. What is planned already stays as it is, unless source, options or weights changed.
    ///
    /// - Parameter note: told what the user should know, a sentence each.
    /// - Throws: `UplumaError`.
    public func run(note: @escaping (String) -> Void) throws -> Summary {
        var job = options.job
        job.encoder.isSteady = true
        if options.isArchive {
            // Named so that a wish for another container is told.
            job.output = "result.\(options.selection.ending)"
            try ArchiveSettings.apply(to: &job)
            job.output = ""
        }
        try options.selection.check()
        try BatchPlanner.check(job, ending: options.selection.ending)
        guard options.chunkSeconds >= 0, options.chunkSeconds % BatchOptions.chunkUnit == 0 else {
            throw UplumaError(
                .usage,
                "Chunks of \(options.chunkSeconds) seconds are not possible: encoders begin anew every "
                    + "\(BatchOptions.chunkUnit) seconds. Give a multiple of that, or 0 for whole files.")
        }
        let weights = try BatchFingerprint.weights(of: job)
        let layout = try BatchLayout.forPlanning(options)
        let isNew = !FileManager.default.fileExists(atPath: layout.ledger)
        let roots = try InputRoot.roots(of: options.selection.inputs)
        // Before a folder or ledger is made: a mistake leaves nothing behind.
        var place = try OutputPlace(
            output: layout.root, payload: layout.payload, roots: roots,
            allowsInsideSource: options.selection.allowsInsideSource)
        var naming = try namesCounted(layout, isNew: isNew, job: job, note: note)
        let ledger = try BatchLedger(layout: layout, create: true)
        if let planned = try ledger.setting(.archive, as: Bool.self), planned != options.isArchive {
            throw UplumaError(
                .usage,
                "The batch in \"\(layout.root)\" is \(planned ? "an archive" : "no archive"), and stays so. Choose another "
                    + "folder with -o.")
        }
        var failure: (any Error)?
        var number = 0
        let walk = try walk(layout, isNew ? nil : ledger) { _ in }
        let files = AnyIterator<Listed> { [self] in
            guard failure == nil else { return nil }
            do {
                guard let file = walk.next() else { return nil }
                try throwIfCancelled()
                number += 1
                let existing = isNew ? nil : try ledger.output(ofSource: file.source)
                let output = try naming.output(of: file, number: number, existing: existing)
                try place.check(output, of: file)
                return Listed(source: file.source, output: output, bytes: file.bytes, changed: file.changed)
            } catch {
                failure = error
                return nil
            }
        }
        _ = try ledger.merge(
            AnySequence { files }, options: BatchFingerprint.options(job, weights: weights),
            settings: [
                .options: job, .selection: options.selection, .archive: options.isArchive,
                .version: UplumaVersion.current, .limits: BatchLimits(chunkSeconds: options.chunkSeconds),
                .started: try ledger.setting(.started, as: Date.self) ?? Date(),
            ], retriesQuarantined: options.retriesFailed,
            // What was left out by other limits may be taken by these.
            reconsidersSkipped: try ledger.setting(.selection, as: BatchSelection.self) != options.selection,
            check: { if let failure { throw failure } }, note: note)
        try BatchParts.removeForgotten(layout, ledger)
        var summary = Summary()
        summary.files = try ledger.totals().files.filter { $0.value > 0 }
        (summary.taken, summary.bytes) = (walk.tally.taken, walk.tally.bytes)
        summary.leftOut = walk.tally.reasons
        return summary
    }

    /// The first way through, which tells what names collide and whether there is anything at all.
    private func namesCounted(
        _ layout: BatchLayout, isNew: Bool, job: UpscaleOptions, note: @escaping (String) -> Void
    ) throws -> OutputNaming {
        let ledger = isNew ? nil : try BatchLedger(layout: layout, create: false)
        var naming = try OutputNaming(options.selection, scale: job.scale, model: job.model)
        let walk = try walk(layout, ledger, note: note)
        var number = 0
        while let file = walk.next() {
            try throwIfCancelled()
            number += 1
            try naming.count(file, number: number, existing: try ledger?.output(ofSource: file.source))
        }
        guard number > 0 else { throw walk.tally.emptyError }
        return naming
    }

    private func walk(
        _ layout: BatchLayout, _ ledger: BatchLedger?, note: @escaping (String) -> Void
    ) throws -> FileWalk {
        let prefix = layout.payload + "/"
        return try FileWalk(options.selection, output: layout.root) { path in
            guard let ledger, path.hasPrefix(prefix) else { return false }
            return (try? ledger.hasResult(String(path.dropFirst(prefix.count)))) ?? false
        } note: {
            note($0)
        }
    }

    private func throwIfCancelled() throws {
        if isCancelled.withLock({ $0 }) { throw UplumaError(.interrupted, "Interrupted.") }
    }

    /// Finds mistakes that every file would fail by.
    private static func check(_ job: UpscaleOptions, ending: String) throws {
        do {
            _ = try PictureMakers(job, downscalers: DownscalerCatalog.downscalers)
            let container = try MediaContainer(outputName: "a.\(ending)")
            let settings = EncoderSettings(
                name: job.encoder.name, crf: job.encoder.crf, preset: job.encoder.preset, options: job.encoder.options)
            _ = try EncoderChoice(settings, container: container)
            _ = try job.pixelFormat.map(EncoderChoice.pictureFormat)
            _ = try Execution(backend: job.backend, precision: job.precision)
        } catch {
            throw UplumaError(any: error)
        }
    }
}

extension BatchLayout {
    /// Of a batch to be planned.
    static func forPlanning(_ options: BatchOptions) throws -> BatchLayout {
        let root = URL(fileURLWithPath: options.folder).standardizedFileURL.path
        return BatchLayout(root: root, isArchive: options.isArchive)
    }

    /// Of a batch that is there, and its ledger.
    ///
    /// - Throws: `UplumaError` of kind `noInput` when there is none.
    static func opened(_ folder: String) throws -> (layout: BatchLayout, ledger: BatchLedger) {
        let root = URL(fileURLWithPath: folder).standardizedFileURL.path
        let plain = BatchLayout(root: root, isArchive: false)
        let ledger = try BatchLedger(layout: plain, create: false)
        let isArchive = try ledger.setting(.archive, as: Bool.self) ?? false
        return (BatchLayout(root: root, isArchive: isArchive), ledger)
    }
}
