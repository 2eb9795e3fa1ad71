import Testing
import Upluma
import UplumaKernels

@Suite struct BenchmarkTests {
    @Test("kernels are listed at every level there is, stages for the model and the codecs")
    func sections() throws {
        var benchmark = Benchmark(width: 64, height: 48)
        benchmark.sections = [.kernels, .stages, .codecs]
        benchmark.networks = ["sp-vdsr"]
        benchmark.threads = 2
        benchmark.seconds = 0.001
        let report = try benchmark.run()
        #expect(report.results.isEmpty)
        let levels = Set(CPULevel.available.map(\.description))
        for (name, results) in Dictionary(grouping: report.kernels, by: { "\($0.kernel) \($0.variant)" }) {
            #expect(Set(results.map(\.level)) == levels && results.count == levels.count, "\(name)")
            for result in results {
                #expect(result.samples > 0 && result.nanosecondsMinimum > 0, "\(name)")
                #expect(
                    result.nanosecondsMedian >= result.nanosecondsMinimum && result.gigabytesPerSecond > 0, "\(name)")
            }
        }
        let stages = report.stages.map(\.stage)
        for stage in [
            "load", "layers", "base", "store", "luma", "chroma", "frame", "frames in flight", "decode", "encode",
        ] {
            #expect(stages.filter { $0 == stage }.count == 1, "\(stage) in \(stages)")
        }
        for stage in report.stages { #expect(stage.framesPerSecond > 0 && stage.peakResidentBytes > 1_000_000) }
    }

    @Test("ten bits, and a precision that nothing has")
    func options() throws {
        var benchmark = Benchmark(width: 33, height: 17)
        benchmark.networks = ["lanczos3", "1-8-4"]
        benchmark.bitDepth = 10
        benchmark.threads = 1
        benchmark.seconds = 0.001
        let report = try benchmark.run()
        // A filter has one way, a chain one for each precision that the processor multiplies fast.
        let precisions = Precision.allCases.filter { $0.isNative(at: .current) }
        #expect(report.results.map(\.network) == ["lanczos3"] + precisions.map { _ in "1-8-4" })
        #expect(report.results.dropFirst().map(\.precision) == precisions.map(\.rawValue))
        #expect(report.peakGigaflops["f32"] ?? 0 > 0.1)
        benchmark.precisions = ["f8"]
        #expect(throws: UplumaError.self) { try benchmark.run() }
    }
}
