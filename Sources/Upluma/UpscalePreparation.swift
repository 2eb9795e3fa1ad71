import Foundation
import UplumaFrames
import UplumaMedia
import UplumaNetworks
import UplumaResampling

/// Everything of a job that can fail before the first picture is decoded, done: names looked up, files opened and
/// checked, formats settled, the output's header written.
struct UpscalePreparation {
    let source: MediaSource
    let decoder: VideoDecoder
    /// Nil when fields are kept.
    let deinterlacer: Deinterlacer?
    let upscaler: FrameUpscaler
    let encoder: VideoEncoder
    let writer: MediaWriter
    let output: OutputFile
    let excerpt: Excerpt
    let memory: MemoryPlan
    /// Name of what enlarges luma.
    private let modelName: String

    /// Frames that will come, when the source tells.
    let expectedFrames: Int?

    /// - Parameters:
    ///   - report: receives what was decided, as plan and notes.
    ///   - isCancelled: asked while reading blocks.
    /// - Throws: `UplumaError`, `MediaError` or `ModelError`; nothing is left behind then.
    init(
        _ options: UpscaleOptions, report: @escaping @Sendable (JobEvent) -> Void,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws {
        let note: @Sendable (String) -> Void = { report(.note($0)) }
        guard UpscaleOptions.supportedScales.contains(options.scale) else {
            let known = UpscaleOptions.supportedScales.map(String.init).joined(separator: ", ")
            throw UplumaError(.usage, "A scale of \(options.scale) is not supported. Give one of \(known).")
        }
        if let threads = options.threads, !UpscaleOptions.threadRange.contains(threads) {
            throw UplumaError(
                .usage,
                "\(threads) threads are not possible. Give \(UpscaleOptions.threadRange.lowerBound) to "
                    + "\(UpscaleOptions.threadRange.upperBound).")
        }
        // A name is looked up before anything is opened, so that a mistake in it is told at once.
        let named =
            options.model == UpscaleOptions.automaticModel ? nil : try ModelCatalog.model(options.model).load()
        let chromaFilter = try UpscalePreparation.chromaFilter(options.chromaFilter)
        let execution = try Execution(backend: options.backend, precision: options.precision)
        let settings = EncoderSettings(
            name: options.encoder.name, crf: options.encoder.crf, preset: options.encoder.preset,
            options: options.encoder.options, threads: options.threads ?? 0)
        let container = try MediaContainer(outputName: options.output)
        let choice = try EncoderChoice(settings, container: container)
        let requestedFormat = try options.pixelFormat.map(EncoderChoice.pictureFormat)

        source = try MediaSource(path: options.input, notes: note, isCancelled: isCancelled)
        let video = source.facts.video
        let model = try named ?? UpscalePreparation.chosenModel(for: source.facts, report, isCancelled)
        modelName = model.model.name
        excerpt = try Excerpt(start: options.start, duration: options.duration, of: source)
        let negotiated = try choice.negotiate(requestedFormat ?? video.format, range: video.color.range)
        negotiated.note.map(note)

        upscaler = try FrameUpscaler(
            scale: options.scale, model: model, chromaFilter: chromaFilter,
            source: FrameUpscaler.Picture(format: video.format, width: video.width, height: video.height),
            color: video.color, targetFormat: negotiated.format,
            sizeMultiple: choice.sizeMultiple(negotiated.format), execution: execution)
        upscaler.notes.forEach(note)
        deinterlacer = try options.deinterlacing.mode.map { try Deinterlacer($0, video, notes: note) }
        if deinterlacer == nil, video.fieldOrder.isInterlaced {
            note("The source is interlaced, and its fields are enlarged as they are: moving edges will show combs.")
        }

        output = try OutputFile(path: options.output, input: options.input, overwrite: options.overwrite)
        do {
            decoder = try VideoDecoder(source, threads: options.threads ?? 0, notes: note)
            let target = upscaler.target
            encoder = try VideoEncoder(
                choice, settings: settings,
                picture: OutputPicture(
                    width: target.width, height: target.height, format: target.format, color: video.color,
                    sampleAspect: video.sampleAspect, timeBase: video.timeBase,
                    frameRate: deinterlacer.map(\.frameRate) ?? video.frameRate),
                container: container)
            writer = try MediaWriter(
                path: output.writePath, container: container, source: source, encoder: encoder, span: excerpt.span,
                onRefusal: options.incompatibleStreams == .drop ? .leaveOut : .fail, notes: note)
            source.keepOnly(streams: writer.copiedStreams)
            try excerpt.seek(source)
            output.notes.forEach(note)
            try writer.start()
        } catch {
            output.discard(isBegun: false)
            throw error
        }
        let threads = min(
            options.threads ?? ProcessInfo.processInfo.activeProcessorCount, UpscaleOptions.threadRange.upperBound)
        let share =
            (excerpt.share(of: video.duration ?? source.facts.duration) ?? 1)
            * (deinterlacer?.mode.share.doubleValue ?? 1)
        expectedFrames = video.frameCount.map { Int((Double($0) * share).rounded(.up)) }
        let upscaler = upscaler
        memory = MemoryPlan(
            threads: threads,
            frames: expectedFrames,
            weights: MemoryPlan.Weights(
                sourceFrameBytes: upscaler.source.frameBytes, targetFrameBytes: upscaler.targetFrameBytes,
                workerBytes: { upscaler.workspaceByteCount(threads: $0) },
                heldFrames: deinterlacer?.mode.heldFrames ?? 0))
        describePlan(options, report)
    }

    /// The model of `--model auto`, the choice told.
    private static func chosenModel(
        for facts: MediaFacts, _ report: (JobEvent) -> Void, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws -> LoadedModel {
        let choice = try ModelChoice(for: facts, isCancelled: isCancelled)
        report(choice.isNotable ? .note(choice.reason) : .plan(choice.reason))
        return try ModelCatalog.model(choice.model).load()
    }

    private static func chromaFilter(_ name: String) throws -> ResampleFilter {
        guard let filter = ResampleFilter(named: name) else {
            let known = ResampleFilter.allCases.map(\.name).joined(separator: ", ")
            throw UplumaError(.usage, "There is no filter \"\(name)\" for --chroma. Give one of \(known).")
        }
        return filter
    }

    private func describePlan(_ options: UpscaleOptions, _ report: (JobEvent) -> Void) {
        let video = source.facts.video
        let (from, to) = (upscaler.source, upscaler.target)
        report(
            .plan("\(video.codec) \(from.width)×\(from.height) \(from.format) to \(to.width)×\(to.height) \(to.format)")
        )
        report(.plan("luma by \(modelName), chroma by \(options.chromaFilter), encoder \(encoder.name)"))
        upscaler.runs.forEach { report(.plan($0)) }
        if video.color.range == .unspecified { report(.plan("the source does not say its range: taken as limited")) }
        if video.color.chromaLocation == .unspecified && from.format.chroma != .gray && from.format.chroma != .yuv444 {
            report(.plan("the source does not say where chroma sits: taken as left"))
        }
        let division =
            memory.threadsPerFrame == 1
            ? "\(memory.workers) workers" : "one frame at a time on \(memory.threadsPerFrame) threads"
        report(
            .plan(
                "\(division), at most \(memory.sourceFrames) source and \(memory.targetFrames) enlarged "
                    + "pictures in memory: \(memory.totalBytes / 1_000_000) MB and what decoder and encoder keep"))
    }
}

extension FrameUpscaler.Picture {
    /// Bytes of one picture, rows unpadded.
    var frameBytes: Int {
        (0..<format.chroma.planeCount).reduce(0) { sum, index in
            let size = format.planeSize(index, width: width, height: height)
            return sum + size.width * size.height * format.sample.byteCount
        }
    }
}
