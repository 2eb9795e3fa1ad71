import Foundation
import Testing
import UplumaKernels
import UplumaTestSupport

@testable import UplumaNetworks

@Suite struct LayerQuantizationTests {
    /// One output, two inputs, 1×1 taps, by hand.
    static let small = LayerQuantization(
        weights: [10, -4], weightScales: [0.25], inputScales: [0.5, 2], inputZeros: [3, 200])

    @Test("weights in floating point have the inputs' scales taken out")
    func dequantized() {
        #expect(Self.small.dequantizedWeights == [0.25 * 10 / 0.5, 0.25 * -4 / 2])
    }

    @Test("sums of codes become values, or steps of the next layer's codes")
    func law() {
        // The zero points alone come to 10 · 3 − 4 · 200 = −770.
        let values = Self.small.resultLaw(bias: [1.5], next: nil)
        #expect(values.scales == [0.25] && values.offsets == [1.5 + 0.25 * 770])
        let next = LayerQuantization(weights: [1], weightScales: [1], inputScales: [0.125], inputZeros: [7])
        let steps = Self.small.resultLaw(bias: [1.5], next: next)
        #expect(steps.scales == [2] && steps.offsets == [(1.5 + 0.25 * 770) / 0.125])
    }

    @Test("a network by hand: rounding half to even, limits, zero points outside the picture, the slope")
    func byHand() {
        // Two pixels beside each other. Layer 1 passes the value on: channel 0 as it is, channel 1 negated.
        let centre: [Float] = [0, 0, 0, 0, 1, 0, 0, 0, 0]
        let first = ConvolutionLayer(
            inputChannels: 1, outputChannels: 2, weights: centre + centre.map { -$0 }, bias: [0, 0],
            activation: .leaky(0.5))
        // Channel 0 reads the pixel to its left and its own, channel 1 its own.
        let quantization = LayerQuantization(
            weights: [0, 0, 0, 100, 1, 0, 0, 0, 0] + [0, 0, 0, 0, 10, 0, 0, 0, 0], weightScales: [0.5],
            inputScales: [0.25, 0.0625], inputZeros: [1, 4])
        let second = ConvolutionLayer(
            inputChannels: 2, outputChannels: 1, weights: quantization.dequantizedWeights, bias: [3],
            activation: .none, quantization: quantization)
        let chain = ConvolutionChain(layers: [first, second], factor: 1, base: nil)
        // 0.625 / 0.25 + 1 = 3.5 is code 4; its negative halved, −5 steps of 1/16 below 4, is limited to code 0.
        // 0.375 / 0.25 + 1 = 2.5 is code 2; −0.1875 is −3 steps: code 1. Outside: codes 1 and 4.
        let found = ReferenceExecutor(chain: chain).layerOutput(of: [0.625, 0.375], width: 2, height: 1)
        let zeros = 100 * 1 + 1 * 1 + 10 * 4
        #expect(
            found == [
                0.5 * Double(100 * 1 + 4 + 10 * 0 - zeros) + 3, 0.5 * Double(100 * 4 + 2 + 10 * 1 - zeros) + 3,
            ])
    }

    @Test("files come back as they were written", arguments: [false, true])
    func read(isPReLU: Bool) throws {
        var noise = SeededNoise(seed: 5)
        let slopes = (0..<7).map { _ in noise.float(in: -1...1) }
        let chain = seededQuantizedChain(
            widths: [1, 5, 7, 9], factor: 3,
            activation: { isPReLU ? .perChannel(Array(slopes[..<$0])) : .leaky(0.3) })
        var metadata = ["architecture": "sp-vdsr", "scale": "3", "widths": "1-5-7-9", "precision": "int8"]
        if isPReLU { metadata["activation"] = "prelu" }
        let file = try WeightsFile(
            bytes: safetensors(metadata: metadata, tensors: quantizedTensors(of: chain)), name: "w")
        let read = try ConvolutionChain(file: file)
        #expect(read == chain && read.isQuantized && !read.dequantized.isQuantized)
        #expect(read.dequantized.layers.map(\.weights) == chain.layers.map(\.weights))
    }

    /// What replaces (or, nil, removes) a tensor of a good file, and what must come of it.
    static let broken: [(name: String, with: TypedTensor?, code: WeightsError.Code, words: String)] = [
        ("conv2d_1.weight_scale", nil, .missingTensor, "conv2d_1.weight_scale"),
        ("conv2d_5.input_zero", nil, .missingTensor, "conv2d_5.input_zero"),
        ("conv2d_2.input_scale", scales("conv2d_2.input_scale", 0), .outOfRange, "not above 0"),
        ("conv2d_2.weight_scale", scales("conv2d_2.weight_scale", -1), .outOfRange, "not above 0"),
        ("conv2d_2.weight_scale", scales("conv2d_2.weight_scale", .infinity), .notFinite, "infinite"),
        ("conv2d_2.input_scale", scales("conv2d_2.input_scale", 1, count: 4), .wrongShape, "[4], not [8]"),
        (
            "conv2d_3.weight",
            TypedTensor("conv2d_3.weight", type: "I8", [8, 8, 3, 3], bytes: Array(repeating: 0x80, count: 576)),
            .outOfRange, "-128, beyond -127...127"
        ),
        (
            "conv2d_3.weight", TypedTensor("conv2d_3.weight", [8, 8, 3, 3], floats: Array(repeating: 0, count: 576)),
            .wrongType, "F32, not I8"
        ),
        (
            "conv2d_4.input_zero",
            TypedTensor("conv2d_4.input_zero", type: "I8", [8], bytes: Array(repeating: 0, count: 8)), .wrongType,
            "I8, not U8"
        ),
        (
            "conv2d.input_zero", TypedTensor("conv2d.input_zero", type: "U8", [1], bytes: [0]), .unexpectedTensor,
            "conv2d.input_zero"
        ),
    ]

    private static func scales(_ name: String, _ value: Float, count: Int = 8) -> TypedTensor {
        TypedTensor(name, [count], floats: [value] + Array(repeating: 1, count: count - 1))
    }

    @Test("tensors that cannot be", arguments: broken.indices)
    func impossible(index: Int) throws {
        let test = Self.broken[index]
        let all = quantizedTensors(of: seededQuantizedChain()).filter { $0.name != test.name }
        let bytes = safetensors(metadata: int8Metadata, tensors: all + (test.with.map { [$0] } ?? []))
        let error = #expect(throws: WeightsError.self) {
            try ConvolutionChain(file: WeightsFile(bytes: bytes, name: "w.safetensors"))
        }
        #expect(error?.code == test.code, "\(String(describing: error))")
        #expect(error?.description.contains(test.words) == true, "\(String(describing: error))")
    }

    @Test("networks that have no 8 bits, and a file that does not say it has")
    func settings() throws {
        let cases: [([String: String], WeightsError.Code, String)] = [
            (["architecture": "srcnn", "precision": "int8"], .invalidSetting, "'int8'"),
            (["architecture": "espcn", "precision": "int8"], .invalidSetting, "without tanh"),
            (["architecture": "fsrcnn", "precision": "int8"], .invalidSetting, "3×3"),
            (["architecture": "vdsr", "precision": "int8"], .invalidSetting, "small size"),
            (["architecture": "sp-vdsr", "widths": "1-4", "precision": "int8"], .invalidSetting, "two or more"),
            (spvdsrMetadata.merging(["precision": "int4"]) { $1 }, .invalidSetting, "'int4', not one of f32, int8"),
            (spvdsrMetadata.merging(["precision": "f32"]) { $1 }, .wrongType, "I8, not F32"),
            (spvdsrMetadata, .wrongType, "I8, not F32"),
        ]
        for (metadata, code, words) in cases {
            let bytes = safetensors(metadata: metadata, tensors: quantizedTensors(of: seededQuantizedChain()))
            let error = #expect(throws: WeightsError.self) {
                try ConvolutionChain(file: WeightsFile(bytes: bytes, name: "w"))
            }
            #expect(error?.code == code, "\(String(describing: error))")
            #expect(error?.description.contains(words) == true, "\(String(describing: error))")
        }
    }

    /// A file in floating point and one in 8 bits that says it was made of it, or of another one.
    private func files(scale: Int, isOfTheSame: Bool = true) throws -> (f32: WeightsFile, int8: WeightsFile) {
        var metadata = ["architecture": "sp-vdsr", "scale": "\(scale)", "widths": "1-2-\(scale * scale)"]
        let widths = [1, 2, scale * scale]
        let exact = try WeightsFile(
            bytes: safetensors(metadata: metadata, tensors: tensors(of: seededChain(widths: widths, factor: scale))),
            name: "x\(scale)")
        metadata["precision"] = "int8"
        metadata[ScaleSet.originKey] = isOfTheSame ? exact.sha256 : String(exact.sha256.reversed())
        let chain = seededQuantizedChain(widths: widths, factor: scale)
        let bytes = safetensors(metadata: metadata, tensors: quantizedTensors(of: chain))
        return (exact, try WeightsFile(bytes: bytes, name: "x\(scale)-int8"))
    }

    @Test("a scale set holds both precisions, in whatever order their files come")
    func scaleSet() throws {
        let (two, three) = (try files(scale: 2), try files(scale: 3))
        let set = try ScaleSet(files: [two.int8, three.f32, two.f32])
        #expect(set.factors == [2, 3])
        #expect(try set.chain(factor: 2) == ConvolutionChain(file: two.f32))
        #expect(try set.chain(factor: 2, precision: .f32) == ConvolutionChain(file: two.f32))
        #expect(try set.chain(factor: 2, precision: .int8) == ConvolutionChain(file: two.int8))
        #expect(set.chain(factor: 3, precision: .int8) == nil)
        #expect(set.members[0].sha256 == two.f32.sha256 && set.members[0].quantized?.sha256 == two.int8.sha256)
        #expect(set.members[0].parameterCount == 18 + 2 + 72 + 4 && set.members[1].quantized == nil)
    }

    @Test("8-bit weights of other weights are not taken")
    func others() throws {
        let two = try files(scale: 2, isOfTheSame: false)
        let set = try ScaleSet(files: [two.f32, two.int8])
        #expect(try set.chain(factor: 2) == ConvolutionChain(file: two.f32))
        #expect(set.chain(factor: 2, precision: .int8) == nil)
    }

    @Test("8-bit weights alone run in floating point too; two for a scale are one too many")
    func alone() throws {
        let two = try files(scale: 2)
        let set = try ScaleSet(files: [two.int8])
        let chain = try ConvolutionChain(file: two.int8)
        #expect(set.chain(factor: 2) == chain.dequantized && set.chain(factor: 2, precision: .int8) == chain)
        #expect(set.members[0].parameterCount == 18 + 2 + 72 + 4, "scales and zero points are not trained numbers")
        let error = #expect(throws: WeightsError.self) { try ScaleSet(files: [two.int8, two.int8]) }
        #expect(error?.code == .invalidSetting && error?.description.contains("scale 2") == true)
    }

    @Test("files in 8 bits are named after those they lie beside")
    func names() {
        #expect(WeightsPrecision.int8.fileName(beside: "sp-vdsr-x3.safetensors") == "sp-vdsr-x3-int8.safetensors")
        #expect(WeightsPrecision.f32.fileName(beside: "sp-vdsr.safetensors") == "sp-vdsr.safetensors")
    }
}
