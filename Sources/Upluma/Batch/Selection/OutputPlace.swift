/// Sees to it that results do not lie among sources, unless that is allowed, and never in place of one. Links are
/// followed before places are compared, and what is compared is which folders they are, not what they are called.
///
/// Checks each result's folder once as long as they come folder by folder.
package struct OutputPlace {
    private let root: String
    private let allowsInsideSource: Bool
    /// Folders that were named, which nothing may go into however deep, and those of files that were named, which
    /// nothing may go into directly.
    private var trees: [FileIdentity: String] = [:]
    private var folders: [FileIdentity: String] = [:]
    private var lastFolder: String?
    private var lastFolderExists = false

    /// - Parameters:
    ///   - output: the folder of results, which may not exist.
    ///   - payload: the folder in it that results' paths count from (`BatchLayout.payload`).
    ///   - roots: what was named.
    /// - Throws: `UplumaError` of kind `usage` when it lies in a source's folder and may not, `cannotCreate` when it
    ///   is no folder.
    package init(output: String, payload: String, roots: [InputRoot], allowsInsideSource: Bool) throws {
        root = payload
        self.allowsInsideSource = allowsInsideSource
        if let facts = FileFacts(output, followsLinks: true), facts.kind != .folder {
            throw UplumaError(
                .cannotCreate, "\"\(output)\" is no folder. A batch makes many files: name a folder with -o.")
        }
        for input in roots {
            if input.kind == .folder {
                trees[input.facts.identity] = input.path
            } else if let facts = FileFacts(input.folder, followsLinks: true) {
                folders[facts.identity] = input.folder
            }
        }
        guard !allowsInsideSource, let (source, isTree) = sourceFolder(of: output) else { return }
        throw UplumaError(
            .usage,
            isTree
                ? "The results' folder \"\(output)\" lies in the sources' folder \"\(source)\". Name one outside of it "
                    + "with -o, or give --inside-source to have results among the sources."
                : "The results' folder \"\(output)\" is the one of a source. Name another one with -o, or give "
                    + "--inside-source to have results beside the sources.")
    }

    /// - Parameters:
    ///   - result: of a file, relative to the folder of results.
    ///   - file: its source.
    /// - Throws: `UplumaError` of kind `usage`.
    package mutating func check(_ result: String, of file: FoundFile) throws {
        let path = PathText.joined(root, result)
        let folder = PathText.folder(path)
        if lastFolder.map({ !PathText.isSame($0, folder) }) ?? true {
            if !allowsInsideSource, let (source, _) = sourceFolder(of: folder) {
                throw UplumaError(
                    .usage,
                    "The result of \"\(file.source)\" would be \"\(path)\", among the sources in \"\(source)\". Name "
                        + "another folder with -o, or give --inside-source to have results among the sources.")
            }
            lastFolder = folder
            lastFolderExists = FileFacts(folder, followsLinks: true) != nil
        }
        guard lastFolderExists, let there = FileFacts(path, followsLinks: true),
            there.identity == FileFacts(file.source, followsLinks: true)?.identity
        else { return }
        throw UplumaError(
            .usage,
            "The result of \"\(file.source)\" would take its own place. Give another name with --name, such as "
                + "--name \"{name} {scale}x\".")
    }

    /// The source's folder that a folder lies in, or is.
    private func sourceFolder(of path: String) -> (folder: String, isTree: Bool)? {
        let (existing, rest) = RealPath.nearest(path)
        if rest.isEmpty, let identity = FileFacts(existing, followsLinks: true)?.identity,
            let folder = folders[identity]
        {
            return (folder, false)
        }
        var above = existing
        while true {
            if let identity = FileFacts(above, followsLinks: true)?.identity, let tree = trees[identity] {
                return (tree, true)
            }
            guard above.utf8.count > 1 else { return nil }
            above = PathText.folder(above)
        }
    }
}
