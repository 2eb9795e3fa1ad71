import Foundation

/// The files of a folder of a bag, in the order of their paths' bytes, one folder's names in memory at a time and those of
/// the folders around it.
struct PayloadWalk {
    /// A file that lies there.
    struct Entry: Equatable {
        /// From the bag's folder, "/" between its parts.
        var path: String
        /// Of the link itself where it is one.
        var stamp: FileStamp
    }

    /// Absolute path of the bag.
    let root: String

    /// - Parameters:
    ///   - folder: relative to the bag.
    ///   - each: called with every file; folders are not handed out.
    /// - Throws: `UplumaError` when a folder cannot be read or a name is no UTF-8, which no manifest can hold; what `each`
    ///   throws.
    func each(in folder: String, _ each: (Entry) throws -> Void) throws {
        for name in try names(in: folder) {
            let path = folder + "/" + name
            // Gone meanwhile.
            guard let stamp = FileStamp(root + "/" + path, followsLinks: false) else { continue }
            if stamp.isFolder {
                try self.each(in: path, each)
            } else {
                try each(Entry(path: path, stamp: stamp))
            }
        }
    }

    /// Sorted as whole paths sort: a folder as if its name ended in "/".
    private func names(in folder: String) throws -> [String] {
        let path = root + "/" + folder
        guard let stream = opendir(path) else {
            // A batch without results has none.
            if errno == ENOENT { return [] }
            throw UplumaError(.inputOutput, "The folder \"\(path)\" cannot be read (\(lastSystemError())).")
        }
        defer { closedir(stream) }
        var names: [(key: [UInt8], name: String)] = []
        while let entry = readdir(stream) {
            let length = MemoryLayout.size(ofValue: entry.pointee.d_name)
            let text = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: length) { String(validatingCString: $0) }
            }
            guard let name = text else {
                throw UplumaError(
                    .badInput, "A name in \"\(path)\" is not UTF-8, which a bag cannot list. Rename it.")
            }
            guard name != ".", name != ".." else { continue }
            let isFolder = FileStamp(path + "/" + name, followsLinks: false)?.isFolder ?? false
            names.append((Array((isFolder ? name + "/" : name).utf8), name))
        }
        return names.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.name)
    }
}

extension String {
    /// The same bytes; "==" would take two spellings of an accent for one, which name two files.
    func isSameName(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }

    func precedesByBytes(_ other: String) -> Bool { utf8.lexicographicallyPrecedes(other.utf8) }
}
