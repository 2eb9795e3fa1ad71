import Foundation
import Testing
import UplumaFrames
import UplumaNetworks
import UplumaResampling

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
            #expect(card.family == "fir" && card.parameters == 0 && card.weightsSHA256 == nil)
        case .network:
            #expect(card.parameters > 0 && card.weightsSHA256?.count == 64)
        }
        let chain = loaded.makeScaler(
            sourceSize: PlaneSize(20, 10), targetSize: PlaneSize(40, 20), source: .float, target: .float)
        #expect(chain.targetSize == PlaneSize(40, 20) && chain.stages.count == 1 && chain.notes.isEmpty)
        // A flat picture stays flat, up to what the network's training left of errors.
        let source = Plane(width: 20, height: 10, sample: .float32)
        source.fill { _, _ in 0.5 }
        let target = Plane(width: 40, height: 20, sample: .float32)
        chain.scale(source, into: target)
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
            "name", "family", "scales", "parameters", "operations_per_input_pixel", "weights_sha256", "summary",
        ]
        for model in ModelCatalog.models {
            let data = try JSONEncoder().encode(model.load().card)
            let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            #expect(Set(object.keys) == keys)
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
        guard case .network(let read) = loaded.content else { throw UnexpectedFilter() }
        #expect(read == chain)
    }

    private struct UnexpectedFilter: Error {}

    /// What is changed in the metadata of a good file, and the error that must come of it.
    static let settings: [(key: String, value: String?, code: WeightsError.Code, words: String)] = [
        ("architecture", nil, .unknownArchitecture, "does not name its network"),
        ("architecture", "esrgan", .unknownArchitecture, "'esrgan'"),
        ("scale", "two", .invalidSetting, "'two'"), ("scale", "0", .invalidSetting, "from 1 to 8"),
        ("scale", "3", .invalidSetting, "3²"), ("widths", "", .invalidSetting, "'widths'"),
        ("widths", "1-8-", .invalidSetting, "'widths'"), ("widths", "3-8-4", .invalidSetting, "'widths'"),
        ("widths", "1-99999999999-4", .invalidSetting, "'widths'"), ("widths", "1-8-8-4", .wrongShape, "conv2d_2"),
        ("widths", "1-8-8-8-8-8-8-4", .wrongShape, "conv2d_5"), ("widths", "1-16-8-8-8-8-4", .wrongShape, "conv2d"),
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

    @Test("tensors that are missing or too many")
    func strangers() throws {
        let all = tensors(of: seededChain())
        let cases: [([(name: String, shape: [Int], values: [Float])], WeightsError.Code, String)] = [
            (Array(all.dropLast()), .missingTensor, "conv2d_5.bias"),
            (all + [("extra", [1], [0])], .unexpectedTensor, "extra"),
        ]
        for (tensors, code, name) in cases {
            let file = try WeightsFile(bytes: safetensors(metadata: spvdsrMetadata, tensors: tensors), name: "w")
            let error = #expect(throws: WeightsError.self) { try ConvolutionChain(file: file) }
            #expect(error?.code == code && error?.tensor == name)
        }
    }
}
