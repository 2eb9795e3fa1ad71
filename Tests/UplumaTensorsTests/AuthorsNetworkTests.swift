import Foundation
import Testing
import UplumaKernels
import UplumaTensors
import UplumaTestSupport

/// Whole networks of the papers as graphs, against what their authors' own implementations made of the same weights.
@Suite(.enabled(if: sharedFolder != nil, "UPLUMA_SHARED names no folder of reference vectors"))
struct AuthorsNetworkTests {
    static let backends: [any GraphBackend] = [ReferenceBackend(), OneDNNBackend()]

    private func file(_ name: String) throws -> SafetensorsFile {
        let folder = try #require(sharedFolder).appendingPathComponent("reference")
        return try SafetensorsFile(folder.appendingPathComponent("\(name).safetensors"))
    }

    /// Runs a graph by every backend.
    private func expect(
        _ graph: NetworkGraph, _ inputs: [Tensor], _ expected: [(tensor: Tensor, tolerance: Float)],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for backend in Self.backends {
            for (found, expected) in zip(try backend.run(graph, inputs), expected) {
                #expect(
                    largestDifference(found, expected.tensor) < expected.tolerance, "\(backend.name)",
                    sourceLocation: sourceLocation)
            }
        }
    }

    @Test("EDSR: residual blocks, a long skip, sub-pixels", arguments: [2, 4])
    func edsr(scale: Int) throws {
        let weights = Weights(try file("edsr_small_\(scale)x.weights"))
        let vectors = try file("edsr_small_\(scale)x.case1")
        var graph = NetworkGraph()
        let picture = graph.input(channels: 3)
        let centred = graph.convolution(picture, try weights.convolution("sub_mean"))
        let head = graph.convolution(centred, try weights.convolution("head.0"))
        var body = head
        for block in 0..<4 {
            let inner = graph.convolution(
                body, try weights.convolution("body.\(block).body.0"), activation: .leaky(0))
            let residual = graph.convolution(inner, try weights.convolution("body.\(block).body.2"))
            let scales = Array(repeating: Float(0.1), count: 16)
            body = graph.add(graph.affine(residual, scales: scales, offsets: scales.map { _ in 0 }), body)
        }
        body = graph.add(graph.convolution(body, try weights.convolution("body.4")), head)
        var tail = body
        for step in 0..<(scale == 4 ? 2 : 1) {
            tail = graph.pixelShuffle(graph.convolution(tail, try weights.convolution("tail.0.\(2 * step)")), by: 2)
        }
        tail = graph.convolution(tail, try weights.convolution("tail.1"))
        for value in [head, body, graph.convolution(tail, try weights.convolution("add_mean"))] {
            graph.output(value)
        }
        // The tolerance that comes with the vectors.
        try expect(
            graph, [vectors.tensor("input")],
            ["features.head", "features.body", "output"].map { (try vectors.tensor($0), 1e-5) })
    }

    @Test("FDKN's weights and offsets: two branches at a quarter of the size", arguments: ["case1", "case2"])
    func fdkn(name: String) throws {
        let weights = Weights(try file("fdkn_8x.weights"))
        let vectors = try file("fdkn_8x.\(name)")
        var graph = NetworkGraph()
        let (guidance, depth) = (graph.input(channels: 3), graph.input(channels: 1))
        let grey = graph.convolution(
            guidance,
            Convolution(inputChannels: 3, outputChannels: 1, kernel: Extent(1), weights: [0.114, 0.587, 0.299]))
        var heads: [[NetworkGraph.Value]] = []
        for (branch, picture) in [("ImageKernel", grey), ("DepthKernel", depth)] {
            var value = graph.pixelUnshuffle(picture, by: 4)
            for layer in 1...6 {
                value = graph.convolution(value, try weights.convolution("\(branch).conv\(layer)"))
                if layer % 2 == 1 {
                    let norm = try weights.batchNorm("\(branch).conv\(layer)_bn")
                    value = graph.affine(value, scales: norm.scales, offsets: norm.offsets)
                }
                value = graph.activation(value, .leaky(0))
            }
            let weight = graph.convolution(value, try weights.convolution("\(branch).conv_weight"))
            heads.append([
                graph.sigmoid(weight), graph.convolution(value, try weights.convolution("\(branch).conv_offset")),
            ])
        }
        let products = (0..<2).map {
            graph.pixelShuffle(graph.combine(.multiply, heads[0][$0], heads[1][$0]), by: 4)
        }
        // Minus the mean over the nine taps.
        let mean = graph.convolution(
            products[0],
            Convolution(
                inputChannels: 9, outputChannels: 1, kernel: Extent(1), weights: Array(repeating: 1 / 9, count: 9)))
        graph.output(graph.combine(.subtract, products[0], mean))
        graph.output(products[1])
        // The tolerances that come with the vectors.
        try expect(
            graph, [vectors.tensor("input.guidance"), vectors.tensor("input.depth")],
            [(vectors.tensor("weight"), 5e-5), (vectors.tensor("offset"), 3e-4)])
    }

    @Test("MGBP: dense layers, back-projection, a trained enlargement", arguments: [2, 4])
    func mgbp(factor: Int) throws {
        let weights = Weights(try file("gmgbp_r1.weights"))
        let vectors = try file("gmgbp_r1.case_x\(factor)")
        let input = try vectors.tensor("input")
        var network = BackProjection(weights: weights)
        let graph = try network.build(factor: factor)
        // Noise of amplitude 0.
        let noise = (0..<(factor == 2 ? 1 : 2)).map { level in
            Tensor(
                TensorShape(
                    channels: 1, height: (input.shape.height + 2 * factor) << level,
                    width: (input.shape.width + 2 * factor) << level))
        }
        try expect(graph, [input] + noise, [(vectors.tensor("output"), 1e-5)])
    }
}

