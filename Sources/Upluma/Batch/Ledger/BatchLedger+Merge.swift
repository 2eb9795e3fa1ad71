import Foundation
import GRDB

extension BatchLedger {
    /// Takes a listing into the ledger; nothing of what is done is done again unless something that it depends on changed.
    ///
    /// The listing is drawn lazily into a temporary table, so memory does not grow with it and nobody waits for a slow disk;
    /// then one transaction takes it over: interrupted at any moment, the ledger is the old one or the new one. Workers that
    /// hold a file that is begun anew learn it at their next call. Files that this listing does not name stay; where they
    /// are unfinished and options changed, they go on with the new ones, since a ledger has one set of options.
    ///
    /// A file is known by its path. What changed gets a new id, so that parts of the old one are nobody's (`forgotten`).
    ///
    /// - Parameters:
    ///   - files: in the order they are to be done in; of two with the same source the first counts.
    ///   - fingerprint: `BatchFingerprint.options`.
    ///   - settings: stored in the same transaction.
    ///   - retriesQuarantined: whether files that were put aside are tried again.
    ///   - reconsidersSkipped: whether files that were left out are opened again: what leaves files out is not part of the
    ///     fingerprint, so that the caller says when it changed.
    ///   - exists: whether a source is there, for those that the listing does not name. Done files are not asked for: their
    ///     results stand whatever becomes of the sources.
    ///   - check: called when the listing was drawn to its end, before anything of it counts; what it throws undoes it.
    ///   - note: told what the user should know: `BatchMerge.sentences`.
    /// - Throws: `UplumaError`; `usage` when two sources would become the same result. The ledger is then unchanged.
    @discardableResult package func merge(
        _ files: some Sequence<Listed>, options fingerprint: String, settings: [BatchSetting: any Encodable] = [:],
        retriesQuarantined: Bool = false, reconsidersSkipped: Bool = false,
        exists: (String) -> Bool = { FileManager.default.fileExists(atPath: $0) }, check: () throws -> Void = {},
        note: (String) -> Void = { _ in }
    ) throws -> BatchMerge {
        let merge = try LedgerFailure.told(path) {
            let settings = try settings.map { (key: $0, json: try LedgerJSON.text($1)) }
            let connection = try separateConnection()
            defer { try? connection.close() }
            return try connection.writeWithoutTransaction { db in
                try MergeListing.stage(files, in: db)
                try check()
                try MergeListing.look(exists, in: db)
                var merge = BatchMerge()
                try db.inTransaction(.immediate) {
                    let options = try MergeListing.takeOver(fingerprint, in: db)
                    merge = try MergeListing.apply(options: options, in: db)
                    if reconsidersSkipped { merge.reconsidered = try Self.reconsiderSkipped(in: db) }
                    if retriesQuarantined { merge.retried = try Self.retryQuarantined(in: db) }
                    for setting in settings { try Self.store(setting.json, for: setting.key, in: db) }
                    return .commit
                }
                return merge
            }
        }
        merge.sentences.forEach(note)
        return merge
    }

    /// Of ids that parts on the disk carry, those that belong to no file of the ledger any more.
    ///
    /// - Throws: `UplumaError`.
    package func forgotten(of ids: Set<Int64>) throws -> Set<Int64> {
        try read { db in
            let statement = try db.cachedStatement(sql: "SELECT 1 FROM file WHERE id = ?")
            return try ids.filter { try Int.fetchOne(statement, arguments: [$0]) == nil }
        }
    }
}

/// The temporary tables of a merge, and what is made of them.
///
///     listing(id, source, output, bytes, changed)    as it was walked
///     absent(id)                                     files of the ledger, not listed, whose source is not there
///     present(id)                                    the same, whose source is there
///     clash(id, other, isAbsent, isAlike)            files of the ledger, not listed, whose result's name is listed
///     altered(id, kind)                              files of the ledger to be begun anew
private enum MergeListing {
    private static let tables = """
        CREATE TEMP TABLE listing (
            id INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, output TEXT NOT NULL UNIQUE,
            bytes INTEGER NOT NULL, changed INTEGER NOT NULL);
        CREATE TEMP TABLE absent (id INTEGER PRIMARY KEY);
        CREATE TEMP TABLE present (id INTEGER PRIMARY KEY);
        """

