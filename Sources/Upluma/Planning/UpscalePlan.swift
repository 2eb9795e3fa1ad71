import Foundation
import UplumaFrames
import UplumaMedia
import UplumaNetworks
import UplumaResampling

/// All that is decided about a job before anything is written: names looked up, the source opened and understood, model,
/// sizes, formats, encoder, assumptions and memory settled.
///
/// `upscale` and `downscale` carry a plan out (`UpscalePreparation`), `plan` prints it (`JobPlan`).
struct UpscalePlan {
    let options: UpscaleOptions
    /// Every downscaler that options and sources may name.
    let downscalers: [Downscaler]
    let source: MediaSource
    let container: MediaContainer
    /// What becomes of every stream.
    let streams: StreamPlan
    /// What the source's fields were found to be, and what is done about them.
    let fields: FieldTreatment
    /// Nil when fields are kept.
    let deinterlacer: Deinterlacer?
    /// What becomes of the source's rotation.
    let uprighting: Uprighting
    /// What makes the new pictures, by the options.
    let makers: PictureMakers
    let upscaler: FrameUpscaler
    let encoder: VideoEncoder
    /// Another encoder like it, for excerpts.
    let makeEncoder: @Sendable () throws -> VideoEncoder
    let excerpt: Excerpt
    let memory: MemoryPlan
    /// Name of what enlarges luma; nil when nothing does.
    let modelName: String?
    /// SHA-256 of every weights file that makes its pictures.
    let weights: [String]
    /// Why it is that one, when the source decided.
    let modelReason: String?
    /// What the result says of how it was made; nil for nothing, and where its container cannot say it.
    let tag: DownscalerTag?
    /// Frames that will come, when the source tells.
    let expectedFrames: Int?
    /// What the source does not say and what it is taken for.
    let assumptions: [Assumption]

