import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

/// Every architecture with seeded weights and every file that ships against PyTorch (`Goldens`, made by the training
/// package), and SP-VDSR against its author's layer list.
@Suite struct NetworkParityTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens")

    /// Cases in the folder of goldens: all files but those of weights.
    static let cases: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".safetensors") && !$0.contains("weights") }.sorted()
    }()

    /// Those of networks of stages (`AdaptiveParityTests`), and the others.
    static let adaptiveCases = cases.filter {
        (try? SafetensorsFile(folder.appendingPathComponent($0)))?.shapes["kernels"] != nil
    }
    static let chainCases = cases.filter { !adaptiveCases.contains($0) }

    /// Weights of a case: in the folder of goldens, or else shipped.
    static func weights(_ name: String) throws -> WeightsFile {
        let path = folder.appendingPathComponent(name).path
        return try WeightsFile(
            path: FileManager.default.fileExists(atPath: path) ? path : WeightsResource.path(of: name))
    }

    @Test("every architecture and every file that ships has a golden")
    func present() throws {
        let names = try Set(
            Self.cases.map {
                try #require(SafetensorsFile(Self.folder.appendingPathComponent($0)).metadata["weights"])
            })
        let architectures = try Set(names.map { try Self.weights($0).metadata["architecture"] })
        #expect(architectures == Set(NetworkArchitecture.all.map(\.name)))
        for model in ModelCatalog.models {
            guard case .network(.shipped(let files)) = model.kind else { continue }
            let missing = Set(files).subtracting(names)
            #expect(missing.isEmpty, "\(missing): run `upluma_training goldens`")
        }
    }

    /// The network of a case.
    private func chain(of file: SafetensorsFile) throws -> ConvolutionChain {
        try ConvolutionChain(file: Self.weights(try #require(file.metadata["weights"])))
    }

    @Test("in 8 bits the layers are PyTorch's to the last bit", arguments: chainCases.filter { $0.contains("int8") })
    func quantized(name: String) throws {
        let file = try SafetensorsFile(Self.folder.appendingPathComponent(name))
        let chain = try chain(of: file)
        #expect(chain.isQuantized)
        let shape = try #require(file.shapes["input"])
        let (height, width) = (shape[2], shape[3])
        let input = try file.floats("input").map(Double.init)
        let made = ReferenceExecutor(chain: chain).layerOutput(of: input, width: width, height: height)
        #expect(try made == file.floats("layers").map(Double.init))
        let base = try file.floats("interpolated").map(Double.init)
        let output = ReferenceExecutor(chain: chain).output(of: input, base: base, width: width, height: height)
        // The base is stored in single precision, a number of order one.
        #expect(try zip(output, file.floats("output")).allSatisfy { abs($0 - Double($1)) < 1e-6 })
    }

    @Test("enlargement, layers and output are PyTorch's", arguments: chainCases.filter { !$0.contains("int8") })
    func golden(name: String) throws {
        let file = try SafetensorsFile(Self.folder.appendingPathComponent(name))
        let chain = try chain(of: file)
        let shape = try #require(file.shapes["input"])
        let (height, width) = (shape[2], shape[3])
        let input = try file.floats("input")
        let source = Plane(width: width, height: height, sample: .float32)
        source.fill { x, y in input[y * width + x] }
        let layers = try file.floats("layers").map(Double.init)
        let output = try file.floats("output").map(Double.init)
        let read: [Float] =
            switch chain.input {
            case .source: input
            case .enlarged: try file.floats("interpolated")
            }
        let size = chain.layerSize(of: PlaneSize(width, height))
        for level in CPULevel.available {
            // Float32 against float64 stored as float32; the reference vectors' README measures 4e-7 for PyTorch and
            // suggests 1e-5 for SP-VDSR's residual. Deeper and wider networks stay below it (`StreamingExecutorTests`).
            let streamed = streamedOutput(chain, values: read, width: size.width, height: size.height, level: level)
            #expect(largestDifference(streamed, layers) < 1e-5, "\(level)")
            let scaler = NetworkScaler(
                chain: chain, sourceSize: PlaneSize(width, height), source: .float, target: .float, level: level)
            let target = Plane(width: scaler.targetSize.width, height: scaler.targetSize.height, sample: .float32)
            scaler.scale(source, into: target)
            // Enlargements add float32 sums of at most 6 × 6 terms (2e-6 in the reference vectors' README).
            #expect(largestDifference(Array(target.codes.joined()), output) < 1.2e-5, "\(level)")
        }
        let reference = ReferenceExecutor(chain: chain)
        let exact = reference.layerOutput(of: read.map(Double.init), width: size.width, height: size.height)
        // Double against double; what remains is the rounding of stored numbers of order one, and of what is read.
        #expect(zip(exact, layers).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test("the authors' layer list with seeded weights", .enabled(if: sharedFolder != nil))
    func authors() throws {
        let folder = try #require(sharedFolder).appendingPathComponent("reference")
        let weights = try WeightsFile(path: folder.appendingPathComponent("sp_vdsr_5x8.weights.safetensors").path)
        let architecture = try #require(NetworkArchitecture.all.first { $0.name == "sp-vdsr" })
        let chain = try ConvolutionChain(architecture, file: weights)
        let file = try SafetensorsFile(folder.appendingPathComponent("sp_vdsr_5x8.case1.safetensors"))
        let (width, height) = (40, 24)
        let input = try file.floats("input").map { $0 / 255 }
        let base = try file.floats("input.interpolated").map { Double($0) / 255 }
        let residual = try file.floats("residual").map(Double.init)
        // Tolerances of the reference vectors' README: 1e-5 for the residual, 2e-3 of 255 for the output.
        for level in CPULevel.available {
            let streamed = streamedOutput(chain, values: input, width: width, height: height, level: level)
            #expect(largestDifference(streamed, residual) < 1e-5, "\(level)")
        }
        let output = ReferenceExecutor(chain: chain).output(
            of: input.map(Double.init), base: base, width: width, height: height)
        let expected = try file.floats("output").map(Double.init)
        #expect(zip(output, expected).allSatisfy { abs($0 * 255 - $1) < 2e-3 })
    }
}
