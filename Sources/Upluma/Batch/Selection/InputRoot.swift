import Foundation

/// A folder or file that was named as an input.
package struct InputRoot: Sendable, Equatable {
    package enum Kind: Sendable { case folder, file }

    package let kind: Kind
    /// Absolute path, all links followed; of a file, links of its folder alone, so that it keeps the name it was
    /// given by.
    package let path: String
    /// The folder that its results lie in, below the folder of all results; empty is that itself.
    package let placement: String
    let facts: FileFacts

    package static func == (a: InputRoot, b: InputRoot) -> Bool {
        a.kind == b.kind && PathText.isSame(a.path, b.path) && PathText.isSame(a.placement, b.placement)
    }

    /// The folder that sources below it lie in.
    var folder: String { kind == .folder ? path : PathText.folder(path) }

    /// Looks at what was named: folders and files, each once, in the order of their paths, whatever the order they were
    /// named in.
    ///
    /// One folder alone is mirrored as it is; several keep their names, and as much of their paths before these as
    /// tells them apart. Files lie at the top.
    ///
    /// - Throws: `UplumaError` of kind `noInput`, or `usage` for what cannot be read twice.
    package static func roots(of inputs: [String]) throws -> [InputRoot] {
        guard !inputs.isEmpty else {
            throw UplumaError(.usage, "A batch needs something to do. Name files or folders.")
        }
        var (found, known): ([InputRoot], Set<FileIdentity>) = ([], [])
        for input in inputs {
            let root = try InputRoot(input)
            if known.insert(root.facts.identity).inserted { found.append(root) }
        }
        found.sort { PathText.precedes($0.sortingPath, $1.sortingPath) }
        guard found.count > 1 else { return found }
        return placed(found)
    }

    /// As its files' paths are sorted.
    private var sortingPath: String { kind == .folder ? PathText.joined(path, "/") : path }

    private init(_ input: String) throws {
        guard input != OutputFile.standardStream else {
            throw UplumaError(
                .usage,
                "A batch cannot read standard input, since each source is read more than once. Name files or folders.")
        }
        guard !input.utf8.contains(0), let facts = FileFacts(input, followsLinks: true) else {
            throw InputRoot.missing(input)
        }
        switch facts.kind {
        case .folder:
            guard let real = RealPath.of(input) else { throw InputRoot.missing(input) }
            (kind, path) = (.folder, real)
        case .file:
            let folder = PathText.folder(input)
            guard let real = RealPath.of(folder.isEmpty ? "." : folder) else { throw InputRoot.missing(input) }
            (kind, path) = (.file, PathText.joined(real, PathText.name(input)))
        case .link, .special:
            throw UplumaError(
                .usage,
                "\"\(input)\" is a device or a pipe. A batch reads each source more than once: name files or folders.")
        }
        self.facts = facts
        placement = ""
    }

    private init(_ root: InputRoot, placement: String) {
        (kind, path, facts, self.placement) = (root.kind, root.path, root.facts, placement)
    }

    private static func missing(_ input: String) -> UplumaError {
        let isMissing = errno == ENOENT || errno == ENOTDIR
        return UplumaError(
            .noInput,
            isMissing
                ? "There is no \"\(input)\". "
                    + (input.contains("://") ? "A batch takes files and folders, no addresses." : "Check its name.")
                : "\"\(input)\" cannot be read (\(lastSystemError())). Check its permissions.")
    }

    // MARK: - Places of results

    private static func placed(_ roots: [InputRoot]) -> [InputRoot] {
        let parts = roots.map { $0.path.split(separator: "/").map(String.init) }
        var counts = [Int](repeating: 1, count: roots.count)
        let folders = roots.indices.filter { roots[$0].kind == .folder }
        // Those that are called alike get one part more each, until they differ: paths do.
        var isDone = false
        while !isDone {
            let byName = Dictionary(grouping: folders) { PathText.hash(placement(parts[$0], counts[$0])) }
            let alike = byName.values.filter { $0.count > 1 }.flatMap { $0 }
                .filter { counts[$0] < parts[$0].count }
            for index in alike { counts[index] += 1 }
            isDone = alike.isEmpty
        }
        return roots.indices.map { index in
            roots[index].kind == .file
                ? roots[index] : InputRoot(roots[index], placement: placement(parts[index], counts[index]))
        }
    }

    private static func placement(_ parts: [String], _ count: Int) -> String {
        parts.suffix(count).joined(separator: "/")
    }
}
