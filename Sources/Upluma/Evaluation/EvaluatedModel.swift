import UplumaFrames
import UplumaNetworks
import UplumaResampling

/// One model of an evaluation, with the scaler for the size of picture that came last.
///
/// Used by one thread at a time.
final class EvaluatedModel {
    let name: String
    private let cache: RunnerCache
    /// How the networks of the last picture were run, a line each.
    var runs: [String] { cache.runs }
    /// What the user should know of how the last picture was made.
    var notes: [String] { cache.notes }

    /// - Throws: `UnknownModelError` or `WeightsError`.
    init(name: String, threads: Int, execution: Execution = .automatic) throws {
        self.name = name
        let model = try ModelCatalog.model(name).load()
        cache = RunnerCache(threads: threads) { job in
            try model.makeScaler(
                sourceSize: job.source, targetSize: job.target, source: job.from, target: job.to, execution: execution)
        }
    }

    /// Small planes are enlarged again within this time, for a figure that caches and sleeping threads do not spoil.
    private static let repeating = (milliseconds: 30.0, runs: 5)

    /// The enlarged plane, and the milliseconds that took: the fastest of a few runs from plane to plane, everything
    /// prepared before.
    ///
    /// - Throws: what stopped it.
    func enlarge(_ plane: SamplePlane) throws -> (result: Plane, milliseconds: Double) {
        let job = RunnerCache.Job(
            source: plane.grid.sourceSize, target: plane.grid.targetSize, from: plane.smallMapping,
            to: plane.resultMapping)
        let runner = try cache.runner(for: job)
        let target = Plane(width: job.target.width, height: job.target.height, sample: job.to.sample)
        let clock = ContinuousClock()
        let (limit, most) = EvaluatedModel.repeating
        var times: [Double] = []
        repeat {
            let start = clock.now
            try runner.scale(plane.small, into: target)
            times.append((clock.now - start) / .milliseconds(1))
        } while times.count < most && times.reduce(0, +) < limit
        return (target, times.min() ?? 0)
    }
}
