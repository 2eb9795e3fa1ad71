import Foundation
import GRDB

/// What became of a file after something about it failed.
package enum BatchFailure: Sendable, Equatable {
    /// It is tried again: this was failure number `attempt` of the same piece of work.
    case willRetry(attempt: Int)
    /// It is put aside.
    case quarantined
}

extension FailureKind {
    /// Whether the same work may succeed another time: it is not the source or the options that are wrong.
    package var mayPass: Bool {
        switch self {
        case .usage, .badInput, .noInput: false
        case .internal, .cannotCreate, .inputOutput, .tryAgain, .someFailed, .interrupted: true
        }
    }
}

/// What workers tell of what they claimed. Every call asks first whether it is still theirs, and throws `tryAgain` if not: then
/// the batch was planned anew, or they were taken for dead, and what they made is nobody's.
extension BatchLedger {
    /// Ends the opening of a file: its chunks can be claimed.
    ///
    /// - Parameter chunks: numbered from 0 in order of time; `file` is filled in.
    /// - Throws: `UplumaError`.
    package func finish(survey: BatchSurvey, chunks: [BatchChunk], of file: BatchFile, by worker: String) throws {
        let text = try LedgerJSON.text(survey)
        let execution = try LedgerJSON.text(survey.execution)
        try write { db in
            try Self.give(back: .survey(file), by: worker, in: db)
            let now = Date().timeIntervalSince1970
            try db.execute(sql: "DELETE FROM chunk WHERE file = ?", arguments: [file.id])
            let insert = try db.cachedStatement(
                sql: """
                    INSERT INTO chunk (file, number, start, "end", isDone, changed, frames, bytes, hash, seconds)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                    """)
            for chunk in chunks {
                try insert.execute(arguments: [
                    file.id, chunk.number, chunk.start, chunk.end, chunk.state == .done, now, chunk.frames, chunk.bytes,
                    chunk.hash, chunk.seconds,
                ])
            }
            try db.execute(
                sql: """
                    UPDATE file SET state = iif(state = 'listed', 'ready', state), changed = :now, failures = 0,
                        interruptions = 0, survey = :survey, execution = :execution, memoryBytes = :memory,
                        isSequential = :sequential, videoSeconds = :seconds, frames = :frames, chunks = :chunks,
                        waiting = :waiting
                    WHERE id = :id
                    """,
                arguments: [
                    "now": now, "survey": text, "execution": execution, "memory": survey.memoryBytes,
                    "sequential": survey.isSequential, "seconds": survey.seconds, "frames": survey.frames,
                    "chunks": chunks.count, "waiting": chunks.count { $0.state == .waiting }, "id": file.id,
                ])
            try Self.count(file.id, in: db)
        }
    }

    /// Leaves a file out, which the worker was to open.
    ///
    /// - Parameter survey: what was found out about it, for reports.
    /// - Throws: `UplumaError`.
    package func skip(_ file: BatchFile, reason: String, survey: BatchSurvey? = nil, by worker: String) throws {
        let text = try survey.map { try LedgerJSON.text($0) }
        try write { db in
            try Self.give(back: .survey(file), by: worker, in: db)
            // The survey of a file without chunks is told in reports, but is not one to work by: it is opened again if need be.
            try db.execute(
                sql: """
                    UPDATE file SET state = 'skipped', reason = ?, survey = ?, videoSeconds = ?, changed = ?
                    WHERE id = ? AND state = 'listed'
                    """,
                arguments: [reason, text, survey?.seconds, Date().timeIntervalSince1970, file.id])
        }
    }

    /// Keeps how far a chunk is: its frames, bytes, hash and seconds.
    ///
    /// - Throws: `UplumaError`.
    package func checkpoint(_ chunk: BatchChunk, by worker: String) throws {
        try write { db in
            try Self.demand(chunk.file, chunk.number, .chunk, of: worker, in: db)
            try Self.store(chunk, isDone: false, in: db)
        }
    }

    /// Ends a chunk, with its frames, bytes, hash and seconds.
    ///
    /// - Throws: `UplumaError`.
    package func finish(_ chunk: BatchChunk, by worker: String) throws {
        try write { db in
            try Self.demand(chunk.file, chunk.number, .chunk, of: worker, in: db)
            try Self.drop(chunk.file, chunk.number, in: db)
            try Self.store(chunk, isDone: true, in: db)
        }
    }

    /// Keeps what a result is before it gets its name, so that it is known whose it is if the worker dies right after: whoever
    /// is to join the file next finds `BatchFile.result`.
    ///
    /// - Throws: `UplumaError`.
    package func aboutToName(_ file: BatchFile, outcome: BatchOutcome, by worker: String) throws {
        let text = try LedgerJSON.text(outcome)
        try write { db in
            try Self.demand(file.id, LedgerSchema.wholeFile, .join, of: worker, in: db)
            try db.execute(sql: "UPDATE file SET result = ? WHERE id = ?", arguments: [text, file.id])
        }
    }

    /// Ends a file: its result stands.
    ///
    /// - Throws: `UplumaError`.
    package func finish(_ file: BatchFile, outcome: BatchOutcome, by worker: String) throws {
        let text = try LedgerJSON.text(outcome)
        try write { db in
            try Self.demand(file.id, LedgerSchema.wholeFile, .join, of: worker, in: db)
            try Self.drop(file.id, LedgerSchema.wholeFile, in: db)
            try db.execute(
                sql: """
                    UPDATE file SET state = 'done', changed = :now, reason = NULL, error = NULL, result = :result,
                        outputBytes = :bytes, madeFrames = :frames, madeSeconds = ifnull(videoSeconds, 0),
                        workSeconds = :seconds
                    WHERE id = :id
                    """,
                arguments: [
                    "now": Date().timeIntervalSince1970, "result": text, "bytes": outcome.outputBytes,
                    "frames": outcome.frames, "seconds": outcome.seconds, "id": file.id,
                ])
        }
    }

