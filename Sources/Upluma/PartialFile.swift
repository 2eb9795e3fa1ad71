import Foundation

/// The file a job writes into before it has its name: created or taken over, and locked until the last reference goes.
///
/// Thread safety: holds a descriptor and a flag, both fixed at creation.
final class PartialFile: Sendable {
    /// Whether this job made the file, rather than finding one of an earlier run.
    let isNew: Bool
    private let descriptor: Int32

    /// - Parameters:
    ///   - path: of the partial file; must be a file or nothing, not a link.
    ///   - name: of the output, for sentences.
    ///   - option: what names the output on the command line, for sentences.
    /// - Throws: `UplumaError` of kind `cannotCreate`, or `tryAgain` when another job holds the lock.
    init(path: String, for name: String, option: String) throws {
        while true {
            var flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
            var opened = open(path, flags, 0o666)
            let isNew = opened >= 0
            if !isNew && errno == EEXIST {
                flags &= ~(O_CREAT | O_EXCL)
                opened = open(path, flags)
                // Gone in between: the job that had it is done.
                if opened < 0 && errno == ENOENT { continue }
            }
            guard opened >= 0 else { throw PartialFile.cannotCreate(path: path, name: name, option: option) }
            guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
                close(opened)
                throw UplumaError(.tryAgain, "Another run is writing \"\(path)\". Wait for it, or choose another name.")
            }
            // The lock may have been won on a file that its owner renamed meanwhile: then this one is not it.
            if FileStatus(descriptor: opened).flatMap({ mine in
                FileStatus(path: path).map { $0.isSameFile(as: mine) }
            }) == true {
                descriptor = opened
                self.isNew = isNew
                return
            }
            close(opened)
        }
    }

    deinit { close(descriptor) }

    private static func cannotCreate(path: String, name: String, option: String) -> UplumaError {
        if errno == ELOOP {
            return UplumaError(
                .cannotCreate, "\"\(path)\" is a link. Remove it, or choose another name with \(option).")
        }
        let reason = lastSystemError()
        let folder = (name as NSString).deletingLastPathComponent
        let remedy =
            folder.isEmpty || FileManager.default.fileExists(atPath: folder)
            ? "Choose a folder you may write to" : "Create the folder \"\(folder)\" first"
        return UplumaError(.cannotCreate, "\"\(name)\" cannot be created (\(reason)). \(remedy).")
    }

    /// `rename` that fails with EEXIST instead of replacing; 0 when done.
    static func renameWithoutReplacing(_ from: String, _ to: String) -> Int32 {
        if link(from, to) == 0 {
            unlink(from)
            return 0
        }
        guard errno != EEXIST else { return -1 }
        // A file system without hard links: the best it can do is to look first.
        if FileStatus(path: to) != nil {
            errno = EEXIST
            return -1
        }
        return rename(from, to)
    }

    /// Brings a new name to the disk. File systems that cannot do it for folders are as good as they get.
    static func synchronizeFolder(of path: String) {
        let folder = (path as NSString).deletingLastPathComponent
        let descriptor = open(folder.isEmpty ? "." : folder, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}

/// What the system says of a file, links followed.
struct FileStatus {
    enum Kind { case regular, directory, other }
    let kind: Kind
    private let device: dev_t
    private let inode: ino_t

    init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(status)
    }

    init?(descriptor: Int32) {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return nil }
        self.init(status)
    }

    private init(_ status: stat) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .regular
        case S_IFDIR: kind = .directory
        default: kind = .other
        }
        device = status.st_dev
        inode = status.st_ino
    }

    func isSameFile(as other: FileStatus) -> Bool { device == other.device && inode == other.inode }

    /// The path with its last links followed; the same path when there are none.
    static func resolved(_ path: String) -> String {
        var status = stat()
        guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFLNK, let real = realpath(path, nil) else {
            return path
        }
        defer { free(real) }
        return String(cString: real)
    }
}

/// The text of `errno`.
func lastSystemError() -> String { String(cString: strerror(errno)) }
