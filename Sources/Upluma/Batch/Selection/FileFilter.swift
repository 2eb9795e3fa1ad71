/// Which names a walk takes.
struct FileFilter {
    private let includes: [Glob]
    private let excludes: [Glob]

    /// Where systems keep what is no one's file: taken for hidden.
    static let systemFolders: Set<String> = [
        "$RECYCLE.BIN", "RECYCLER", "System Volume Information", "lost+found", "@eaDir", "#recycle", "#snapshot",
    ]

    /// - Throws: `UplumaError` of kind `usage` for a pattern that is none.
    init(_ selection: BatchSelection) throws {
        includes = try selection.includes.map { try Glob($0, option: "--include") }
        excludes = try selection.excludes.map { try Glob($0, option: "--exclude") }
    }

    static func isHidden(_ name: String) -> Bool {
        name.utf8.first == UInt8(ascii: ".") || systemFolders.contains(name)
    }

    /// Why a file is left out by its name; nil when it is taken.
    func refusal(ofFile path: String, name: String) -> LeftOut? {
        if FileFilter.isHidden(name) { return .hidden }
        if name.utf8.suffix(OutputFile.partialSuffix.utf8.count).elementsEqual(OutputFile.partialSuffix.utf8) {
            return .unfinished
        }
        var isNamed = false
        if !includes.isEmpty {
            var isIncluded = false
            for pattern in includes {
                guard let match = pattern.match(path: path, name: name) else { continue }
                isIncluded = true
                if match == .namingEnding { isNamed = true }
            }
            if !isIncluded { return VideoFileNames.isVideo(name) ? .notIncluded : .noVideo }
        }
        if !isNamed, !VideoFileNames.isVideo(name) { return .noVideo }
        return excludes.contains { $0.matches(path: path, name: name) } ? .excluded : nil
    }

    /// Whether a folder is not looked into.
    func leavesOut(folder path: String, name: String) -> Bool {
        FileFilter.isHidden(name) || excludes.contains { $0.matches(path: path, name: name) }
    }
}