/// The tensors of a weights file as operations.
private struct Weights {
    let file: SafetensorsFile

    init(_ file: SafetensorsFile) { self.file = file }

    func floats(_ name: String) throws -> [Float] { try file.floats(name) }

    /// With as many zeros around as keep the size at stride 1.
    func convolution(_ name: String, stride: Int = 1) throws -> Convolution {
        let shape = try #require(file.shapes["\(name).weight"], "\(name)")
        var convolution = Convolution(
            inputChannels: shape[1], outputChannels: shape[0], kernel: Extent(rows: shape[2], columns: shape[3]),
            stride: Extent(stride), weights: try floats("\(name).weight"),
            bias: file.shapes["\(name).bias"] == nil ? nil : try floats("\(name).bias"))
        convolution.padding = convolution.samePadding
        return convolution
    }

    func batchNorm(_ name: String) throws -> (scales: [Float], offsets: [Float]) {
        let (gain, shift) = (try floats("\(name).weight"), try floats("\(name).bias"))
        let (mean, variance) = (try floats("\(name).running_mean"), try floats("\(name).running_var"))
        let scales = zip(gain, variance).map { $0 / ($1 + 1e-5).squareRoot() }
        return (scales, zip(zip(mean, scales), shift).map { $1 - $0.0 * $0.1 })
    }
}

/// G-MGBP in the order of work that the reference vectors' README gives.
private struct BackProjection {
    let weights: Weights
    private var graph = NetworkGraph()
    private var levels: [NetworkGraph.Value] = []
    private var noise: [NetworkGraph.Value] = []

    init(weights: Weights) { self.weights = weights }

    mutating func build(factor: Int) throws -> NetworkGraph {
        let picture = graph.input(channels: 3)
        let steps = factor == 2 ? 1 : 2
        noise = (0..<steps).map { _ in graph.input(channels: 1) }
        let padded = graph.pad(picture, Padding(.reflection, Insets(factor)))
        levels = [try analysis(padded)]
        var out = graph.add(padded, try synthesis(levels[0]))
        for level in 0..<steps {
            out = try classic(out)
            let projected = try down(try analysis(out))
            let made = try refine(try up(levels[level], projected, level), level + 1, top: level + 1)
            levels.append(made)
            out = graph.add(out, try synthesis(made))
        }
        graph.output(graph.crop(out, Insets(factor * factor)))
        return graph
    }

