import Testing

@testable import UplumaNetworks

/// What is wrong with a downscaler's file is told.
@Suite struct DownscalerFileTests {
    @Test("a downscaler is no model and a model is no downscaler; the sentence says which option takes it")
    func exchanged() throws {
        let light = try WeightsFile(
            bytes: safetensors(metadata: DownscalerFiles.light.metadata, tensors: DownscalerFiles.light.tensors),
            name: "w")
        for file in [light, try DownscalerFiles.full.file] {
            let error = #expect(throws: WeightsError.self) { try Network(file: file) }
            #expect(error?.code == .unknownArchitecture)
            #expect(error?.description.contains("give it as --downscale to `upluma upscale`") == true)
        }
        for architecture in NetworkArchitecture.all {
            let error = #expect(throws: WeightsError.self) {
                try DownscalerFiles.loadedLight(["architecture": architecture.name])
            }
            #expect(error?.code == .unknownArchitecture)
            #expect(error?.description.contains("'\(architecture.name)', which enlarges") == true)
            #expect(error?.description.contains("give it as --model to `upluma upscale`") == true)
        }
    }

    static let broken: [(key: String, value: String?, code: WeightsError.Code, says: String)] = [
        ("architecture", nil, .unknownArchitecture, "does not name its network; a downscaler's metadata"),
        ("architecture", "carp", .unknownArchitecture, "'carp', which this version does not know"),
        ("scale", nil, .invalidSetting, "'scale' is missing"), ("scale", "1", .invalidSetting, "'scale' is '1'"),
        ("scale", "3", .invalidSetting, "'widths'"), ("kernel_size", nil, .invalidSetting, "'kernel_size' is missing"),
        ("kernel_size", "1", .invalidSetting, "from 2 to 32"), ("kernel_size", "7", .invalidSetting, "end with 147"),
        ("widths", "4-12-16", .invalidSetting, "begin with 4 and end with 108"),
        ("widths", "4--108", .invalidSetting, "'widths'"), ("widths", "4-12-17-108", .wrongShape, "conv2"),
        ("widths", nil, .invalidSetting, "'widths' is missing"),
        ("kernels", "3-3", .invalidSetting, "3 of the odd numbers"), ("kernels", "3-3-2", .invalidSetting, "'kernels'"),
        ("kernels", "3-3-3", .wrongShape, "conv3"), ("leaky_slope", "2", .invalidSetting, "from 0 to 1"),
        ("sample_range", "0..255", .invalidSetting, "'sample_range' is '0..255', not 0..1"),
    ]

    @Test("settings of the light network that cannot be are named", arguments: broken.indices)
    func invalid(index: Int) {
        let (key, value, code, says) = Self.broken[index]
        let error = #expect(throws: WeightsError.self) { try DownscalerFiles.loadedLight([key: value]) }
        #expect(error?.code == code && error?.description.contains(says) == true, "\(String(describing: error))")
    }

    static let brokenFull: [(key: String, value: String?, code: WeightsError.Code, says: String)] = [
        ("scale", nil, .invalidSetting, "'scale' is missing; it is 2, 4 or 8"),
        ("scale", "3", .invalidSetting, "not 2, 4 or 8"), ("scale", "2", .invalidSetting, "not 7 for scale 2"),
        ("kernel_size", "12", .invalidSetting, "not 13 for scale 4"),
        ("channels", "1", .invalidSetting, "'channels' is '1', not 3"),
        ("sample_range", "0..255", .invalidSetting, "not 0..1"),
    ]

    @Test("settings of the paper's network that cannot be are named", arguments: brokenFull.indices)
    func invalidFull(index: Int) {
        let (key, value, code, says) = Self.brokenFull[index]
        let error = #expect(throws: WeightsError.self) { try DownscalerFiles.loadedFull([key: value]) }
        #expect(error?.code == code && error?.description.contains(says) == true, "\(String(describing: error))")
    }

    @Test("tensors are all there, of shapes that fit, and no others")
    func tensors() {
        typealias Named = (name: String, shape: [Int], values: [Float])
        func shaped(_ name: String, _ shape: [Int]) -> [Named] {
            DownscalerFiles.full.tensors.map {
                $0.name == name ? ($0.name, shape, Array(repeating: 0, count: shape.reduce(1, *))) : $0
            }
        }
        func without(_ name: String) -> [Named] { DownscalerFiles.full.tensors.filter { $0.name != name } }
        let cases: [([Named], WeightsError.Code, String)] = [
            (without("ds_4.downsample.1.bias"), .missingTensor, "ds_4.downsample.1.bias"),
            (without("res_4.1.transform.4.weight"), .missingTensor, "res_4.1.transform.4"),
            (DownscalerFiles.full.tensors + [("extra", [1], [0])], .unexpectedTensor, "extra"),
            (shaped("ds_1.1.weight", [4, 2, 5, 5]), .wrongShape, "reads 2 channels, not 1 or 3"),
            (shaped("kernels_weight.4.weight", [168, 5, 3, 3]), .wrongShape, "kernels_weight.4"),
            (shaped("kernels_trunk.9.upsample.0.weight", [0, 8, 1, 1]), .wrongShape, "kernels_trunk.9"),
        ]
        for (tensors, code, says) in cases {
            let error = #expect(throws: WeightsError.self) { try DownscalerFiles.loadedFull(tensors: tensors) }
            #expect(error?.code == code && error?.description.contains(says) == true, "\(String(describing: error))")
        }
    }

    @Test("a network without a mean and without residual blocks is read")
    func fewer() throws {
        let tensors = DownscalerFiles.full.tensors.filter {
            !$0.name.hasPrefix("sub_mean") && !$0.name.hasPrefix("res_4")
        }
        #expect(try DownscalerFiles.loadedFull(tensors: tensors).factor == 4)
    }
}
