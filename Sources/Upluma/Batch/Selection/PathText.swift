/// Paths as file systems see them: bytes, with "/" between names.
///
/// `String` takes composed and decomposed letters for equal, file systems do not; so nothing here compares `String`s.
enum PathText {
    static func isSame(_ a: String, _ b: String) -> Bool { a.utf8.elementsEqual(b.utf8) }

    static func precedes(_ a: String, _ b: String) -> Bool { a.utf8.lexicographicallyPrecedes(b.utf8) }

    /// Whether a path begins with a folder's and goes on below it.
    static func isBelow(_ path: String, _ folder: String) -> Bool {
        let prefix = folder == "/" ? folder : folder + "/"
        return path.utf8.count > prefix.utf8.count && path.utf8.starts(with: prefix.utf8)
    }

    /// What follows the last "/"; of "/" it is empty.
    static func name(_ path: String) -> String {
        path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(path[path.index(after: $0)...]) } ?? path
    }

    /// What precedes the last "/": "/" for what lies at the top, empty where there is none.
    static func folder(_ path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "" }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func joined(_ folder: String, _ name: String) -> String {
        if folder.isEmpty || name.isEmpty { return folder + name }
        return folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
    }

    /// FNV-1a of 64 bits (Fowler, Noll and Vo): the same in every process, unlike `Hasher`. Of 100,000 paths two are
    /// alike with a chance of 3 in ten thousand millions.
    static func hash(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
    }
}