    /// Rows of a transaction on temporary tables, which locks nobody out.
    private static let portion = 4096

    static func stage(_ files: some Sequence<Listed>, in db: Database) throws {
        try db.execute(sql: tables)
        let insert = try db.makeStatement(
            sql: """
                INSERT INTO listing (source, output, bytes, changed) VALUES (?, ?, ?, ?)
                ON CONFLICT (source) DO NOTHING
                """)
        var iterator = files.makeIterator()
        var next = iterator.next()
        while next != nil {
            try db.inTransaction(.deferred) {
                for _ in 0..<portion {
                    guard let file = next else { break }
                    do {
                        try insert.execute(arguments: [file.source, file.output, file.bytes, file.changed])
                    } catch let error as DatabaseError where error.resultCode == .SQLITE_CONSTRAINT {
                        let other = try String.fetchOne(
                            db, sql: "SELECT source FROM listing WHERE output = ?", arguments: [file.output])
                        throw collision(other ?? "", file.source, file.output)
                    }
                    next = iterator.next()
                }
                return .commit
            }
        }
    }

    /// Asks for the sources that the listing does not name: of unfinished files, and of those whose result's name is wanted.
    static func look(_ exists: (String) -> Bool, in db: Database) throws {
        let page = try db.makeStatement(
            sql: """
                SELECT id, source FROM main.file f
                WHERE id > ? AND NOT EXISTS (SELECT 1 FROM listing l WHERE l.source = f.source)
                    AND (state <> 'done' OR EXISTS (SELECT 1 FROM listing l WHERE l.output = f.output))
                ORDER BY id LIMIT \(portion)
                """)
        var last: Int64 = 0
        while true {
            // Page by page, so that no snapshot of the ledger is held while a disk is slow.
            let files = try Row.fetchAll(page, arguments: [last]).map { (id: $0[0] as Int64, source: $0[1] as String) }
            guard let end = files.last else { return }
            last = end.id
            let answers = files.map { (id: $0.id, exists: exists($0.source)) }
            try db.inTransaction(.deferred) {
                for answer in answers {
                    let table = answer.exists ? "present" : "absent"
                    try db.cachedStatement(sql: "INSERT INTO \(table) VALUES (?)").execute(arguments: [answer.id])
                }
                return .commit
            }
        }
    }

    /// Makes options those of the ledger.
    ///
    /// - Returns: their id.
    static func takeOver(_ fingerprint: String, in db: Database) throws -> Int64 {
        try db.execute(sql: "INSERT OR IGNORE INTO options (fingerprint) VALUES (?)", arguments: [fingerprint])
        let id = try Int64.fetchOne(db, sql: "SELECT id FROM options WHERE fingerprint = ?", arguments: [fingerprint])
        guard let id else { throw UplumaError(.internal, "Options were not stored.") }
        try BatchLedger.store("\(id)", for: .currentOptions, in: db)
        return id
    }

    static func apply(options: Int64, in db: Database) throws -> BatchMerge {
        var merge = BatchMerge()
        merge.listed = try Int.fetchOne(db, sql: "SELECT count(*) FROM listing") ?? 0
        merge.moved = try clearNames(in: db)
        // Unfinished files that go on without being named, under the options that now hold.
        try db.execute(
            sql: """
                INSERT INTO listing (source, output, bytes, changed)
                SELECT source, output, sourceBytes, sourceChanged FROM file
                WHERE options <> ? AND id IN (SELECT id FROM present) AND state <> 'done'
                    AND NOT EXISTS (SELECT 1 FROM listing l WHERE l.source = file.source)
                """, arguments: [options])
        let unnamed = db.changesCount
        try forgetAltered(options: options, into: &merge, in: db)
        let now = Date().timeIntervalSince1970
        try db.execute(
            sql: """
                INSERT INTO file (source, output, sourceBytes, sourceChanged, options, changed)
                SELECT source, output, bytes, changed, ?, ? FROM listing l
                WHERE NOT EXISTS (SELECT 1 FROM file f WHERE f.source = l.source) ORDER BY id
                """, arguments: [options, now])
        let redone = merge.changedFiles.files + merge.changedOptions.files + merge.renamed.files
        let inserted = db.changesCount
        merge.new = max(0, inserted - redone)
        merge.same = max(0, merge.listed + unnamed - inserted)
        try db.execute(
            sql: """
                UPDATE file SET state = iif(chunks = 0, 'listed', 'ready'), changed = ?,
                    attempts = 0, failures = 0, interruptions = 0, reason = NULL
                WHERE state = 'missing' AND (id IN (SELECT id FROM present)
                    OR EXISTS (SELECT 1 FROM listing l WHERE l.source = file.source))
                """, arguments: [now])
        merge.back = db.changesCount
        try db.execute(
            sql: """
                UPDATE file SET state = 'missing', changed = ?
                WHERE id IN (SELECT id FROM absent) AND state NOT IN ('done', 'missing')
                """, arguments: [now])
        merge.missing = db.changesCount
        return merge
    }

