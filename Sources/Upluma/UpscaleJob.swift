import Foundation
import Synchronization
import UplumaMedia
import UplumaNetworks
import UplumaPipeline

/// Makes the video of one file larger, or smaller: opens and checks everything first, then streams frames through decoder, workers,
/// encoder and muxer.
///
/// Thread safety: `run` is called once; `cancel` may be called from any thread at any time.
public final class UpscaleJob: Sendable {
    private struct State {
        var isCancelled = false
        var stages: StageGroup?
    }

    private let options: UpscaleOptions
    private let downscalers: [Downscaler]
    private let state = Mutex(State())

    public convenience init(_ options: UpscaleOptions) {
        self.init(options, downscalers: DownscalerCatalog.downscalers)
    }

    /// - Parameter downscalers: those that options and sources may name.
    init(_ options: UpscaleOptions, downscalers: [Downscaler]) {
        self.options = options
        self.downscalers = downscalers
    }

    /// Stops the job as soon as the frames in hand allow; `run` then throws kind `interrupted`, and the partial file is
    /// closed properly and stays.
    public func cancel() {
        let stages = state.withLock {
            $0.isCancelled = true
            return $0.stages
        }
        stages?.stop(UplumaError(.interrupted, "Interrupted."))
    }

    /// Does the job.
    ///
    /// - Parameter report: receives notes and progress, from the job's threads, one call at a time.
    /// - Returns: what was done.
    /// - Throws: `UplumaError`, whatever went wrong.
    public func run(_ report: @escaping @Sendable (JobEvent) -> Void) throws -> UpscaleSummary {
        let lock = NSLock()
        let serialReport: @Sendable (JobEvent) -> Void = { event in lock.withLock { report(event) } }
        do {
            let isCancelled: @Sendable () -> Bool = { [self] in state.withLock { $0.isCancelled } }
            let willStart: (StageGroup) -> Void = { [self] stages in
                state.withLock { $0.stages = stages }
                if isCancelled() { cancel() }
            }
            guard !options.resumes else {
                return try ResumableJob(
                    options, downscalers: downscalers, report: serialReport, isCancelled: isCancelled,
                    willStart: willStart
                ).run()
            }
            let plan = try UpscalePlan(
                options, downscalers: downscalers, report: serialReport, isCancelled: isCancelled)
            let prepared = try UpscalePreparation(plan, report: serialReport)
            return try UpscaleRun(prepared, report: serialReport).run(willStart: willStart) {
                guard options.verifies else { return }
                try UpscaleVerification.run(prepared, report: serialReport, isCancelled: isCancelled)
            }
        } catch {
            throw UplumaError(any: error)
        }
    }
}

/// What a finished job did.
public struct UpscaleSummary: Sendable {
    public var output: String
    public var frames: Int
    /// What was broken in the source.
    public var damage: DamageSummary
    /// Wall-clock seconds.
    public var seconds: Double
    public var outputBytes: Int64
    /// The last state of progress.
    public var progress: JobProgress

    /// Frames a second over the whole job.
    public var fps: Double { seconds > 0 ? Double(frames) / seconds : 0 }
}

extension UplumaError {
    /// The same failure in the library's own words.
    init(any error: any Error) {
        switch error {
        case let error as UplumaError: self = error
        case let error as MediaError:
            self.init(FailureKind(rawValue: error.category.rawValue) ?? .internal, error.description)
        case let error as UnknownModelError: self.init(.usage, error.description)
        case let error as UnknownDownscalerError: self.init(.usage, error.description)
        case let error as ExecutionError: self.init(.usage, error.description)
        case let error as WeightsError:
            let kind: FailureKind = error.code == .notFound ? .noInput : .badInput
            self.init(kind, error.description)
        default: self.init(.internal, "\(error)")
        }
    }
}
