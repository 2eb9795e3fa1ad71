import Foundation
import Upluma

/// `benchmark --json`; the keys are stable.
enum BenchmarkJSON {
    static func text(_ report: BenchmarkReport) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes, .sortedKeys]
        return String(decoding: try encoder.encode(ReportObject(report)), as: UTF8.self) + "\n"
    }

    private struct ReportObject: Encodable {
        let cpu: String
        let threads: Int
        let peak_gflops: [String: Double]
        let results: [ResultObject]
        let kernels: [KernelObject]
        let stages: [StageObject]

        init(_ report: BenchmarkReport) {
            cpu = report.cpu
            threads = report.threads
            peak_gflops = report.peakGigaflops.mapValues { rounded($0, 1) }
            results = report.results.map(ResultObject.init)
            kernels = report.kernels.map(KernelObject.init)
            stages = report.stages.map(StageObject.init)
        }
    }

    private struct ResultObject: Encodable {
        let network: String
        let precision: String
        let backend: String
        let width: Int
        let height: Int
        let ms_median: Double
        let ms_min: Double
        let gflops: Double
        let share_of_peak: Double
        let peak_rss_bytes: Int

        init(_ result: BenchmarkResult) {
            network = result.network
            precision = result.precision
            backend = result.backend
            width = result.width
            height = result.height
            ms_median = rounded(result.millisecondsMedian, 3)
            ms_min = rounded(result.millisecondsMinimum, 3)
            gflops = rounded(result.gigaflops, 1)
            share_of_peak = rounded(result.shareOfPeak, 3)
            peak_rss_bytes = result.peakResidentBytes
        }
    }

    private struct KernelObject: Encodable {
        let kernel: String
        let variant: String
        let level: String
        let samples: Int
        let ns_median: Double
        let ns_min: Double
        let gb_per_s: Double
        /// Left out where nothing is summed.
        let gflops: Double?

        init(_ result: KernelResult) {
            kernel = result.kernel
            variant = result.variant
            level = result.level
            samples = result.samples
            ns_median = rounded(result.nanosecondsMedian, 1)
            ns_min = rounded(result.nanosecondsMinimum, 1)
            gb_per_s = rounded(result.gigabytesPerSecond, 2)
            gflops = result.gigaflops.map { rounded($0, 1) }
        }
    }

    private struct StageObject: Encodable {
        /// Empty for decoder and encoder.
        let network: String
        let stage: String
        let threads: Int
        let width: Int
        let height: Int
        let ms_median: Double
        let ms_min: Double
        let fps: Double
        let peak_rss_bytes: Int

        init(_ result: StageResult) {
            network = result.network
            stage = result.stage
            threads = result.threads
            width = result.width
            height = result.height
            ms_median = rounded(result.millisecondsMedian, 3)
            ms_min = rounded(result.millisecondsMinimum, 3)
            fps = rounded(result.framesPerSecond, 2)
            peak_rss_bytes = result.peakResidentBytes
        }
    }

    private static func rounded(_ value: Double, _ places: Int) -> Double {
        let unit = pow(10, Double(places))
        return (value * unit).rounded() / unit
    }
}