    /// - Parameters:
    ///   - downscalers: all there are.
    ///   - opened: the source, where it is open already; nil to open it.
    ///   - known: what was found of the source's fields, so that it need not be looked at again; nil to look.
    ///   - report: receives what was decided, as plan and notes.
    ///   - isCancelled: asked while reading blocks.
    /// - Throws: `UplumaError`, `MediaError` or `ModelError`; nothing has been written then.
    init(
        _ options: UpscaleOptions, downscalers: [Downscaler] = DownscalerCatalog.downscalers,
        source opened: MediaSource? = nil, fields known: FieldTreatment? = nil,
        report: @escaping @Sendable (JobEvent) -> Void,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws {
        let note: @Sendable (String) -> Void = { report(.note($0)) }
        self.options = options
        self.downscalers = downscalers
        try UpscalePlan.checkThreads(options)
        makers = try PictureMakers(options, downscalers: downscalers)
        let chromaFilter = try UpscalePlan.chromaFilter(options.chromaFilter)
        let execution = try Execution(backend: options.backend, precision: options.precision)
        let settings = EncoderSettings(
            name: options.encoder.name, crf: options.encoder.crf, preset: options.encoder.preset,
            options: options.encoder.options, threads: options.threads ?? 0, isSteady: options.encoder.isSteady)
        container = try MediaContainer(outputName: options.output)
        let choice = try EncoderChoice(settings, container: container)
        choice.remark(on: settings).map(note)
        let requestedFormat = try options.pixelFormat.map(EncoderChoice.pictureFormat)

        source =
            try opened
            ?? MediaSource(
                path: options.input, allowsNetwork: options.allowsNetwork, isStrict: options.isStrict, notes: note,
                isCancelled: isCancelled)
        let video = source.facts.video
        streams = try StreamPlan.make(source, container: container, onRefusal: options.incompatibleStreams.refusal)
        streams.notes.forEach(note)
        uprighting = try Uprighting(video, container: container, options.incompatibleStreams)
        uprighting.note.map(note)
        let choiceOfModel = try makers.model(for: source.facts, report: report, isCancelled: isCancelled)
        (modelName, modelReason) = (choiceOfModel.model?.model.name, choiceOfModel.reason)
        weights = makers.weights(beside: choiceOfModel.model)
        try makers.note(on: uprighting.picture(of: video)).map(note)
        let isTagged = makers.tag != nil && container.holdsMakerTag(beside: source)
        tag = isTagged ? makers.tag : nil
        if let lost = makers.tag, !isTagged {
            note(lost.loss(in: container, upscaler: makers.downscaler?.downscaler.upscaler))
        }
        excerpt = try Excerpt(start: options.start, duration: options.duration, of: source)
        let negotiated = try choice.negotiate(requestedFormat ?? video.format, range: video.color.range)
        negotiated.note.map(note)
        let siting = choice.siting(video.siting, format: negotiated.format, range: video.color.range)
        siting.note.map(note)
        var outputColor = video.color
        outputColor.chromaLocation = siting.tag

        upscaler = try FrameUpscaler(
            scale: options.scale, model: choiceOfModel.model, downscaler: makers.downscaler, chromaFilter: chromaFilter,
            source: uprighting.picture(of: video),
            color: video.color, targetFormat: negotiated.format,
            sizeMultiple: choice.sizeMultiple(negotiated.format), execution: execution,
            sampleAspect: uprighting.sampleAspect(of: video), placement: uprighting.placement(of: video),
            targetLocation: siting.location, turn: uprighting.turn)
        upscaler.notes.forEach(note)
        fields =
            try known
            ?? FieldTreatment(
                options.deinterlacing, source.facts, start: options.start, duration: options.duration,
                threads: options.threads,
                isReduced: source.facts.makerTag.flatMap { DownscalerTag(text: $0) } != nil, isCancelled: isCancelled)
        fields.note.map(note)
        deinterlacer = try fields.deinterlacer(for: video, notes: note)
        assumptions = Assumption.all(of: video)

        let share =
            (excerpt.share(of: video.duration ?? source.facts.duration) ?? 1)
            * (deinterlacer?.mode.share.doubleValue ?? 1)
        expectedFrames = video.frameCount.map { Int((Double($0) * share).rounded(.up)) }
        let upscaler = upscaler
        memory = MemoryPlan(
            threads: min(
                options.threads ?? ProcessInfo.processInfo.activeProcessorCount, UpscaleOptions.threadRange.upperBound),
            frames: expectedFrames,
            weights: MemoryPlan.Weights(
                sourceFrameBytes: upscaler.source.frameBytes, targetFrameBytes: upscaler.targetFrameBytes,
                workerBytes: { upscaler.workspaceByteCount(threads: $0) },
                heldFrames: deinterlacer?.mode.heldFrames ?? 0))
        try memory.check(
            fits: ProcessInfo.processInfo.physicalMemory, upscaler.source, isEnlarged: options.scale > 1)
        let target = upscaler.target
        let picture = OutputPicture(
            width: target.width, height: target.height, format: target.format, color: outputColor,
            sampleAspect: uprighting.sampleAspect(of: video), timeBase: video.timeBase,
            frameRate: deinterlacer.map(\.frameRate) ?? video.frameRate, light: video.light)
        let (makers, container) = (makers, container)
        makeEncoder = { try makers.encoder(choice, settings, picture, container) }
        encoder = try makeEncoder()
        if video.hasCaptions, !encoder.carriesCaptions {
            note(
                "The encoder \(encoder.name) cannot carry the closed captions in the source's pictures: they are lost. "
                    + "libx264 carries them.")
        }
    }

    private static func checkThreads(_ options: UpscaleOptions) throws {
        if let threads = options.threads, !UpscaleOptions.threadRange.contains(threads) {
            throw UplumaError(
                .usage,
                "\(threads) threads are not possible. Give \(UpscaleOptions.threadRange.lowerBound) to "
                    + "\(UpscaleOptions.threadRange.upperBound).")
        }
    }

    private static func chromaFilter(_ name: String) throws -> ResampleFilter {
        guard let filter = ResampleFilter(named: name) else {
            let known = ResampleFilter.allCases.map(\.name).joined(separator: ", ")
            throw UplumaError(.usage, "There is no filter \"\(name)\" for --chroma. Give one of \(known).")
        }
        return filter
    }

    /// How the work is divided and what it takes, in one line.
    var division: String {
        let how =
            memory.threadsPerFrame == 1
            ? "\(memory.workers) workers" : "one frame at a time on \(memory.threadsPerFrame) threads"
        return "\(how), at most \(memory.sourceFrames) source and \(memory.targetFrames) result "
            + "pictures in memory: \(memory.totalBytes / 1_000_000) MB and what decoder and encoder keep"
    }

    /// Tells the curious how the job is done.
    func describe(_ report: (JobEvent) -> Void) {
        let video = source.facts.video
        let (from, to) = (upscaler.source, upscaler.target)
        report(
            .plan("\(video.codec) \(from.width)×\(from.height) \(from.format) to \(to.width)×\(to.height) \(to.format)")
        )
        let luma = [modelName, makers.downscaler?.downscaler.name].compactMap { $0 }.joined(separator: " and ")
        report(.plan("luma by \(luma), chroma by \(options.chromaFilter), encoder \(encoder.name)"))
        upscaler.runs.forEach { report(.plan($0)) }
        report(.plan(division))
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
