import Foundation

/// The file that makes all workers of a batch wait as long as it is there, on this machine and on others.
package struct PauseMark: Sendable {
    private let path: String

    package init(_ layout: BatchLayout) { path = layout.pausedMark }

    /// One question to the system, a few microseconds.
    package var isPaused: Bool { access(path, F_OK) == 0 }

    /// - Throws: `UplumaError` of kind `noInput` when there is no batch, `cannotCreate` when the system refuses.
    package func set() throws {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else {
            throw errno == ENOENT
                ? UplumaError(.noInput, "There is no batch in \"\(folder)\". Name the folder of its results.")
                : UplumaError(
                    .cannotCreate, "\"\(path)\" cannot be created (\(lastSystemError())). Check its permissions.")
        }
        close(descriptor)
    }

    /// - Returns: whether it was there.
    /// - Throws: `UplumaError` of kind `cannotCreate` when the system refuses.
    @discardableResult
    package func remove() throws -> Bool {
        if unlink(path) == 0 { return true }
        guard errno == ENOENT || errno == ENOTDIR else {
            throw UplumaError(
                .cannotCreate, "\"\(path)\" cannot be removed (\(lastSystemError())). Check its permissions.")
        }
        return false
    }

    private var folder: String { PathText.folder(PathText.folder(path)) }
}
