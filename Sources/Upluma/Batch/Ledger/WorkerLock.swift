import Foundation

/// A file that is locked while its worker lives: the system lets go of it whatever way the process ends.
///
/// Thread safety: holds a descriptor and a path, both fixed at creation.
package final class WorkerLock: Sendable {
    private let path: String
    private let descriptor: Int32

    /// Creates the file and locks it. A worker does so before it enrols, so that one that is enrolled and not locked is dead.
    ///
    /// - Parameter path: `BatchLayout.workerLock`; its folder is created when it is missing.
    /// - Throws: `UplumaError` of kind `cannotCreate`, or `tryAgain` when another process has it.
    package init(path: String) throws {
        self.path = path
        let folder = (path as NSString).deletingLastPathComponent
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for _ in 0..<Self.trials {
            let opened = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0o666)
            guard opened >= 0 else {
                throw UplumaError(
                    .cannotCreate,
                    "\"\(path)\" cannot be created (\(lastSystemError())). Choose a folder you may write to.")
            }
            // One that was locked after `removeStale` had taken it away is not the one others look at.
            if flock(opened, LOCK_EX | LOCK_NB) == 0, Self.isStill(opened, path) {
                descriptor = opened
                return
            }
            close(opened)
            // Somebody looks whether it is held: that takes microseconds.
            usleep(1000)
        }
        throw UplumaError(.tryAgain, "Another worker holds \"\(path)\". Start this one again.")
    }

    deinit {
        // While it is locked: afterwards it could be another's.
        unlink(path)
        close(descriptor)
    }

    /// Whether the worker of a file lives. When the system does not tell, it does: work is then only done later.
    package static func isHeld(_ path: String) -> Bool {
        let opened = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
        guard opened >= 0 else { return errno != ENOENT }
        defer { close(opened) }
        // Shared, so that two that look at once do not take each other for the worker.
        return flock(opened, LOCK_SH | LOCK_NB) != 0
    }

    /// Removes what workers left that were killed.
    package static func removeStale(in folder: String) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] where name.hasSuffix(".lock") {
            let path = folder + "/" + name
            let opened = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC)
            guard opened >= 0 else { continue }
            if flock(opened, LOCK_EX | LOCK_NB) == 0, isStill(opened, path) { unlink(path) }
            close(opened)
        }
    }

    /// Of a process that looks for a moment there may be many in a row, but not for a second.
    private static let trials = 1000

    private static func isStill(_ descriptor: Int32, _ path: String) -> Bool {
        guard let mine = FileStatus(descriptor: descriptor), let named = FileStatus(path: path) else { return false }
        return named.isSameFile(as: mine)
    }
}
