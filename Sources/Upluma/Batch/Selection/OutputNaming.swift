/// Where the results of a batch go: the tree of the sources mirrored, names by a template, and no two alike.
///
/// Sources whose results would be called alike ("a.avi" and "a.mpg") all keep their endings ("a.avi.mkv", "a.mpg.mkv"),
/// whatever the order they come in. So all must be known before the first is named:
///
///     for file in walk { try naming.count(file, number: …) }
///     for file in anotherWalk { let path = try naming.output(of: file, number: …) }
///
/// A source that has its place from an earlier plan keeps it, and those that come later give way. Keeps 8 bytes and a
/// set's share for each source, and the paths of those alone whose names are alike.
package struct OutputNaming {
    private let template: NameTemplate
    private let scale: String
    private let model: String
    /// Hashes of names that were counted: once, and more than once.
    private var counted: Set<UInt64> = []
    private var alike: Set<UInt64> = []
    /// Hashes of the names that sources would have with their endings kept.
    private var withEndings: Set<UInt64> = []
    /// Hashes of the names that were given, and whose those are where others wanted them.
    private var given: Set<UInt64> = []
    private var owners: [UInt64: String] = [:]

    /// Bytes of the longest name in a folder (255 on all common file systems), with room for
    /// `OutputFile.partialSuffix`.
    static let mostNameBytes = 255 - OutputFile.partialSuffix.utf8.count

    /// - Parameters:
    ///   - selection: gives template and ending.
    ///   - scale: what `{scale}` stands for.
    ///   - model: what `{model}` stands for; of a file its name without the ending.
    /// - Throws: `UplumaError` of kind `usage`.
    package init(_ selection: BatchSelection, scale: Int, model: String) throws {
        template = try NameTemplate(selection)
        self.scale = "\(scale)"
        self.model = VideoFileNames.stem(ofFile: model)
    }

    /// Makes a source known.
    ///
    /// - Parameters:
    ///   - number: what `{number}` stands for; the same in `output`.
    ///   - existing: the path of its result when an earlier plan gave it one.
    /// - Throws: `UplumaError` of kind `usage` when its name comes to nothing.
    package mutating func count(_ file: FoundFile, number: Int, existing: String? = nil) throws {
        let (plain, kept) = try names(file, number)
        let hash = PathText.hash(existing ?? plain)
        if !counted.insert(hash).inserted { alike.insert(hash) }
        if existing == nil, !PathText.isSame(kept, plain) { withEndings.insert(PathText.hash(kept)) }
    }

    /// The path of a source's result, below the folder of results.
    ///
    /// - Throws: `UplumaError` of kind `usage` when another one has it, naming both.
    package mutating func output(of file: FoundFile, number: Int, existing: String? = nil) throws -> String {
        let (plain, kept) = try names(file, number)
        let plainHash = PathText.hash(existing ?? plain)
        let isAlike = alike.contains(plainHash) || withEndings.contains(plainHash)
        let path = existing ?? (isAlike ? kept : plain)
        let hash = PathText.hash(path)
        if isAlike { owners[hash] = owners[hash] ?? file.source }
        guard given.insert(hash).inserted else {
            let other = owners[hash].flatMap { PathText.isSame($0, file.source) ? nil : "\"\($0)\"" }
            throw UplumaError(
                .usage,
                "The results of \(other ?? "another source") and \"\(file.source)\" would both be \"\(path)\". Give a "
                    + "--name with {folder} or {number} in it, or take them in two batches.")
        }
        return path
    }

    private func names(_ file: FoundFile, _ number: Int) throws -> (plain: String, kept: String) {
        let (stem, ending) = VideoFileNames.parts(of: file.name)
        let above = PathText.folder(file.relative)
        let values = NameTemplate.Values(
            name: stem, ending: ending ?? "",
            folder: PathText.name(above.isEmpty ? file.root.folder : above), scale: scale, model: model, number: number)
        func path(keepsEnding: Bool) throws -> String {
            guard let name = template.path(values, keepsEnding: keepsEnding) else {
                throw UplumaError(
                    .usage, "--name leaves nothing to call the result of \"\(file.source)\" by. Put {name} into it.")
            }
            return PathText.joined(PathText.joined(file.root.placement, above), name)
        }
        let plain = try path(keepsEnding: false)
        return (plain, template.canKeepEnding ? try path(keepsEnding: true) : plain)
    }

    /// A name that file systems take: of one that is too long, as much as fits, and a hash of all of it, so that
    /// names that begin alike stay different. The ending stays.
    static func shortened(_ name: String) -> String {
        guard name.utf8.count > mostNameBytes else { return name }
        let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) ?? name.endIndex
        let ending = name[dot...].utf8.count <= 16 ? name[dot...] : ""
        let hash = String(PathText.hash(name), radix: 16)
        let mark = "~" + String(repeating: "0", count: 16 - hash.count) + hash
        var stem = name[..<(ending.isEmpty ? name.endIndex : dot)]
        while stem.utf8.count + mark.utf8.count + ending.utf8.count > mostNameBytes { stem.removeLast() }
        return stem + mark + ending
    }
}

extension VideoFileNames {
    /// The name of a file in a path without its ending, whatever that is.
    static func stem(ofFile path: String) -> String {
        let name = PathText.name(path)
        guard name.utf8.count < path.utf8.count || name.hasSuffix(".safetensors"),
            let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex
        else { return name }
        return String(name[..<dot])
    }
}
