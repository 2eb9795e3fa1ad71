package import Foundation
import UplumaMedia

/// A batch's folder as a bag (BagIt 1.0, RFC 8493): results and what lies beside them in `data`, and lists of their SHA-256.
///
/// Writing it again costs the files that came since the last time. A file that was listed once is not hashed again unless
/// it was written since: its old checksum is what tells later that its bytes are no longer those.
package struct Bag: Sendable {
    /// What was written.
    package struct Summary: Sendable, Equatable {
        package var files = 0
        package var bytes: Int64 = 0
        /// Files whose bytes were read for their hash.
        package var hashed = 0
        /// What was left out, a sentence each.
        package var notes: [String] = []
    }

    static let declaration = "bagit.txt"
    static let information = "bag-info.txt"
    static let manifest = "manifest-sha256.txt"
    static let tagManifest = "tagmanifest-sha256.txt"
    static let declarationText = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    static let oxum = "Payload-Oxum"

    private let layout: BatchLayout

    /// - Parameter layout: of an archive.
    package init(_ layout: BatchLayout) { self.layout = layout }

    /// Writes or brings up to date the bag's own files. To be called when no result is being named, and after the reports
    /// are written, whose checksums are listed, too.
    ///
    /// - Parameters:
    ///   - description: what the bag holds, in a sentence.
    ///   - date: of the day it is made.
    ///   - knownHash: the SHA-256 that is known of a result by its path relative to `data` (`BatchFile.output`), nil for others;
    ///     a batch asks its ledger.
    ///   - isCancelled: asked between files and pieces.
    /// - Throws: `UplumaError`. The bag is then as it was, or its tag manifest does not fit until this is done again.
    @discardableResult
    package func write(
        description: String, date: Date = Date(), knownHash: (String) -> String? = { _ in nil },
        isCancelled: () -> Bool = { false }
    ) throws -> Summary {
        do {
            let summary = try writeManifest(knownHash, isCancelled)
            try write(Self.declarationText, to: Self.declaration)
            try write(information(description, date, summary), to: Self.information)
            var tags = ""
            let own = [Self.declaration, Self.information, Self.manifest]
            let all = own.map { ($0, partial($0)) } + reports.map { ($0, path($0)) }
            for (name, file) in all.sorted(by: { $0.0.precedesByBytes($1.0) }) {
                let hash = try ContentHash.ofFile(file, isCancelled: isCancelled)
                tags += ManifestLine(hash: hash, path: name).text + "\n"
            }
            try write(tags, to: Self.tagManifest)
            try WholeFile.name((own + [Self.tagManifest]).map(path))
            return summary
        } catch {
            throw UplumaError(any: error)
        }
    }

    private func path(_ name: String) -> String { layout.root + "/" + name }
    private func partial(_ name: String) -> String { OutputFile.partialPath(for: path(name)) }

    private func write(_ text: String, to name: String) throws {
        try WholeFile.write(Data(text.utf8), to: partial(name))
    }

    /// Reports that are there, by their names.
    private var reports: [String] {
        [layout.reportJSON, layout.reportPage].filter { FileStamp($0)?.isRegular == true }.map(ArchiveNames.base)
    }

    private func information(_ description: String, _ date: Date, _ summary: Summary) -> String {
        // A value may not break the line.
        let oneLine = description.split(whereSeparator: \.isNewline).joined(separator: " ")
        let day = date.formatted(.iso8601.year().month().day())
        return """
            Bag-Software-Agent: Upluma \(UplumaVersion.current)
            Bagging-Date: \(day)
            External-Description: \(oneLine)
            \(Self.oxum): \(summary.bytes).\(summary.files)

            """
    }

    private func writeManifest(_ knownHash: (String) -> String?, _ isCancelled: () -> Bool) throws -> Summary {
        var summary = Summary()
        let old = try oldManifest()
        let output = try WholeText(partial(Self.manifest))
        try PayloadWalk(root: layout.root).each(in: BatchLayout.payloadFolder) { entry in
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
            guard entry.stamp.isRegular else {
                summary.notes.append("\"\(entry.path)\" is no file: the bag does not list it.")
                return
            }
            guard !entry.path.hasSuffix(OutputFile.partialSuffix) else {
                summary.notes.append("\"\(entry.path)\" is unfinished: the bag does not list it. Remove it.")
                return
            }
            let listed = try old?.cursor.line(of: entry.path)
            // The clock of a file system may tick slowly: a file of the manifest's very time may be newer.
            let isUnchanged = old.map { entry.stamp.changed < $0.written } ?? false
            let name = String(entry.path.dropFirst(BatchLayout.payloadFolder.count + 1))
            var hash = knownHash(name) ?? (isUnchanged ? listed?.hash : nil)
            if hash == nil {
                hash = try ContentHash.ofFile(path(entry.path), isCancelled: isCancelled)
                summary.hashed += 1
            }
            if let hash { try output.write(ManifestLine(hash: hash, path: entry.path).text) }
            summary.files += 1
            summary.bytes += entry.stamp.bytes
        }
        try output.close()
        return summary
    }

    /// The manifest that is there, and when it was written (nanoseconds since 1970).
    private func oldManifest() throws -> (cursor: ManifestCursor, written: Int64)? {
        let path = path(Self.manifest)
        guard let stamp = FileStamp(path), stamp.isRegular else { return nil }
        return (try ManifestCursor(path, isSorted: ManifestCursor.isSorted(path)), stamp.changed)
    }
}

/// A text that is written line by line and brought to the disk. One caller at a time.
private final class WholeText {
    private let file: FileHandle
    private let path: String
    private var buffer = Data()
    private static let bufferBytes = 1 << 16

    init(_ path: String) throws {
        self.path = path
        try WholeFile.write(Data(), to: path)
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw UplumaError(.cannotCreate, "\"\(path)\" cannot be created (\(lastSystemError())).")
        }
        self.file = file
    }

    func write(_ line: String) throws {
        buffer.append(contentsOf: line.utf8)
        buffer.append(UInt8(ascii: "\n"))
        if buffer.count > Self.bufferBytes { try flush() }
    }

    func close() throws {
        try flush()
        try failing {
            try file.synchronize()
            try file.close()
        }
    }

    private func flush() throws {
        try failing { try file.write(contentsOf: buffer) }
        buffer.removeAll(keepingCapacity: true)
    }

    private func failing(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch {
            throw UplumaError(.inputOutput, "\"\(path)\" cannot be written. Check that there is room on the disk.")
        }
    }
}
