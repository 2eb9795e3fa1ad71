import Foundation

/// Which file it is, whatever it is called.
struct FileIdentity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
}

/// What the system tells of a name without opening what it stands for.
struct FileFacts: Sendable {
    enum Kind: Sendable { case file, folder, link, special }

    let kind: Kind
    let identity: FileIdentity
    /// Whether the file may have several names.
    let hasOtherNames: Bool
    let bytes: Int64
    /// Nanoseconds since 1970 of its last change.
    let changed: Int64

    /// - Parameters:
    ///   - folder: descriptor of the folder that a relative path begins at; nil is the current one.
    ///   - followsLinks: whether a link's end is looked at.
    /// - Returns: nil where the system refuses; `errno` says why.
    init?(_ path: String, in folder: Int32? = nil, followsLinks: Bool) {
        var status = stat()
        guard fstatat(folder ?? AT_FDCWD, path, &status, followsLinks ? 0 : AT_SYMLINK_NOFOLLOW) == 0 else {
            return nil
        }
        switch status.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .folder
        case S_IFLNK: kind = .link
        default: kind = .special
        }
        identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
        hasOtherNames = status.st_nlink > 1
        bytes = Int64(status.st_size)
        changed = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    }
}

/// Paths with all links followed.
enum RealPath {
    /// - Returns: nil where there is no such thing; `errno` says why.
    static func of(_ path: String) -> String? {
        guard let real = realpath(path, nil) else { return nil }
        defer { free(real) }
        return String(cString: real)
    }

    /// Of a path whose last parts may not exist yet: the folder that does, all links followed, and what follows it.
    static func nearest(_ path: String) -> (existing: String, rest: String) {
        var (existing, rest) = (path.isEmpty ? "." : path, "")
        while true {
            while existing.utf8.count > 1, existing.utf8.last == UInt8(ascii: "/") { existing.removeLast() }
            if let real = of(existing) { return (real, rest) }
            let folder = PathText.folder(existing)
            rest = PathText.joined(PathText.name(existing), rest)
            existing = folder.isEmpty ? "." : folder
            if PathText.isSame(existing, "/") { return ("/", rest) }
        }
    }
}
