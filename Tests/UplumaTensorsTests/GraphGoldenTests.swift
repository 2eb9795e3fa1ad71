import Foundation
import Testing
import UplumaKernels
import UplumaTensors
import UplumaTestSupport

/// Every operation against PyTorch's, from files of the training package (`upluma_training goldens`).
@Suite struct GraphGoldenTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens")

    static let cases: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".safetensors") }.sorted()
    }()

    @Test("there are files") func present() { #expect(Self.cases.count >= 29) }

    @Test("operations are PyTorch's", arguments: cases)
    func operation(name: String) throws {
        let golden = try Golden(Self.folder.appendingPathComponent(name))
        var graph = NetworkGraph()
        let picture = graph.input(channels: golden.input.shape.channels)
        let second = golden.second.map { graph.input(channels: $0.shape.channels) }
        graph.output(try golden.append(to: &graph, picture, second))
        let inputs = [golden.input] + (golden.second.map { [$0] } ?? [])
        let reference = try ReferenceBackend().run(graph, inputs)[0]
        // Double precision, rounded to float once or twice, of values of order one to ten.
        #expect(largestDifference(reference, golden.output) < 2e-6)
        let found = try OneDNNBackend().run(graph, inputs)[0]
        #expect(largestDifference(found, golden.output) < OneDNNBackendTests.tolerance)
    }
}

/// One golden file: pictures, numbers and what is made of them.
private struct Golden {
    let input: Tensor
    let second: Tensor?
    let output: Tensor
    private let file: SafetensorsFile

    init(_ url: URL) throws {
        file = try SafetensorsFile(url)
        input = try file.tensor("input")
        second = file.shapes["second"] == nil ? nil : try file.tensor("second")
        output = try file.tensor("output")
    }

    private func fact(_ name: String) throws -> String { try #require(file.metadata[name], "\(name)") }
    private func number(_ name: String) throws -> Int { try #require(Int(fact(name)), "\(name)") }
    private func value(_ name: String) throws -> Float { try #require(Float(fact(name)), "\(name)") }

    /// The file's operation on one picture or two.
    func append(
        to graph: inout NetworkGraph, _ picture: NetworkGraph.Value, _ second: NetworkGraph.Value?
    ) throws -> NetworkGraph.Value {
        let operation = try fact("operation")
        if let combination = Combination(rawValue: operation) {
            return graph.combine(combination, picture, try #require(second))
        }
        switch operation {
        case "convolution":
            let fill: [String: Padding.Fill] = ["reflect": .reflection, "replicate": .replication]
            let insets = Insets(
                top: try number("rows"), bottom: try number("rows"), left: try number("columns"),
                right: try number("columns"))
            let around = fill[try fact("mode")]
            let shape = try #require(file.shapes["weight"])
            let convolution = Convolution(
                inputChannels: shape[1], outputChannels: shape[0], kernel: Extent(rows: shape[2], columns: shape[3]),
                stride: Extent(try number("stride")), dilation: Extent(try number("dilation")),
                padding: around == nil ? insets : .zero, weights: try file.floats("weight"),
                bias: try file.floats("bias"))
            return graph.convolution(picture, convolution, padding: around.map { Padding($0, insets) })
        case "transposed":
            let shape = try #require(file.shapes["weight"])
            let (before, more) = (try number("padding"), try number("output_padding"))
            let crop = Insets(top: before, bottom: before - more, left: before, right: before - more)
            return graph.transposedConvolution(
                picture,
                TransposedConvolution(
                    inputChannels: shape[0], outputChannels: shape[1],
                    kernel: Extent(rows: shape[2], columns: shape[3]), stride: Extent(try number("stride")),
                    crop: crop, weights: try file.floats("weight"), bias: try file.floats("bias")))
        case "padding":
            let fill: [String: Padding.Fill] = [
                "reflect": .reflection, "replicate": .replication, "constant": .zero,
            ]
            let insets = Insets(
                top: try number("top"), bottom: try number("bottom"), left: try number("left"),
                right: try number("right"))
            return graph.pad(picture, Padding(try #require(fill[try fact("mode")]), insets))
        case "leaky": return graph.activation(picture, .leaky(try value("slope")))
        case "prelu": return graph.activation(picture, .perChannel(try file.floats("slope")))
        case "tanh": return graph.activation(picture, .tanh)
        case "sigmoid": return graph.sigmoid(picture)
        case "clamp": return graph.clamp(picture, to: try value("lowest")...(try value("highest")))
        case "batch-norm":
            let numbers = try ["mean", "variance", "gain", "shift"].map { try file.floats($0) }
            let epsilon = try value("eps")
            let scales = zip(numbers[1], numbers[2]).map { $1 / ($0 + epsilon).squareRoot() }
            let offsets = zip(zip(numbers[0], scales), numbers[3]).map { $1 - $0.0 * $0.1 }
            return graph.affine(picture, scales: scales, offsets: offsets)
        case "concatenation": return graph.concatenate([picture, try #require(second)])
        case "shuffle": return graph.pixelShuffle(picture, by: try number("factor"))
        case "unshuffle": return graph.pixelUnshuffle(picture, by: try number("factor"))
        default:
            Issue.record("no operation is called \(operation)")
            return picture
        }
    }
}

extension SafetensorsFile {
    /// A picture of four axes, the first of length 1.
    func tensor(_ name: String) throws -> Tensor {
        let shape = try #require(shapes[name], "\(name)")
        try #require(shape.count == 4 && shape[0] == 1, "\(name) is \(shape)")
        return Tensor(
            TensorShape(channels: shape[1], height: shape[2], width: shape[3]), values: try floats(name))
    }
}
