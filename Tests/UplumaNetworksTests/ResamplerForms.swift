import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

/// A light network with seeded weights.
struct LightForm: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let network: LightResampler

    static let all: [LightForm] = {
        var noise = SeededNoise(seed: 31)
        func form(_ name: String, _ widths: [Int], _ kernels: [Int], factor: Int, size: Int) -> LightForm {
            LightForm(
                testDescription: name,
                network: seededLightResampler(widths, kernels: kernels, factor: factor, size: size, noise: &noise))
        }
        return [
            form("2×, 6 × 6 taps, layers of 3-3-1", [4, 12, 16], [3, 3, 1], factor: 2, size: 6),
            form("2×, 7 × 7 taps between pixels, one layer", [4], [3], factor: 2, size: 7),
            form("3×, 4 × 4 taps between pixels, layers of 5-1", [9, 6], [5, 1], factor: 3, size: 4),
            form("4×, 12 × 12 taps, layers of 3-3-1", [16, 8, 6], [3, 3, 1], factor: 4, size: 12),
            form("4×, 4 × 4 taps, a layer of 1", [16], [1], factor: 4, size: 4),
        ]
    }()
}

/// Kernels around a box that sum to one and displacements of up to nearly one, both varying from pixel to pixel.
///
/// - Parameter widths: channels before the layers.
func seededLightResampler(
    _ widths: [Int], kernels: [Int], factor: Int, size: Int, noise: inout SeededNoise
) -> LightResampler {
    let (count, all) = (size * size, widths + [3 * size * size])
    let layers = kernels.indices.map { index in
        let isLast = index == kernels.count - 1
        let layer = seededLayer(
            all[index], all[index + 1], kernel: kernels[index], activation: isLast ? .none : .leaky(0.3), noise: &noise)
        guard isLast else { return layer }
        let inputs = layer.inputChannels * layer.kernel * layer.kernel
        var (weights, bias) = (layer.weights, layer.bias)
        for input in 0..<inputs {
            let mean = (0..<count).reduce(Float(0)) { $0 + weights[$1 * inputs + input] } / Float(count)
            for tap in 0..<count {
                weights[tap * inputs + input] = (weights[tap * inputs + input] - mean) * 0.2 / Float(size)
            }
        }
        let mean = bias[..<count].reduce(0, +) / Float(count)
        for tap in 0..<count { bias[tap] = (bias[tap] - mean) * 0.2 + 1 / Float(count) }
        return ConvolutionLayer(
            inputChannels: layer.inputChannels, outputChannels: layer.outputChannels, kernel: layer.kernel,
            weights: weights, bias: bias, activation: .none)
    }
    return LightResampler(layers: layers, factor: factor, kernelSize: size)
}

extension LightResampler {
    /// As its weights file has them.
    var tensors: [(name: String, shape: [Int], values: [Float])] {
        layers.enumerated().flatMap { index, layer in
            let shape = [layer.outputChannels, layer.inputChannels, layer.kernel, layer.kernel]
            return [
                ("conv\(index + 1).weight", shape, layer.weights),
                ("conv\(index + 1).bias", [layer.outputChannels], layer.bias),
            ]
        }
    }

    var metadata: [String: String] {
        let widths = [layers[0].inputChannels] + layers.map(\.outputChannels)
        return [
            "architecture": "car-light", "scale": "\(factor)", "kernel_size": "\(kernelSize)",
            "widths": widths.map(String.init).joined(separator: "-"),
            "kernels": layers.map { String($0.kernel) }.joined(separator: "-"), "leaky_slope": "0.3",
            "guide": "bicubic", "sample_range": "0..1, code value / 255 at 8 bits",
        ]
    }

    /// What the definition makes of luma values.
    func reference(_ luma: ResamplerReference.Picture) -> ResamplerReference.Prediction {
        let (rows, columns) = ((luma.height + factor - 1) / factor, (luma.width + factor - 1) / factor)
        var features = luma.extended(factor * rows, factor * columns).unshuffled(factor)
        for (index, layer) in layers.enumerated() {
            features = features.convolved(
                .init(weights: layer.weights, bias: layer.bias, side: layer.kernel), isMirrored: false)
            if index < layers.count - 1 { features = features.map(ResamplerReference.leaky(Double(Float(0.3)))) }
        }
        let count = kernelSize * kernelSize
        func part(_ index: Int) -> ResamplerReference.Picture {
            .init(count, rows, columns) { features[index * count + $0, $1, $2] }
        }
        return .init(weights: part(0), horizontal: part(1).map(tanh), vertical: part(2).map(tanh))
    }
}

/// A file of the paper's network with narrow layers, every one of another width, or with others given by hand.
struct FullForm: CustomTestStringConvertible, Sendable {
    let factor: Int
    let channels: Int
    let tensors: [(name: String, shape: [Int], values: [Float])]

    var testDescription: String { "\(factor)×, \(channels) channels" }
    var size: Int { 3 * factor + 1 }

