import Foundation

/// A source that a walk found; nothing was opened for it.
package struct FoundFile: Sendable {
    package let root: InputRoot
    /// Below the root; of a file that was named itself, its name.
    package let relative: String
    package let bytes: Int64
    /// Nanoseconds since 1970 of its last change.
    package let changed: Int64

    /// Absolute path.
    package var source: String { root.kind == .file ? root.path : PathText.joined(root.path, relative) }
    package var name: String { PathText.name(relative) }
}

/// Goes through what a batch was given, in the order of paths (bytes, "/" among them), one folder's names in memory
/// for each level; sees hundred thousands of files in a second or two, since each is asked about once and none is
/// opened.
///
/// Left out are: hidden files and folders, unfinished results, the batch's own folder and results, special files,
/// names that are no UTF-8, and links unless they are followed. A file is taken once, under the first of its names:
/// what could be met again (hard links; all, where links are followed or files were named) is remembered, 16 bytes
/// each. A folder is looked into once, so links may go in circles.
///
/// Not sendable: one caller at a time.
package final class FileWalk: Sequence, IteratorProtocol {
    private struct Level {
        let root: InputRoot
        /// Below the root; empty is the root itself.
        let path: String
        /// What is still to be seen, the next one last.
        var entries: [FolderListing.Entry]
    }

    package let roots: [InputRoot]
    package private(set) var tally = WalkTally()

    private let selection: BatchSelection
    private let filter: FileFilter
    private let output: FileIdentity?
    private let isOwnResult: (String) -> Bool
    private let note: (String) -> Void
    private var nextRoot = 0
    private var levels: [Level] = []
    private var seenFiles: Set<FileIdentity> = []
    private var seenFolders: Set<FileIdentity> = []
    private let remembersFiles: Bool
    private let remembersFolders: Bool

    /// - Parameters:
    ///   - selection: what was named, and what of it is taken.
    ///   - output: the folder of results, which may not exist; inside of an input it is not looked into.
    ///   - isOwnResult: whether an absolute path is that of a result of this batch: matters where results lie among
    ///     sources.
    ///   - note: told of folders and files that the system does not show, a sentence each.
    /// - Throws: `UplumaError` of kind `noInput` for an input that is not there, `usage` for a pattern that is none.
    package init(
        _ selection: BatchSelection, output: String, isOwnResult: @escaping (String) -> Bool = { _ in false },
        note: @escaping (String) -> Void
    ) throws {
        self.selection = selection
        filter = try FileFilter(selection)
        roots = try InputRoot.roots(of: selection.inputs)
        self.output = FileFacts(output, followsLinks: true)?.identity
        self.isOwnResult = isOwnResult
        self.note = note
        remembersFiles = selection.followsLinks || roots.contains { $0.kind == .file }
        remembersFolders = selection.followsLinks || roots.count > 1
    }

    /// Names that are in memory.
    var waitingEntries: Int { levels.reduce(0) { $0 + $1.entries.count } }

    package func next() -> FoundFile? {
        while true {
            guard let entry = levels.last?.entries.last else {
                if levels.popLast() == nil {
                    guard nextRoot < roots.count else { return nil }
                    nextRoot += 1
                    if let named = begin(roots[nextRoot - 1]) { return named }
                }
                continue
            }
            levels[levels.count - 1].entries.removeLast()
            if let file = visit(entry, in: levels[levels.count - 1]) { return file }
        }
    }

    /// A file that was named is taken whatever it is called; a folder is entered.
    private func begin(_ root: InputRoot) -> FoundFile? {
        guard root.kind == .file else {
            enter(root, path: "", identity: root.facts.identity)
            return nil
        }
        return take(root.facts, root, PathText.name(root.path))
    }

    private func visit(_ entry: FolderListing.Entry, in level: Level) -> FoundFile? {
        let path = PathText.joined(level.path, entry.name)
        switch entry.facts.kind {
        case .folder:
            enter(level.root, path: path, identity: entry.facts.identity)
            return nil
        case .file:
            // The end of a link is known by now, and its name was not judged yet.
            if entry.isLink, let reason = filter.refusal(ofFile: path, name: entry.name) {
                tally.leaveOut(reason)
                return nil
            }
            if isOwnResult(PathText.joined(level.root.path, path)) {
                tally.leaveOut(.ownResult)
                return nil
            }
            return take(entry.facts, level.root, path)
        case .link:
            tally.leaveOut(.link)
        case .special:
            tally.leaveOut(.special)
        }
        return nil
    }

    private func take(_ facts: FileFacts, _ root: InputRoot, _ path: String) -> FoundFile? {
        if remembersFiles || facts.hasOtherNames, !seenFiles.insert(facts.identity).inserted {
            tally.leaveOut(.twice)
            return nil
        }
        tally.taken += 1
        tally.bytes += facts.bytes
        return FoundFile(root: root, relative: path, bytes: facts.bytes, changed: facts.changed)
    }

    private func enter(_ root: InputRoot, path: String, identity: FileIdentity) {
        let isRoot = path.isEmpty
        if !isRoot {
            guard selection.isRecursive, !filter.leavesOut(folder: path, name: PathText.name(path)) else {
                tally.foldersLeftOut += 1
                return
            }
            guard identity != output else { return }
        }
        if remembersFolders, !seenFolders.insert(identity).inserted { return }
        let absolute = PathText.joined(root.path, path)
        do {
            let listing = try FolderListing(absolute, followsLinks: selection.followsLinks) { name, hint in
                isWanted(name, hint, in: path)
            } trouble: { name, trouble in
                tell(trouble, PathText.joined(absolute, name))
            }
            tally.folders += 1
            levels.append(Level(root: root, path: path, entries: FileWalk.lastFirst(listing.entries)))
        } catch {
            if !isRoot, error.code == ENOENT { return }
            tally.unreadableFolders += 1
            note("The folder \"\(absolute)\" cannot be read (\(FileWalk.text(error.code))); what is in it is left out.")
        }
    }

    private func isWanted(_ name: String, _ hint: FolderListing.Hint, in folder: String) -> Bool {
        switch hint {
        case .file:
            guard let reason = filter.refusal(ofFile: PathText.joined(folder, name), name: name) else { return true }
            tally.leaveOut(reason)
        case .link:
            if selection.followsLinks { return true }
            tally.leaveOut(FileFilter.isHidden(name) ? .hidden : .link)
        case .special:
            tally.leaveOut(.special)
        case .folder, .unknown:
            return true
        }
        return false
    }

    private func tell(_ trouble: FolderListing.Trouble, _ path: String) {
        switch trouble {
        case .deadLink: tally.leaveOut(.deadLink)
        case .notText:
            tally.leaveOut(.notText)
            note("\"\(path)\" is left out: its name is not UTF-8. Rename it, for example with convmv.")
        case .system(let code):
            tally.leaveOut(.unreadable)
            note("\"\(path)\" cannot be looked at (\(FileWalk.text(code))) and is left out.")
        }
    }

    private static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

    /// By the bytes of the paths that come of them, so that all paths of a walk are in one order: a folder's go on
    /// with "/".
    private static func lastFirst(_ entries: [FolderListing.Entry]) -> [FolderListing.Entry] {
        func key(_ entry: FolderListing.Entry) -> String {
            entry.facts.kind == .folder ? entry.name + "/" : entry.name
        }
        return entries.map { (key: key($0), entry: $0) }.sorted { PathText.precedes($1.key, $0.key) }.map(\.entry)
    }
}
