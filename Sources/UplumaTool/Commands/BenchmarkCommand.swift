import ArgumentParser
import Foundation
import Upluma

/// `upluma benchmark`: how fast the networks, kernels and steps of a job run here, beside what the processor could do.
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure the speed of each network, kernel and step of a job on this machine.",
        discussion: """
            Networks: one luma plane is enlarged twice in both directions, over and over, all threads on it; the share is \
            that of the multiply-add peak of the precision, which is measured first. Kernels: rows that lie in the cache, \
            one thread, every instruction set. Stages: what becomes of a 4:2:0 picture between decoder and encoder; codecs: those two.
            """)

    @Option(help: ArgumentHelp("What to measure: \(What.allNames).", valueName: "what"))
    var what = What.networks

    @Option(
        help: ArgumentHelp(
            """
            Only these, separated by commas: models, or chains of 3×3 convolutions as 1-64x4-100 (four layers of 64 \
            channels, one of 100), of which the layers alone are run.
            """, valueName: "name,…"))
    var network: String?

    @Option(
        help: ArgumentHelp("Only results in this arithmetic, separated by commas (default: all).", valueName: "f32"))
    var precision: String?

    @Option(
        help: ArgumentHelp(
            "Only networks run by these, separated by commas: fused, onednn (default: all).", valueName: "name,…"))
    var backend: String?

    @Option(help: ArgumentHelp("Size of the source picture.", valueName: "width×height"))
    var size = PictureSize(width: 720, height: 480)

    @Option(
        help: ArgumentHelp(
            "Bits of a sample: \(Benchmark.bitDepths.map(String.init).joined(separator: " or ")).", valueName: "bits"))
    var bitDepth = 8

    @Option(help: ArgumentHelp("Processor threads (default: all).", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp("Seconds to measure each; kernels take a tenth of it.", valueName: "seconds"))
    var seconds = 1.0

    @Flag(help: "Print JSON.")
    var json = false

    /// The library's sections, or all of them.
    enum What: ExpressibleByArgument, CustomStringConvertible {
        case section(Benchmark.Section)
        case all

        static let networks = What.section(.networks)
        static var allNames: String { (Benchmark.Section.allCases.map(\.rawValue) + ["all"]).joined(separator: ", ") }

        init?(argument: String) {
            if argument == "all" {
                self = .all
            } else if let section = Benchmark.Section(rawValue: argument) {
                self = .section(section)
            } else {
                return nil
            }
        }

        var description: String {
            switch self {
            case .section(let section): section.rawValue
            case .all: "all"
            }
        }
        var defaultValueDescription: String { description }

        var sections: Set<Benchmark.Section> {
            switch self {
            case .section(let section): [section]
            case .all: Set(Benchmark.Section.allCases)
            }
        }
    }

    func validate() throws {
        let range = UpscaleOptions.threadRange
        if let threads, !range.contains(threads) {
            throw ValidationError("--threads \(threads): give \(range.lowerBound) to \(range.upperBound).")
        }
        if !(seconds > 0 && seconds <= 600) {
            throw ValidationError("--seconds \(seconds): give more than 0, at most 600.")
        }
        guard Benchmark.bitDepths.contains(bitDepth) else {
            let known = Benchmark.bitDepths.map(String.init).joined(separator: " or ")
            throw ValidationError("--bit-depth \(bitDepth): give \(known).")
        }
    }

    func run() throws {
        var benchmark = Benchmark(width: size.width, height: size.height)
        benchmark.sections = what.sections
        benchmark.bitDepth = bitDepth
        benchmark.threads = threads ?? benchmark.threads
        benchmark.seconds = seconds
        benchmark.networks = network.map { $0.split(separator: ",").map(String.init) }
        benchmark.precisions = precision.map { $0.split(separator: ",").map(String.init) }
        benchmark.backends = backend.map { $0.split(separator: ",").map(String.init) }
        let report = try benchmark.run()
        Console.standardOutput.write(try json ? BenchmarkJSON.text(report) : BenchmarkText.tables(report))
    }
}
