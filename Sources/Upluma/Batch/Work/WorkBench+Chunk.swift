import Foundation
import Synchronization
import UplumaMedia

extension WorkBench {
    /// Makes the frames of a chunk, or goes on with them.
    func make(_ chunk: BatchChunk, of count: Int, in file: BatchFile) throws {
        hooks.meter.show(
            .enlarging, file: file.source, chunk: chunk.number + 1, chunks: count,
            frames: frames(of: chunk, count, file))
        let session = try opened(file)
        guard matches(session.source.plan, file) else {
            leave(file)
            hooks.tell(
                .note(
                    "\"\(file.source)\" was begun on another processor, whose pictures this one would not make: left alone."
                ))
            return try ledger.release(.chunk(file, chunk, of: count), by: settings.id)
        }
        let path = layout.part(file: file.id, chunk: chunk.number)
        let identity = try JobIdentity(session.source.plan).text + " \(chunk.start ?? .min) \(chunk.end ?? .max)"
        // Chunks that were opened again are made anew from their first frame.
        if chunk.frames == 0, chunk.attempts > 0 { unlink(path) }
        let state = Mutex(chunk)
        var control = ChunkRun.Control()
        control.gate = hooks.gate
        control.isToFinish = hooks.isToFinish
        control.progress = { [meter = hooks.meter] in meter.advance(to: $0, isMade: true) }
        control.checkpoint = { [ledger, settings] checkpoint in
            let now = state.withLock { chunk in
                (chunk.frames, chunk.seconds) = (checkpoint.frames, checkpoint.seconds)
                return chunk
            }
            // The end is told with its hash.
            if !checkpoint.isEnd { try ledger.checkpoint(now, by: settings.id) }
        }
        let run = try ChunkRun(
            session.source, ChunkRun.Span(start: chunk.start, end: chunk.end), identity: identity, path: path,
            notes: session.notes, control: control)
        hooks.meter.begin(at: run.begun.frames)
        let last = try run.run { hooks.willStart($0) }
        guard last.isEnd else { return try ledger.release(.chunk(file, chunk, of: count), by: settings.id) }
        var done = chunk
        (done.frames, done.seconds) = (last.frames, last.seconds)
        done.bytes = FileStamp(path)?.bytes ?? 0
        done.hash = try ContentHash.ofFile(path, isCancelled: hooks.isCancelled)
        try ledger.finish(done, by: settings.id)
    }

    /// About how many frames a chunk has.
    private func frames(of chunk: BatchChunk, _ count: Int, _ file: BatchFile) -> Int? {
        guard let frames = file.survey?.frames else { return nil }
        guard count > 1, let seconds = file.survey?.seconds, seconds > 0 else { return frames }
        let whole = Double(limits.chunkSeconds)
        let length = chunk.number == count - 1 ? seconds - whole * Double(count - 1) : whole
        return Int((Double(frames) * length / seconds).rounded())
    }
}
