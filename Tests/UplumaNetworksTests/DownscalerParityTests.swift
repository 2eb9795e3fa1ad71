import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

/// Both kinds of downscaler with seeded weights, and every one that ships, against PyTorch (`Goldens/Downscalers`, made by
/// the training package).
@Suite struct DownscalerParityTests {
    static let folder = NetworkParityTests.folder.appendingPathComponent("Downscalers")

    static let cases: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".safetensors") && !$0.contains("weights") }.sorted()
    }()

    /// The downscaler of a case: in the folder of goldens, or else shipped.
    private static func loaded(_ file: SafetensorsFile) throws -> LoadedDownscaler {
        let name = try #require(file.metadata["weights"])
        let path = folder.appendingPathComponent(name).path
        let isHere = FileManager.default.fileExists(atPath: path)
        return try DownscalerCatalog.downscaler(isHere ? path : WeightsResource.path(of: name)).load()
    }

    @Test("both architectures, several factors and every network that ships have a golden")
    func present() throws {
        let files = try Self.cases.map { try SafetensorsFile(Self.folder.appendingPathComponent($0)) }
        let names = Set(files.compactMap { $0.metadata["weights"] })
        let networks = try files.compactMap { file -> ResamplerNetwork? in
            guard case .network(let weights) = try Self.loaded(file).content else { return nil }
            return weights.network
        }
        #expect(networks.contains { if case .light = $0 { true } else { false } })
        #expect(networks.contains { if case .full = $0 { true } else { false } })
        #expect(Set(networks.map(\.factor)).isSuperset(of: [2, 3, 4]))
        for downscaler in DownscalerCatalog.downscalers {
            guard case .network(.shipped(let shipped)) = downscaler.kind else { continue }
            #expect(Set(shipped).isSubset(of: names), "\(shipped): run `upluma_training goldens`")
        }
    }

    @Test("kernels, displacements and the small picture are PyTorch's", arguments: cases)
    func golden(name: String) throws {
        let file = try SafetensorsFile(Self.folder.appendingPathComponent(name))
        let loaded = try Self.loaded(file)
        let shape = try #require(file.shapes["input"])
        let size = PlaneSize(shape[3], shape[2])
        let input = try file.floats("input")
        let source = Plane(width: size.width, height: size.height, sample: .float32)
        source.fill { x, y in input[y * size.width + x] }
        for level in CPULevel.available {
            let chain = try loaded.makeScaler(
                sourceSize: size, source: .float, target: .float, execution: Execution(backend: nil, precision: .f32),
                level: level)
            let target = Plane(width: chain.targetSize.width, height: chain.targetSize.height, sample: .float32)
            try chain.scale(source, into: target)
            let output = try file.floats("output").map(Double.init)
            // Float32 against float64: displacements off by 1e-5 move a sample by as much of the largest step, 1, and
            // weights off by as much count 36 times or more, mostly cancelling.
            #expect(largestDifference(Array(target.codes.joined()), output) < 1e-4, "\(level)")
            let prediction = try OffsetPrediction(loaded, sourceSize: size, source: .float, level: level)
            let taps = Array(0..<prediction.kernelSize * prediction.kernelSize)
            let elements = prediction.elements(of: source, taps: taps, rows: 0..<prediction.targetSize.height)
            for (key, planes) in [
                ("weights", elements.weights), ("horizontal", elements.horizontal), ("vertical", elements.vertical),
            ] {
                let expected = try file.floats(key).map(Double.init)
                #expect(largestDifference(planes.flatMap { $0.codes.joined() }, expected) < 2e-5, "\(key), \(level)")
            }
        }
    }
}
