package import Foundation
import GRDB

/// Sums over a batch.
package struct BatchTotals: Sendable, Equatable {
    /// Every state is there.
    package var files: [BatchFileState: Int] = [:]
    /// Of all sources.
    package var sourceBytes: Int64 = 0
    /// Of sources whose results stand.
    package var doneSourceBytes: Int64 = 0
    /// Of results that stand.
    package var outputBytes: Int64 = 0
    /// Frames that are made, of files that are ready or done.
    package var frames = 0
    /// Seconds of video that are made, of files that are ready or done.
    package var secondsDone = 0.0
    /// Seconds of video of all files that are done or to be done, those that are not opened yet taken to be like the others
    /// by their bytes; nil when nothing tells.
    package var secondsTotal: Double?
}

/// What a worker holds.
package struct BatchHolding: Sendable, Equatable {
    package var worker: String
    /// Of the system.
    package var process: Int32
    package var activity: WorkerProgress.Activity
    package var file: Int64
    package var source: String
    /// From 0; nil where it opens or joins the file.
    package var chunk: Int?
    package var chunks: Int
    /// Frames of the chunk at its last checkpoint.
    package var frames: Int
    package var since: Date
}

extension BatchLedger {
    /// Takes microseconds, however many files there are.
    ///
    /// - Throws: `UplumaError`.
    package func totals() throws -> BatchTotals {
        let rows = try read { try Row.fetchAll($0, sql: "SELECT * FROM total") }
        var totals = BatchTotals()
        var (timedBytes, timedSeconds, openBytes, knownSeconds): (Int64, Double, Int64, Double) = (0, 0, 0, 0)
        for row in rows {
            let state = try LedgerFailure.told(path) { try LedgerRow.state(row["state"]) }
            totals.files[state] = row["files"]
            totals.sourceBytes += row["sourceBytes"] as Int64
            totals.outputBytes += row["outputBytes"] as Int64
            if state == .done { totals.doneSourceBytes = row["sourceBytes"] }
            timedBytes += row["timedBytes"] as Int64
            timedSeconds += row["videoSeconds"] as Double
            guard state == .done || !state.isFinal else { continue }
            totals.frames += row["madeFrames"] as Int
            totals.secondsDone += row["madeSeconds"] as Double
            knownSeconds += row["videoSeconds"] as Double
            openBytes += (row["sourceBytes"] as Int64) - (row["timedBytes"] as Int64)
        }
        if openBytes <= 0 {
            totals.secondsTotal = knownSeconds
        } else if timedBytes > 0 {
            totals.secondsTotal = knownSeconds + Double(openBytes) * timedSeconds / Double(timedBytes)
        }
        return totals
    }

    /// - Throws: `UplumaError`; `usage` when there is no such file.
    package func file(_ id: Int64) throws -> BatchFile { try read { try Self.file(id, in: $0) } }

    /// The file with a source's absolute path; nil when the batch has none.
    ///
    /// - Throws: `UplumaError`.
    package func file(source: String) throws -> BatchFile? {
        try read { db in
            try Row.fetchOne(db, sql: "\(Self.fileColumns) WHERE f.source = ?", arguments: [source])
                .map { try BatchFile(row: $0) }
        }
    }

    /// In order.
    ///
    /// - Throws: `UplumaError`.
    package func chunks(of file: Int64) throws -> [BatchChunk] { try read { try Self.chunks(of: file, in: $0) } }

    /// In the order of ids, some at a time: memory does not grow with the batch, and no snapshot is held while `body` works.
    ///
    /// - Parameters:
    ///   - state: nil for all.
    ///   - last: files up to this id are left out.
    /// - Throws: `UplumaError`, or what `body` throws.
    package func forEachFile(
        state: BatchFileState? = nil, after last: Int64 = 0, _ body: (BatchFile) throws -> Void
    ) throws {
        try forEachRow(state, after: last) { try body($0.file) }
    }

    /// What became of each file, as `forEachFile`.
    ///
    /// - Parameter layout: tells where pictures of before and after lie; those that are there are named.
    /// - Throws: `UplumaError`, or what `body` throws.
    package func forEachReport(
        state: BatchFileState? = nil, after last: Int64 = 0, layout: BatchLayout,
        _ body: (BatchFileReport) throws -> Void
    ) throws {
        try forEachRow(state, after: last) { row in
            try body(BatchFileReport(row.file, workSeconds: row.workSeconds, layout: layout))
        }
    }

