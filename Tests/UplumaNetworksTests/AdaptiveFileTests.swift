import Foundation
import Testing

@testable import UplumaNetworks

@Suite struct AdaptiveFileTests {
    /// Metadata of a network of two stages: 2× with 3×3 and 1×1 layers, then twice at its own size.
    static let metadata = [
        "architecture": "dair", "scale": "2", "widths": "1-3-36 2-4-9", "kernels": "3-1 3-3", "factors": "2 1",
        "intervals": "1 1-2", "repeats": "1 2", "sample_range": "0..1, code value / 255 at 8 bits",
    ]

    /// (name, shape, values) of its layers.
    static func tensors() -> [(name: String, shape: [Int], values: [Float])] {
        let shapes = [
            ("conv1", [3, 1, 3, 3]), ("conv2", [36, 3, 1, 1]), ("stage2.conv1", [4, 2, 3, 3]),
            ("stage2.conv2", [9, 4, 3, 3]),
        ]
        return shapes.enumerated().flatMap { index, layer in
            let count = layer.1.reduce(1, *)
            return [
                ("\(layer.0).weight", layer.1, seededValues(count, seed: UInt64(index))),
                ("\(layer.0).bias", [layer.1[0]], seededValues(layer.1[0], seed: UInt64(index + 50))),
            ]
        }
    }

    private func read(
        _ changes: [String: String?] = [:], tensors: [(name: String, shape: [Int], values: [Float])] = Self.tensors()
    ) throws -> Network {
        let metadata = Self.metadata.merging(changes.mapValues { $0 ?? "" }) { $1 }
            .filter { changes[$0.key] != .some(nil) }
        return try Network(file: WeightsFile(bytes: safetensors(metadata: metadata, tensors: tensors), name: "w"))
    }

    @Test("a file's metadata and tensors are the network")
    func network() throws {
        let network = try #require(read().adaptive)
        #expect(network.factor == 2 && network.stages.map(\.factor) == [2, 1])
        #expect(network.stages.map(\.repeats) == [1, 2] && network.runs.map(\.times) == [1, 2, 2])
        #expect(network.stages.map(\.lattice.size) == [3, 3])
        #expect(network.stages.map(\.lattice.intervals) == [[2], [1, 2]])
        #expect(network.stages.map(\.readsSource) == [false, true])
        let layers = network.stages.flatMap(\.layers)
        #expect(layers.map(\.kernel) == [3, 1, 3, 3])
        #expect(layers.map(\.activation) == [.leaky(0), .none, .leaky(0), .none])
        let tensors = Self.tensors()
        #expect(layers.map(\.weights) == stride(from: 0, to: 8, by: 2).map { tensors[$0].values })
        #expect(layers.map(\.bias) == stride(from: 1, to: 8, by: 2).map { tensors[$0].values })
        // 27 + 108 of the layers and 36 of the kernels; twice 72 + 324 + 9 · 2 at the fourfold size.
        #expect(network.operationsPerInputPixel == 2 * (171 + 2 * 4 * (396 + 18)))
    }

    @Test("what is missing is DAIR_5 at scale 2")
    func defaults() throws {
        let file = try WeightsFile(
            bytes: safetensors(metadata: ["architecture": "dair"], tensors: [TypedTensor]()), name: "w")
        let settings = try AdaptiveSettings(NetworkArchitecture(of: file), of: file)
        #expect(settings.stages.map(\.widths) == [[1, 64, 64, 64, 64, 100]])
        #expect(settings.stages.map(\.kernels) == [[3, 3, 3, 3, 3]] && settings.stages[0].factor == 2)
        #expect(settings.stages[0].intervals == [1] && settings.stages[0].repeats == 1)
    }

    static let broken: [(key: String, value: String?, says: String)] = [
        ("scale", "9", "'scale' is '9', not a whole number from 1 to 8"),
        ("scale", "2-2", "'scale'"), ("scale", "x", "'scale'"),
        ("scale", "4", "'factors' is '2 1', not numbers whose product is the scale, 4"),
        ("widths", "1-3-35 2-4-9", "'widths' is '1-3-35 2-4-9', not channel counts that begin with 1 or 2 and end"),
        ("widths", "1-3-16 2-4-9", "'widths'"),  // kernels of 2×2
        ("widths", "3-3-36 2-4-9", "'widths'"), ("widths", "36 2-4-9", "'widths'"), ("widths", "", "'widths'"),
        ("widths", "1-0-36 2-4-9", "'widths'"), ("widths", "1--36 2-4-9", "'widths'"),
        ("kernels", "3-1", "'kernels' is '3-1', not one of"), ("kernels", "3-2 3-3", "'kernels'"),
        ("kernels", "3-1 3-3-3", "'kernels'"), ("factors", "2", "'factors'"), ("factors", "0 1", "'factors'"),
        ("factors", "2-2 1", "'factors'"), ("factors", nil, "'widths'"),
        ("intervals", "1", "'intervals'"), ("intervals", "1 0", "'intervals'"),
        ("repeats", "2 1", "'repeats' is '2 1', not 1 where a stage enlarges"), ("repeats", "1 1-1", "'repeats'"),
        ("repeats", "1 9", "'repeats'"),
        ("sample_range", "0..255", "'sample_range' is '0..255', not 0..1"),
    ]

    @Test("a setting that cannot be is named with its remedy", arguments: broken.indices)
    func invalid(index: Int) {
        let (key, value, says) = Self.broken[index]
        let error = #expect(throws: WeightsError.self) { try read([key: value]) }
        #expect(error?.code == .invalidSetting)
        #expect(error?.description.contains(says) == true, "\(error.map(\.description) ?? "no error")")
        #expect(error?.description.contains("export the network again") == true)
    }

    @Test("tensors are all there, of their shapes, and no others")
    func tensorErrors() {
        let tensors = Self.tensors()
        let missing = #expect(throws: WeightsError.self) { try read(tensors: Array(tensors.dropLast())) }
        #expect(missing?.code == .missingTensor && missing?.description.contains("stage2.conv2.bias") == true)
        let extra = #expect(throws: WeightsError.self) {
            try read(tensors: tensors + [("stage3.conv1.bias", [1], [0])])
        }
        #expect(extra?.code == .unexpectedTensor && extra?.description.contains("stage3.conv1.bias") == true)
        let shape = #expect(throws: WeightsError.self) {
            try read(["widths": "1-3-36 2-5-9"])
        }
        #expect(shape?.code == .wrongShape && shape?.description.contains("stage2.conv1") == true)
    }

    @Test("a file of stages is no chain")
    func chain() throws {
        let file = try WeightsFile(
            bytes: safetensors(metadata: Self.metadata, tensors: Self.tensors()), name: "w")
        let error = #expect(throws: WeightsError.self) { try ConvolutionChain(file: file) }
        #expect(error?.code == .unknownArchitecture)
    }
}
