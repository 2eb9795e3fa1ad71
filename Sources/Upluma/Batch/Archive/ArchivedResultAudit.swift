import Foundation
import UplumaMedia

/// Checks a result of an archive against its record, its checksums and itself.
struct ArchivedResultAudit {
    /// Of the bag.
    let folder: String
    /// Of the result, from there.
    let path: String
    let options: BatchAuditOptions
    let state: AuditState

    /// - Parameters:
    ///   - hash: the result's SHA-256, just worked out.
    ///   - bytes: its size.
    /// - Returns: whether all is well; what is not has been said.
    /// - Throws: only when cancelled.
    func check(hash: String, bytes: Int64) throws -> Bool {
        let names = ArchiveNames(result: path)
        guard FileStamp(full(names.record)) != nil else {
            // The manifest lists the records there were.
            return fails(names.record, .missing, "nothing is said of \(path) but its hash")
        }
        let record: ArchiveRecord
        do {
            record = try ArchiveRecord.read(full(names.record))
        } catch {
            return fails(names.record, .unreadable, UplumaError(any: error).message)
        }
        var isWell = true
        if !record.result.name.isSameName(as: ArchiveNames.base(path)) {
            isWell = fails(names.record, .contradicted, "it speaks of \(record.result.name)")
        } else if record.result.sha256 != hash {
            let size =
                record.result.bytes == bytes ? "" : ", and its size, \(bytes) bytes, is not \(record.result.bytes)"
            isWell = fails(path, .altered, "its SHA-256 is not the one in its record" + size)
        }
        let lists = [
            (names.sourceChecksums, record.source.frameChecksums),
            (names.resultChecksums, record.result.frameChecksums),
        ]
        for (list, known) in lists { isWell = try check(list, known) && isWell }
        if options.decodes { isWell = try decode(names.resultChecksums) && isWell }
        if options.checksSources { isWell = try check(source: record.source) && isWell }
        return isWell
    }

    private func full(_ path: String) -> String { folder + "/" + path }

    private func fails(_ path: String, _ verdict: AuditVerdict, _ message: String) -> Bool {
        state.add(path, verdict, message)
        return false
    }

    private func check(_ list: String, _ known: ArchiveRecord.Checksums) throws -> Bool {
        guard known.name.isSameName(as: ArchiveNames.base(list)) else {
            return fails(list, .contradicted, "the record names \(known.name)")
        }
        guard FileStamp(full(list)) != nil else { return fails(list, .missing, "the record of \(path) names it") }
        guard let hash = try? ContentHash.ofFile(full(list), isCancelled: state.isCancelled) else {
            try state.checkCancelled()
            return fails(list, .unreadable, "its bytes cannot be read")
        }
        return hash == known.sha256 || fails(list, .contradicted, "its SHA-256 is not the one in the record of \(path)")
    }

    private func decode(_ list: String) throws -> Bool {
        guard FileStamp(full(list)) != nil else { return false }
        do {
            let comparison = try FrameChecksums.compare(
                full(path), with: full(list), threads: options.threads ?? 0, isCancelled: state.isCancelled
            ) { _ in state.countFrame() }
            state.countDecoded()
            var isWell = true
            let isProtected = comparison.findings.ffv1?.isProtected ?? false
            if !isProtected || !comparison.findings.isWhole {
                isWell = fails(path, .damaged, AuditWords.damage(comparison.findings))
            }
            if !comparison.isSame {
                isWell = fails(path, .contradicted, "\(ArchiveNames.base(list)): " + AuditWords.difference(comparison))
            }
            return isWell
        } catch {
            try state.checkCancelled()
            return fails(path, .damaged, UplumaError(any: error).message)
        }
    }

    private func check(source: ArchiveRecord.File) throws -> Bool {
        guard let place = source.path, let stamp = FileStamp(place) else {
            state.note("The source of \(path), \(source.path ?? source.name), is no longer where it was.")
            return true
        }
        guard stamp.bytes == source.bytes else {
            return fails(place, .altered, "the source of \(path) has \(stamp.bytes) bytes, not \(source.bytes)")
        }
        guard let hash = try state.hash(place, as: place) else { return false }
        guard hash == source.sha256 else {
            return fails(place, .altered, "the SHA-256 of the source of \(path) is another")
        }
        state.add(place, .intact)
        return true
    }
}
