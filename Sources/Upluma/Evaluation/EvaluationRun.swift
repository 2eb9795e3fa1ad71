import Dispatch
import Foundation
import Synchronization
import UplumaFrames
import UplumaMedia
import UplumaNetworks
import UplumaQuality
import UplumaResampling

/// An evaluation under way. Pictures are taken one after the other, so that what is timed has the processor to itself;
/// the scores of one picture are worked out on all threads.
///
/// Used by one thread.
final class EvaluationRun {
    private let options: EvaluationOptions
    private let report: @Sendable (JobEvent) -> Void
    private let isCancelled: @Sendable () -> Bool
    private let threads: Int
    private let inputs: [EvaluationInput]
    private let models: [EvaluatedModel]
    private let rules: SamplePlane.Rules
    private let border: Int
    private var chooser: ExhibitChooser?
    /// Models and downscalers whose runs and notes were passed on.
    private var told: Set<String> = []
    private var meter: ProgressMeter
    private var done = 0

    /// - Throws: what is wrong with the options, before any picture is read.
    init(
        _ options: EvaluationOptions, report: @escaping @Sendable (JobEvent) -> Void,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws {
        self.options = options
        self.report = report
        self.isCancelled = isCancelled
        guard UpscaleOptions.supportedScales.contains(options.scale) else {
            let known = UpscaleOptions.supportedScales.map(String.init).joined(separator: ", ")
            throw UplumaError(.usage, "A scale of \(options.scale) is not supported. Give one of \(known).")
        }
        let range = UpscaleOptions.threadRange
        if let threads = options.threads, !range.contains(threads) {
            throw UplumaError(
                .usage, "\(threads) threads are not possible. Give \(range.lowerBound) to \(range.upperBound).")
        }
        guard options.every > 0 else { throw UplumaError(.usage, "Every \(options.every)th frame: give 1 or more.") }
        let threads = min(
            options.threads ?? ProcessInfo.processInfo.activeProcessorCount, range.upperBound)
        self.threads = threads
        border = options.evaluationProtocol.border(scale: options.scale)
        var names: [String] = []
        for name in options.models where !names.contains(name) { names.append(name) }
        guard !names.isEmpty else { throw UplumaError(.usage, "Name at least one model with --models.") }
        let execution = try Execution(backend: options.backend, precision: options.precision)
        rules = try EvaluationRun.rules(options, threads: threads, execution: execution)
        models = try names.map { try EvaluatedModel(name: $0, threads: threads, execution: execution) }
        inputs = try EvaluationInput.find(options.paths)
        if options.page != nil { chooser = ExhibitChooser(border: border) }
        meter = ProgressMeter(
            frames: try EvaluationRun.count(inputs, every: options.every),
            startingAt: ProcessInfo.processInfo.systemUptime)
    }

    /// Every name of a filter means what it always did, whatever the downscalers are called.
    private static func rules(
        _ options: EvaluationOptions, threads: Int, execution: Execution
    ) throws -> SamplePlane.Rules {
        let usual = options.evaluationProtocol.filter
        let named = options.downscale.map { (name: $0, filter: ResampleFilter(named: $0)) }
        var rules = SamplePlane.Rules(
            filter: named?.filter ?? usual, floatSmall: options.floatSmall, floatResult: options.floatResult)
        if let named, named.filter == nil {
            rules.downscaler = try .named(named.name, scale: options.scale, threads: threads, execution: execution)
        }
        return rules
    }

    /// Paths of everything that is measured.
    var files: [String] { inputs.flatMap(\.files) }

    /// Parts of pictures for the page; empty without one.
    var exhibits: [Exhibit] { chooser?.chosen ?? [] }

    func measure() throws -> EvaluationReport {
        let sets = try inputs.map(measure)
        return EvaluationReport(
            scale: options.scale, evaluationProtocol: options.evaluationProtocol,
            downscale: options.downscale ?? options.evaluationProtocol.filter.name, border: border,
            roundsSmall: !options.floatSmall, roundsResult: !options.floatResult, grayAsStored: options.grayAsStored,
            every: options.every, threads: threads, models: models.map(\.name), sets: sets)
    }

    private func measure(_ input: EvaluationInput) throws -> EvaluatedSet {
        let names = models.map(\.name)
        switch input.content {
        case .pictures(let paths):
            var set = EvaluatedSet(name: input.name, kind: .pictures, models: names)
            for path in paths { try add(try picture(path), of: path, to: &set) }
            return set
        case .clip(let path):
            var set = EvaluatedSet(name: input.name, kind: .clip, models: names)
            try eachFrame(of: path) { sample in try add(sample, of: path, to: &set) }
            guard set.count > 0 else {
                throw UplumaError(.badInput, "No picture of \"\(path)\" could be decoded. Check that the file plays.")
            }
            return set
        }
    }

    // MARK: Samples

    private func picture(_ path: String) throws -> EvaluationSample {
        let picture = try StillPicture.read(path: path, isCancelled: isCancelled)
        let format = PictureFormat(chroma: .gray, bitDepth: 8)
        let mapping = SampleMapping.luma(format, range: .limited)
        var isLimited = true
        let luma: CodePlane
        switch picture.content {
        case .gray(let plane) where options.grayAsStored:
            luma = CodePlane(plane, mapping: mapping)
            isLimited = false
        case .gray(let plane): luma = .luma(red: plane, green: plane, blue: plane)
        case .rgb(let red, let green, let blue): luma = .luma(red: red, green: green, blue: blue)
        }
        try check(PlaneSize(luma.width, luma.height), of: path)
        return try EvaluationSample(
            name: (path as NSString).lastPathComponent, isLimited: isLimited,
            planes: [SamplePlane(luma: luma, scale: options.scale, mapping: mapping, rules: rules)])
    }

    private func eachFrame(of path: String, _ body: (EvaluationSample) throws -> Void) throws {
        let note = report
        let source = try MediaSource(path: path, notes: { note(.note($0)) }, isCancelled: isCancelled)
        source.keepOnly(streams: [])
        let decoder = try VideoDecoder(source, threads: threads, notes: { note(.note($0)) })
        let video = source.facts.video
        if video.fieldOrder.isInterlaced {
            report(.note("\"\(path)\" is interlaced, and its frames are reduced as they are: deinterlace it first."))
        }
        try check(PlaneSize(video.width, video.height), of: path, format: video.format)
        var number = 0
        let take: (Frame) throws -> Void = { [self] frame in
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
            if number % options.every == 0 {
                try body(try EvaluationSample(frame, name: "frame \(number)", scale: options.scale, rules: rules))
            }
            number += 1
        }
        while let packet = try source.read() {
            if packet.streamIndex == video.index { try decoder.decode(packet, each: take) }
        }
        try decoder.decode(nil, each: take)
    }

    /// Every plane must hold an SSIM window inside its borders.
    private func check(
        _ size: PlaneSize, of path: String, format: PictureFormat = PictureFormat(chroma: .gray, bitDepth: 8)
    ) throws {
        let scale = options.scale
        let least = PlaneQuality.ssimWindow + 2 * border
        let planes = (0..<format.chroma.planeCount).map {
            format.planeSize($0, width: size.width / scale * scale, height: size.height / scale * scale)
        }
        guard planes.contains(where: { $0.width < least || $0.height < least }) else { return }
        let needed = (
            ((least << format.chroma.log2Width) + scale - 1) / scale * scale,
            ((least << format.chroma.log2Height) + scale - 1) / scale * scale
        )
        throw UplumaError(
            .badInput,
            "\"\(path)\" is \(size.width)×\(size.height), too small to be scored at a scale of \(scale): "
                + "\(needed.0)×\(needed.1) pixels are needed. Leave it out, or choose a smaller --scale.")
    }

    // MARK: Scores

    private func add(_ sample: EvaluationSample, of path: String, to set: inout EvaluatedSet) throws {
        if let downscaler = rules.downscaler {
            tell(of: downscaler.name, runs: downscaler.runs, notes: downscaler.notes)
        }
        var results: [(result: Plane, milliseconds: Double)] = []
        for model in models {
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
            results.append(try model.enlarge(sample.luma))
            tell(of: model.name, runs: model.runs, notes: model.notes)
        }
        let scores = score(sample, results.map(\.result))
        for index in models.indices {
            set.models[index].images.append(
                ImageScores(
                    name: sample.name, y: scores.luma[index], u: scores.chroma.first, v: scores.chroma.last,
                    milliseconds: results[index].milliseconds))
        }
        chooser?.consider(sample, set: set.name, models: models.map(\.name), results: results.map(\.result))
        done += 1
        report(
            .progress(meter.update(frame: done, outputBytes: 0, at: ProcessInfo.processInfo.systemUptime)))
    }

    /// Once for each model and downscaler: from picture to picture nothing but sizes differs.
    private func tell(of name: String, runs: [String], notes: [String]) {
        guard told.insert(name).inserted else { return }
        runs.forEach { report(.plan($0)) }
        notes.forEach { report(.note($0)) }
    }

    /// Luma of each model; Cb and Cr once, since the same filter enlarges them whatever the model.
    private func score(
        _ sample: EvaluationSample, _ results: [Plane]
    ) -> (luma: [PlaneScores], chroma: [PlaneScores]) {
        let chroma = sample.planes.dropFirst().map { ($0, $0.enlarged(by: .lanczos3)) }
        let tasks = results.map { (sample.luma, $0) } + chroma
        let scores = Mutex([PlaneScores?](repeating: nil, count: tasks.count))
        let (border, workers) = (border, min(threads, tasks.count))
        DispatchQueue.concurrentPerform(iterations: workers) { worker in
            for index in stride(from: worker, to: tasks.count, by: workers) {
                let (plane, result) = tasks[index]
                let codes = plane.codes(of: result)
                let score = PlaneScores(
                    psnr: PlaneQuality.psnr(plane.original, codes, border: border),
                    ssim: PlaneQuality.ssim(plane.original, codes, border: border))
                scores.withLock { $0[index] = score }
            }
        }
        let all = scores.withLock { $0.compactMap { $0 } }
        return (Array(all.prefix(results.count)), Array(all.dropFirst(results.count)))
    }

    /// Pictures and frames in all; nil when a clip does not tell how long it is.
    private static func count(_ inputs: [EvaluationInput], every: Int) throws -> Int? {
        var total = 0
        for input in inputs {
            switch input.content {
            case .pictures(let paths): total += paths.count
            case .clip(let path):
                guard let frames = try MediaSource(path: path).facts.video.frameCount.map(Int.init) else { return nil }
                total += (frames + every - 1) / every
            }
        }
        return total
    }
}
