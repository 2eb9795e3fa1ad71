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
    /// What names the output on the command line, for sentences.
    let option: String
    /// Holds the lock on the partial file; closes with the last copy.
    private let lock: PartialFile?
    /// What the user should know, such as an unfinished file of an earlier run being replaced.
    package private(set) var notes: [String] = []

    /// What stands behind the name when the output is `-`.
    package static let standardStream = "-"

    /// The suffix of an unfinished output.
    package static let partialSuffix = ".partial"

    /// Checks that the output can be made and reserves its partial file.
    ///
    /// - Parameters:
    ///   - path: the output's name.
    ///   - input: what the output must not be.
    ///   - overwrite: whether a file of that name may be replaced.
    ///   - option: what names the output on the command line, for sentences.
    /// - Throws: `UplumaError` with kind `usage` (output is the input, or a terminal), `cannotCreate` (exists, is a
    ///   folder, folder missing or not writable) or `tryAgain` (another job is writing it).
    package init(path: String, input: String, overwrite: Bool, option: String = "-o") throws {
        self.overwrite = overwrite
        self.option = option
        name = path
        if path == OutputFile.standardStream {
            guard isatty(STDOUT_FILENO) == 0 else {
                throw UplumaError(
                    .usage, "Video cannot be shown on a terminal. Pipe -o - into another program, or name a file.")
            }
            (destination, lock) = (.standardOutput, nil)
            return
        }
        // A link is followed, so that what it points to is replaced and the link stays.
        let target = FileStatus(path: path) == nil ? path : FileStatus.resolved(path)
        let source = input == OutputFile.standardStream ? nil : FileStatus(path: input)
        if let existing = FileStatus(path: target) {
            if source?.isSameFile(as: existing) == true {
                throw UplumaError(
                    .usage, "The output \"\(path)\" is the input itself. Choose another name with \(option).")
            }
            switch existing.kind {
            case .directory:
                throw UplumaError(.cannotCreate, "\"\(path)\" is a folder. Name a file in it with \(option).")
            case .other:
                (destination, lock) = (.special(path: path), nil)
                return
            case .regular where !overwrite:
                throw UplumaError(
                    .cannotCreate,
                    "\"\(path)\" exists already. Give --overwrite to replace it, or another name with \(option).")
            case .regular:
                break
            }
        }
        let partial = OutputFile.partialPath(for: target)
        if let source, let leftover = FileStatus(path: partial), source.isSameFile(as: leftover) {
            throw UplumaError(
                .usage,
                "The output's unfinished file \"\(partial)\" would be the input itself. Choose another name with "
                    + "\(option).")
        }
        lock = try PartialFile(path: partial, for: path, option: option)
        if lock?.isNew == false {
            notes.append("Replacing \"\(partial)\", left unfinished by an earlier run.")
        }
        destination = .file(path: target, partial: partial)
    }

    /// The name of the unfinished file: that of the output with the suffix, shortened where file systems would refuse it.
    package static func partialPath(for path: String) -> String {
        let slash = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
        var name = String(path[slash...])
        while name.utf8.count + partialSuffix.utf8.count > mostNameBytes { name.unicodeScalars.removeLast() }
        return path[..<slash] + name + partialSuffix
    }

    /// Bytes of the longest name in a folder (NAME_MAX of all common file systems).
    private static let mostNameBytes = 255

    /// The path the muxer writes to.
    package var writePath: String {
        switch destination {
        case .standardOutput: OutputFile.standardStream
        case .special(let path): path
        case .file(_, let partial): partial
        }
    }

    /// Gives the complete file, whose bytes the muxer has brought to the disk, its name.
    ///
    /// - Throws: `UplumaError` when the disk refuses, or when somebody else made a file of that name meanwhile; the
    ///   partial file then stays.
    package func commit() throws {
        guard case .file(let path, let partial) = destination else { return }
        switch overwrite ? rename(partial, path) : PartialFile.renameWithoutReplacing(partial, path) {
        case 0: PartialFile.synchronizeFolder(of: path)
        case _ where errno == EEXIST:
            throw UplumaError(
                .cannotCreate, "\"\(path)\" appeared while the job ran. The finished result is \"\(partial)\".")
        default:
            throw UplumaError(
                .cannotCreate,
                "\"\(path)\" cannot be created (\(lastSystemError())). The finished result is \"\(partial)\".")
        }
    }

    /// Removes a partial file that holds nothing worth keeping.
    ///
    /// - Parameter isBegun: whether this job has written into it; if not, a file left by an earlier run stays.
    package func discard(isBegun: Bool) {
        guard case .file(_, let partial) = destination, let lock, isBegun || lock.isNew else { return }
        unlink(partial)
    }
}
