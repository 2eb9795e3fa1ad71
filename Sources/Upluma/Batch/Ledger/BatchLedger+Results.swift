import GRDB

/// Results by their paths: whose they are, and whether this batch made them.
extension BatchLedger {
    /// The path that a source's result has by an earlier plan; nil for a source that the batch does not know.
    ///
    /// - Throws: `UplumaError`.
    package func output(ofSource source: String) throws -> String? {
        try read { db in
            try String.fetchOne(
                db.cachedStatement(sql: "SELECT output FROM file WHERE source = ?"), arguments: [source])
        }
    }

    /// Whether a path is that of a result of this batch, which may not be there yet.
    ///
    /// - Throws: `UplumaError`.
    package func hasResult(_ output: String) throws -> Bool {
        try read { db in
            try Int.fetchOne(
                db.cachedStatement(sql: "SELECT 1 FROM file WHERE output = ?"), arguments: [output]) != nil
        }
    }

    /// What this batch put at a path last, even if its file is begun anew since; nil where it never put anything.
    ///
    /// - Throws: `UplumaError`.
    package func madeResult(_ output: String) throws -> (bytes: Int64, hash: String)? {
        try read { db in
            try Row.fetchOne(
                db.cachedStatement(sql: "SELECT bytes, hash FROM made WHERE output = ?"), arguments: [output]
            ).map { ($0[0], $0[1]) }
        }
    }

    /// What a worker holds, as it was given out.
    ///
    /// - Throws: `UplumaError` when it is gone meanwhile.
    package func work(of holding: BatchHolding) throws -> BatchWork {
        let file = try file(holding.file)
        let chunks = try chunks(of: holding.file)
        switch holding.activity {
        case .enlarging:
            guard let chunk = chunks.first(where: { $0.number == holding.chunk }) else {
                throw UplumaError(.internal, "A chunk of \"\(holding.source)\" is gone.")
            }
            return .chunk(file, chunk, of: chunks.count)
        case .joining, .verifying: return .join(file, chunks)
        case .opening, .waiting, .paused: return .survey(file)
        }
    }
}

extension LedgerSchema {
    /// What was put under a name stays known when its file is begun anew: it may be replaced, and nothing else.
    static let made = """
        CREATE TABLE made (output TEXT PRIMARY KEY NOT NULL, bytes INTEGER NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID;
        CREATE TRIGGER file_made AFTER UPDATE OF state ON file WHEN new.state = 'done' BEGIN
            INSERT OR REPLACE INTO made
                VALUES (new.output, new.outputBytes, json_extract(new.result, '$.hash'));
        END;
        """
}
