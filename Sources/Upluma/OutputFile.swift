import Foundation

/// Where a result goes: written as `NAME.partial`, given its own name only when it is complete.
///
/// After a failure or an interruption the partial file stays, so nothing computed is lost; it never takes the output's
/// name. The partial file is locked while a job writes it, so that two jobs cannot write the same one.
package struct OutputFile {
    package enum Destination: Equatable {
        case standardOutput
        /// A device or pipe that exists already: written directly, never renamed.
        case special(path: String)
        case file(path: String, partial: String)
    }

    package let destination: Destination
    /// The output as the user named it; `-` is standard output.
    package let name: String
    private let overwrite: Bool
    /// Holds the lock on the partial file; closes with the last copy.
    private let lock: FileLock?
    /// What the user should know, such as an unfinished file of an earlier run being replaced.
    package private(set) var notes: [String] = []

    /// What stands behind the name when the output is `-`.
    package static let standardStream = "-"

    /// The suffix of an unfinished output.
    package static let partialSuffix = ".partial"

    /// Checks that the output can be made and reserves its partial file.
    ///
    /// - Throws: `UplumaError` with kind `usage` (output is the input, or a terminal), `cannotCreate` (exists, is a
    ///   folder, folder missing or not writable) or `tryAgain` (another job is writing it).
    package init(path: String, input: String, overwrite: Bool) throws {
        self.overwrite = overwrite
        name = path
        if path == OutputFile.standardStream {
            guard isatty(STDOUT_FILENO) == 0 else {
                throw UplumaError(
                    .usage, "Video cannot be shown on a terminal. Pipe -o - into another program, or name a file.")
            }
            (destination, lock) = (.standardOutput, nil)
            return
        }
        if let existing = FileStatus(path: path) {
            if let source = FileStatus(path: input), input != OutputFile.standardStream, source.isSameFile(as: existing)
            {
                throw UplumaError(.usage, "The output \"\(path)\" is the input itself. Choose another name with -o.")
            }
            switch existing.kind {
            case .directory:
                throw UplumaError(.cannotCreate, "\"\(path)\" is a folder. Name a file in it with -o.")
            case .other:
                (destination, lock) = (.special(path: path), nil)
                return
            case .regular where !overwrite:
                throw UplumaError(
                    .cannotCreate,
                    "\"\(path)\" exists already. Give --overwrite to replace it, or another name with -o.")
            case .regular:
                break
            }
        }
        let partial = path + OutputFile.partialSuffix
        if let source = FileStatus(path: input), let leftover = FileStatus(path: partial),
            source.isSameFile(as: leftover)
        {
            throw UplumaError(
                .usage,
                "The output's unfinished file \"\(partial)\" would be the input itself. Choose another name with -o.")
        }
        if let leftover = FileStatus(path: partial), leftover.kind == .regular, leftover.size > 0 {
            notes.append("Replacing \"\(partial)\", left unfinished by an earlier run.")
        }
        lock = try FileLock(creating: partial, for: path)
        destination = .file(path: path, partial: partial)
    }

    /// The path the muxer writes to.
    package var writePath: String {
        switch destination {
        case .standardOutput: OutputFile.standardStream
        case .special(let path): path
        case .file(_, let partial): partial
        }
    }

    /// Gives the complete file its name, after its bytes have reached the disk.
    ///
    /// - Throws: `UplumaError` when the disk refuses, or when somebody else made a file of that name meanwhile; the
    ///   partial file then stays.
    package func commit() throws {
        guard case .file(let path, let partial) = destination else { return }
        guard let lock, lock.synchronize() else {
            throw UplumaError(.inputOutput, "\"\(partial)\" may not be complete on the disk (\(lastSystemError())).")
        }
        if !overwrite {
            if link(partial, path) == 0 {
                unlink(partial)
                return
            }
            if errno == EEXIST {
                throw UplumaError(
                    .cannotCreate, "\"\(path)\" appeared while the job ran. The finished result is \"\(partial)\".")
            }
            // File systems without hard links: fall through to rename.
        }
        guard rename(partial, path) == 0 else {
            throw UplumaError(
                .cannotCreate,
                "\"\(path)\" cannot be created (\(lastSystemError())). The finished result is \"\(partial)\".")
        }
    }

    /// Removes a partial file that holds nothing worth keeping: no frame was written into it.
    package func discard() {
        guard case .file(_, let partial) = destination, FileStatus(path: partial)?.kind == .regular else { return }
        unlink(partial)
    }
}

/// What `stat` says of a path, links followed.
private struct FileStatus {
    enum Kind { case regular, directory, other }
    let kind: Kind
    let size: Int64
    private let device: dev_t
    private let inode: ino_t

    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .directory
        default: kind = .other
        }
        size = Int64(status.st_size)
        device = status.st_dev
        inode = status.st_ino
    }

    func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }
}

/// An advisory lock on a file, held until the last reference goes.
private final class FileLock: Sendable {
    private let descriptor: Int32

    init(creating partial: String, for path: String) throws {
        descriptor = open(partial, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            let reason = lastSystemError()
            let folder = (path as NSString).deletingLastPathComponent
            let remedy =
                folder.isEmpty || FileManager.default.fileExists(atPath: folder)
                ? "Choose a folder you may write to" : "Create the folder \"\(folder)\" first"
            throw UplumaError(.cannotCreate, "\"\(path)\" cannot be created (\(reason)). \(remedy).")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw UplumaError(.tryAgain, "Another run is writing \"\(partial)\". Wait for it, or choose another name.")
        }
    }

    /// Waits until the file's bytes are on the disk; devices that cannot are as good as they get.
    func synchronize() -> Bool { fsync(descriptor) == 0 || errno == EINVAL }

    deinit { close(descriptor) }
}

/// The text of `errno`.
private func lastSystemError() -> String { String(cString: strerror(errno)) }
