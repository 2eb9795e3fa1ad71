import Foundation
import GRDB

/// Pieces of transactions.
extension BatchLedger {
    /// - Throws: `tryAgain` when the claim is not the worker's.
    static func demand(_ file: Int64, _ chunk: Int, _ kind: ClaimKind, of worker: String, in db: Database) throws {
        let holder = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT worker, kind FROM claim WHERE file = ? AND chunk = ?"),
            arguments: [file, chunk])
        guard let holder, holder[0] == worker, holder[1] == kind.rawValue else {
            let source = try String.fetchOne(db, sql: "SELECT source FROM file WHERE id = ?", arguments: [file])
            throw LedgerFailure.lost(source ?? "File \(file)")
        }
    }

    static func drop(_ file: Int64, _ chunk: Int, in db: Database) throws {
        try db.cachedStatement(sql: "DELETE FROM claim WHERE file = ? AND chunk = ?").execute(arguments: [file, chunk])
    }

    /// - Throws: `tryAgain` when it is not the worker's.
    static func give(back work: BatchWork, by worker: String, in db: Database) throws {
        try demand(work.file.id, work.chunkNumber, work.kind, of: worker, in: db)
        try drop(work.file.id, work.chunkNumber, in: db)
    }

    /// Files that reached another end meanwhile keep it.
    static func quarantine(_ id: Int64, reason: String, in db: Database) throws {
        try db.execute(
            sql: """
                UPDATE file SET state = 'quarantined', reason = ?, changed = ?
                WHERE id = ? AND state IN ('listed', 'ready')
                """, arguments: [reason, Date().timeIntervalSince1970, id])
    }

    static func retryQuarantined(in db: Database) throws -> Int {
        try db.execute(
            sql: """
                UPDATE chunk SET attempts = 0, interruptions = 0, error = NULL
                WHERE isDone = 0 AND file IN (SELECT id FROM file WHERE state = 'quarantined')
                """)
        try db.execute(
            sql: """
                UPDATE file SET state = iif(chunks = 0, 'listed', 'ready'), attempts = 0, failures = 0,
                    interruptions = 0, reason = NULL, error = NULL, changed = ?
                WHERE state = 'quarantined'
                """, arguments: [Date().timeIntervalSince1970])
        return db.changesCount
    }

    static func reconsiderSkipped(in db: Database) throws -> Int {
        try db.execute(
            sql: """
                UPDATE file SET state = 'listed', reason = NULL, survey = NULL, videoSeconds = NULL, changed = ?
                WHERE state = 'skipped'
                """, arguments: [Date().timeIntervalSince1970])
        return db.changesCount
    }

    /// Stores how far a chunk is, and what follows for its file. Getting further forgets interruptions: it is not the work
    /// that stops the workers.
    static func store(_ chunk: BatchChunk, isDone: Bool, in db: Database) throws {
        let old = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT frames, seconds FROM chunk WHERE file = ? AND number = ?"),
            arguments: [chunk.file, chunk.number])
        guard let old else { throw LedgerFailure.lost("Chunk \(chunk.number + 1) of file \(chunk.file)") }
        try db.cachedStatement(
            sql: """
                UPDATE chunk SET isDone = :done, changed = :now, frames = :frames, bytes = :bytes, hash = :hash,
                    seconds = :seconds, interruptions = iif(:frames > frames, 0, interruptions)
                WHERE file = :file AND number = :number
                """
        ).execute(arguments: [
            "done": isDone, "now": Date().timeIntervalSince1970, "frames": chunk.frames, "bytes": chunk.bytes,
            "hash": chunk.hash, "seconds": chunk.seconds, "file": chunk.file, "number": chunk.number,
        ])
        try db.cachedStatement(
            sql: """
                UPDATE file SET waiting = waiting - :done, madeFrames = madeFrames + :frames,
                    workSeconds = workSeconds + :seconds WHERE id = :file
                """
        ).execute(arguments: [
            "done": isDone ? 1 : 0, "frames": chunk.frames - (old[0] as Int),
            "seconds": chunk.seconds - (old[1] as Double), "file": chunk.file,
        ])
        try db.cachedStatement(sql: "\(madeSeconds) WHERE id = ?").execute(arguments: [chunk.file])
    }

    /// Sums up a file's chunks anew.
    static func count(_ file: Int64, in db: Database) throws {
        try db.execute(
            sql: """
                UPDATE file SET (madeFrames, workSeconds) =
                    (SELECT ifnull(sum(frames), 0), ifnull(sum(seconds), 0.0) FROM chunk WHERE file = file.id)
                WHERE id = ?
                """, arguments: [file])
        try db.cachedStatement(sql: "\(madeSeconds) WHERE id = ?").execute(arguments: [file])
    }

    /// By frames, or by chunks where the source does not tell how many frames will come.
    private static let madeSeconds = """
        UPDATE file SET madeSeconds = CASE WHEN videoSeconds IS NULL THEN 0
            WHEN frames > 0 THEN videoSeconds * min(1.0, 1.0 * madeFrames / frames)
            ELSE videoSeconds * (chunks - waiting) / max(chunks, 1) END
        """

    // MARK: Rows as values

    static let fileColumns = """
        SELECT f.id, f.source, f.output, f.sourceBytes, f.sourceChanged, f.state, f.attempts, f.reason, f.survey, f.result,
            o.fingerprint, f.workSeconds FROM file f JOIN options o ON o.id = f.options
        """

    static let chunkColumns = """
        SELECT file, number, start, "end", isDone, attempts, frames, bytes, hash, seconds FROM chunk
        """

    /// - Throws: `usage` when there is no such file.
    static func file(_ id: Int64, in db: Database) throws -> BatchFile {
        let row = try Row.fetchOne(db.cachedStatement(sql: "\(fileColumns) WHERE f.id = ?"), arguments: [id])
        guard let row else { throw UplumaError(.usage, "The batch has no file \(id).") }
        return try BatchFile(row: row)
    }

    static func chunks(of file: Int64, in db: Database) throws -> [BatchChunk] {
        try Row.fetchAll(db.cachedStatement(sql: "\(chunkColumns) WHERE file = ? ORDER BY number"), arguments: [file])
            .map { BatchChunk(row: $0) }
    }
}

extension BatchFile {
    /// Of `BatchLedger.fileColumns`.
    init(row: Row) throws {
        let (bytes, changed): (Int64, Int64) = (row[3], row[4])
        self.init(
            id: row[0], source: row[1], output: row[2], sourceBytes: bytes, sourceChanged: changed,
            state: try LedgerRow.state(row[5]),
            fingerprint: try BatchFingerprint.file(bytes: bytes, changed: changed, options: row[10]),
            attempts: row[6], reason: row[7], survey: try (row[8] as String?).map { try LedgerJSON.value($0) },
            result: try (row[9] as String?).map { try LedgerJSON.value($0) })
    }
}

extension BatchChunk {
    /// Of `BatchLedger.chunkColumns`.
    init(row: Row) {
        self.init(
            file: row[0], number: row[1], start: row[2], end: row[3], state: row[4] ? .done : .waiting,
            attempts: row[5], frames: row[6], bytes: row[7], hash: row[8], seconds: row[9])
    }
}

enum LedgerRow {
    /// - Throws: `badInput` for a word that is none.
    static func state(_ text: String) throws -> BatchFileState {
        guard let state = BatchFileState(rawValue: text) else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: [], debugDescription: "\"\(text)\" is no state of a file"))
        }
        return state
    }
}
