package import Foundation
import GRDB

/// When the batch was worked on, by coordinators.
extension BatchLedger {
    /// - Returns: what `markRun` takes.
    /// - Throws: `UplumaError`.
    package func beginRun(at date: Date = Date()) throws -> Int64 {
        try write { db in
            let now = date.timeIntervalSince1970
            try db.execute(sql: "INSERT INTO run (started, ended) VALUES (?, ?)", arguments: [now, now])
            return db.lastInsertedRowID
        }
    }

    /// Keeps that a run lasts, or ends: one that is killed ended at its last mark. A few times a minute is enough.
    ///
    /// - Throws: `UplumaError`.
    package func markRun(_ run: Int64, at date: Date = Date()) throws {
        try write { db in
            try db.execute(
                sql: "UPDATE run SET ended = max(started, ?) WHERE id = ?",
                arguments: [date.timeIntervalSince1970, run])
        }
    }

    /// Every run so far, in the order of their beginnings.
    ///
    /// - Throws: `UplumaError`.
    package func runs() throws -> [DateInterval] {
        try read { try Row.fetchAll($0, sql: "SELECT started, ended FROM run ORDER BY started, ended") }.map { row in
            DateInterval(
                start: Date(timeIntervalSince1970: row[0]),
                end: Date(timeIntervalSince1970: max(row[0] as Double, row[1])))
        }
    }

    /// Wall-clock seconds in which at least one run worked.
    ///
    /// - Throws: `UplumaError`.
    package func secondsOfRuns() throws -> Double {
        var (seconds, reached) = (0.0, Date.distantPast)
        for run in try runs() {
            seconds += max(0, run.end.timeIntervalSince(max(run.start, reached)))
            reached = max(reached, run.end)
        }
        return seconds
    }
}
