import UplumaMedia

/// A plan with its output begun: everything of a job that can fail before the first picture is decoded, done, up to the
/// output's header.
struct UpscalePreparation {
    let plan: UpscalePlan
    let decoder: VideoDecoder
    let writer: MediaWriter
    let output: OutputFile

    var source: MediaSource { plan.source }
    var deinterlacer: Deinterlacer? { plan.deinterlacer }
    var upscaler: FrameUpscaler { plan.upscaler }
    var encoder: VideoEncoder { plan.encoder }
    var excerpt: Excerpt { plan.excerpt }
    var memory: MemoryPlan { plan.memory }
    var expectedFrames: Int? { plan.expectedFrames }

    /// - Parameters:
    ///   - plan: not carried out yet.
    ///   - reserved: the output, where it was reserved already.
    ///   - report: receives plan and notes.
    /// - Throws: `UplumaError` or `MediaError`; nothing is left behind then.
    init(
        _ plan: UpscalePlan, output reserved: OutputFile? = nil, report: @escaping @Sendable (JobEvent) -> Void
    ) throws {
        let note: @Sendable (String) -> Void = { report(.note($0)) }
        let options = plan.options
        self.plan = plan
        output =
            try reserved
            ?? OutputFile(path: options.output, input: options.input, overwrite: options.overwrite)
        do {
            if options.verifies { try UpscaleVerification.check(plan, output) }
            decoder = try VideoDecoder(plan.source, threads: options.threads ?? 0, notes: note)
            writer = try MediaWriter(
                path: output.writePath, container: plan.container, source: plan.source, encoder: plan.encoder,
                span: plan.excerpt.span, plan: plan.streams, maker: plan.tag?.text, notes: note)
            plan.source.keepOnly(streams: writer.copiedStreams)
            try plan.excerpt.seek(plan.source)
            output.notes.forEach(note)
            try writer.start()
        } catch {
            output.discard(isBegun: false)
            throw error
        }
        plan.describe(report)
    }
}
