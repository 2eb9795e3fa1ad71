import Dispatch
import Foundation
import Synchronization
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling

/// Measures how fast networks and filters enlarge one plane, beside the multiply-add peak of the same cores.
public struct Benchmark: Sendable {
    /// Size of the source plane, in samples.
    public var width: Int
    public var height: Int
    public var threads = ProcessInfo.processInfo.activeProcessorCount
    /// How long each model is measured, in seconds; at least three runs are made.
    public var seconds = 1.0
    /// Names in the catalog; nil is all of it.
    public var models: [String]?

    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// - Throws: `UplumaError` of kind `usage` for a name that the catalog does not know.
    public func run() throws -> BenchmarkReport {
        do {
            let chosen = try models.map { try $0.map(ModelCatalog.model) } ?? ModelCatalog.models
            let loaded = try chosen.map { try $0.load() }
            let peak = PeakMeasurement.gigaflops(level: .current, threads: threads)
            return BenchmarkReport(
                cpu: Benchmark.cpuName, threads: threads, peakGigaflops: ["f32": peak],
                results: try loaded.map { try measure($0, peak: peak) })
        } catch {
            throw UplumaError(any: error)
        }
    }

    private func measure(_ model: LoadedModel, peak: Double) throws -> BenchmarkResult {
        let format = PictureFormat(chroma: .gray, bitDepth: 8)
        let mapping = SampleMapping.luma(format, range: .limited)
        let card = model.card
        let scale = card.scales.first ?? 2
        let chain = model.makeScaler(
            sourceSize: PlaneSize(width, height), targetSize: PlaneSize(width * scale, height * scale), source: mapping,
            target: mapping)
        let source = Plane(width: width, height: height, sample: .uint8)
        source.fillWithPattern()
        let target = Plane(width: width * scale, height: height * scale, sample: .uint8)
        let runner = StripRunner(chain, threads: threads)

        var times: [Double] = []
        try runner.scale(source, into: target)
        let end = ProcessInfo.processInfo.systemUptime + seconds
        while times.count < 3 || ProcessInfo.processInfo.systemUptime < end {
            let clock = ContinuousClock()
            let start = clock.now
            try runner.scale(source, into: target)
            times.append((clock.now - start) / .milliseconds(1))
        }
        times.sort()
        let median = times[times.count / 2]
        let operations = Double(card.operationsPerInputPixel) * Double(width * height)
        let gigaflops = operations / median / 1e6
        return BenchmarkResult(
            network: card.name, precision: "f32", backend: model.backendName, width: width, height: height,
            millisecondsMedian: median, millisecondsMinimum: times[0], gigaflops: gigaflops,
            shareOfPeak: gigaflops / peak, peakResidentBytes: Benchmark.peakResidentBytes)
    }

    private static var peakResidentBytes: Int {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        return usage.ru_maxrss * 1024
    }

    private static var cpuName: String {
        let lines = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8))?.split(separator: "\n") ?? []
        let name = lines.first { $0.hasPrefix("model name") }?.split(separator: ":").last
        return name.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown processor"
    }
}

extension LoadedModel {
    /// What runs it.
    fileprivate var backendName: String {
        switch content {
        case .filter: "fir"
        case .network: "fused"
        }
    }
}

extension Plane {
    /// Sets 8-bit samples to a picture with edges and shades; speed does not depend on which.
    fileprivate func fillWithPattern() {
        withBytes { base in
            for y in 0..<height {
                for x in 0..<width {
                    base.storeBytes(
                        of: UInt8(truncatingIfNeeded: (x ^ y) + x * y / 97), toByteOffset: y * stride + x,
                        as: UInt8.self)
                }
            }
        }
    }
}
