import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

/// SP-VDSR against PyTorch (`Goldens`, made by the training package) and against the authors' layer list.
@Suite struct SPVDSRParityTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens")

    /// Cases in the folder of goldens: all files but those of weights.
    static let cases: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".safetensors") && !$0.contains("weights") }.sorted()
    }()

    @Test("there are goldens") func present() { #expect(Self.cases.count >= 5) }

    @Test("residual, base and output are PyTorch's", arguments: cases)
    func golden(name: String) throws {
        let file = try SafetensorsFile(Self.folder.appendingPathComponent(name))
        let weights = try #require(file.metadata["weights"])
        let path = Self.folder.appendingPathComponent(weights).path
        let chain =
            FileManager.default.fileExists(atPath: path)
            ? try SPVDSR.chain(from: WeightsFile(path: path), settings: SPVDSR.Settings())
            : try ConvolutionChain(file: WeightsFile(path: WeightsResource.path(of: weights)))
        let shape = try #require(file.shapes["input"])
        let (height, width) = (shape[2], shape[3])
        let input = try file.floats("input")
        let source = Plane(width: width, height: height, sample: .float32)
        source.fill { x, y in input[y * width + x] }
        let residual = try file.floats("residual").map(Double.init)
        let output = try file.floats("output").map(Double.init)
        for level in CPULevel.available {
            // Float32 against float64 stored as float32; the reference vectors' README measures 4e-7 for PyTorch and
            // suggests 1e-5 for the residual.
            let streamed = streamedResidual(chain, values: input, width: width, height: height, level: level)
            #expect(largestDifference(streamed, residual) < 1e-5, "\(level)")
            let scaler = ResidualNetworkScaler(
                chain: chain, sourceSize: PlaneSize(width, height), source: .float, target: .float, level: level)
            let target = Plane(width: 2 * width, height: 2 * height, sample: .float32)
            scaler.scale(source, into: target)
            // The base adds float32 sums of 6 × 6 terms (2e-6 in the reference vectors' README).
            #expect(largestDifference(Array(target.codes.joined()), output) < 1.2e-5, "\(level)")
        }
        let reference = ReferenceExecutor(chain: chain)
        let exact = reference.residual(of: input, width: width, height: height)
        // Double against double; what remains is the rounding of stored numbers of order one.
        #expect(zip(exact, residual).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test("the authors' layer list with seeded weights", .enabled(if: sharedFolder != nil))
    func authors() throws {
        let folder = try #require(sharedFolder).appendingPathComponent("reference")
        let weights = try WeightsFile(path: folder.appendingPathComponent("sp_vdsr_5x8.weights.safetensors").path)
        let chain = try SPVDSR.chain(from: weights, settings: SPVDSR.Settings())
        let file = try SafetensorsFile(folder.appendingPathComponent("sp_vdsr_5x8.case1.safetensors"))
        let (width, height) = (40, 24)
        let input = try file.floats("input").map { $0 / 255 }
        let base = try file.floats("input.interpolated").map { $0 / 255 }
        let residual = try file.floats("residual").map(Double.init)
        // Tolerances of the reference vectors' README: 1e-5 for the residual, 2e-3 of 255 for the output.
        for level in CPULevel.available {
            let streamed = streamedResidual(chain, values: input, width: width, height: height, level: level)
            #expect(largestDifference(streamed, residual) < 1e-5, "\(level)")
        }
        let output = ReferenceExecutor(chain: chain).output(of: input, base: base, width: width, height: height)
        let expected = try file.floats("output").map(Double.init)
        #expect(zip(output, expected).allSatisfy { abs($0 * 255 - $1) < 2e-3 })
    }
}