    /// Takes names of results that are wanted from files that are gone. Where such a file has the size and time of the one
    /// that wants its name, it is that one at another place: a disk that is mounted elsewhere, a folder that was renamed.
    ///
    /// - Returns: how many were found at another place.
    private static func clearNames(in db: Database) throws -> Int {
        try db.execute(
            sql: """
                CREATE TEMP TABLE clash AS
                SELECT f.id AS id, l.source AS other, f.id IN (SELECT id FROM absent) AS isAbsent,
                    f.sourceBytes = l.bytes AND f.sourceChanged = l.changed
                        AND NOT EXISTS (SELECT 1 FROM file g WHERE g.source = l.source) AS isAlike
                FROM listing l JOIN file f ON f.output = l.output
                WHERE f.source <> l.source AND NOT EXISTS (SELECT 1 FROM listing k WHERE k.source = f.source)
                """)
        let standing = try Row.fetchOne(
            db,
            sql: """
                SELECT f.source, c.other, f.output FROM clash c JOIN file f ON f.id = c.id
                WHERE NOT c.isAbsent ORDER BY f.id LIMIT 1
                """)
        if let standing { throw collision(standing[0], standing[1], standing[2]) }
        try db.execute(
            sql: """
                UPDATE file SET source = (SELECT other FROM clash c WHERE c.id = file.id)
                WHERE id IN (SELECT id FROM clash WHERE isAlike)
                """)
        let moved = db.changesCount
        try db.execute(sql: "DELETE FROM absent WHERE id IN (SELECT id FROM clash)")
        try db.execute(sql: "DELETE FROM file WHERE id IN (SELECT id FROM clash WHERE NOT isAlike)")
        return moved
    }

    /// Removes files that are to be begun anew. Those that nobody began yet are no loss and not told of.
    private static func forgetAltered(options: Int64, into merge: inout BatchMerge, in db: Database) throws {
        try db.execute(
            sql: """
                CREATE TEMP TABLE altered AS
                SELECT f.id AS id, CASE WHEN f.sourceBytes <> l.bytes OR f.sourceChanged <> l.changed THEN 'file'
                    WHEN f.options <> ? THEN 'options' ELSE 'name' END AS kind
                FROM listing l JOIN file f ON f.source = l.source
                WHERE f.sourceBytes <> l.bytes OR f.sourceChanged <> l.changed OR f.options <> ?
                    OR f.output <> l.output
                """, arguments: [options, options])
        let kinds = try Row.fetchAll(
            db,
            sql: """
                SELECT a.kind, count(*), sum(f.state = 'done'), min(f.source)
                FROM altered a JOIN file f ON f.id = a.id WHERE f.state <> 'listed' GROUP BY a.kind
                """)
        for kind in kinds {
            let redone = BatchMerge.Redone(files: kind[1], done: kind[2], example: kind[3])
            switch kind[0] as String {
            case "file": merge.changedFiles = redone
            case "options": merge.changedOptions = redone
            default: merge.renamed = redone
            }
        }
        try db.execute(sql: "DELETE FROM file WHERE id IN (SELECT id FROM altered)")
    }

    private static func collision(_ one: String, _ other: String, _ output: String) -> UplumaError {
        UplumaError(
            .usage,
            "\"\(one)\" and \"\(other)\" would both become \"\(output)\". Give results other names, or leave one out.")
    }
}