    /// What became of one file.
    ///
    /// - Throws: `UplumaError`; `usage` when there is no such file.
    package func report(of id: Int64, layout: BatchLayout) throws -> BatchFileReport {
        let row = try page(nil, after: id - 1, count: 1).first
        guard let row, row.file.id == id else { throw UplumaError(.usage, "The batch has no file \(id).") }
        return BatchFileReport(row.file, workSeconds: row.workSeconds, layout: layout)
    }

    /// Who works on what, by workers.
    ///
    /// - Throws: `UplumaError`.
    package func holdings() throws -> [BatchHolding] {
        try read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT c.worker, w.process, c.kind, c.file, f.source, c.chunk, f.chunks, c.since, ifnull(k.frames, 0)
                    FROM claim c JOIN worker w ON w.id = c.worker JOIN file f ON f.id = c.file
                        LEFT JOIN chunk k ON k.file = c.file AND k.number = c.chunk
                    ORDER BY w.started, c.worker, c.file, c.chunk
                    """
            ).compactMap { row in
                guard let kind = ClaimKind(rawValue: row[2]) else { return nil }
                return BatchHolding(
                    worker: row[0], process: row[1], activity: kind.activity, file: row[3], source: row[4],
                    chunk: kind == .chunk ? row[5] : nil, chunks: row[6], frames: row[8],
                    since: Date(timeIntervalSince1970: row[7]))
            }
        }
    }

    /// Workers that live and are enrolled.
    ///
    /// - Throws: `UplumaError`.
    package func livingWorkers() throws -> [String] {
        try read { try String.fetchAll($0, sql: "SELECT id FROM worker ORDER BY started, id") }.filter(isAlive)
    }

    // MARK: Pages

    private typealias Entry = (file: BatchFile, workSeconds: Double)

    private func forEachRow(_ state: BatchFileState?, after last: Int64, _ body: (Entry) throws -> Void) throws {
        var last = last
        while true {
            let page = try page(state, after: last, count: 256)
            guard let end = page.last else { return }
            for entry in page { try body(entry) }
            last = end.file.id
        }
    }

    private func page(_ state: BatchFileState?, after last: Int64, count: Int) throws -> [Entry] {
        try read { db in
            let filter = state == nil ? "" : "AND f.state = :state"
            let arguments: StatementArguments =
                state.map { ["last": last, "count": count, "state": $0.rawValue] } ?? ["last": last, "count": count]
            return try Row.fetchAll(
                db.cachedStatement(
                    sql: "\(Self.fileColumns) WHERE f.id > :last \(filter) ORDER BY f.id LIMIT :count"),
                arguments: arguments
            ).map { (file: try BatchFile(row: $0), workSeconds: $0["workSeconds"]) }
        }
    }
}

extension ClaimKind {
    fileprivate var activity: WorkerProgress.Activity {
        switch self {
        case .survey: .opening
        case .chunk: .enlarging
        case .join: .joining
        }
    }
}

extension BatchFileReport {
    /// - Parameter layout: looks are named where their files are there.
    init(_ file: BatchFile, workSeconds: Double, layout: BatchLayout) {
        self.init(source: file.source, output: file.output, state: file.state, sourceBytes: file.sourceBytes)
        reason = file.reason
        attempts = file.attempts
        if let survey = file.survey {
            (codec, width, height) = (survey.codec, survey.width, survey.height)
            (resultWidth, resultHeight) = (survey.targetWidth, survey.targetHeight)
            (videoSeconds, frames, assumptions) = (survey.seconds, survey.frames, survey.assumptions)
        }
        if workSeconds > 0 { self.workSeconds = workSeconds }
        // Of a file that is not done, what was to be its result may have no name yet.
        if file.state == .done, let result = file.result {
            (frames, outputBytes, sha256) = (result.frames, result.outputBytes, result.hash)
            (finished, warnings, verification) = (result.finished, result.warnings, result.verification)
        }
        findLooks(file: file.id, layout)
    }
}