    /// Has chunks made again that whoever was to join them found lost or damaged; they are begun from their first frame.
    ///
    /// - Returns: what becomes of the file; it counts as a failure of each of the chunks.
    /// - Throws: `UplumaError`.
    package func reopen(
        _ numbers: [Int], of file: BatchFile, reason: String, limit: Int, by worker: String
    ) throws -> BatchFailure {
        try write { db in
            try Self.demand(file.id, LedgerSchema.wholeFile, .join, of: worker, in: db)
            try Self.drop(file.id, LedgerSchema.wholeFile, in: db)
            var worst = 0
            for number in numbers {
                let attempts = try Int.fetchOne(
                    db,
                    sql: """
                        UPDATE chunk SET isDone = 0, frames = 0, bytes = 0, hash = NULL, attempts = attempts + 1,
                            error = ?, changed = ? WHERE file = ? AND number = ? RETURNING attempts
                        """, arguments: [reason, Date().timeIntervalSince1970, file.id, number])
                worst = max(worst, attempts ?? 0)
            }
            try db.execute(
                sql: """
                    UPDATE file SET waiting = (SELECT count(*) FROM chunk WHERE file = file.id AND isDone = 0),
                        attempts = attempts + 1, error = ?, result = NULL WHERE id = ?
                    """, arguments: [reason, file.id])
            try Self.count(file.id, in: db)
            guard worst >= limit else { return .willRetry(attempt: worst) }
            try Self.quarantine(file.id, reason: reason, in: db)
            return .quarantined
        }
    }

    /// Gives work back that was interrupted, without blame. Work that is no longer the worker's is left alone.
    ///
    /// - Throws: `UplumaError`.
    package func release(_ work: BatchWork, by worker: String) throws {
        try write { db in
            try db.execute(
                sql: "DELETE FROM claim WHERE file = ? AND chunk = ? AND worker = ?",
                arguments: [work.file.id, work.chunkNumber, worker])
        }
    }

    /// Gives work back that failed. The file is tried again after all others, or put aside: at once when it would fail in the
    /// same way again, else when the same piece of work failed `limit` times.
    ///
    /// - Parameters:
    ///   - message: the reason, for people.
    ///   - mayPass: whether it may succeed another time; nil leaves that to the kind.
    ///   - limit: attempts, at least 1.
    /// - Throws: `UplumaError`.
    package func fail(
        _ work: BatchWork, by worker: String, kind: FailureKind, message: String, mayPass: Bool? = nil, limit: Int
    ) throws -> BatchFailure {
        try write { db in
            try Self.give(back: work, by: worker, in: db)
            let now = Date().timeIntervalSince1970
            let id = work.file.id
            var attempt: Int?
            if case .chunk(_, let chunk, of: _) = work {
                attempt = try Int.fetchOne(
                    db,
                    sql: """
                        UPDATE chunk SET attempts = attempts + 1, error = ?, changed = ?
                        WHERE file = ? AND number = ? RETURNING attempts
                        """, arguments: [message, now, id, chunk.number])
                try db.execute(
                    sql: "UPDATE file SET attempts = attempts + 1, error = ? WHERE id = ?", arguments: [message, id])
            } else {
                attempt = try Int.fetchOne(
                    db,
                    sql: """
                        UPDATE file SET attempts = attempts + 1, failures = failures + 1, error = ?
                        WHERE id = ? RETURNING failures
                        """, arguments: [message, id])
            }
            let count = attempt ?? 1
            if !(mayPass ?? kind.mayPass) || count >= limit {
                try Self.quarantine(id, reason: message, in: db)
                return .quarantined
            }
            // Another of its chunks may have put it aside meanwhile.
            let state = try String.fetchOne(db, sql: "SELECT state FROM file WHERE id = ?", arguments: [id])
            return state == BatchFileState.quarantined.rawValue ? .quarantined : .willRetry(attempt: count)
        }
    }

    // MARK: By people

    /// Has files that were put aside tried again, as if they had never failed; chunks that are done stay done.
    ///
    /// - Returns: how many.
    /// - Throws: `UplumaError`.
    @discardableResult package func retryQuarantined() throws -> Int { try write(Self.retryQuarantined) }

    /// Has a file done from the beginning, whatever became of it.
    ///
    /// - Returns: its id from now on; parts that carry the old one are nobody's.
    /// - Throws: `UplumaError`; `usage` when there is no such file.
    @discardableResult package func redo(_ id: Int64) throws -> Int64 {
        try write { db in
            let file = try Self.file(id, in: db)
            try db.execute(sql: "DELETE FROM file WHERE id = ?", arguments: [id])
            try db.execute(
                sql: """
                    INSERT INTO file (source, output, sourceBytes, sourceChanged, options, changed)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                arguments: [
                    file.source, file.output, file.sourceBytes, file.sourceChanged, try Self.currentOptions(in: db),
                    Date().timeIntervalSince1970,
                ])
            return db.lastInsertedRowID
        }
    }
}

extension BatchWork {
    /// As in the table of claims.
    var chunkNumber: Int {
        if case .chunk(_, let chunk, of: _) = self { chunk.number } else { LedgerSchema.wholeFile }
    }

    var kind: ClaimKind {
        switch self {
        case .survey: .survey
        case .chunk: .chunk
        case .join: .join
        }
    }
}
