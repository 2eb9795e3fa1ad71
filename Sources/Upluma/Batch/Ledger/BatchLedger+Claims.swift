import Foundation
import GRDB

/// What a worker gets that asks for work.
package enum Claim: Sendable, Equatable {
    case work(BatchWork)
    /// Others hold what is left, or the memory that it takes: ask again in a moment.
    case wait
    /// There is nothing left that this worker could do.
    case nothing
}

extension BatchLedger {
    /// Workers that may die on the same piece of work, one after the other and without getting further, before its file is
    /// put aside: it might kill every one that comes.
    package static let mostInterruptions = 25

    /// Makes a worker known, before its first claim and after it took its lock (`WorkerLock`).
    ///
    /// - Parameters:
    ///   - worker: a name that none had before.
    ///   - fingerprint: of the options that it works with; when the batch is planned anew with others, its claims fail.
    /// - Throws: `UplumaError`; `tryAgain` when the batch has other options.
    package func enroll(_ worker: String, options fingerprint: String, process: Int32 = getpid()) throws {
        try write { db in
            let options = try Int64.fetchOne(
                db, sql: "SELECT id FROM options WHERE fingerprint = ?", arguments: [fingerprint])
            guard let options, try options == Self.currentOptions(in: db) else { throw LedgerFailure.replanned }
            for other in try String.fetchAll(db, sql: "SELECT id FROM worker")
            where other == worker || !isAlive(other) {
                try Self.free(other, in: db)
            }
            try db.execute(
                sql: "INSERT INTO worker VALUES (?, ?, ?, ?)",
                arguments: [worker, options, process, Date().timeIntervalSince1970])
        }
    }

    /// Ends a worker's part, before it gives its lock up: what it still holds goes back without blame.
    ///
    /// - Throws: `UplumaError`.
    package func retire(_ worker: String) throws {
        try write { try $0.execute(sql: "DELETE FROM worker WHERE id = ?", arguments: [worker]) }
    }

    /// Something to do that nobody else does.
    ///
    /// In this order: the chunk after the last one (decoders and caches are there already), the joining of a file whose
    /// chunks are done, the first chunk of a file that nobody works on, the opening of a file, a chunk of a file that others
    /// work on. Of several files the one with the fewest failures comes first, then the one that was listed first. Files that
    /// are `isSequential` are worked on by one worker at a time, from the front.
    ///
    /// What dead workers held is free again.
    ///
    /// - Parameters:
    ///   - worker: enrolled.
    ///   - last: what the worker did before.
    ///   - memoryBudget: bytes that the files of all workers may take together; a file on which nobody else holds anything
    ///     is given out whatever it takes. Nil for no limit.
    ///   - accepts: whether this processor makes pictures as a survey says (`BatchSurvey.execution`); asked once for each
    ///     kind there is. Nil for always.
    /// - Throws: `UplumaError`; `tryAgain` when the batch was planned anew with other options.
    package func claim(
        for worker: String, roles: BatchRoles, continuing last: (file: Int64, chunk: Int)? = nil,
        memoryBudget: Int64? = nil, accepts: (([String]) -> Bool)? = nil
    ) throws -> Claim {
        try write(isLasting: false) { db in
            let options = try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT options FROM worker WHERE id = ?"), arguments: [worker])
            guard let options else { throw LedgerFailure.unknown(worker) }
            guard try options == Self.currentOptions(in: db) else { throw LedgerFailure.replanned }
            let holders = try String.fetchAll(
                db.cachedStatement(sql: "SELECT DISTINCT worker FROM claim WHERE worker <> ?"), arguments: [worker])
            for dead in holders where !isAlive(dead) { try Self.free(dead, in: db) }
            let search = try ClaimSearch(worker: worker, memoryBudget: memoryBudget, accepts: accepts, in: db)
            guard let found = try search.find(roles, continuing: last) else {
                return try search.mayComeLater(roles) ? .wait : .nothing
            }
            try db.cachedStatement(sql: "INSERT INTO claim VALUES (?, ?, ?, ?, ?)").execute(arguments: [
                found.file, found.chunk, found.kind.rawValue, worker, Date().timeIntervalSince1970,
            ])
            return .work(try Self.work(found, in: db))
        }
    }

    /// Whole values of what was found.
    private static func work(_ found: ClaimSearch.Found, in db: Database) throws -> BatchWork {
        let file = try file(found.file, in: db)
        switch found.kind {
        case .survey: return .survey(file)
        case .join: return .join(file, try chunks(of: file.id, in: db))
        case .chunk:
            let row = try Row.fetchOne(
                db.cachedStatement(sql: "\(chunkColumns) WHERE file = ? AND number = ?"),
                arguments: [file.id, found.chunk])
            let count = try Int.fetchOne(
                db.cachedStatement(sql: "SELECT chunks FROM file WHERE id = ?"), arguments: [file.id])
            guard let row, let count else { throw UplumaError(.internal, "A chunk is gone.") }
            return .chunk(file, BatchChunk(row: row), of: count)
        }
    }

    static func currentOptions(in db: Database) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'current_options'"))
    }

    /// Puts back what a worker held that died.
    static func free(_ worker: String, in db: Database) throws {
        let claims = try Row.fetchAll(
            db, sql: "SELECT file, chunk, kind FROM claim WHERE worker = ?", arguments: [worker])
        for claim in claims {
            let (file, chunk): (Int64, Int) = (claim[0], claim[1])
            let isWhole = chunk == LedgerSchema.wholeFile
            let count = try Int.fetchOne(
                db,
                sql: isWhole
                    ? "UPDATE file SET interruptions = interruptions + 1 WHERE id = ? RETURNING interruptions"
                    : """
                    UPDATE chunk SET interruptions = interruptions + 1 WHERE file = ? AND number = \(chunk)
                    RETURNING interruptions
                    """, arguments: [file])
            if let count, count >= mostInterruptions {
                let kind = (claim[2] as String?).flatMap(ClaimKind.init) ?? .chunk
                let what = kind == .chunk ? "chunk \(chunk + 1)" : kind.task
                try quarantine(
                    file,
                    reason: "\(count) workers were lost while they worked on it (\(what)): it seems to crash them.",
                    in: db)
            }
        }
        try db.execute(sql: "DELETE FROM worker WHERE id = ?", arguments: [worker])
    }
}

/// What a claim is for; the raw values are in the database.
enum ClaimKind: String {
    case survey, chunk, join

    /// For sentences.
    var task: String {
        switch self {
        case .survey: "opening it"
        case .chunk: "a chunk"
        case .join: "joining it"
        }
    }
}
