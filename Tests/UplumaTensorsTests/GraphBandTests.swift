import Testing
import UplumaKernels
import UplumaTensors
import UplumaTestSupport

/// Any rows of a result are the same alone as in the whole picture.
@Suite struct GraphBandTests {
    typealias Case = OneDNNBackendTests.Case

    /// Networks in which rows move: strides, sub-pixels, mirrored edges, branches of different reach.
    static let deep: [Case] = {
        func shape(_ channels: Int, _ height: Int) -> TensorShape {
            TensorShape(channels: channels, height: height, width: 12)
        }
        return [
            Case("reflection before every convolution", [shape(3, 40)]) { graph, inputs in
                var value = inputs[0]
                for (index, side) in [5, 3, 3].enumerated() {
                    value = graph.convolution(
                        value, seededConvolution(index == 0 ? 3 : 6, 6, kernel: Extent(side), padding: .zero),
                        padding: Padding(.reflection, Insets(side / 2)), activation: .leaky(0.2))
                }
                graph.output(value)
            },
            Case("down and up again with a skip", [shape(3, 48)]) { graph, inputs in
                let head = graph.convolution(inputs[0], seededConvolution(3, 8), activation: .leaky(0))
                let half = graph.convolution(head, seededConvolution(8, 12, stride: 2, padding: Insets(1)))
                let quarter = graph.convolution(
                    half, seededConvolution(12, 12, kernel: Extent(2), stride: 2, padding: .zero))
                let up = seededTransposed(12, 12, kernel: 4, stride: 2, crop: Insets(1))
                let again = graph.add(graph.transposedConvolution(quarter, up), half)
                let last = seededTransposed(
                    12, 8, kernel: 3, stride: 2, crop: Insets(top: 1, bottom: 0, left: 1, right: 0))
                graph.output(graph.concatenate([graph.transposedConvolution(again, last), head]))
                graph.output(again)
            },
            Case("sub-pixels in and out (FDKN)", [shape(1, 48), shape(3, 48)]) { graph, inputs in
                let grey = graph.convolution(inputs[1], seededConvolution(3, 1, kernel: Extent(1)))
                let both = [grey, inputs[0]].map { branch in
                    graph.convolution(
                        graph.pixelUnshuffle(branch, by: 2), seededConvolution(4, 12), activation: .leaky(0))
                }
                let product = graph.combine(.multiply, graph.sigmoid(both[0]), both[1])
                graph.output(graph.pixelShuffle(graph.convolution(product, seededConvolution(12, 9)), by: 3))
            },
            Case("a large picture padded, enlarged and cut (MGBP)", [shape(3, 30)]) { graph, inputs in
                let padded = graph.pad(inputs[0], Padding(.reflection, Insets(4)))
                let wide = graph.pad(padded, Padding(.replication, Insets(1)))
                let up = graph.transposedConvolution(
                    wide,
                    seededTransposed(
                        3, 3, kernel: 9, stride: 2, crop: Insets(top: 6, bottom: 5, left: 6, right: 5)))
                graph.output(graph.crop(up, Insets(8)))
            },
            Case("rows that hold the bias alone", [shape(2, 9)]) { graph, inputs in
                let up = seededTransposed(
                    2, 3, kernel: 2, stride: 4, crop: Insets(top: 1, bottom: -3, left: 0, right: 0))
                graph.output(graph.transposedConvolution(inputs[0], up))
            },
            Case("dilation (DKN in one pass)", [shape(3, 60)]) { graph, inputs in
                var value = graph.pad(inputs[0], Padding(.zero, Insets(top: 9, bottom: 8, left: 9, right: 8)))
                for (kernel, dilation) in [(3, 1), (2, 1), (3, 2), (2, 2), (3, 4)] {
                    value = graph.convolution(
                        value,
                        seededConvolution(
                            3, 3, kernel: Extent(kernel), dilation: dilation, padding: .zero),
                        activation: .leaky(0))
                }
                graph.output(value)
            },
        ]
    }()

    static let cases = deep + OneDNNBackendTests.all

