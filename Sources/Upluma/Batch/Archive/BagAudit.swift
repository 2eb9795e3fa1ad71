import Foundation
import UplumaMedia

/// Checks a bag: its own files, every file of its payload, and what archives keep beside their results.
struct BagAudit {
    let folder: String
    let options: BatchAuditOptions
    let state: AuditState

    /// - Throws: only when the bag's folders cannot be read or the audit is cancelled.
    func run() throws {
        checkDeclaration()
        try checkTags()
        let oxum = statedOxum()
        if let oxum { state.expect(bytes: oxum.bytes) }
        let found = try checkPayload()
        guard let oxum, let found, oxum != found else { return }
        state.add(
            Bag.information, .contradicted,
            "it says \(oxum.files) files of \(oxum.bytes) bytes in all; there are \(found.files) of \(found.bytes)")
    }

    private struct Oxum: Equatable {
        var bytes: Int64
        var files: Int
    }

    private func full(_ path: String) -> String { folder + "/" + path }

    private func checkDeclaration() {
        let path = Bag.declaration
        guard let data = FileManager.default.contents(atPath: full(path)) else {
            return state.add(path, .missing, "without it this is no bag")
        }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        guard lines.count == 2, lines[0].hasPrefix("BagIt-Version: "), lines[1] == "Tag-File-Character-Encoding: UTF-8"
        else { return state.add(path, .unreadable, "it does not say what RFC 8493 asks of it") }
    }

    /// What the bag says of its payload; nil, said, where it says nothing.
    private func statedOxum() -> Oxum? {
        let path = Bag.information
        guard let data = FileManager.default.contents(atPath: full(path)) else { return nil }
        let key = Bag.oxum + ":"
        let line = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).first { $0.hasPrefix(key) }
        let parts = (line?.dropFirst(key.count) ?? "").split(separator: ".").map {
            Int64($0.trimmingCharacters(in: .whitespaces))
        }
        guard parts.count == 2, let bytes = parts[0], let files = parts[1] else {
            state.add(path, .unreadable, "it has no \(Bag.oxum)")
            return nil
        }
        return Oxum(bytes: bytes, files: Int(files))
    }

    private func checkTags() throws {
        let path = Bag.tagManifest
        guard FileStamp(full(path)) != nil else {
            return state.add(path, .missing, "nothing tells whether the bag's own files are as they were")
        }
        var listed: Set<String> = []
        let tags = try ManifestCursor(full(path), isSorted: false) { number, _ in
            state.add(path, .unreadable, "line \(number) is no line of a manifest")
        }
        while let line = try tags.pop() {
            listed.insert(line.path)
            try check(line, isTag: true)
        }
        for name in [Bag.declaration, Bag.information, Bag.manifest] where !listed.contains(name) {
            state.add(name, FileStamp(full(name)) == nil ? .missing : .unlisted, "\(path) does not list it")
        }
    }

    /// Goes through manifest and folder side by side.
    ///
    /// - Returns: what lies there; nil when there is no manifest, which is then said.
    private func checkPayload() throws -> Oxum? {
        let manifest = full(Bag.manifest)
        guard FileStamp(manifest) != nil else {
            state.add(Bag.manifest, .missing, "nothing tells what is to be there")
            return nil
        }
        let isSorted = try ManifestCursor.isSorted(manifest)
        let cursor = try ManifestCursor(manifest, isSorted: isSorted) { number, _ in
            state.add(Bag.manifest, .unreadable, "line \(number) is no line of a manifest")
        }
        var found = Oxum(bytes: 0, files: 0)
        if FileStamp(full(BatchLayout.payloadFolder))?.isFolder == true {
            try PayloadWalk(root: folder).each(in: BatchLayout.payloadFolder) { entry in
                try state.checkCancelled()
                found.files += 1
                found.bytes += entry.stamp.bytes
                let line = try cursor.line(of: entry.path) { try check($0, isTag: false) }
                guard let line else { return tellUnlisted(entry) }
                try check(line, isTag: false)
            }
        }
        while let line = try cursor.pop() { try check(line, isTag: false) }
        return found
    }

    private func tellUnlisted(_ entry: PayloadWalk.Entry) {
        let isUnfinished = entry.path.hasSuffix(OutputFile.partialSuffix)
        state.add(
            entry.path, .unlisted,
            isUnfinished ? "left unfinished by a run that ended early" : "the manifest does not list it")
    }

    /// A file that a manifest lists: there or not.
    private func check(_ line: ManifestLine, isTag: Bool) throws {
        guard let stamp = FileStamp(full(line.path), followsLinks: false) else {
            return state.add(line.path, .missing, "the \(isTag ? "tag " : "")manifest lists it")
        }
        guard stamp.isRegular else { return state.add(line.path, .unreadable, "it is no file") }
        guard isTag || line.path.hasPrefix(BatchLayout.payloadFolder + "/") else {
            return state.add(line.path, .unreadable, "a manifest may list files in \(BatchLayout.payloadFolder) only")
        }
        guard let hash = try state.hash(full(line.path), as: line.path) else { return }
        let isSame = hash == line.hash
        if !isSame { state.add(line.path, .altered, "its SHA-256 is not the manifest's") }
        guard !isTag, ArchiveNames.isResult(line.path) else {
            if isSame { state.add(line.path, .intact) }
            return
        }
        let archived = ArchivedResultAudit(folder: folder, path: line.path, options: options, state: state)
        if try archived.check(hash: hash, bytes: stamp.bytes), isSame { state.add(line.path, .intact) }
    }
}
