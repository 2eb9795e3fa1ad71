import Foundation
import GRDB

/// Files, chunks, claims and settings of one batch, in an SQLite database that any number of processes use at once.
///
/// Every change is one transaction that is on the disk when the call returns (`synchronous = FULL`), but for claims, whose
/// holders a loss of power would end, too: after one the ledger stands as some call left it, and SQLite brings it there by
/// itself when it is opened. Calls wait for each other for up to `patience` seconds. Times are seconds since 1970.
///
/// Thread safety: usable from any thread. The database must not be opened by other means in a process that has a ledger
/// open: closing any descriptor of it would take SQLite's locks away.
package final class BatchLedger: Sendable {
    /// Absolute path of the database.
    package let path: String
    /// Whether a worker still lives. One that once does not never does again.
    let isAlive: @Sendable (String) -> Bool
    private let pool: DatabasePool

    /// Seconds that a call waits for others.
    static let patience = 60.0

    /// - Parameters:
    ///   - create: whether a ledger that is not there is begun; its folder must exist.
    ///   - isAlive: asked within transactions, so quick.
    /// - Throws: `UplumaError`: `noInput` where no batch is, `badInput` for another file or a damaged one, `usage` for one of
    ///   a later version, `tryAgain` when others keep it busy, `inputOutput` or `cannotCreate` when the disk is in the way.
    package init(path: String, create: Bool, isAlive: @escaping @Sendable (String) -> Bool) throws {
        guard create || FileManager.default.fileExists(atPath: path) else { throw LedgerFailure.noBatch(path) }
        self.path = path
        self.isAlive = isAlive
        pool = try LedgerFailure.told(path) { try Self.open(path, create: create) }
    }

    /// The ledger of a batch's folder, whose workers hold `WorkerLock`s there.
    ///
    /// - Parameter create: whether one that is not there is begun, with the folder it lies in.
    /// - Throws: as the other initialiser.
    package convenience init(layout: BatchLayout, create: Bool) throws {
        if create {
            do {
                try FileManager.default.createDirectory(atPath: layout.state, withIntermediateDirectories: true)
            } catch {
                throw UplumaError(
                    .cannotCreate,
                    "The folder \"\(layout.state)\" cannot be created (\(error.localizedDescription)). "
                        + "Choose a folder you may write to.")
            }
        }
        try self.init(path: layout.ledger, create: create) { WorkerLock.isHeld(layout.workerLock($0)) }
    }

    /// Reads the whole ledger and looks for damage; seconds for large ones.
    ///
    /// - Throws: `UplumaError` of kind `badInput` that names the first.
    package func check() throws {
        try read { db in
            let found = try String.fetchAll(db, sql: "PRAGMA quick_check(1)")
            guard found == ["ok"] else {
                throw LedgerFailure.damaged(self.path, found.first ?? "nothing can be read")
            }
        }
    }

    // MARK: Transactions

    /// Runs `body` on a snapshot; writers go on meanwhile.
    func read<T>(_ body: (Database) throws -> T) throws -> T {
        try LedgerFailure.told(path) { try pool.read(body) }
    }

    /// Runs `body` in a transaction that no other writer runs beside; an error undoes it all.
    ///
    /// - Parameter isLasting: whether it is on the disk when the call returns. What is not gets there with the next that is,
    ///   in order; a loss of power before leaves the ledger without it, and whole.
    func write<T>(isLasting: Bool = true, _ body: (Database) throws -> T) throws -> T {
        try LedgerFailure.told(path) {
            var result: Result<T, any Error>?
            try pool.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = \(isLasting ? "FULL" : "NORMAL")")
                try db.inTransaction(.immediate) {
                    result = .success(try body(db))
                    return .commit
                }
            }
            guard let result else { throw UplumaError(.internal, "A transaction gave no result.") }
            return try result.get()
        }
    }

    /// A connection of its own for work in temporary tables that takes long before it touches the ledger.
    func separateConnection() throws -> DatabaseQueue {
        var configuration = Self.configuration
        configuration.prepareDatabase { db in
            try Self.prepare(db)
            // In KiB: indexes of 100,000 paths grow within them, and memory stays bounded.
            try db.execute(sql: "PRAGMA main.cache_size = -8192; PRAGMA temp.cache_size = -8192")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    // MARK: Opening

    private static var configuration: Configuration {
        var configuration = Configuration()
        configuration.label = "upluma.ledger"
        configuration.busyMode = .timeout(patience)
        configuration.maximumReaderCount = 2
        return configuration
    }

    private static func prepare(_ db: Database) throws {
        try db.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216")
    }

    private static func open(_ path: String, create: Bool) throws -> DatabasePool {
        var configuration = configuration
        configuration.prepareDatabase { db in
            // Before anything is written: it might be somebody else's database.
            let mark = try Int32.fetchOne(db, sql: "PRAGMA application_id")
            if mark != LedgerSchema.applicationID {
                guard mark == 0, try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0 else {
                    throw LedgerFailure.foreign(path)
                }
                guard create else { throw LedgerFailure.noBatch(path) }
                try db.execute(sql: "PRAGMA application_id = \(LedgerSchema.applicationID)")
            }
            try prepare(db)
        }
        let pool = try withPatience { try DatabasePool(path: path, configuration: configuration) }
        // GRDB takes NORMAL, which may lose the last transactions with the power: also for what is not a `write`.
        try pool.writeWithoutTransaction { try prepare($0) }
        try migrate(pool, path: path, create: create)
        return pool
    }

    private static func migrate(_ pool: DatabasePool, path: String, create: Bool) throws {
        let migrator = LedgerSchema.migrator
        if try pool.read(migrator.hasBeenSuperseded) { throw LedgerFailure.newer(path) }
        if try pool.read(migrator.hasCompletedMigrations) { return }
        let isEmpty = try pool.read { try $0.tableExists("file") == false }
        // Its maker was stopped before it held anything.
        guard create || !isEmpty else { throw LedgerFailure.noBatch(path) }
        do {
            try migrator.migrate(pool)
        } catch {
            // Another process may have been quicker.
            guard try pool.read(migrator.hasCompletedMigrations) else { throw error }
        }
    }

    /// SQLite does not wait by itself where two processes open a database for the first time.
    private static func withPatience<T>(_ body: () throws -> T) throws -> T {
        let end = Date().addingTimeInterval(patience)
        while true {
            do {
                return try body()
            } catch let error as DatabaseError
                where [.SQLITE_BUSY, .SQLITE_LOCKED].contains(error.resultCode) && Date() < end
            {
                usleep(20_000)
            }
        }
    }
}