    private mutating func active(_ value: NetworkGraph.Value, _ name: String) throws -> NetworkGraph.Value {
        let bias = try weights.floats("\(name).norm.bias")
        return graph.activation(graph.affine(value, scales: bias.map { _ in 1 }, offsets: bias), .leaky(0))
    }

    /// Dense layers, then a transition to the width that came in.
    private mutating func block(
        _ value: NetworkGraph.Value, _ name: String, layers: Int
    ) throws -> NetworkGraph.Value {
        var features = value
        for layer in 1...layers {
            let prefix = "\(name).dense.denselayer\(layer)"
            let narrow = graph.convolution(
                try active(features, "\(prefix).act_1"), try weights.convolution("\(prefix).conv_1"))
            let grown = graph.convolution(
                try active(narrow, "\(prefix).act_2"), try weights.convolution("\(prefix).conv_2"))
            features = graph.concatenate([features, grown])
        }
        return graph.convolution(
            try active(features, "\(name).transition.act"), try weights.convolution("\(name).transition.conv"))
    }

    private mutating func analysis(_ picture: NetworkGraph.Value) throws -> NetworkGraph.Value {
        try block(graph.convolution(picture, weights.convolution("Analysis.conv1")), "Analysis.block", layers: 3)
    }

    private mutating func synthesis(_ features: NetworkGraph.Value) throws -> NetworkGraph.Value {
        let made = try block(features, "Synthesis.block", layers: 3)
        return graph.convolution(try active(made, "Synthesis.act4"), try weights.convolution("Synthesis.conv4"))
    }

    private mutating func down(_ features: NetworkGraph.Value) throws -> NetworkGraph.Value {
        let half = graph.convolution(features, try weights.convolution("Downscaling.conv_down", stride: 2))
        return try block(half, "Downscaling.post_down", layers: 4)
    }

    private mutating func up(
        _ features: NetworkGraph.Value, _ projected: NetworkGraph.Value, _ level: Int
    ) throws -> NetworkGraph.Value {
        let made = try block(
            graph.concatenate([features, projected, noise[level]]), "Upscaling.pre_up", layers: 3)
        return graph.transposedConvolution(
            try active(made, "Upscaling.act_up"),
            TransposedConvolution(
                inputChannels: 97, outputChannels: 48, kernel: Extent(3), stride: Extent(2),
                crop: Insets(top: 1, bottom: 0, left: 1, right: 0),
                weights: try weights.floats("Upscaling.conv_up.weight")))
    }

    private mutating func refine(
        _ value: NetworkGraph.Value, _ level: Int, top: Int
    ) throws -> NetworkGraph.Value {
        guard level > max(0, top - 3) else { return value }
        var value = value
        for _ in 0..<2 {
            let projected = try refine(try down(value), level - 1, top: top)
            value = graph.add(value, try up(levels[level - 1], projected, level - 1))
        }
        return value
    }

    /// The trained 9×9 enlargement of each channel, four times the stored kernel.
    private mutating func classic(_ picture: NetworkGraph.Value) throws -> NetworkGraph.Value {
        let kernels = try weights.floats("ClassicUpscale.weight")
        // [input][output] of three channels each, nothing from one to another.
        var dense = [Float](repeating: 0, count: 9 * 81)
        for channel in 0..<3 {
            for tap in 0..<81 { dense[channel * 4 * 81 + tap] = 4 * kernels[channel * 81 + tap] }
        }
        return graph.transposedConvolution(
            graph.pad(picture, Padding(.replication, Insets(1))),
            TransposedConvolution(
                inputChannels: 3, outputChannels: 3, kernel: Extent(9), stride: Extent(2),
                crop: Insets(top: 6, bottom: 5, left: 6, right: 5), weights: dense))
    }
}
