import ArgumentParser
import Foundation
import Upluma

/// `upluma benchmark`: how fast the networks and filters run here, beside what the processor could do.
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure the speed of each network and filter on this machine.",
        discussion: """
            One luma plane of 8 bits is enlarged twice in both directions, over and over. The share is that of the \
            multiply-add peak, which is measured first.
            """)

    @Option(help: ArgumentHelp("Only these models, separated by commas.", valueName: "name,…"))
    var network: String?

    @Option(help: ArgumentHelp("Size of the source picture.", valueName: "width×height"))
    var size = PictureSize(width: 720, height: 480)

    @Option(help: ArgumentHelp("Processor threads (default: all).", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp("Seconds to measure each.", valueName: "seconds"))
    var seconds = 1.0

    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        let range = UpscaleOptions.threadRange
        if let threads, !range.contains(threads) {
            throw ValidationError("--threads \(threads): give \(range.lowerBound) to \(range.upperBound).")
        }
        if !(seconds > 0 && seconds <= 600) {
            throw ValidationError("--seconds \(seconds): give more than 0, at most 600.")
        }
    }

    func run() throws {
        var benchmark = Benchmark(width: size.width, height: size.height)
        benchmark.threads = threads ?? benchmark.threads
        benchmark.seconds = seconds
        benchmark.models = network.map { $0.split(separator: ",").map(String.init) }
        let report = try benchmark.run()
        Console.standardOutput.write(try json ? BenchmarkCommand.json(report) : BenchmarkCommand.table(report))
    }

    private struct ReportObject: Encodable {
        let cpu: String
        let threads: Int
        let peak_gflops: [String: Double]
        let results: [ResultObject]
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
    }

    private static func json(_ report: BenchmarkReport) throws -> String {
        let object = ReportObject(
            cpu: report.cpu, threads: report.threads, peak_gflops: report.peakGigaflops.mapValues { rounded($0, 1) },
            results: report.results.map {
                ResultObject(
                    network: $0.network, precision: $0.precision, backend: $0.backend, width: $0.width,
                    height: $0.height, ms_median: rounded($0.millisecondsMedian, 3),
                    ms_min: rounded($0.millisecondsMinimum, 3), gflops: rounded($0.gigaflops, 1),
                    share_of_peak: rounded($0.shareOfPeak, 3), peak_rss_bytes: $0.peakResidentBytes)
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes, .sortedKeys]
        return String(decoding: try encoder.encode(object), as: UTF8.self) + "\n"
    }

    private static func rounded(_ value: Double, _ places: Int) -> Double {
        let unit = pow(10, Double(places))
        return (value * unit).rounded() / unit
    }

    private static func table(_ report: BenchmarkReport) -> String {
        var text = "\(report.cpu), \(report.threads) threads, peak"
        text += report.peakGigaflops.sorted { $0.key < $1.key }
            .map { String(format: " %.0f GFLOP/s %@", $0.value, $0.key) }.joined(separator: ",")
        text += "\n"
        let name = max(7, report.results.map(\.network.count).max() ?? 0)
        text += "NETWORK".padding(toLength: name, withPad: " ", startingAt: 0)
        text += "  PRECISION  BACKEND       SIZE  MEDIAN ms  MIN ms  GFLOP/s  OF PEAK\n"
        for result in report.results {
            text += result.network.padding(toLength: name, withPad: " ", startingAt: 0)
            text += "  " + result.precision.padding(toLength: 9, withPad: " ", startingAt: 0)
            text += "  " + result.backend.padding(toLength: 7, withPad: " ", startingAt: 0)
            let size = "\(result.width)x\(result.height)"
            text += "  " + String(repeating: " ", count: max(0, 9 - size.count)) + size
            text += String(
                format: "  %9.2f  %6.2f  %7.1f  %6.1f%%\n", result.millisecondsMedian, result.millisecondsMinimum,
                result.gigaflops, 100 * result.shareOfPeak)
        }
        return text
    }
}
