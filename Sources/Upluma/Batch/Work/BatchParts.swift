import Foundation

/// The files that chunks grow in.
enum BatchParts {
    /// Removes those of files that are done, put anew, or no more in the ledger.
    static func removeForgotten(_ layout: BatchLayout, _ ledger: BatchLedger) throws {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: layout.parts)) ?? []
        let owned = names.compactMap { name in owner(of: name).map { (name, $0) } }
        let forgotten = try ledger.forgotten(of: Set(owned.map(\.1)))
        for (name, file) in owned where forgotten.contains(file) { unlink(layout.parts + "/" + name) }
        for name in (try? FileManager.default.contentsOfDirectory(atPath: layout.looks)) ?? [] {
            if let file = owner(of: name), forgotten.contains(file) { unlink(layout.looks + "/" + name) }
        }
    }

    /// Removes those of a file that is done.
    static func remove(of file: Int64, chunks: Int, _ layout: BatchLayout) {
        for chunk in 0..<chunks { unlink(layout.part(file: file, chunk: chunk)) }
    }

    /// The id before the first "-".
    private static func owner(of name: String) -> Int64? {
        name.split(separator: "-").first.flatMap { Int64($0) }
    }
}