    var metadata: [String: String] {
        [
            "architecture": "car", "scale": "\(factor)", "kernel_size": "\(size)", "channels": "\(channels)",
            "guide": "edsr", "sample_range": "0..1",
        ]
    }

    var file: WeightsFile {
        get throws {
            try WeightsFile(bytes: safetensors(metadata: metadata, tensors: tensors), name: "car.safetensors")
        }
    }

    var network: FullResampler { get throws { try FullResampler(file: file) } }

    static let all = [(2, 3), (2, 1), (4, 3), (4, 1), (8, 3)].map { FullForm(factor: $0.0, channels: $0.1) }

    /// Names and shapes of all convolutions' weights.
    ///
    /// - Parameters:
    ///   - widths: of ds_1, ds_2, ds_4 and ds_8.
    ///   - inner: of a residual block.
    ///   - trunk: of its three layers, of the enlarged features, of the last layer and of the heads.
    static func shapes(
        factor: Int, channels: Int, widths: [Int], blocks: Int, inner: Int, trunk: [Int]
    ) -> [(name: String, shape: [Int])] {
        let taps = (3 * factor + 1) * (3 * factor + 1)
        let subpixels = 64 / (factor * factor)
        var all: [(String, [Int])] = [
            ("sub_mean", [channels, channels, 1, 1]), ("ds_1.1", [widths[0], channels, 5, 5]),
            ("ds_2.downsample.1", [widths[1], 4 * widths[0], 1, 1]),
            ("ds_4.downsample.1", [widths[2], 4 * widths[1], 1, 1]),
            ("ds_8.downsample.1", [widths[3], 4 * widths[2], 1, 1]),
        ]
        for block in 0..<blocks {
            all.append(("res_4.\(block).transform.1", [inner, widths[2], 3, 3]))
            all.append(("res_4.\(block).transform.4", [widths[2], inner, 3, 3]))
        }
        for name in ["kernels_trunk", "offsets_trunk"] {
            all.append(("\(name).1", [trunk[0], widths[3], 3, 3]))
            all.append(("\(name).4", [trunk[1], trunk[0], 3, 3]))
            all.append(("\(name).7", [trunk[2], trunk[1], 3, 3]))
            all.append(("\(name).9.upsample.0", [trunk[3] * subpixels, trunk[2], 1, 1]))
            all.append(("\(name).11", [trunk[4], trunk[3], 3, 3]))
        }
        for name in ["kernels_weight", "offsets_h_generation", "offsets_v_generation"] {
            all.append(("\(name).1", [trunk[5], trunk[4], 3, 3]))
            all.append(("\(name).4", [taps, trunk[5], 3, 3]))
        }
        return all
    }

    init(factor: Int, channels: Int) {
        (self.factor, self.channels) = (factor, channels)
        var noise = SeededNoise(seed: UInt64(100 * factor + channels))
        let shapes = Self.shapes(
            factor: factor, channels: channels, widths: [4, 5, 6, 7], blocks: 2, inner: 3, trunk: [6, 5, 8, 3, 7, 5])
        tensors = shapes.flatMap { name, shape in
            let inputs = shape[1] * shape[2] * shape[3]
            let bound = (6 / Float(inputs)).squareRoot()
            var weights = (0..<shape[0] * inputs).map { _ in noise.float(in: -bound...bound) }
            var bias = (0..<shape[0]).map { _ in noise.float(in: -0.2...0.2) }
            if name == "sub_mean" {
                // Channels that are mixed and scaled, and a mean of each.
                weights = (0..<shape[0] * shape[0]).map { $0 % (shape[0] + 1) == 0 ? 1.5 : 0.25 }
                bias = (0..<shape[0]).map { -0.4 - 0.05 * Float($0) }
            }
            // Kernels of which some weights reach the lower limit, around the mean of all.
            if name == "kernels_weight.4" {
                weights = weights.map { $0 * 0.2 / Float(shape[0]) }
                bias = bias.map { $0 / Float(shape[0]) * 2 + 1 / Float(shape[0]) }
            }
            return [("\(name).weight", shape, weights), ("\(name).bias", [shape[0]], bias)]
        }
    }

    init(factor: Int, channels: Int, tensors: [(name: String, shape: [Int], values: [Float])]) {
        (self.factor, self.channels, self.tensors) = (factor, channels, tensors)
    }

