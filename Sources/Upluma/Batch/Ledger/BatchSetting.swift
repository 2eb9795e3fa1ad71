import Foundation
import GRDB

/// What a ledger keeps of its batch as a whole; the raw values are the keys in the database.
package enum BatchSetting: String, CaseIterable, Sendable {
    /// `UpscaleOptions`.
    case options
    /// The tool's when the batch was planned last.
    case version
    /// What was asked for: folders, globs, limits.
    case selection
    /// Whether results are an archive.
    case archive
    /// Attempts, memory, hours.
    case limits
    /// When the batch was planned first.
    case started
    /// The id in the table of options; the ledger's own.
    case currentOptions = "current_options"
}

extension BatchLedger {
    /// - Returns: nil when it was never set.
    /// - Throws: `UplumaError`; `badInput` when what is there is no `T`.
    package func setting<T: Decodable>(_ key: BatchSetting, as: T.Type = T.self) throws -> T? {
        try read { db in
            try String.fetchOne(db, sql: "SELECT value FROM setting WHERE key = ?", arguments: [key.rawValue])
                .map { try LedgerJSON.value($0) }
        }
    }

    /// - Throws: `UplumaError`.
    package func set<T: Encodable>(_ key: BatchSetting, to value: T) throws {
        let text = try LedgerJSON.text(value)
        try write { try Self.store(text, for: key, in: $0) }
    }

    static func store(_ json: String, for key: BatchSetting, in db: Database) throws {
        try db.execute(
            sql: "INSERT INTO setting VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2",
            arguments: [key.rawValue, json])
    }

    /// What results depend on besides their sources, by the last `merge`; nil before the first.
    ///
    /// - Throws: `UplumaError`.
    package func optionsFingerprint() throws -> String? {
        try read { db in
            try String.fetchOne(
                db,
                sql: """
                    SELECT fingerprint FROM options
                    WHERE id = (SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'current_options')
                    """)
        }
    }
}

/// Values as the ledger stores them: JSON with sorted keys.
enum LedgerJSON {
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    static func value<T: Decodable>(_ text: String) throws -> T {
        try JSONDecoder().decode(T.self, from: Data(text.utf8))
    }
}
