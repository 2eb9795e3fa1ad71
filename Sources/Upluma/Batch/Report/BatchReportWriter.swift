import Foundation

/// Writes what became of every file of a batch: all of it as JSON, and a page to look at.
///
/// Files are added one after the other; JSON goes to the disk as it comes, and of the page only what it shows is kept
/// (`BatchPage`), so a hundred thousand files take no more memory than a few thousand. Both files get their names when they
/// are complete, and replace those of an earlier run.
///
/// The JSON is one object: `batch` (`BatchReportHead`) and `files` (an array of `BatchFileRow`, one a line).
///
/// Not sendable: one thread.
package final class BatchReportWriter {
    /// Bytes that are gathered before they are written.
    private static let portion = 1 << 18

    private let head: BatchReportHead
    private let json: OutputFile
    private let page: OutputFile
    private let file: FileHandle
    private var waiting = Data()
    private var count = 0
    private var content: BatchPage

    /// - Parameter layout: says where the reports go, and what stands in their headings.
    /// - Throws: `UplumaError` of kind `cannotCreate`, or `tryAgain` while another run writes the report.
    package init(_ head: BatchReportHead, layout: BatchLayout) throws {
        self.head = head
        json = try OutputFile(path: layout.reportJSON, input: "", overwrite: true)
        page = try OutputFile(path: layout.reportPage, input: "", overwrite: true)
        content = BatchPage(head, layout: layout)
        guard let file = FileHandle(forWritingAtPath: json.writePath) else {
            throw UplumaError(.cannotCreate, "\"\(json.name)\" cannot be written (\(lastSystemError())).")
        }
        self.file = file
        try writing { try file.truncate(atOffset: 0) }
        waiting += Data("{\"batch\":\(try text(head)),\n\"files\":[".utf8)
    }

    /// - Throws: `UplumaError` of kind `inputOutput`.
    package func add(_ report: BatchFileReport) throws {
        waiting += Data(((count == 0 ? "\n" : ",\n") + (try text(BatchFileRow(report)))).utf8)
        count += 1
        content.add(report)
        if waiting.count >= Self.portion { try flush() }
    }

    /// Ends both files and gives them their names.
    ///
    /// - Throws: `UplumaError` of kind `inputOutput` or `cannotCreate`.
    package func finish() throws {
        waiting += Data("\n]}\n".utf8)
        try flush()
        try writing {
            try file.synchronize()
            try file.close()
        }
        try json.commit()
        try page.write(Array(content.html().utf8))
        try page.commit()
    }

    private func flush() throws {
        try writing { try file.write(contentsOf: waiting) }
        waiting.removeAll(keepingCapacity: true)
    }

    private func writing(_ body: () throws -> Void) throws {
        do { try body() } catch {
            throw UplumaError(.inputOutput, "\"\(json.name)\" cannot be written. Check that there is room on the disk.")
        }
    }

    private func text(_ value: some Encodable) throws -> String {
        do { return try BatchJSON.text(value) } catch {
            throw UplumaError(.internal, "A file's report cannot be written as JSON (\(error)).")
        }
    }
}
