import Foundation

/// What the system says of a file without opening it, links followed unless said otherwise.
struct FileStamp: Equatable {
    var bytes: Int64
    /// Nanoseconds since 1970 of its last change.
    var changed: Int64
    var isRegular: Bool
    var isFolder: Bool

    /// Nil where there is none, or it cannot be asked.
    init?(_ path: String, followsLinks: Bool = true) {
        var status = stat()
        guard (followsLinks ? stat(path, &status) : lstat(path, &status)) == 0 else { return nil }
        #if canImport(Darwin)
            let time = status.st_mtimespec
        #else
            let time = status.st_mtim
        #endif
        bytes = Int64(status.st_size)
        changed = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        isRegular = status.st_mode & S_IFMT == S_IFREG
        isFolder = status.st_mode & S_IFMT == S_IFDIR
    }

    var date: Date { Date(timeIntervalSince1970: Double(changed) / 1e9) }
}

/// Small files that are whole or not there: written beside their names, brought to the disk, renamed.
enum WholeFile {
    /// Writes the file beside its name.
    ///
    /// - Throws: `UplumaError` of kind `cannotCreate` or `inputOutput`.
    static func write(_ data: Data, to path: String) throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else {
            throw UplumaError(.cannotCreate, "\"\(path)\" cannot be created (\(lastSystemError())).")
        }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            try file.write(contentsOf: data)
            try file.synchronize()
            try file.close()
        } catch {
            throw UplumaError(.inputOutput, "\"\(path)\" cannot be written. Check that there is room on the disk.")
        }
    }

    /// Gives finished files their names, replacing what has them, and brings the names to the disk. They count as changed now:
    /// a manifest that was written after their bytes were, and before this, does not know them.
    static func name(_ paths: [String]) throws {
        for path in paths {
            utimes(OutputFile.partialPath(for: path), nil)
            guard rename(OutputFile.partialPath(for: path), path) == 0 else {
                throw UplumaError(.cannotCreate, "\"\(path)\" cannot be created (\(lastSystemError())).")
            }
        }
        if let first = paths.first { PartialFile.synchronizeFolder(of: first) }
    }
}
