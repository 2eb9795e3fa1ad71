import Foundation
import UplumaMedia

/// What is made beside a result of an archive before it gets its name: the checksums of the frames of source and result, and
/// the record.
///
/// The result's own name comes last, by whoever calls: where it stands, all of this stands, too. After a crash at any point
/// there is no such name, and everything is made anew over whatever was left.
package struct ArchiveWork: Sendable {
    /// As the ledger has it, opened: with its survey.
    package var file: BatchFile
    /// With which the result was made.
    package var options: UpscaleOptions
    package var layout: BatchLayout
    /// The complete result under another name than its own.
    package var joined: String
    /// With the SHA-256 of `joined`.
    package var outcome: BatchOutcome
    /// Nil where nothing enlarged.
    package var model: ArchiveRecord.Maker?
    /// Nil where nothing reduced.
    package var downscaler: ArchiveRecord.Maker?

    package init(
        file: BatchFile, options: UpscaleOptions, layout: BatchLayout, joined: String, outcome: BatchOutcome,
        model: ArchiveRecord.Maker?, downscaler: ArchiveRecord.Maker? = nil
    ) {
        (self.file, self.options, self.layout, self.joined) = (file, options, layout, joined)
        (self.outcome, self.model, self.downscaler) = (outcome, model, downscaler)
    }

    private typealias Reading = (findings: FrameChecksums.Findings, hash: String)

    private var names: ArchiveNames { ArchiveNames(result: layout.result(of: file)) }

    /// Makes and names the files beside the result; the result itself is to be named next.
    ///
    /// - Parameters:
    ///   - threads: of the decoders; 0 is all.
    ///   - isCancelled: asked between packets and pieces.
    ///   - progress: called with the number of frames read, of both files together.
    /// - Returns: the record as it was written.
    /// - Throws: `UplumaError`: `badInput` when the source is no longer what was listed, or the result cannot be read back
    ///   whole, `inputOutput`, `cannotCreate`, or `interrupted`.
    @discardableResult
    package func finish(
        threads: Int = 0, isCancelled: @escaping @Sendable () -> Bool = { false }, progress: (Int) -> Void = { _ in }
    ) throws -> ArchiveRecord {
        do {
            let record = try make(threads: threads, isCancelled: isCancelled, progress: progress)
            try WholeFile.write(record.json(), to: OutputFile.partialPath(for: names.record))
            try WholeFile.name(names.beside)
            return record
        } catch {
            throw UplumaError(any: error)
        }
    }

    private func make(
        threads: Int, isCancelled: @escaping @Sendable () -> Bool, progress: (Int) -> Void
    ) throws -> ArchiveRecord {
        let stamp = try checkedStamp()
        let sourceFacts = try MediaSource(path: file.source, isCancelled: isCancelled).facts
        let sourceHash = try ContentHash.ofFile(file.source, isCancelled: isCancelled)
        let hashed = Date()
        let before = try FrameChecksums.write(
            of: file.source, to: OutputFile.partialPath(for: names.sourceChecksums), threads: threads,
            isCancelled: isCancelled, progress: progress)
        let sourceRead = Date()
        _ = try checkedStamp()
        let after = try FrameChecksums.write(
            of: joined, to: OutputFile.partialPath(for: names.resultChecksums), threads: threads,
            isCancelled: isCancelled, progress: { progress(before.findings.frames + $0) })
        let coding = try checked(after.findings)
        let source = ArchiveRecord.File(
            name: ArchiveNames.base(file.source), path: file.source, bytes: stamp.bytes, sha256: sourceHash,
            modified: stamp.date, facts: ArchiveRecord.Facts(sourceFacts),
            frameChecksums: checksums(names.sourceChecksums, before))
        let result = ArchiveRecord.File(
            name: ArchiveNames.base(names.result), path: nil, bytes: outcome.outputBytes, sha256: outcome.hash,
            modified: nil, facts: ArchiveRecord.Facts(try MediaSource(path: joined).facts),
            frameChecksums: checksums(names.resultChecksums, after))
        let agents = PremisAgent.all
        let history = ArchiveHistory(
            source: source, result: result, coding: coding, verification: outcome.verification, agents: agents)
        return ArchiveRecord(
            format: ArchiveRecord.currentFormat,
            statement: ArchiveRecord.statement(source: source.name, result: result.name),
            processor: ProcessorName.current, execution: file.survey?.execution ?? [], model: model,
            downscaler: downscaler, options: options, source: source, result: result, coding: coding,
            workSeconds: outcome.seconds, assumptions: file.survey?.assumptions ?? [], notes: outcome.warnings,
            verification: outcome.verification, agents: agents,
            events: try history.events(
                sourceHashed: hashed, sourceRead: sourceRead, resultMade: outcome.finished, resultRead: Date(),
                making: making))
    }

    /// How the result was made, in a sentence.
    private var making: String {
        let makers = [model?.name, downscaler?.name].compactMap { $0 }.joined(separator: ", then ")
        let weights = ([model, downscaler].compactMap { $0 }).flatMap(\.weights).map(\.sha256)
        return "Luma made \(options.scale) times as large by \(makers.isEmpty ? "nothing" : makers), chroma by "
            + "\(options.chromaFilter)"
            + (weights.isEmpty
                ? ""
                : "; SHA-256 of the weights: "
                    + weights.joined(separator: ", ")) + ". Options, processor and execution are in this record."
    }

    private func checksums(_ path: String, _ reading: Reading) -> ArchiveRecord.Checksums {
        ArchiveRecord.Checksums(
            name: ArchiveNames.base(path), sha256: reading.hash, frames: reading.findings.frames,
            complaints: reading.findings.complaintCount)
    }

    /// - Throws: `UplumaError` when the source is not as it was listed.
    private func checkedStamp() throws -> FileStamp {
        guard let stamp = FileStamp(file.source) else {
            throw UplumaError(.noInput, "\"\(file.source)\" is no longer there.")
        }
        guard stamp.bytes == file.sourceBytes, stamp.changed == file.sourceChanged else {
            throw UplumaError(
                .badInput,
                "\"\(file.source)\" was changed after its result was made. Run the batch again to have it redone.")
        }
        return stamp
    }

    /// - Throws: `UplumaError` when the result is not what an archive holds.
    private func checked(_ findings: FrameChecksums.Findings) throws -> ArchiveRecord.Coding {
        guard let ffv1 = findings.ffv1, let version = ffv1.version, version >= 3 else {
            throw UplumaError(.internal, "The result \"\(joined)\" is not FFV1 version 3, which an archive holds.")
        }
        guard ffv1.isProtected, findings.isWhole, findings.frames == outcome.frames else {
            let what =
                ffv1.isProtected && findings.isWhole
                ? "it has \(findings.frames) frames of \(outcome.frames)" : AuditWords.damage(findings)
            throw UplumaError(
                .inputOutput, "The result \"\(joined)\" cannot be read back whole: \(what). Check disk and memory.")
        }
        return ArchiveRecord.Coding(codec: "ffv1", version: version, slices: ffv1.slices)
    }
}
