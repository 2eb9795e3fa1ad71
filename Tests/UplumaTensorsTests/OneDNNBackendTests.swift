import Dispatch
import Synchronization
import Testing
import UplumaKernels
import UplumaTensors
import UplumaTestSupport

/// oneDNN against the reference: every operation alone, and what is fused.
@Suite struct OneDNNBackendTests {
    /// A graph and the pictures it is given.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let graph: NetworkGraph
        let inputs: [TensorShape]

        init(_ name: String, _ inputs: [TensorShape], _ build: (inout NetworkGraph, [NetworkGraph.Value]) -> Void) {
            testDescription = "\(name) on \(inputs.map(\.description).joined(separator: ", "))"
            var graph = NetworkGraph()
            let values = inputs.map { graph.input(channels: $0.channels) }
            build(&graph, values)
            self.graph = graph
            self.inputs = inputs
        }

        init(_ operation: UplumaTensors.Operation, _ inputs: [TensorShape]) {
            self.init("\(operation)", inputs) { $0.output($0.append(operation, $1)) }
        }
    }

    static func shape(_ channels: Int, _ height: Int, _ width: Int) -> TensorShape {
        TensorShape(channels: channels, height: height, width: width)
    }

    /// Kernels from 1 to 9, square and not, at odd sizes and 1 to 100 channels.
    static let convolutions: [Case] = {
        var cases: [Case] = []
        let channels = [(1, 1), (1, 8), (3, 5), (8, 4), (8, 8), (16, 16), (17, 33), (64, 100), (100, 1)]
        for side in 1...9 {
            let (inputs, outputs) = channels[side - 1]
            cases.append(
                Case(
                    .convolution(seededConvolution(inputs, outputs, kernel: Extent(side))),
                    [shape(inputs, 11, 19)]))
        }
        for (inputs, outputs) in channels {
            for (height, width) in [(1, 1), (5, 3), (16, 37)] {
                cases.append(Case(.convolution(seededConvolution(inputs, outputs)), [shape(inputs, height, width)]))
            }
        }
        for kernel in [Extent(rows: 1, columns: 5), Extent(rows: 7, columns: 2), Extent(rows: 3, columns: 9)] {
            cases.append(Case(.convolution(seededConvolution(6, 20, kernel: kernel)), [shape(6, 13, 14)]))
        }
        for stride in 1...4 {
            for dilation in [1, 2, 4] {
                for padding in [Insets.zero, Insets(top: 2, bottom: 1, left: 0, right: 2)] {
                    let convolution = seededConvolution(
                        5, 18, stride: stride, dilation: dilation, padding: padding)
                    cases.append(Case(.convolution(convolution), [shape(5, 17, 22)]))
                }
            }
        }
        return cases
    }()

    /// Kernels larger than the stride, as large, and smaller, which leaves pixels that hold the bias alone.
    static let transposed: [Case] = {
        var cases: [Case] = []
        let crops = [
            Insets.zero, Insets(1), Insets(top: 1, bottom: 0, left: 1, right: 0),
            Insets(top: 2, bottom: -1, left: 0, right: 1),
        ]
        for (kernel, stride) in [(2, 2), (3, 1), (3, 2), (4, 2), (5, 3), (9, 2), (9, 4), (1, 1), (2, 3)] {
            for crop in crops where crop.bottom > -stride {
                for (inputs, outputs) in [(1, 3), (48, 16)] {
                    let shape = shape(inputs, 7, 9)
                    let convolution = seededTransposed(inputs, outputs, kernel: kernel, stride: stride, crop: crop)
                    cases.append(Case(.transposedConvolution(convolution), [shape]))
                }
            }
        }
        return cases
    }()

    /// Everything that is not a convolution.
    static let others: [Case] = {
        var cases: [Case] = []
        let slopes = (0..<20).map { Float($0) / 8 - 1 }
        let functions: [Pointwise] = [
            .activation(.leaky(0)), .activation(.leaky(0.3)), .activation(.tanh), .sigmoid, .clamp(-0.25...0.5),
            .activation(.perChannel(slopes)), .affine(scales: slopes, offsets: slopes.reversed()),
            .affine(scales: slopes.map { _ in 0.1 }, offsets: slopes.map { _ in -2 }),
        ]
        for function in functions { cases.append(Case(.pointwise(function), [shape(20, 5, 7)])) }
        for combination in Combination.allCases {
            // Values around 3 can be divided by.
            for channels in [20, 1] {
                cases.append(
                    Case("\(combination)", [shape(20, 5, 7), shape(channels, 5, 7)]) { graph, inputs in
                        let count = Array(repeating: Float(1), count: channels)
                        let second = graph.affine(inputs[1], scales: count, offsets: count.map { _ in 3 })
                        graph.output(graph.combine(combination, inputs[0], second))
                    })
            }
        }
        for channels in [[1], [1, 3, 20], [16, 32, 5], [97, 16]] {
            cases.append(Case(.concatenation, channels.map { shape($0, 4, 9) }))
        }
        for fill in Padding.Fill.allCases {
            for insets in [
                Insets(2), Insets(top: 3, bottom: 0, left: 1, right: 5),
                Insets(top: -1, bottom: 2, left: -2, right: -1),
            ] {
                cases.append(Case(.padding(Padding(fill, insets)), [shape(3, 6, 7)]))
                // Between convolutions the layout is the library's.
                cases.append(
                    Case("\(fill) padding of \(insets) between", [shape(3, 6, 7)]) { graph, inputs in
                        let wide = graph.convolution(inputs[0], seededConvolution(3, 20))
                        let padded = graph.pad(wide, Padding(fill, insets))
                        graph.output(graph.convolution(padded, seededConvolution(20, 5)))
                    })
            }
        }
        for factor in 2...4 {
            for channels in [1, 3] {
                cases.append(Case(.pixelShuffle(factor), [shape(channels * factor * factor, 3, 5)]))
                cases.append(Case(.pixelUnshuffle(factor), [shape(channels, 3 * factor, 5 * factor)]))
                cases.append(
                    Case("shuffle by \(factor) between", [shape(2, 6, 7)]) { graph, inputs in
                        let narrow = seededConvolution(2, channels * factor * factor)
                        let large = graph.pixelShuffle(graph.convolution(inputs[0], narrow), by: factor)
                        let back = graph.pixelUnshuffle(large, by: factor)
                        graph.output(large)
                        graph.output(graph.convolution(back, seededConvolution(channels * factor * factor, 3)))
                    })
            }
        }
        return cases
    }()

    /// What is fused, and what looks as if it could be.
    static let chains: [Case] = {
        var cases: [Case] = []
        let slopes = (0..<20).map { Float($0) / 16 - 0.5 }
        func chain(_ name: String, _ build: @escaping (inout NetworkGraph, NetworkGraph.Value) -> Void) {
            cases.append(Case(name, [shape(3, 13, 21)]) { graph, inputs in build(&graph, inputs[0]) })
        }
        let activations: [Activation] = [.leaky(0), .leaky(0.2), .tanh, .perChannel(slopes)]
        for activation in activations {
            chain("convolution with \(activation)") { graph, input in
                graph.output(graph.convolution(input, seededConvolution(3, 20), activation: activation))
            }
            chain("transposed convolution with \(activation)") { graph, input in
                let up = seededTransposed(3, 20, kernel: 4, stride: 2, crop: Insets(1))
                graph.output(graph.transposedConvolution(input, up, activation: activation))
            }
        }
        chain("convolution, scale and offset, sigmoid, scale, clamp") { graph, input in
            let made = graph.convolution(input, seededConvolution(3, 20))
            let scaled = graph.affine(made, scales: slopes, offsets: slopes.reversed())
            let twice = graph.affine(scaled, scales: slopes.map { 1 + $0 }, offsets: slopes)
            let doubled = graph.affine(
                graph.sigmoid(twice), scales: slopes.map { _ in 2 }, offsets: slopes.map { _ in -1 })
            graph.output(graph.clamp(doubled, to: -0.5...0.25))
        }
        chain("transposed convolution with scale and offset") { graph, input in
            let up = graph.transposedConvolution(
                input, seededTransposed(3, 20, kernel: 3, stride: 2, crop: .zero))
            graph.output(graph.affine(up, scales: slopes, offsets: slopes))
        }
        chain("residual blocks with a long skip (EDSR)") { graph, input in
            let head = graph.convolution(input, seededConvolution(3, 20))
            var body = head
            for seed in 5..<8 {
                let inner = graph.convolution(
                    body, seededConvolution(20, 20, seed: UInt64(seed)), activation: .leaky(0))
                let residual = graph.convolution(inner, seededConvolution(20, 20, seed: UInt64(10 + seed)))
                body = graph.add(
                    graph.affine(
                        residual, scales: Array(repeating: 0.1, count: 20), offsets: Array(repeating: 0, count: 20)),
                    body)
            }
            let sum = graph.add(graph.convolution(body, seededConvolution(20, 20, seed: 20)), head)
            graph.output(graph.pixelShuffle(graph.convolution(sum, seededConvolution(20, 12)), by: 2))
        }
        chain("a convolution added to what it reads") { graph, input in
            let head = graph.convolution(input, seededConvolution(3, 20), activation: .leaky(0))
            let sum = graph.add(head, graph.convolution(head, seededConvolution(20, 20)))
            graph.output(graph.activation(sum, .leaky(0)))
        }
        chain("two convolutions added, then an activation") { graph, input in
            let first = graph.convolution(input, seededConvolution(3, 20))
            let second = graph.convolution(input, seededConvolution(3, 20, seed: 9), activation: .tanh)
            graph.output(graph.activation(graph.add(first, second), .perChannel(slopes)))
        }
        chain("sums whose parts are results, too") { graph, input in
            let first = graph.convolution(input, seededConvolution(3, 20))
            graph.output(first)
            let second = graph.convolution(first, seededConvolution(20, 20))
            let sum = graph.add(second, first)
            graph.output(sum)
            graph.output(graph.convolution(sum, seededConvolution(20, 2), activation: .leaky(0.1)))
        }
        chain("a convolution added to itself, and to a picture") { graph, input in
            let made = graph.convolution(input, seededConvolution(3, 3))
            graph.output(graph.add(made, made))
            graph.output(graph.add(input, graph.convolution(input, seededConvolution(3, 3, seed: 4))))
        }
        chain("dense layers (MGBP)") { graph, input in
            var features = graph.convolution(input, seededConvolution(3, 48))
            for layer in 0..<3 {
                let channels = 48 + 16 * layer
                let ones = Array(repeating: Float(1), count: channels)
                let active = graph.activation(
                    graph.affine(features, scales: ones, offsets: ones.map { _ in -0.1 }), .leaky(0))
                let narrow = graph.convolution(active, seededConvolution(channels, 64, kernel: Extent(1)))
                features = graph.concatenate([features, graph.convolution(narrow, seededConvolution(64, 16))])
            }
            graph.output(graph.convolution(features, seededConvolution(96, 48, kernel: Extent(1))))
        }
        chain("what no result depends on is left out") { graph, input in
            let made = graph.convolution(input, seededConvolution(3, 4))
            _ = graph.convolution(made, seededConvolution(4, 4))
            graph.output(made)
        }
        return cases
    }()

    static let all = convolutions + transposed + others + chains

    /// The largest difference allowed: single-precision sums of up to 2500 terms that add up to order one; measured
    /// 1.5e-6 at most. Anything misplaced is wrong by 0.01 and more.
    static let tolerance: Float = 1e-5

    @Test("every operation and every fusion is the reference's", arguments: all)
    func reference(case: Case) throws {
        let inputs = `case`.inputs.enumerated().map { seededTensor($1, seed: UInt64($0 + 1)) }
        let expected = try ReferenceBackend().run(`case`.graph, inputs)
        let found = try OneDNNBackend().run(`case`.graph, inputs)
        for (found, expected) in zip(found, expected) {
            let size = expected.values.reduce(1) { max($0, abs($1)) }
            #expect(largestDifference(found, expected) <= Self.tolerance * size)
        }
    }

    @Test(
        "bfloat16 stays within its rounding", .enabled(if: OneDNNBackend.precisions.contains(.bf16)), arguments: all)
    func bfloat16(case: Case) throws {
        let inputs = `case`.inputs.enumerated().map { seededTensor($1, seed: UInt64($0 + 1)) }
        let expected = try ReferenceBackend().run(`case`.graph, inputs)
        let found = try OneDNNBackend().run(`case`.graph, inputs, precision: .bf16)
        for (found, expected) in zip(found, expected) {
            // Inputs, weights and features are rounded by 2^-9 each; errors of the terms of a sum do not line up. Up to
            // eight layers one after the other.
            let size = expected.values.reduce(1) { max($0, abs($1)) }
            #expect(largestDifference(found, expected) <= 0.04 * size)
        }
    }

    @Test("any number of threads gives the same bits", arguments: chains)
    func threads(case: Case) throws {
        let inputs = `case`.inputs.enumerated().map { seededTensor($1, seed: UInt64($0 + 1)) }
        let one = try OneDNNBackend().run(`case`.graph, inputs)
        for threads in [2, 3] {
            let several = try OneDNNBackend().run(`case`.graph, inputs, threads: threads)
            #expect(several.map { $0.values.map(\.bitPattern) } == one.map { $0.values.map(\.bitPattern) })
        }
    }

    @Test("a prepared graph is run by many threads at once")
    func shared() async throws {
        let edsr = try #require(Self.chains.first { $0.testDescription.contains("EDSR") })
        let prepared = try OneDNNBackend().prepare(edsr.graph, inputs: edsr.inputs, precision: .f32, threads: 1)
        let alone = try (0..<16).map {
            try prepared.run([seededTensor(edsr.inputs[0], seed: UInt64($0))])[0].values.map(\.bitPattern)
        }
        let together = try await withThrowingTaskGroup(of: (Int, [UInt32]).self) { group in
            for index in 0..<16 {
                group.addTask {
                    let input = seededTensor(edsr.inputs[0], seed: UInt64(index))
                    return (index, try prepared.run([input])[0].values.map(\.bitPattern))
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for index in 0..<16 { #expect(together[index] == alone[index]) }
    }

    @Test("graphs are made ready by many threads at once, at sizes that are new to each", arguments: precisions)
    func preparedAtOnce(precision: Precision) throws {
        let wrong = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { thread in
            for width in stride(from: 101 + thread, to: 141, by: 4) {
                for item in Self.chains {
                    let input = seededTensor(Self.shape(3, 3, width), seed: 1)
                    // The second one finds the library's primitives made; both must be right, so they are the same.
                    let results = (0..<2).map { _ in
                        try? OneDNNBackend().run(item.graph, [input], precision: precision).map {
                            $0.values.map(\.bitPattern)
                        }
                    }
                    let expected = try? ReferenceBackend().run(item.graph, [input])
                    let found = try? OneDNNBackend().run(item.graph, [input], precision: precision)
                    let isNear = zip(found ?? [], expected ?? []).allSatisfy { found, expected in
                        let size = expected.values.reduce(1) { max($0, abs($1)) }
                        return largestDifference(found, expected) <= 0.04 * size
                    }
                    if results[0] == nil || results[0] != results[1] || found == nil || !isNear {
                        wrong.withLock { $0.append("\(item.testDescription), \(width)") }
                    }
                }
            }
        }
        #expect(wrong.withLock { $0 } == [])
    }

    private static let precisions = Precision.allCases.filter { OneDNNBackend.precisions.contains($0) }

    @Test("int8 is not offered, and the error says so")
    func int8() {
        let picture = Self.shape(1, 4, 4)
        #expect {
            try OneDNNBackend().prepare(
                graph(.convolution(seededConvolution(1, 1)), channels: [1]), inputs: [picture], precision: .int8,
                threads: 1)
        } throws: { error in
            let error = error as? GraphError
            return error?.code == .unsupported && error?.description.contains("int8") == true
        }
    }

    @Test("what does not fit is told as by the reference")
    func misfit() {
        #expect {
            try OneDNNBackend().prepare(
                graph(.pixelShuffle(2), channels: [3]), inputs: [Self.shape(3, 4, 4)], precision: .f32, threads: 1)
        } throws: { ($0 as? GraphError)?.code == .shape }
    }
}
