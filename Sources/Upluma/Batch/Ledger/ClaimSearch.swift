import GRDB

/// Finds work for one worker within a transaction, after what the dead held was freed. Complexity: a few look-ups in indexes
/// for each worker there is; the number of files and chunks does not matter, unless memory keeps many files back.
struct ClaimSearch {
    struct Found {
        let kind: ClaimKind
        let file: Int64
        let chunk: Int
    }

    private let db: Database
    private let worker: String
    /// Bytes that a file may take that the worker does not hold yet; nil for any.
    private let memory: Int64?
    /// JSON array of the kinds of execution (`file.execution`) that are not this processor's.
    private let refused: String
    /// Kinds of claims that others hold.
    private let othersKinds: Set<ClaimKind>

    init(worker: String, memoryBudget: Int64?, accepts: (([String]) -> Bool)?, in db: Database) throws {
        self.db = db
        self.worker = worker
        othersKinds = Set(
            try String.fetchAll(
                db.cachedStatement(sql: "SELECT DISTINCT kind FROM claim WHERE worker <> ?"), arguments: [worker]
            ).compactMap(ClaimKind.init))
        if let memoryBudget, !othersKinds.isEmpty {
            let held = try Int64.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT ifnull(sum(memoryBytes), 0)
                        FROM (SELECT DISTINCT worker, file FROM claim) c JOIN file ON file.id = c.file
                        """))
            memory = max(0, memoryBudget - (held ?? 0))
        } else {
            memory = nil
        }
        refused = try accepts.map { try Self.refused($0, in: db) } ?? "[]"
    }

    private static func refused(_ accepts: ([String]) -> Bool, in db: Database) throws -> String {
        var refused: [String] = []
        var last = ""
        // From one kind to the next by the index: there are a handful.
        let next = try db.cachedStatement(
            sql: """
                SELECT execution FROM file INDEXED BY file_execution
                WHERE state = 'ready' AND waiting > 0 AND execution > ? ORDER BY execution LIMIT 1
                """)
        while let kind = try String.fetchOne(next, arguments: [last]) {
            if !accepts(try LedgerJSON.value(kind)) { refused.append(kind) }
            last = kind
        }
        return refused.isEmpty ? "[]" : try LedgerJSON.text(refused)
    }

    func find(_ roles: BatchRoles, continuing last: (file: Int64, chunk: Int)?) throws -> Found? {
        if roles.contains(.chunks), let last, let found = try chunk(after: last) { return found }
        if roles.contains(.join), let file = try whole() {
            return Found(kind: .join, file: file, chunk: LedgerSchema.wholeFile)
        }
        if roles.contains(.chunks), let file = try untouched(), let chunk = try firstChunk(of: file) { return chunk }
        if roles.contains(.survey), let file = try listed() {
            return Found(kind: .survey, file: file, chunk: LedgerSchema.wholeFile)
        }
        if roles.contains(.chunks) {
            for file in try shared() {
                if let chunk = try firstChunk(of: file) { return chunk }
            }
        }
        return nil
    }

    /// Whether something for these roles may turn up that cannot be had now. All of it depends on what others hold: a file that
    /// is opened brings chunks, one that fails comes back, memory is given up.
    func mayComeLater(_ roles: BatchRoles) throws -> Bool {
        if roles.contains(.join) && !othersKinds.isEmpty { return true }
        if roles.contains(.survey) && othersKinds.contains(.survey) { return true }
        guard roles.contains(.chunks), !othersKinds.isEmpty else { return false }
        if !othersKinds.isDisjoint(with: [.survey, .chunk]) { return true }
        return try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT 1 FROM file f INDEXED BY file_open WHERE state = 'ready' AND waiting > 0
                        AND execution NOT IN (SELECT value FROM json_each(?)) LIMIT 1
                    """), arguments: [refused]) != nil
    }

    // MARK: One question each

    /// For a row `f`; `:memory`, `:worker`.
    private static let fits =
        "(:memory IS NULL OR f.memoryBytes <= :memory OR f.id IN (SELECT file FROM claim WHERE worker = :worker))"
    /// For a row `f`; `:refused`.
    private static let isAccepted = "f.execution NOT IN (SELECT value FROM json_each(:refused))"
    private static let isFree = "NOT EXISTS (SELECT 1 FROM claim WHERE claim.file = f.id)"

    private func chunk(after last: (file: Int64, chunk: Int)) throws -> Found? {
        let number = last.chunk + 1
        let file = try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT f.id FROM file f WHERE f.id = :file AND f.state = 'ready' AND \(Self.fits)
                        AND \(Self.isAccepted)
                        AND EXISTS (SELECT 1 FROM chunk WHERE file = f.id AND number = :number AND isDone = 0)
                        AND NOT EXISTS (SELECT 1 FROM claim WHERE file = f.id AND chunk = :number)
                        AND (NOT f.isSequential OR (\(Self.isFree)
                            AND NOT EXISTS (SELECT 1 FROM chunk WHERE file = f.id AND number < :number AND isDone = 0)))
                    """),
            arguments: [
                "file": last.file, "number": number, "memory": memory, "worker": worker, "refused": refused,
            ])
        return file.map { Found(kind: .chunk, file: $0, chunk: number) }
    }

    private func whole() throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT f.id FROM file f INDEXED BY file_whole
                    WHERE f.state = 'ready' AND f.waiting = 0 AND \(Self.fits) AND \(Self.isFree)
                    ORDER BY f.attempts, f.id LIMIT 1
                    """), arguments: ["memory": memory, "worker": worker])
    }

    private func untouched() throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT f.id FROM file f INDEXED BY file_open
                    WHERE f.state = 'ready' AND f.waiting > 0 AND \(Self.fits) AND \(Self.isAccepted) AND \(Self.isFree)
                    ORDER BY f.attempts, f.id LIMIT 1
                    """), arguments: ["memory": memory, "worker": worker, "refused": refused])
    }

    private func listed() throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT f.id FROM file f INDEXED BY file_listed
                    WHERE f.state = 'listed' AND \(Self.isFree) ORDER BY f.attempts, f.id LIMIT 1
                    """))
    }

    /// Files that are worked on and may be by more.
    private func shared() throws -> [Int64] {
        try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT f.id FROM file f WHERE f.id IN (SELECT file FROM claim)
                        AND f.state = 'ready' AND f.waiting > 0 AND NOT f.isSequential
                        AND \(Self.fits) AND \(Self.isAccepted)
                    ORDER BY f.attempts, f.id
                    """), arguments: ["memory": memory, "worker": worker, "refused": refused])
    }

    private func firstChunk(of file: Int64) throws -> Found? {
        let number = try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT c.number FROM chunk c INDEXED BY chunk_waiting WHERE c.file = ? AND c.isDone = 0
                        AND NOT EXISTS (SELECT 1 FROM claim WHERE claim.file = c.file AND claim.chunk = c.number)
                    ORDER BY c.number LIMIT 1
                    """), arguments: [file])
        return number.map { Found(kind: .chunk, file: file, chunk: $0) }
    }
}
