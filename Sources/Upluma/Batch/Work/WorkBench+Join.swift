import Foundation
import UplumaMedia

extension WorkBench {
    /// Makes a file's result of its chunks: checks them, muxes them with the source's other streams, compares, hashes, names.
    func join(_ file: BatchFile, _ chunks: [BatchChunk]) throws {
        let result = layout.result(of: file)
        hooks.meter.show(.joining, file: file.source, frames: chunks.reduce(0) { $0 + $1.frames })
        leave(file)
        // A worker that died behind the naming left everything but the last word.
        if let outcome = file.result, try isThere(result, outcome) {
            return try finish(file, outcome, chunks)
        }
        try FolderMaking.make((result as NSString).deletingLastPathComponent)
        guard let parts = try intact(chunks, of: file) else { return }
        try checkPlace(result, of: file)

        let notes = RunNotes(tell: { _ in })
        let report: @Sendable (JobEvent) -> Void = { [meter = hooks.meter] event in
            switch event {
            case .note(let note): notes.add(note)
            case .progress(let progress): meter.advance(to: progress.frame, isMade: false)
            case .assumption, .plan, .verified: break
            }
        }
        let plan = try UpscalePlan(jobOptions(file), report: { _ in }, isCancelled: hooks.isCancelled)
        guard matches(plan, file) else { return try ledger.release(.join(file, chunks), by: settings.id) }
        let packets = try JoinedPackets(parts, as: SpoolHeader(identity: "", encoder: plan.encoder))
        let (started, made, pieces) = (ProcessInfo.processInfo.systemUptime, packets.seconds, packets.notes)
        let damage = DamageSummary(places: 0, concealed: packets.concealed, repeated: packets.repeated)
        let job = try UpscalePreparation(plan, report: report)
        do {
            let frames = try JoinRun(job, packets, report: report, isCancelled: hooks.isCancelled).run()
            var verification: VerificationReport?
            if options.verifies {
                hooks.meter.show(.verifying, file: file.source, frames: 2 * frames)
                verification = try UpscaleVerification.compare(job, isCancelled: hooks.isCancelled) {
                    [meter = hooks.meter] in meter.advance(to: $0, isMade: false)
                }
                verification?.result = result
                if let verification, !verification.passed {
                    throw UplumaError(.badInput, UpscaleVerification.sentence(verification, source: file.source))
                }
            }
            let partial = job.output.writePath
            let known = Set(file.survey?.assumptions ?? [])
            let sentences =
                (file.survey?.notes ?? []) + pieces + notes.take() + [damage.batchSentence].compactMap { $0 }
            var seen: Set<String> = []
            var outcome = BatchOutcome(
                frames: frames, outputBytes: FileStamp(partial)?.bytes ?? 0,
                hash: try ContentHash.ofFile(partial, isCancelled: hooks.isCancelled), seconds: 0,
                warnings: sentences.filter { !known.contains($0) && seen.insert($0).inserted },
                verification: verification)
            outcome.seconds = made + ProcessInfo.processInfo.systemUptime - started
            if layout.isArchive { try record(file, plan, partial, outcome) }
            try ledger.aboutToName(file, outcome: outcome, by: settings.id)
            try job.output.commit()
            try finish(file, outcome, chunks)
        } catch {
            job.output.discard(isBegun: true)
            throw error
        }
    }

    /// Whether a result stands as it was about to be named.
    private func isThere(_ path: String, _ outcome: BatchOutcome) throws -> Bool {
        guard let there = FileStamp(path), there.bytes == outcome.outputBytes else { return false }
        return try ContentHash.ofFile(path, isCancelled: hooks.isCancelled) == outcome.hash
    }

    /// What stands in a result's place must be this batch's own.
    private func checkPlace(_ path: String, of file: BatchFile) throws {
        guard !options.overwrite, FileStamp(path) != nil else { return }
        if let known = try ledger.madeResult(file.output),
            try ContentHash.ofFile(path, isCancelled: hooks.isCancelled) == known.hash
        {
            return
        }
        throw UplumaError(
            .usage,
            "\"\(path)\" exists already and was not made by this batch. Move it away, or give --overwrite.")
    }

    /// The chunks' coded pictures; nil when some have to be made again, which the ledger then knows.
    private func intact(_ chunks: [BatchChunk], of file: BatchFile) throws -> [SpoolReader]? {
        var (parts, lost): ([SpoolReader], [Int]) = ([], [])
        for chunk in chunks {
            let path = layout.part(file: file.id, chunk: chunk.number)
            guard let reader = try SpoolReader(path: path, isCancelled: hooks.isCancelled), reader.last.isEnd,
                reader.last.frames == chunk.frames,
                try ContentHash.ofFile(path, isCancelled: hooks.isCancelled) == chunk.hash
            else {
                lost.append(chunk.number)
                continue
            }
            parts.append(reader)
        }
        guard !lost.isEmpty else { return parts }
        for number in lost { unlink(layout.part(file: file.id, chunk: number)) }
        let words = lost.count == 1 ? "chunk \(lost[0] + 1)" : "\(lost.count) chunks"
        let reason = "The coded pictures of \(words) are lost or damaged on the disk, and are made again."
        switch try ledger.reopen(lost, of: file, reason: reason, limit: settings.attempts, by: settings.id) {
        case .quarantined: hooks.tell(.ended(file.id))
        case .willRetry(let attempt):
            hooks.tell(.willRetry(source: file.source, reason: reason, attempt: attempt, of: settings.attempts))
        }
        return nil
    }

    /// Checksums of frames and the record, beside the result and before it.
    private func record(_ file: BatchFile, _ plan: UpscalePlan, _ partial: String, _ outcome: BatchOutcome) throws {
        let work = ArchiveWork(
            file: file, options: jobOptions(file), layout: layout, joined: partial, outcome: outcome,
            model: try plan.modelName.map { try ArchiveRecord.Maker(model: $0) },
            downscaler: try options.downscaler.map { try ArchiveRecord.Maker(downscaler: $0) })
        hooks.meter.show(.verifying, file: file.source, frames: 2 * outcome.frames)
        try work.finish(threads: settings.threads, isCancelled: hooks.isCancelled) { [meter = hooks.meter] in
            meter.advance(to: $0, isMade: false)
        }
    }

    private func finish(_ file: BatchFile, _ outcome: BatchOutcome, _ chunks: [BatchChunk]) throws {
        let remark = BatchLooks(layout: layout, file: file.id).make(
            source: file.source, result: layout.result(of: file), deinterlacing: options.deinterlacing,
            threads: settings.threads, isCancelled: hooks.isCancelled)
        if let remark { hooks.tell(.note(remark)) }
        try ledger.finish(file, outcome: outcome, by: settings.id)
        BatchParts.remove(of: file.id, chunks: chunks.count, layout)
        hooks.tell(.ended(file.id))
    }
}

extension DamageSummary {
    /// "2 frames are concealed, 1 is repeated where the source is damaged."; nil when nothing was.
    fileprivate var batchSentence: String? {
        guard concealed + repeated > 0 else { return nil }
        return "Where the source is damaged, \(concealed) frames are concealed and \(repeated) repeated."
    }
}
