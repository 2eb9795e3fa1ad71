import Foundation

/// A batch that is there, to be asked and told things while others work on it.
public struct BatchFolder {
    private let layout: BatchLayout
    private let ledger: BatchLedger

    /// - Throws: `UplumaError` of kind `noInput` when there is none in the folder.
    public init(_ folder: String) throws { (layout, ledger) = try BatchLayout.opened(folder) }

    /// The folder's absolute path.
    public var path: String { layout.root }
    public var isArchive: Bool { layout.isArchive }
    /// Where the report lies; nil when none was written yet.
    public var reportJSON: String? {
        FileManager.default.fileExists(atPath: layout.reportJSON) ? layout.reportJSON : nil
    }

    /// How far it is, with what every worker holds.
    ///
    /// - Throws: `UplumaError`.
    public func progress() throws -> BatchProgress {
        let totals = try ledger.totals()
        var progress = BatchProgress()
        progress.files = totals.files
        (progress.secondsDone, progress.secondsTotal) = (totals.secondsDone, totals.secondsTotal)
        (progress.frames, progress.outputBytes) = (totals.frames, totals.outputBytes)
        progress.freeBytes = DiskSpace.free(at: layout.root)
        progress.isPaused = PauseMark(layout).isPaused
        let living = Set(try ledger.livingWorkers())
        progress.workers = try ledger.holdings().filter { living.contains($0.worker) }.enumerated().map {
            index, holding in
            var worker = WorkerProgress(number: index + 1, activity: holding.activity)
            worker.file = holding.source
            worker.chunk = holding.chunk.map { $0 + 1 }
            worker.chunks = holding.chunks
            worker.frame = holding.frames
            return worker
        }
        return progress
    }

    /// Files that were put aside or are missing: the first, and how many there are.
    ///
    /// - Throws: `UplumaError`.
    public func troubles() throws -> (first: [BatchFileReport], count: Int) {
        try BatchReporting.troubles(layout, ledger)
    }

    /// Hands out what became of each file that is done.
    ///
    /// - Throws: `UplumaError`, or what `each` throws.
    public func results(_ each: (BatchFileReport) throws -> Void) throws {
        try ledger.forEachReport(state: .done, layout: layout, each)
    }

    /// Makes all workers wait, wherever they run.
    ///
    /// - Throws: `UplumaError`.
    public func pause() throws { try PauseMark(layout).set() }

    /// - Returns: whether the batch was paused.
    /// - Throws: `UplumaError`.
    public func resume() throws -> Bool { try PauseMark(layout).remove() }

    /// Looks for damage of the ledger.
    ///
    /// - Throws: `UplumaError` of kind `badInput` that names the first.
    public func check() throws { try ledger.check() }
}
