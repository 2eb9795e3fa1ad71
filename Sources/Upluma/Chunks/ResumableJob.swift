import Foundation
import Synchronization
import UplumaMedia
import UplumaNetworks
import UplumaPipeline

/// `upscale --resume`: one file made in steps that survive whatever happens, by the machinery of a batch.
///
/// The coded pictures grow in `OUTPUT.resume`; when all are there, the result is made of them and of the source's other
/// streams, and they are removed. The same command goes on where an earlier one was broken off, and ends in the same bytes.
struct ResumableJob {
    /// The suffix of the file that coded pictures are kept in.
    static let suffix = ".resume"

    private let options: UpscaleOptions
    private let downscalers: [Downscaler]
    private let report: @Sendable (JobEvent) -> Void
    private let isCancelled: @Sendable () -> Bool
    private let willStart: (StageGroup) -> Void

    init(
        _ options: UpscaleOptions, downscalers: [Downscaler], report: @escaping @Sendable (JobEvent) -> Void,
        isCancelled: @escaping @Sendable () -> Bool, willStart: @escaping (StageGroup) -> Void
    ) {
        var options = options
        options.encoder.isSteady = true
        self.options = options
        self.downscalers = downscalers
        (self.report, self.isCancelled, self.willStart) = (report, isCancelled, willStart)
    }

    /// - Throws: `UplumaError` or `MediaError`.
    func run() throws -> UpscaleSummary {
        let started = ProcessInfo.processInfo.systemUptime
        let output = try OutputFile(path: options.output, input: options.input, overwrite: options.overwrite)
        guard case .file(let path, _) = output.destination, options.input != OutputFile.standardStream else {
            throw UplumaError(
                .usage, "--resume reads the input again and keeps what is done beside the output: both must be files.")
        }
        let spool = ResumableJob.spoolPath(for: path)
        do {
            let plan = try UpscalePlan(options, downscalers: downscalers, report: report, isCancelled: isCancelled)
            if options.verifies { try UpscaleVerification.check(plan, output) }
            guard plan.source.facts.isSeekable else {
                throw UplumaError(.usage, "--resume reads the input again, which a pipe does not allow. Name a file.")
            }
            let fields = try makePictures(plan, spool: spool)
            let summary = try join(output: output, spool: spool, fields)
            unlink(spool)
            return with(summary, seconds: ProcessInfo.processInfo.systemUptime - started)
        } catch {
            output.discard(isBegun: true)
            throw explained(UplumaError(any: error), spool)
        }
    }

    /// The file that coded pictures are kept in: the output's name with the suffix, shortened where file systems would refuse
    /// it.
    static func spoolPath(for path: String) -> String {
        let partial = OutputFile.partialPath(for: path)
        return String(partial.dropLast(OutputFile.partialSuffix.count)) + suffix
    }

    private func makePictures(_ plan: UpscalePlan, spool: String) throws -> FieldTreatment {
        let notes = RunNotes(tell: { [report] in report(.note($0)) })
        let source = ChunkSource(plan, notes: notes, isCancelled: isCancelled)
        let meter = Mutex(ProgressMeter(frames: plan.expectedFrames, startingAt: ProcessInfo.processInfo.systemUptime))
        var control = ChunkRun.Control()
        control.gate = { [isCancelled] in
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
        }
        control.progress = { [report] frame in
            let now = ProcessInfo.processInfo.systemUptime
            report(.progress(meter.withLock { $0.update(frame: frame, outputBytes: 0, at: now) }))
        }
        let run = try ChunkRun(
            source, ChunkRun.Span(start: plan.excerpt.firstPTS, end: plan.excerpt.endPTS),
            identity: JobIdentity(plan).text, path: spool, notes: notes, control: control)
        plan.describe(report)
        if run.replacedAnother {
            report(.note("\"\(spool)\" is of another input or other options: everything is made anew."))
        } else if run.begun.frames > 0 {
            report(.note("\(run.begun.frames) frames are there already in \"\(spool)\": going on behind them."))
        }
        plan.assumptions.forEach { report(.assumption($0.message)) }
        _ = try run.run(willStart: willStart)
        return plan.fields
    }

    private func join(output: OutputFile, spool: String, _ fields: FieldTreatment) throws -> UpscaleSummary {
        // The source is read once more, from its beginning; what was found and told of it stands.
        let plan = try UpscalePlan(
            options, downscalers: downscalers, fields: fields, report: { _ in }, isCancelled: isCancelled)
        guard let reader = try SpoolReader(path: spool, isCancelled: isCancelled), reader.last.isEnd else {
            throw UplumaError(.inputOutput, "\"\(spool)\" cannot be read any more. Check the disk.")
        }
        let packets = try JoinedPackets([reader], as: SpoolHeader(identity: "", encoder: plan.encoder))
        let prepared = try UpscalePreparation(plan, output: output) { [report] event in
            // Sizes and formats were told before.
            if case .note = event { report(event) }
        }
        let frames = try JoinRun(prepared, packets, report: report, isCancelled: isCancelled).run()
        if options.verifies { try UpscaleVerification.run(prepared, report: report, isCancelled: isCancelled) }
        try output.commit()
        let bytes = prepared.writer.bytesWritten
        let damage = DamageSummary(
            places: prepared.source.damage.counts.places, concealed: packets.concealed, repeated: packets.repeated)
        return UpscaleSummary(
            output: output.name, frames: frames, damage: damage, seconds: 0, outputBytes: bytes,
            progress: JobProgress(frame: frames, frames: frames, fps: 0, etaSeconds: 0, outputBytes: bytes))
    }

    private func with(_ summary: UpscaleSummary, seconds: Double) -> UpscaleSummary {
        var summary = summary
        summary.seconds = seconds
        summary.progress.fps = summary.fps
        return summary
    }

    /// Says what is kept, and how to go on.
    private func explained(_ error: UplumaError, _ spool: String) -> UplumaError {
        guard let frames = try? SpoolReader(path: spool)?.last.frames, frames > 0 else { return error }
        return UplumaError(
            error.kind,
            error.message + " \(frames) frames are kept in \"\(spool)\": the same command goes on behind them.")
    }
}
