import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaResampling
import UplumaTestSupport

@testable import UplumaNetworks

@Suite struct ModelCatalogTests {
    @Test("every entry is found by name, loads, and makes a scaler", arguments: ModelCatalog.models)
    func entry(model: Model) throws {
        #expect(try ModelCatalog.model(model.name) == model)
        #expect(!model.summary.isEmpty && !model.summary.contains("\n"))
        let loaded = try model.load()
        let card = loaded.card
        #expect(card.name == model.name && card.family == model.family && card.summary == model.summary)
        #expect(card.operationsPerInputPixel > 0 && card.scales.contains(2))
        switch loaded.content {
        case .filter:
            #expect(card.family == "fir" && card.parameters == 0 && card.weightsSHA256 == nil && card.weights.isEmpty)
        case .network(let networks):
            #expect(card.parameters > 0 && card.weightsSHA256?.count == 64)
            #expect(NetworkArchitecture.all.contains { $0.name == card.family })
            #expect(networks.members.count == Set(card.scales).count && card.weights.map(\.scale) == card.scales)
            // Networks that ship in 8 bits do so for every scale, made of the very weights beside them.
            // (Those that belong to a downscaler have none yet.)
            let belongs = DownscalerCatalog.downscalers.contains { $0.upscaler == card.name }
            let isInt8 = card.family == "sp-vdsr" && !belongs
            for (member, weights) in zip(networks.members, card.weights) {
                #expect((member.quantized != nil) == isInt8 && (weights.int8SHA256?.count == 64) == isInt8)
                #expect(member.quantized.map { $0.chain.isQuantized && $0.sha256 == weights.int8SHA256 } ?? true)
                #expect(!member.network.isQuantized)
            }
        }
        let chain = try loaded.makeScaler(
            sourceSize: PlaneSize(20, 10), targetSize: PlaneSize(40, 20), source: .float, target: .float)
        #expect(chain.targetSize == PlaneSize(40, 20) && chain.stages.count == 1 && chain.notes.isEmpty)
        // A flat picture stays flat, up to what the network's training left of errors.
        let source = Plane(width: 20, height: 10, sample: .float32)
        source.fill { _, _ in 0.5 }
        let target = Plane(width: 40, height: 20, sample: .float32)
        try chain.scale(source, into: target)
        #expect(target.codes[10][20...21].allSatisfy { abs($0 - 0.5) < 0.02 })
    }

