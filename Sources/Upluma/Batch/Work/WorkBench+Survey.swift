import Foundation
import UplumaMedia

extension WorkBench {
    /// Opens a file, leaves it out where the options say so, and draws up its chunks.
    func survey(_ file: BatchFile) throws {
        hooks.meter.show(.opening, file: file.source)
        let notes = RunNotes(tell: { _ in })
        let session = try opened(file, notes)
        let plan = session.source.plan
        let (facts, video) = (plan.source.facts, plan.source.facts.video)
        let seconds = video.duration ?? facts.duration
        let survey = BatchSurvey(
            codec: video.codec, width: video.width, height: video.height, targetWidth: plan.upscaler.target.width,
            targetHeight: plan.upscaler.target.height, seconds: seconds, frames: plan.expectedFrames,
            memoryBytes: memory(plan), isSequential: !session.source.entersAnywhere, execution: plan.upscaler.runs,
            assumptions: plan.assumptions.map(\.message), notes: notes.take())
        if let refusal = try selection.refusal(
            codec: video.codec, width: video.width, height: video.height, seconds: seconds) ?? refusal(file)
        {
            leave(file)
            try ledger.skip(file, reason: refusal, survey: survey, by: settings.id)
            hooks.tell(.ended(file.id))
            return
        }
        // The number of slices depends on the size of the result, which is known now.
        if layout.isArchive { leave(file) }
        try ledger.finish(
            survey: survey, chunks: chunks(of: file, plan.source, seconds: seconds), of: file, by: settings.id)
    }

    /// Why a file is not done though it could be: something that this batch did not make stands in its place.
    private func refusal(_ file: BatchFile) throws -> String? {
        let path = layout.result(of: file)
        guard !options.overwrite, let there = FileStamp(path) else { return nil }
        if let known = try ledger.madeResult(file.output), known.bytes == there.bytes { return nil }
        return "\"\(path)\" exists already and was not made by this batch. Move it away, or give --overwrite."
    }

    private func memory(_ plan: UpscalePlan) -> Int64 {
        let target = plan.upscaler.target
        return MemoryEstimate.bytes(
            plan.memory, sourceFrameBytes: plan.upscaler.source.frameBytes,
            targetFrameBytes: plan.upscaler.targetFrameBytes, targetPixels: target.width * target.height,
            encoder: plan.encoder.name, preset: plan.options.encoder.preset)
    }

    /// Parts of equal length; the last has whatever comes.
    private func chunks(of file: BatchFile, _ source: MediaSource, seconds: Double?) -> [BatchChunk] {
        let length = limits.chunkSeconds
        guard let seconds, length > 0, seconds > Double(length) else {
            return [BatchChunk(file: file.id, number: 0, start: nil, end: nil)]
        }
        // A rest of less than half a chunk is no chunk of its own.
        let count = max(1, Int((seconds / Double(length)).rounded()))
        let places = (1..<max(count, 1)).map { source.pts(atSeconds: Double($0 * length)) }
        return (0..<count).map { number in
            BatchChunk(
                file: file.id, number: number, start: number == 0 ? nil : places[number - 1],
                end: number == count - 1 ? nil : places[number])
        }
    }
}
