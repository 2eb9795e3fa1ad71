import Dispatch
import Foundation
import UplumaFrames
import UplumaKernels
import UplumaNetworks

/// Measures how fast networks and filters, kernels, and the steps of a job run here, beside the multiply-add peaks of the
/// same cores.
public struct Benchmark: Sendable {
    /// What can be measured.
    public enum Section: String, CaseIterable, Sendable {
        /// One luma plane, each network and filter, all threads on it.
        case networks
        /// Rows through single kernels at every instruction-set level, on one thread.
        case kernels
        /// The steps of enlarging 4:2:0 pictures, and whole frames.
        case stages
        /// Decoder and encoder as a job uses them.
        case codecs
    }

    public var sections: Set<Section> = [.networks]
    /// Size of the source picture, in samples; the width is also that of the kernels' rows.
    public var width: Int
    public var height: Int
    /// Bits of a sample, of source and result; one of `bitDepths`.
    public var bitDepth = 8
    public var threads = ProcessInfo.processInfo.activeProcessorCount
    /// How long each result is measured, in seconds; at least three runs are made. (A kernel takes a tenth of it.)
    public var seconds = 1.0
    /// Names in the catalog, or chains of 3×3 convolutions without a picture, as `1-8x5-4` (`ChainSpec`); nil is the whole
    /// catalog, and for the stages the default network.
    public var networks: [String]?
    /// Arithmetic by its name in the results, `f32`; nil is whatever there is.
    public var precisions: [String]?
    /// What runs networks by its name in the results, `fused`; nil is whatever there is.
    public var backends: [String]?

    /// Depths that the encoder of the stages takes, too.
    public static let bitDepths = [8, 10]

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// - Throws: `UplumaError`: of kind `usage` for a name that the catalog does not know, or where nothing is left to
    ///   measure.
    public func run() throws -> BenchmarkReport {
        do {
            let names = networks ?? (sections.contains(.networks) ? ModelCatalog.models.map(\.name) : [])
            let variants = try sections.contains(.networks) ? names.flatMap(variants).filter(isWanted) : []
            if sections.contains(.networks) && variants.isEmpty {
                throw UplumaError(
                    .usage,
                    "Nothing to measure: no network is run so. Leave out --precision or --backend, or name others.")
            }
            let staged = try sections.contains(.stages) ? stagedModels() : []

            PeakMeasurement.warmUp(level: .current, threads: threads, seconds: Benchmark.warmUpSeconds)
            var peaks: [String: Double] = [:]
            for kind in PeakMeasurement.Kind.allCases {
                peaks[kind.rawValue] = PeakMeasurement.gigaflops(kind, level: .current, threads: threads)
            }
            var report = BenchmarkReport(cpu: ProcessorName.current, threads: threads, peakGigaflops: peaks)
            report.results = try variants.map { try measure($0, peak: peaks[$0.precision]) }
            if sections.contains(.kernels) {
                report.kernels = KernelBenchmark(width: width, seconds: seconds / 10).run()
            }
            if sections.contains(.stages) {
                for model in staged { report.stages += try StageBenchmark(self, model: model).run() }
            }
            if sections.contains(.codecs) { report.stages += try CodecBenchmark(self).run() }
            return report
        } catch {
            throw UplumaError(any: error)
        }
    }

    /// Long enough for a processor to leave its rest and settle at the clock it keeps under load.
    private static let warmUpSeconds = 1.0

    private func isWanted(_ variant: NetworkVariant) -> Bool {
        (precisions?.contains(variant.precision) ?? true) && (backends?.contains(variant.backend) ?? true)
    }

    private func stagedModels() throws -> [LoadedModel] {
        let names = networks?.filter { ChainSpec($0) == nil } ?? [ModelChoice.clean]
        return try names.map { try ModelCatalog.model($0).load() }
    }

    private func measure(_ variant: NetworkVariant, peak: Double?) throws -> BenchmarkResult {
        let memory = PeakMemory.begin()
        let timing = try Timing.measure(seconds: seconds, try variant.prepare())
        let operations = Double(variant.operationsPerInputPixel) * Double(width * height)
        let gigaflops = operations / timing.median / 1e6
        return BenchmarkResult(
            network: variant.network, precision: variant.precision, backend: variant.backend, width: width,
            height: height, millisecondsMedian: timing.median, millisecondsMinimum: timing.minimum,
            gigaflops: gigaflops, shareOfPeak: peak.map { gigaflops / $0 } ?? 0, peakResidentBytes: memory.peakBytes)
    }
}
