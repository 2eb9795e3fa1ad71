import Foundation

extension OutputFile {
    /// Writes the whole result at once and brings it to the disk; `commit` then gives it its name.
    ///
    /// - Throws: `UplumaError` with kind `cannotCreate` or `inputOutput`.
    package func write(_ bytes: [UInt8]) throws {
        guard let file = FileHandle(forWritingAtPath: writePath) else {
            throw UplumaError(
                .cannotCreate,
                "\"\(name)\" cannot be written (\(lastSystemError())). Choose another name with \(option).")
        }
        do {
            // A device or pipe has no length, and nothing to bring to a disk.
            if case .file = destination { try file.truncate(atOffset: 0) }
            try file.write(contentsOf: Data(bytes))
            if case .file = destination { try file.synchronize() }
            try file.close()
        } catch {
            throw UplumaError(.inputOutput, "\"\(name)\" cannot be written. Check that there is room on the disk.")
        }
    }
}
