import UplumaFrames
import UplumaNetworks
import UplumaResampling

/// A downscaler of the catalog that makes an evaluation's small luma, as `upluma downscale` makes it.
///
/// Used by one thread at a time.
final class EvaluatedDownscaler {
    let name: String
    private let downscaler: LoadedDownscaler
    private let cache: RunnerCache
    /// How its networks were run, a line each.
    var runs: [String] { cache.runs }
    /// What the user should know of how the last picture was made.
    var notes: [String] { cache.notes }

    init(_ downscaler: LoadedDownscaler, threads: Int, execution: Execution = .automatic) {
        self.downscaler = downscaler
        name = downscaler.downscaler.name
        cache = RunnerCache(threads: threads) { job in
            try downscaler.makeScaler(
                sourceSize: job.source, source: job.from, target: job.to, execution: execution)
        }
    }

    /// The small picture.
    ///
    /// - Parameters:
    ///   - plane: codes of `mapping`; both sides multiples of the factor.
    ///   - isFloat: whether the result holds values in floating point instead of codes of `mapping`.
    /// - Throws: what stopped it.
    func reduce(_ plane: Plane, mapping: SampleMapping, isFloat: Bool) throws -> Plane {
        let source = PlaneSize(plane.width, plane.height)
        let job = RunnerCache.Job(
            source: source, target: downscaler.targetSize(of: source), from: mapping, to: isFloat ? .float : mapping)
        let target = Plane(width: job.target.width, height: job.target.height, sample: job.to.sample)
        try cache.runner(for: job).scale(plane, into: target)
        return target
    }
}

extension EvaluatedDownscaler {
    /// What `--downscale` names, when it is no filter.
    ///
    /// - Throws: `UplumaError` of kind `usage` where there is none of that name or it has another factor than `scale`;
    ///   `WeightsError`.
    static func named(_ name: String, scale: Int, threads: Int, execution: Execution) throws -> EvaluatedDownscaler {
        let downscaler: Downscaler
        do {
            downscaler = try DownscalerCatalog.downscaler(name)
        } catch is UnknownDownscalerError {
            let filters = ResampleFilter.allCases.map(\.name).joined(separator: ", ")
            let downscalers = DownscalerCatalog.downscalers.filter { $0.factor == scale }.map(\.name)
                .joined(separator: ", ")
            throw UplumaError(
                .usage,
                "There is no filter or downscaler \"\(name)\" for --downscale. Give a filter (\(filters))"
                    + (downscalers.isEmpty ? "." : " or a downscaler (\(downscalers))."))
        }
        // A file says its factor when it is read.
        let loaded = try downscaler.load()
        guard loaded.factor == scale else {
            throw UplumaError(
                .usage,
                "The downscaler \"\(name)\" makes pictures \(loaded.factor) times smaller, and --scale \(scale) asks "
                    + "for \(scale) times. Give --scale \(loaded.factor), or a downscaler for \(scale).")
        }
        return EvaluatedDownscaler(loaded, threads: threads, execution: execution)
    }
}
