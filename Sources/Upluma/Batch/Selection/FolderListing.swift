import Foundation

/// What a folder holds: the one place that walks call the system in.
///
/// The folder is open while this runs and never longer, so that a walk keeps no descriptors, however deep it goes.
struct FolderListing {
    struct Entry {
        let name: String
        /// Of what the name stands for, links followed where that was asked for.
        let facts: FileFacts
        let isLink: Bool
    }

    /// What is known of a name before anything is asked about it.
    enum Hint { case file, folder, link, special, unknown }

    /// Why a name is left out whatever the options are.
    enum Trouble {
        /// A link that leads nowhere, or round.
        case deadLink
        /// Bytes that are no UTF-8.
        case notText
        /// The system's reason.
        case system(Int32)
    }

    /// The system's reason for refusing to list a folder.
    struct Refusal: Error { let code: Int32 }

    /// In no order.
    private(set) var entries: [Entry] = []

    /// - Parameters:
    ///   - path: of the folder.
    ///   - followsLinks: whether links to files and folders are taken for these.
    ///   - isWanted: asked with what the folder tells, so that nothing is asked about files that nobody wants.
    ///   - trouble: told what cannot be listed; the name is repaired where it is no text.
    init(
        _ path: String, followsLinks: Bool, isWanted: (String, Hint) -> Bool, trouble: (String, Trouble) -> Void
    ) throws(Refusal) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw Refusal(code: errno) }
        guard let folder = fdopendir(descriptor) else {
            let code = errno
            close(descriptor)
            throw Refusal(code: code)
        }
        defer { closedir(folder) }
        guard let nameOffset = MemoryLayout<dirent>.offset(of: \.d_name) else { return }
        while true {
            errno = 0
            guard let entry = readdir(folder) else {
                if errno != 0 { throw Refusal(code: errno) }
                return
            }
            let bytes = UnsafeRawPointer(entry).advanced(by: nameOffset).assumingMemoryBound(to: CChar.self)
            let count = strlen(bytes)
            // "." and ".."
            if bytes[0] == 0x2E, count == 1 || (count == 2 && bytes[1] == 0x2E) { continue }
            let text = UnsafeBufferPointer(start: bytes, count: count)
            guard let name = String(validating: text.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self) else {
                trouble(String(cString: bytes), .notText)
                continue
            }
            let hint = FolderListing.hint(entry.pointee.d_type)
            guard isWanted(name, hint) else { continue }
            guard let own = FileFacts(name, in: descriptor, followsLinks: false) else {
                // Gone since the folder named it: as if it had never been there.
                if errno != ENOENT { trouble(name, .system(errno)) }
                continue
            }
            // File systems that tell no kinds: now it is known.
            if hint == .unknown, !isWanted(name, FolderListing.hint(own.kind)) { continue }
            guard own.kind == .link, followsLinks else {
                entries.append(Entry(name: name, facts: own, isLink: own.kind == .link))
                continue
            }
            if let end = FileFacts(name, in: descriptor, followsLinks: true) {
                entries.append(Entry(name: name, facts: end, isLink: true))
            } else {
                trouble(name, errno == ENOENT || errno == ELOOP ? .deadLink : .system(errno))
            }
        }
    }

    private static func hint(_ type: UInt8) -> Hint {
        switch Int(type) {
        case Int(DT_REG): .file
        case Int(DT_DIR): .folder
        case Int(DT_LNK): .link
        case Int(DT_UNKNOWN): .unknown
        default: .special
        }
    }

    private static func hint(_ kind: FileFacts.Kind) -> Hint {
        switch kind {
        case .file: .file
        case .folder: .folder
        case .link: .link
        case .special: .special
        }
    }
}
