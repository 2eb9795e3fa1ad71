import Foundation
import Synchronization
import UplumaMedia
import UplumaNetworks

/// How fast a job goes, measured by doing a little of it: excerpts from two places, with all stages and the encoder until it
/// has given out everything, into a temporary folder that is removed again.
struct SpeedEstimate {
    /// What one excerpt showed.
    private struct Sample {
        var frames: Int
        var fps: Double
        var bytesPerFrame: Double?
        /// Whether it ended by itself.
        var isWhole: Bool
    }

    /// Frames of the whole job, when it is so short that it was made to its end.
    let wholeFrames: Int?
    /// The most resident memory meanwhile, in bytes.
    let peakBytes: Int
    private let samples: [Sample]

    /// Frames that were made.
    var frames: Int { samples.reduce(0) { $0 + $1.frames } }
    /// Frames a second; nil when none were made.
    var slowest: Double? { samples.map(\.fps).min() }
    var fastest: Double? { samples.map(\.fps).max() }
    /// Seconds that a frame takes: in the fastest excerpt, in a job half of which is like each, in the slowest. Nil when no
    /// frames were made.
    var secondsPerFrame: (least: Double, mean: Double, most: Double)? {
        let each = samples.map { 1 / $0.fps }
        guard let least = each.min(), let most = each.max() else { return nil }
        return (least, each.reduce(0, +) / Double(each.count), most)
    }
    /// Of the coded video; nil when too few frames had left the encoder.
    var bytesPerFrame: Double? {
        let known = samples.compactMap(\.bytesPerFrame)
        return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
    }
    /// Of the excerpts that take least and most.
    var leastBytesPerFrame: Double? { samples.compactMap(\.bytesPerFrame).min() }
    var mostBytesPerFrame: Double? { samples.compactMap(\.bytesPerFrame).max() }

    /// Where the excerpts lie, as shares of the job.
    private static let places = [0.3, 0.7]
    /// Seconds of measuring a place, from when all workers have had a frame.
    private static let window = 1.5
    /// Seconds after which a place is given up, or what there is must do: for networks of seconds a frame.
    private static let patience = 20.0
    /// Coded frames from which the size of the rest can be told.
    private static let enoughCoded = 12