    @Test("names are unique, networks come first, every filter is there")
    func table() {
        let names = ModelCatalog.models.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.first == "sp-vdsr")
        #expect(Set(names).isSuperset(of: ResampleFilter.allCases.map(\.name)))
    }

    @Test("an unknown name is answered with the known ones")
    func unknown() {
        let error = #expect(throws: UnknownModelError.self) { try ModelCatalog.model("lanczos5") }
        #expect(error?.known == ModelCatalog.models.map(\.name))
        #expect(error?.description.contains("\"lanczos5\"") == true)
        #expect(error?.description.contains("lanczos3") == true)
    }

    @Test("cards have the stable keys, in JSON too for what they lack")
    func keys() throws {
        let keys: Set = [
            "name", "family", "scales", "parameters", "operations_per_input_pixel", "weights_sha256", "weights",
            "summary",
        ]
        for model in ModelCatalog.models {
            let data = try JSONEncoder().encode(model.load().card)
            let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            #expect(Set(object.keys) == keys)
            for weights in try #require(object["weights"] as? [[String: Any]]) {
                #expect(
                    Set(weights.keys)
                        == ["scale", "parameters", "operations_per_input_pixel", "sha256", "int8_sha256"])
            }
        }
    }

    @Test("a weights file of the user's")
    func file() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors")
            .path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let chain = seededChain(widths: [1, 4, 9], factor: 3)
        let metadata = ["architecture": "sp-vdsr", "scale": "3", "widths": "1-4-9", "leaky_slope": "0.3"]
        try safetensors(metadata: metadata, tensors: tensors(of: chain)).write(to: URL(fileURLWithPath: path))
        let loaded = try ModelCatalog.model(path).load()
        #expect(loaded.card.name == path && loaded.card.family == "sp-vdsr" && loaded.card.scales == [3])
        #expect(loaded.card.parameters == 36 + 4 + 324 + 9)
        guard case .network(let read) = loaded.content else { throw UnexpectedFilter() }
        #expect(read.members.map(\.network) == [.chain(chain)])
    }

    private struct UnexpectedFilter: Error {}

    @Test("one network for each scale, by rising scale; none twice")
    func scales() throws {
        func file(_ factor: Int) throws -> WeightsFile {
            let metadata = ["architecture": "sp-vdsr", "scale": "\(factor)", "widths": "1-2-\(factor * factor)"]
            let chain = seededChain(widths: [1, 2, factor * factor], factor: factor)
            return try WeightsFile(
                bytes: safetensors(metadata: metadata, tensors: tensors(of: chain)), name: "x\(factor)")
        }
        let set = try ScaleSet(files: [file(4), file(2), file(3)])
        #expect(set.factors == [2, 3, 4] && set.chain(factor: 3)?.factor == 3)
        let error = #expect(throws: WeightsError.self) { try ScaleSet(files: [file(2), file(2)]) }
        #expect(error?.code == .invalidSetting && error?.description.contains("scale 2") == true)
    }

    /// A file of each architecture in a small size, and what must come of it.
    static let architectures: [(metadata: [String: String], chain: ConvolutionChain)] = {
        var noise = SeededNoise(seed: 23)
        let relu = Activation.leaky(0)
        func slopes(_ count: Int) -> Activation { .perChannel((0..<count).map { _ in noise.float(in: -1...1) }) }
        return [
            (
                ["architecture": "srcnn", "scale": "3", "widths": "1-6-4-1"],
                ConvolutionChain(
                    layers: [
                        seededLayer(1, 6, kernel: 9, activation: relu, noise: &noise),
                        seededLayer(6, 4, kernel: 1, activation: relu, noise: &noise),
                        seededLayer(4, 1, kernel: 5, activation: .none, noise: &noise),
                    ], factor: 3, input: .enlarged(.catmullrom), base: nil)
            ),
            (
                ["architecture": "espcn", "scale": "3", "widths": "1-6-4-9"],
                ConvolutionChain(
                    layers: [
                        seededLayer(1, 6, kernel: 5, activation: .tanh, noise: &noise),
                        seededLayer(6, 4, activation: .tanh, noise: &noise),
                        seededLayer(4, 9, activation: .none, noise: &noise),
                    ], factor: 3, base: nil)
            ),
            (
                ["architecture": "vdsr", "scale": "4", "widths": "1-5-5-1", "base": "bicubic"],
                ConvolutionChain(
                    layers: [
                        seededLayer(1, 5, activation: relu, noise: &noise),
                        seededLayer(5, 5, activation: relu, noise: &noise),
                        seededLayer(5, 1, activation: .none, noise: &noise),
                    ], factor: 4, input: .enlarged(.bicubic), base: .bicubic)
            ),
            (
                ["architecture": "sp-vdsr", "scale": "2", "widths": "1-5-4", "activation": "prelu"],
                ConvolutionChain(
                    layers: [
                        seededLayer(1, 5, activation: slopes(5), noise: &noise),
                        seededLayer(5, 4, activation: .none, noise: &noise),
                    ], factor: 2)
            ),
        ]
    }()

    @Test("files of every architecture are read as they were written", arguments: architectures.indices)
    func architecture(index: Int) throws {
        let (metadata, chain) = Self.architectures[index]
        let isSPVDSR = metadata["architecture"] == "sp-vdsr"
        let file = try WeightsFile(
            bytes: safetensors(
                metadata: metadata,
                tensors: tensors(of: chain) { isSPVDSR ? ($0 == 0 ? "conv2d" : "conv2d_\($0)") : "conv\($0 + 1)" }),
            name: "w")
        #expect(try ConvolutionChain(file: file) == chain)
    }

    @Test("FSRCNN's last layer is folded for every scale", arguments: 2...4)
    func fsrcnn(factor: Int) throws {
        var noise = SeededNoise(seed: 29)
        let first = seededLayer(1, 6, kernel: 5, activation: .perChannel([1, 0, -1, 2, 0.5, 0]), noise: &noise)
        let weights = (0..<6 * 81).map { _ in noise.float(in: -1...1) }
        let metadata = ["architecture": "fsrcnn", "scale": "\(factor)", "widths": "1-6-1", "kernels": "5-9"]
        let one = ConvolutionChain(
            layers: [
                first,
                ConvolutionLayer(
                    inputChannels: 6, outputChannels: 1, kernel: 1, weights: Array(repeating: 0, count: 6), bias: [0],
                    activation: .none),
            ], factor: 1)
        let named = tensors(of: one) { "conv\($0 + 1)" }.filter { $0.name.hasPrefix("conv1.") }
        let file = try WeightsFile(
            bytes: safetensors(
                metadata: metadata,
                tensors: named + [("deconv.weight", [6, 1, 9, 9], weights), ("deconv.bias", [1], [0.25])]), name: "w")
        let chain = try ConvolutionChain(file: file)
        #expect(chain.layers[0] == first && chain.factor == factor && chain.base == nil)
        #expect(
            chain.layers[1]
                == TransposedConvolution.folded(
                    inputChannels: 6, kernel: 9, stride: factor, weights: weights, bias: 0.25))
        // What the paper counts, not what the fold fills up with zeros.
        #expect(chain.operationsPerInputPixel == 2 * (6 * 25 + 6 * 81))
        #expect(file.parameterCount() == 6 * 25 + 6 + 6 + 6 * 81 + 1)
    }

    /// What is changed in the metadata of a good file, and the error that must come of it.
    static let settings: [(key: String, value: String?, code: WeightsError.Code, words: String)] = [
        ("architecture", nil, .unknownArchitecture, "does not name its network"),
        ("architecture", "esrgan", .unknownArchitecture, "'esrgan'"),
        ("scale", "two", .invalidSetting, "'two'"), ("scale", "0", .invalidSetting, "from 1 to 8"),
        ("scale", "3", .invalidSetting, "3²"), ("widths", "", .invalidSetting, "'widths'"),
        ("widths", "1-8-", .invalidSetting, "'widths'"), ("widths", "3-8-4", .invalidSetting, "'widths'"),
        ("widths", "1-99999999999-4", .invalidSetting, "'widths'"), ("widths", "1-8-8-4", .wrongShape, "conv2d_2"),
        ("widths", "1-8-8-8-8-8-8-4", .wrongShape, "conv2d_5"), ("widths", "1-16-8-8-8-8-4", .wrongShape, "conv2d"),
        ("kernels", "3-3-3", .invalidSetting, "6 of the odd numbers"),
        ("kernels", "3-3-3-3-3-2", .invalidSetting, "'kernels'"), ("kernels", "3-3-3-3-3-11", .invalidSetting, "7, 9"),
        ("kernels", "3-3-3-5-3-3", .wrongShape, "conv2d_3"), ("activation", "gelu", .invalidSetting, "prelu"),
        ("activation", "prelu", .missingTensor, "conv2d.slope"),
        ("leaky_slope", "2", .invalidSetting, "from 0 to 1"), ("leaky_slope", "nan", .invalidSetting, "'nan'"),
        ("base", "sinc", .invalidSetting, "lanczos3"), ("sample_range", "0..255", .invalidSetting, "0..255"),
    ]

    @Test("settings that cannot be", arguments: settings.indices)
    func impossible(index: Int) throws {
        let test = Self.settings[index]
        var metadata = spvdsrMetadata
        metadata[test.key] = test.value
        let file = try WeightsFile(
            bytes: safetensors(metadata: metadata, tensors: tensors(of: seededChain())), name: "w.safetensors")
        let error = #expect(throws: WeightsError.self) { try ConvolutionChain(file: file) }
        #expect(error?.code == test.code)
        #expect(error?.description.contains(test.words) == true, "\(String(describing: error))")
    }

    @Test("settings that cannot be for the other architectures")
    func impossibleElsewhere() throws {
        let cases: [([String: String], WeightsError.Code, String)] = [
            (["architecture": "srcnn", "widths": "1-8-8-4"], .invalidSetting, "does not end with 1"),
            (["architecture": "srcnn", "widths": "1-8-1"], .invalidSetting, "'kernels' is missing"),
            (["architecture": "srcnn"], .missingTensor, "conv1.bias"),
            (["architecture": "srcnn", "base": "none"], .invalidSetting, "'base'"),
            (["architecture": "espcn", "base": "lanczos3"], .invalidSetting, "espcn enlarges by itself"),
            (["architecture": "espcn", "scale": "3", "widths": "1-8-8-4"], .invalidSetting, "3²"),
            (["architecture": "fsrcnn", "widths": "1-8-8-4"], .invalidSetting, "does not end with 1"),
            (["architecture": "vdsr", "scale": "9"], .invalidSetting, "from 1 to 8"),
        ]
        for (metadata, code, words) in cases {
            let file = try WeightsFile(bytes: safetensors(metadata: metadata, tensors: [TypedTensor]()), name: "w")
            let error = #expect(throws: WeightsError.self) { try ConvolutionChain(file: file) }
            #expect(error?.code == code && error?.description.contains(words) == true, "\(String(describing: error))")
        }
    }

    @Test("tensors that are missing or too many")
    func strangers() throws {
        let all = tensors(of: seededChain())
        let cases: [([(name: String, shape: [Int], values: [Float])], WeightsError.Code, String)] = [
            (Array(all.dropLast()), .missingTensor, "conv2d_5.bias"),
            (all + [("extra", [1], [0])], .unexpectedTensor, "extra"),
            (all + [("conv2d_1.slope", [8], Array(repeating: 0, count: 8))], .unexpectedTensor, "conv2d_1.slope"),
        ]
        for (tensors, code, name) in cases {
            let file = try WeightsFile(bytes: safetensors(metadata: spvdsrMetadata, tensors: tensors), name: "w")
            let error = #expect(throws: WeightsError.self) { try ConvolutionChain(file: file) }
            #expect(error?.code == code && error?.tensor == name)
        }
    }
}
