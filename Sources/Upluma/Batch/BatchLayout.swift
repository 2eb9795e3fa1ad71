import Foundation

/// Where things lie in the folder that a batch writes into: the one place that knows their names.
///
///     OUT/…                       results, as the sources lie (in an archive: OUT/data/…, a BagIt bag)
///     OUT/batch-report.json       what became of every file
///     OUT/batch-report.html       the same to look at
///     OUT/.upluma/ledger.sqlite   files, chunks, settings
///     OUT/.upluma/parts/7-3.part  coded pictures of chunk 3 of file 7
///     OUT/.upluma/looks/7-….jpg   file 7 before and after, small
///     OUT/.upluma/workers/…       one locked file for every worker that lives
///     OUT/.upluma/paused          there while workers are to wait
package struct BatchLayout: Sendable, Equatable {
    /// Absolute path of OUT.
    package let root: String
    /// Whether OUT is a bag, whose results lie in `data`.
    package let isArchive: Bool

    package init(root: String, isArchive: Bool) {
        self.root = root
        self.isArchive = isArchive
    }

    package static let stateFolder = ".upluma"
    /// The bag's folder for what it is there for (RFC 8493, section 2.1.2).
    package static let payloadFolder = "data"

    /// The folder that results' relative paths count from.
    package var payload: String { isArchive ? root + "/" + Self.payloadFolder : root }
    package var state: String { root + "/" + Self.stateFolder }
    package var ledger: String { state + "/ledger.sqlite" }
    package var parts: String { state + "/parts" }
    package var looks: String { state + "/looks" }
    package var workers: String { state + "/workers" }
    package var pausedMark: String { state + "/paused" }
    package var reportJSON: String { root + "/batch-report.json" }
    package var reportPage: String { root + "/batch-report.html" }

    /// Absolute path of a file's result.
    package func result(of file: BatchFile) -> String { payload + "/" + file.output }

    package func part(file: Int64, chunk: Int) -> String { parts + "/\(file)-\(chunk).part" }
    package func look(file: Int64, isAfter: Bool) -> String {
        looks + "/\(file)-\(isAfter ? "after" : "before").jpg"
    }
    package func workerLock(_ worker: String) -> String { workers + "/\(worker).lock" }
}