    /// Rows of the first output in bands of some height, those of the others in proportion; each band from the last one's
    /// end.
    private func bands(_ heights: [Int], rows: Int) -> [[Range<Int>]] {
        stride(from: 0, to: heights[0], by: rows).map { first in
            let end = min(first + rows, heights[0])
            return heights.map { first * $0 / heights[0]..<max(first * $0 / heights[0] + 1, end * $0 / heights[0]) }
        }
    }

    private func compare(
        _ case: Case, _ backend: any GraphBackend, precision: Precision = .f32, isExact: Bool = true
    ) throws {
        let inputs = `case`.inputs.enumerated().map { seededTensor($1, seed: UInt64($0 + 1)) }
        let whole = try backend.run(`case`.graph, inputs, precision: precision)
        // Pictures that nothing depends on have no rows in a band.
        let banded = try BandedGraph(
            `case`.graph, inputs: `case`.inputs, backend: backend, precision: precision, threads: 1)
        for rows in [1, 2, 3, 5, 8, 13] where rows <= whole[0].shape.height {
            for outputRows in bands(whole.map(\.shape.height), rows: rows) {
                let band = try banded.band(outputRows)
                let parts = zip(inputs, band.inputRows).map { $0.rows($1) }
                for (found, (output, rows)) in zip(try band.prepared.run(parts), zip(whole, outputRows)) {
                    let expected = output.rows(rows)
                    #expect(found.shape == expected.shape)
                    let difference = largestDifference(found, expected)
                    if isExact {
                        #expect(
                            found.values.map(\.bitPattern) == expected.values.map(\.bitPattern),
                            "rows \(rows) by \(difference)")
                    } else {
                        #expect(difference < OneDNNBackendTests.tolerance, "rows \(rows)")
                    }
                }
            }
        }
    }

    @Test("bands are the whole picture's rows, bit for bit, by the reference", arguments: cases)
    func reference(case: Case) throws { try compare(`case`, ReferenceBackend()) }

    @Test("and by oneDNN", arguments: cases)
    func oneDNN(case: Case) throws {
        // Transposed kernels no larger than their stride are matrix products to the library, in blocks that depend on the
        // height; no network of the papers has one.
        let isMatrixProduct = `case`.graph.nodes.contains { node in
            if case .transposedConvolution(let it) = node.operation { it.kernel.rows <= it.stride.rows } else { false }
        }
        try compare(`case`, OneDNNBackend(), isExact: !isMatrixProduct)
    }

    @Test(
        "and in bfloat16", .enabled(if: OneDNNBackend.precisions.contains(.bf16)),
        arguments: deep + OneDNNBackendTests.chains)
    func bfloat16(case: Case) throws { try compare(`case`, OneDNNBackend(), precision: .bf16) }

    @Test("bands between the edges are one network, and memory does not grow with the height")
    func geometry() throws {
        var graph = NetworkGraph()
        var value = graph.input(channels: 1)
        for _ in 0..<4 { value = graph.convolution(value, seededConvolution(graph.nodes.count == 1 ? 1 : 8, 8)) }
        graph.output(value)
        func workspace(_ height: Int) throws -> Int {
            let picture = TensorShape(channels: 1, height: height, width: 33)
            let banded = try BandedGraph(
                graph, inputs: [picture], backend: OneDNNBackend(), precision: .f32, threads: 1)
            return try stride(from: 0, to: height, by: 8).map {
                try banded.band([$0..<min($0 + 8, height)]).prepared.workspaceByteCount
            }.max() ?? 0
        }
        #expect(try workspace(64) == workspace(6400))
        let shapes = try graph.shapes(inputs: [TensorShape(channels: 1, height: 6400, width: 33)])
        let all = Set(
            stride(from: 0, to: 6400, by: 8).map { first in
                GraphBand(of: graph, shapes: shapes, outputRows: [first..<first + 8]).geometry
            })
        #expect(all.count == 3, "first, last, all others")
    }
}

extension Tensor {
    /// Some rows of every channel.
    func rows(_ rows: Range<Int>) -> Tensor {
        let part = TensorShape(channels: shape.channels, height: rows.count, width: shape.width)
        let all = values
        return Tensor(
            part,
            values: (0..<shape.channels).flatMap { channel in
                all[
                    (channel * shape.height + rows.lowerBound)
                        * shape.width..<(channel * shape.height + rows.upperBound) * shape.width]
            })
    }
}
