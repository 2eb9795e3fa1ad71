import UplumaFrames
import UplumaNetworks
import UplumaResampling

/// A scaler prepared for the size of picture that came last, and what there is to tell of it.
///
/// Used by one thread at a time.
final class RunnerCache {
    struct Job: Equatable {
        let source: PlaneSize
        let target: PlaneSize
        let from: SampleMapping
        let to: SampleMapping
    }

    private let threads: Int
    private let makeChain: (Job) throws -> ScalerChain
    private var current: (job: Job, runner: StripRunner)?
    /// How the networks of the last picture were run, a line each.
    private(set) var runs: [String] = []
    /// What the user should know of how the last picture was made.
    private(set) var notes: [String] = []

    /// - Parameter makeChain: plans the way from a job's source to its target.
    init(threads: Int, makeChain: @escaping (Job) throws -> ScalerChain) {
        self.threads = threads
        self.makeChain = makeChain
    }

    /// - Throws: what `makeChain` throws.
    func runner(for job: Job) throws -> StripRunner {
        if let current, current.job == job { return current.runner }
        let chain = try makeChain(job)
        notes = chain.notes
        runs = chain.runs.map(\.reason)
        let runner = StripRunner(chain, threads: threads)
        current = (job, runner)
        return runner
    }
}
