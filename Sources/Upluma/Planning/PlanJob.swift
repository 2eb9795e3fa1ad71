import Synchronization
import UplumaMedia

/// Decides everything about a job and measures a little of it, but does not do it: what `upluma plan` runs.
///
/// Thread safety: `run` is called once; `cancel` may be called from any thread at any time.
public final class PlanJob: Sendable {
    private let options: UpscaleOptions
    private let measuresSpeed: Bool
    private let isCancelled = Atomic(false)

    /// - Parameters:
    ///   - options: those of the job; nothing is written to its output, which need not be possible.
    ///   - measuresSpeed: whether two short excerpts are made, in a temporary folder, to tell time and size: some seconds.
    public init(_ options: UpscaleOptions, measuresSpeed: Bool = true) {
        self.options = options
        self.measuresSpeed = measuresSpeed
    }

    /// Stops as soon as possible; `run` then throws kind `interrupted`.
    public func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Makes the plan.
    ///
    /// - Throws: `UplumaError`, as the job itself would before its first picture.
    public func run() throws -> JobPlan {
        let notes = Mutex<[String]>([])
        let isCancelled: @Sendable () -> Bool = { [self] in self.isCancelled.load(ordering: .relaxed) }
        do {
            let plan = try UpscalePlan(
                options,
                report: { event in
                    if case .note(let text) = event { notes.withLock { $0.append(text) } }
                }, isCancelled: isCancelled)
            let estimate = measuresSpeed ? try SpeedEstimate(of: plan, isCancelled: isCancelled) : nil
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
            // The reason for the model has a place of its own.
            return JobPlan(plan, notes: notes.withLock { $0 }.filter { $0 != plan.modelReason }, estimate: estimate)
        } catch {
            throw UplumaError(any: error)
        }
    }
}