    /// Nil for what cannot be opened twice or seeked, and for results that go nowhere.
    ///
    /// - Throws: `UplumaError` or `MediaError` of the job's own failures, and when cancelled.
    init?(of plan: UpscalePlan, isCancelled: @escaping @Sendable () -> Bool) throws {
        guard plan.source.facts.isSeekable, plan.options.output != OutputFile.standardStream else { return nil }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("upluma-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var options = plan.options
        options.model = plan.modelName ?? options.model
        options.overwrite = true
        let ending = URL(fileURLWithPath: plan.options.output).pathExtension
        options.output = folder.appendingPathComponent("excerpt.\(ending)").path

        let memory = PeakMemory.begin()
        var samples: [Sample] = []
        let starts = SpeedEstimate.starts(of: plan)
        for start in starts {
            options.start = start ?? plan.options.start
            // Up to the end of the job: it is stopped when enough is known.
            if let start, let length = plan.options.duration {
                options.duration = length - (start - (plan.options.start ?? 0))
            }
            if let sample = try SpeedEstimate.measure(options, plan, isCancelled) { samples.append(sample) }
        }
        self.samples = samples
        wholeFrames = starts == [nil] && samples.first?.isWhole == true ? samples.first?.frames : nil
        peakBytes = memory.peakBytes
    }

    /// Seconds from the beginning of the file; nil is the beginning of the job, for short ones.
    private static func starts(of plan: UpscalePlan) -> [Double?] {
        let first = plan.options.start ?? 0
        guard let total = plan.source.facts.duration else { return [nil] }
        let length = min(total - first, plan.options.duration ?? .infinity)
        guard length > 20 else { return [nil] }
        return places.map { first + $0 * length }
    }

    /// Runs the job until it has shown its speed; nil when it made no frame.
    private static func measure(
        _ options: UpscaleOptions, _ whole: UpscalePlan, _ isCancelled: @escaping @Sendable () -> Bool
    ) throws -> Sample? {
        let plan = try UpscalePlan(
            options, downscalers: whole.downscalers, fields: whole.fields, report: { _ in }, isCancelled: isCancelled)
        let run = UpscaleRun(try UpscalePreparation(plan, report: { _ in }), report: { _ in })
        let warm = plan.memory.workers + plan.memory.window
        let watch = Stopwatch()
        var failure: UplumaError?
        do {
            _ = try run.run { stages in
                watch.start {
                    let frames = run.encodedFrames
                    if frames >= warm { watch.mark(frames) }
                    if isCancelled() {
                        stages.stop(UplumaError(.interrupted, "Interrupted."))
                        return true
                    }
                    let isTold = (watch.sinceMark ?? 0) >= window && frames >= enoughCoded
                    let isEnough = isTold || watch.elapsed > patience
                    guard isEnough, !run.endedEarly else { return false }
                    // What the encoder holds back is to be coded yet, and counts: dozens of frames that have cost nothing so far.
                    run.finishEarly()
                    return false
                }
            }
        } catch {
            failure = UplumaError(any: error)
        }
        let (seconds, marked) = watch.stop()
        let frames = run.encodedFrames
        if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
        if let failure, failure.kind != .interrupted { throw failure }
        guard frames > 0, seconds > 0 else { return nil }
        var fps = Double(frames) / seconds
        if let marked, frames > marked.frames, seconds - marked.time > window / 3 {
            fps = Double(frames - marked.frames) / (seconds - marked.time)
        }
        return Sample(
            frames: run.encodedFrames, fps: fps, bytesPerFrame: bytesPerFrame(run), isWhole: !run.endedEarly)
    }

    /// An excerpt begins with a key frame; in the whole job one such comes in ten seconds or so, besides those at cuts.
    private static func bytesPerFrame(_ run: UpscaleRun) -> Double? {
        let (frames, bytes, first) = (run.writtenFrames, Double(run.codedBytes), Double(run.firstBytes))
        guard run.endedEarly else { return frames > 0 ? bytes / Double(frames) : nil }
        guard frames >= enoughCoded else { return nil }
        return (bytes - first) / Double(frames - 1) + first / keyInterval
    }

    /// Frames from one key frame to the next where nothing asks for more: the usual setting of encoders.
    private static let keyInterval = 250.0
}

/// Looks at a run every few milliseconds, on a queue of its own, and remembers when it was warm.
///
/// Thread safety: what changes is under one lock.
private final class Stopwatch: Sendable {
    private struct State {
        var began: Double?
        var marked: (frames: Int, time: Double)?
        var isStopped = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "upluma.estimate")
    private static let interval = DispatchTimeInterval.milliseconds(10)

    private static var now: Double { ProcessInfo.processInfo.systemUptime }

    /// Asks `isDone` again and again until it says yes or `stop` is called.
    func start(_ isDone: @escaping @Sendable () -> Bool) {
        state.withLock { $0.began = Stopwatch.now }
        look(isDone)
    }

    private func look(_ isDone: @escaping @Sendable () -> Bool) {
        queue.asyncAfter(deadline: .now() + Stopwatch.interval) { [self] in
            guard !state.withLock({ $0.isStopped }), !isDone() else { return }
            look(isDone)
        }
    }

    /// Remembers this moment, the first time.
    func mark(_ frames: Int) {
        state.withLock { if $0.marked == nil { $0.marked = (frames, elapsed(of: $0)) } }
    }

    var elapsed: Double { state.withLock { elapsed(of: $0) } }
    var sinceMark: Double? { state.withLock { state in state.marked.map { elapsed(of: state) - $0.time } } }

    /// Seconds since the start, and the moment that was marked.
    func stop() -> (Double, (frames: Int, time: Double)?) {
        state.withLock {
            $0.isStopped = true
            return (elapsed(of: $0), $0.marked)
        }
    }

    private func elapsed(of state: borrowing State) -> Double { state.began.map { Stopwatch.now - $0 } ?? 0 }
}