    /// What the definition makes of a picture of `channels` channels.
    func reference(_ picture: ResamplerReference.Picture) -> ResamplerReference.Prediction {
        let named = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
        func layer(_ name: String) -> ResamplerReference.Layer {
            .init(
                weights: named["\(name).weight"]?.values ?? [], bias: named["\(name).bias"]?.values ?? [],
                side: named["\(name).weight"]?.shape[2] ?? 0)
        }
        let relu = ResamplerReference.leaky(0), leaky = ResamplerReference.leaky(Double(Float(0.2)))
        func convolved(_ value: ResamplerReference.Picture, _ name: String) -> ResamplerReference.Picture {
            value.convolved(layer(name), isMirrored: true)
        }
        let extended = picture.extended(
            FullResampler.extended(picture.height), FullResampler.extended(picture.width))
        var value = convolved(convolved(extended, "sub_mean"), "ds_1.1").map(leaky)
        value = convolved(value.unshuffled(2), "ds_2.downsample.1")
        value = convolved(value.unshuffled(2), "ds_4.downsample.1")
        func sum(_ a: ResamplerReference.Picture, _ b: ResamplerReference.Picture) -> ResamplerReference.Picture {
            .init(a.channels, a.height, a.width) { a[$0, $1, $2] + b[$0, $1, $2] }
        }
        var residual = value
        for block in 0..<2 {
            let name = "res_4.\(block).transform"
            residual = sum(residual, convolved(convolved(residual, "\(name).1").map(leaky), "\(name).4"))
        }
        value = convolved(sum(value, residual).unshuffled(2), "ds_8.downsample.1")
        func trunk(_ name: String) -> ResamplerReference.Picture {
            let coarse = ["1", "4", "7"].reduce(value) { convolved($0, "\(name).\($1)").map(relu) }
            let large = convolved(coarse, "\(name).9.upsample.0").shuffled(8 / factor)
            return convolved(large, "\(name).11").map(relu)
        }
        func head(_ name: String, _ value: ResamplerReference.Picture) -> ResamplerReference.Picture {
            convolved(convolved(value, "\(name).1").map(relu), "\(name).4")
        }
        let limited = head("kernels_weight", trunk("kernels_trunk")).map { min(max($0, Double(Float(1e-6))), 1) }
        let offsets = trunk("offsets_trunk")
        let (rows, columns) = ((picture.height + factor - 1) / factor, (picture.width + factor - 1) / factor)
        return ResamplerReference.Prediction(
            weights: .init(limited.channels, limited.height, limited.width) { tap, y, x in
                limited[tap, y, x] / (0..<limited.channels).reduce(0) { $0 + limited[$1, y, x] }
            },
            horizontal: head("offsets_h_generation", offsets).map(tanh),
            vertical: head("offsets_v_generation", offsets).map(tanh)
        ).cut(rows, columns)
    }

    /// The small picture.
    func reduced(_ picture: ResamplerReference.Picture) -> ResamplerReference.Picture {
        let margin = size / 2
        let (height, width) = (FullResampler.extended(picture.height), FullResampler.extended(picture.width))
        let extended = picture.extended(height, width)
        func mirrored(_ index: Int, _ count: Int) -> Int {
            let place = abs(index - margin)
            return place < count ? place : 2 * (count - 1) - place
        }
        let padded = ResamplerReference.Picture(picture.channels, height + 2 * margin, width + 2 * margin) {
            extended[$0, mirrored($1, height), mirrored($2, width)]
        }
        return reference(picture).resampled(padded, factor: factor, size: size, margin: margin)
    }
}

/// A plane of noise, of numbers or of codes.
func noisePlane(_ size: PlaneSize, _ mapping: SampleMapping = .float, seed: UInt64 = 1) -> GuardedPlane {
    var noise = SeededNoise(seed: UInt64(size.width * 1000 + size.height) + seed)
    let plane = GuardedPlane(width: size.width, height: size.height, sample: mapping.sample)
    plane.plane.fill { _, _ in
        mapping.sample == .float32
            ? noise.float(in: 0...1) : Float(Int.random(in: 0...Int(mapping.maximum), using: &noise))
    }
    return plane
}

extension ResamplerReference.Picture {
    /// The values of planes of one size.
    init(_ planes: [Plane], _ mapping: SampleMapping = .float) {
        let codes = planes.map(\.codes)
        self.init(planes.count, planes[0].height, planes[0].width) {
            (Double(codes[$0][$1][$2]) - Double(mapping.zero)) / Double(mapping.unit)
        }
    }
}

/// What a scaler makes, in strips, in memory that holds rubbish and is guarded on all sides.
func scaled<Scaler: PlaneScaler>(
    _ scaler: Scaler, _ source: Plane, _ mapping: SampleMapping = .float, strips: [Range<Int>]? = nil
) throws -> GuardedPlane {
    let size = scaler.targetSize
    let target = GuardedPlane(width: size.width, height: size.height, sample: mapping.sample)
    let scratch = ScratchMemory(byteCount: scaler.scratchByteCount + 64)
    for strip in strips ?? [0..<size.height] {
        scratch.withBytes { _ = memset($0, 0xFF, scaler.scratchByteCount + 64) }
        try scaler.scale(source, into: target.plane, rows: strip, scratch: scratch)
        let isKept = scratch.withBytes { memory in
            UnsafeRawBufferPointer(start: memory + scaler.scratchByteCount, count: 64).allSatisfy { $0 == 0xFF }
        }
        precondition(isKept, "a scaler uses no more memory than it asks for")
    }
    return target
}
