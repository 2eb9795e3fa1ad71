import Foundation
import UplumaFrames
import UplumaMedia
import UplumaNetworks
import UplumaQuality
import UplumaResampling

/// The running part of a preview: plans, frames, pictures, estimates.
///
/// Not sendable: one thread runs it.
final class PreviewWork {
    private let options: PreviewOptions
    private let report: @Sendable (JobEvent) -> Void
    private let isCancelled: @Sendable () -> Bool
    private let notes = NoteList()
    private let output: OutputFile?
    /// The job of the first model.
    private let plan: UpscalePlan
    private let makers: [PreviewMaker]
    private let threads: Int
    private var moments: [PreviewReport.Moment] = []

    /// Looks everything up and opens the source; the output is reserved.
    ///
    /// - Throws: `UplumaError`, `MediaError` or `WeightsError`; nothing is left behind then.
    init(
        _ options: PreviewOptions, report: @escaping @Sendable (JobEvent) -> Void,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws {
        self.options = options
        self.report = report
        self.isCancelled = isCancelled
        threads = min(
            options.job.threads ?? ProcessInfo.processInfo.activeProcessorCount,
            UpscaleOptions.threadRange.upperBound)
        let notes = notes
        let plans: (String, UpscalePlan?) throws -> UpscalePlan = { model, first in
            var job = options.job
            job.model = model
            // Sound and subtitles do not show: what becomes of them is another file's story.
            job.incompatibleStreams = .drop
            let heard = NoteList()
            let plan = try UpscalePlan(
                job, source: first?.source, fields: first?.fields,
                report: { event in
                    switch event {
                    case .note(let text), .assumption(let text): heard.add(text)
                    default: report(event)
                    }
                }, isCancelled: isCancelled)
            heard.all.filter { !plan.streams.notes.contains($0) }.forEach(notes.add)
            return plan
        }
        let first = try plans(options.models[0], nil)
        let threads = threads
        var makers: [PreviewMaker] = []
        func add(_ plan: UpscalePlan, _ kind: PreviewVersion.Kind) {
            let name = plan.modelName ?? plan.options.model
            guard !makers.contains(where: { $0.version.name == name }) else { return }
            let version = PreviewVersion(
                kind: kind, name: name, label: PreviewWork.label(name, plan.makers.downscaler?.downscaler.name))
            makers.append(PreviewMaker(version, plan, threads: threads))
        }
        add(try plans(PreviewOptions.baseline, first), .baseline)
        add(first, .model)
        for model in options.models.dropFirst() { add(try plans(model, first), .model) }
        (plan, self.makers) = (first, makers)
        first.assumptions.forEach { notes.add($0.message) }
        output =
            try options.medium == .terminal
            ? nil : OutputFile(path: options.output, input: options.job.input, overwrite: options.overwrite)
        output?.notes.forEach(notes.add)
    }

    private static func label(_ model: String, _ downscaler: String?) -> String {
        let name = (model as NSString).lastPathComponent
        return downscaler.map { "\(name) → \($0)" } ?? name
    }

    /// Makes and writes everything.
    func run(standardOutput: ([UInt8]) throws -> Void) throws -> PreviewReport {
        do {
            if try options.medium == .page { return try showPage(standardOutput) }
            var summary = try showSheet(standardOutput)
            summary.jobs = try jobs()
            return summary
        } catch {
            output?.discard(isBegun: true)
            throw error
        }
    }

    /// A page holds the estimate, too.
    private func showPage(_ standardOutput: ([UInt8]) throws -> Void) throws -> PreviewReport {
        var page = PreviewPage()
        try forEachMoment { moment in
            try page.add(moment) { try $0.png(.small) }
            moments.append(PreviewReport.Moment(moment))
        }
        notes.all.forEach { report(.note($0)) }
        let summary = summary(jobs: try jobs(besides: page.byteCount))
        try write(Array(page.html(summary).utf8), standardOutput)
        return summary
    }

    /// A sheet is there for the eye as soon as possible; nothing of it is left in memory when this returns.
    private func showSheet(_ standardOutput: ([UInt8]) throws -> Void) throws -> PreviewReport {
        let views = try options.views ?? (options.medium == .terminal ? [.split, .crops] : nil)
        var sheet = PreviewSheet(
            views: views, input: options.job.input, scale: options.job.scale, threads: threads)
        try forEachMoment { moment in
            try sheet.add(moment)
            moments.append(PreviewReport.Moment(moment))
        }
        notes.all.forEach { report(.note($0)) }
        let picture = sheet.picture()
        if let screen = options.screen, output == nil {
            let isWhole = screen.format == .png
            let fitted =
                isWhole
                ? picture : picture.reduced(toFitWidth: screen.width, height: screen.height, threads: threads)
            try write(
                TerminalPicture.bytes(of: fitted, format: screen.format, passthrough: screen.isInsideTmux),
                standardOutput)
        } else {
            try write(picture.png(), standardOutput)
        }
        return summary(jobs: [])
    }

    // MARK: Frames

    /// Makes every moment, one after the other.
    ///
    /// - Throws: as `FrameSeeker`, and what `body` throws.
    func forEachMoment(_ body: (PreviewedMoment) throws -> Void) throws {
        let notes = notes
        let seeker = FrameSeeker(plan, notes: { notes.add($0) }, isCancelled: isCancelled)
        let choice = try MomentChoice(options.moments, seeker)
        let reference = try options.reference.map {
            try PreviewReference(path: $0, threads: options.job.threads ?? 0, isCancelled: isCancelled)
        }
        if let reference, reference.isStill, choice.count > 1 {
            throw UplumaError(.usage, "A reference that is a picture belongs to one moment. Give one with --at.")
        }
        var meter = ProgressMeter(frames: choice.count, startingAt: ProcessInfo.processInfo.systemUptime)
        var done = 0
        try choice.forEach(seeker) { found in
            try body(self.moment(found, seeker, reference))
            done += 1
            let now = ProcessInfo.processInfo.systemUptime
            report(.progress(meter.update(frame: done, outputBytes: 0, at: now)))
        }
        guard done > 0 else {
            throw UplumaError(
                .badInput, "No picture of \"\(options.job.input)\" could be decoded. Check that the file plays.")
        }
    }

    private func moment(
        _ found: FrameSeeker.Found, _ seeker: FrameSeeker, _ reference: PreviewReference?
    ) throws -> PreviewedMoment {
        let measure = PreviewMeasure(found.frame, plan)
        var pictures: [PreviewedPicture] = []
        var encoded: [PreviewedPicture] = []
        var wanted: CodePlane?
        let around = options.encodes ? try seeker.frames(around: found, count: PreviewWork.around) : nil
        for maker in makers {
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
            let (frame, milliseconds) = try maker.makeTimed(found.frame)
            if wanted == nil { wanted = try reference.map { try self.luma($0, found.seconds, frame) } }
            var quality = PreviewReport.Quality()
            quality.selfConsistencyPsnrY = measure.selfConsistency(frame)
            if let wanted { (quality.psnrY, quality.ssimY) = measure.compare(frame, with: wanted) }
            pictures.append(
                PreviewedPicture(
                    version: maker.version, frame: frame, picture: shown(frame), milliseconds: milliseconds,
                    quality: quality))
            guard let around, maker.version.kind == .model else { continue }
            encoded.append(try self.encoded(maker, around.frames, around.index, measure, wanted))
        }
        return PreviewedMoment(
            seconds: found.seconds, frameNumber: found.number, sourceHeight: plan.source.facts.video.height,
            pictures: pictures + encoded)
    }

    private func luma(_ reference: PreviewReference, _ seconds: Double, _ result: Frame) throws -> CodePlane {
        let exact = plan.upscaler.exact
        return try reference.luma(
            at: seconds, like: result, size: PlaneSize(exact.width, exact.height),
            sourceHeight: plan.source.facts.video.height)
    }

    private func shown(_ frame: Frame) -> RGBPicture {
        let height = plan.source.facts.video.height
        if let note = RGBPicture.matrixAssumption(frame, sourceHeight: height) { notes.add(note) }
        let picture = RGBPicture(frame, sourceHeight: height, depth: depth(of: frame), threads: threads)
        // Where the job leaves turning to players, there is no player here to do it.
        guard plan.uprighting.turn == nil, let turn = plan.source.facts.video.turn else { return picture }
        return picture.turned(turn)
    }

    /// Bits of a picture's samples: as asked for, else those of the results; in pages 8, unless the transfer is one of high
    /// dynamic range (PQ and HLG of H.273), whose steps show.
    private func depth(of frame: Frame) -> Int {
        if let depth = options.depth { return depth }
        let isPage = (try? options.medium) == .page
        let needsMore = isPage ? [16, 18].contains(frame.color.transfer) : true
        return frame.format.bitDepth > 8 && needsMore ? 16 : 8
    }

    // MARK: Encoding

    /// Frames on each side of one that are encoded with it: an encoder looks around, and half a second shows what it does.
    private static let around = 12

    /// What the encoder leaves of a version.
    private func encoded(
        _ maker: PreviewMaker, _ frames: [Frame], _ index: Int, _ measure: PreviewMeasure, _ wanted: CodePlane?
    ) throws -> PreviewedPicture {
        let made = try frames.map { frame in
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
            return try maker.make(frame)
        }
        let excerpt = try EncodedExcerpt(made, by: plan.makeEncoder())
        let frame = excerpt.frames[index]
        var quality = PreviewReport.Quality()
        quality.selfConsistencyPsnrY = measure.selfConsistency(frame)
        quality.encodedPsnrY = PreviewMeasure.psnr(made[index], frame)
        if let wanted { (quality.psnrY, quality.ssimY) = measure.compare(frame, with: wanted) }
        let version = PreviewVersion(
            kind: .encoded, name: maker.version.name,
            label: "\(maker.version.label), \(options.job.encoder.words(plan.encoder.name))")
        return PreviewedPicture(
            version: version, frame: frame, picture: shown(frame), milliseconds: nil, quality: quality)
    }

    // MARK: The whole job

    /// - Parameter held: bytes of pictures in memory that the job would not have.
    private func jobs(besides held: Int = 0) throws -> [PreviewReport.Job] {
        let models = makers.filter { $0.version.kind == .model }
        // Of nothing but the baseline, its own job.
        return try (models.isEmpty ? makers : models).map { maker in
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
            let plan = try UpscalePlan(
                maker.options, source: self.plan.source, fields: self.plan.fields, report: { _ in },
                isCancelled: isCancelled)
            let estimate = options.estimates ? try SpeedEstimate(of: plan, isCancelled: isCancelled) : nil
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
            let whole = JobPlan(plan, notes: [], estimate: estimate)
            return PreviewReport.Job(
                model: maker.version.name, encoder: whole.result.encoder, frames: whole.result.frames,
                picturesBytes: whole.memory.picturesBytes,
                peakBytes: whole.memory.peakBytes.map { max(whole.memory.picturesBytes, $0 - held) },
                estimate: whole.estimate)
        }
    }

    // MARK: Results

    private func summary(jobs: [PreviewReport.Job]) -> PreviewReport {
        let target = plan.upscaler.target
        return PreviewReport(
            input: options.job.input, output: options.output, scale: options.job.scale, width: target.width,
            height: target.height, format: target.format.description, moments: moments, jobs: jobs,
            notes: notes.all)
    }

    private func write(_ bytes: [UInt8], _ standardOutput: ([UInt8]) throws -> Void) throws {
        if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
        guard let output else { return try standardOutput(bytes) }
        try output.write(bytes)
        try output.commit()
    }
}

extension EncoderOptions {
    /// The encoder and what was asked of it, for captions.
    fileprivate func words(_ name: String) -> String {
        var words = [name]
        if let crf { words.append("crf \(crf)") }
        if let preset { words.append(preset) }
        words += options.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return words.joined(separator: " ")
    }
}

extension PreviewReport.Moment {
    fileprivate init(_ moment: PreviewedMoment) {
        seconds = moment.seconds
        frame = moment.frameNumber
        pictures = moment.pictures.map {
            PreviewReport.Picture(
                kind: "\($0.version.kind)", name: $0.version.name, label: $0.version.label,
                milliseconds: $0.milliseconds, quality: $0.quality)
        }
    }
}
