import Testing
import UplumaKernels
import UplumaTensors
import UplumaTestSupport

@Suite struct NetworkGraphTests {
    /// What does not fit, the pictures it is given, and a word of what is said about it.
    struct Misfit: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let graph: NetworkGraph
        let inputs: [TensorShape]
        let word: String

        init(_ operation: Operation, _ inputs: [TensorShape], says word: String) {
            testDescription = "\(operation): \(word)"
            graph = UplumaTensorsTests.graph(operation, channels: inputs.map(\.channels))
            self.inputs = inputs
            self.word = word
        }
    }

    static let picture = TensorShape(channels: 3, height: 5, width: 7)
    static let misfits = [
        Misfit(.convolution(seededConvolution(4, 2)), [picture], says: "3 channels where 4"),
        Misfit(
            .convolution(seededConvolution(3, 2, kernel: Extent(7), padding: .zero)), [picture], says: "larger than"),
        Misfit(.convolution(seededConvolution(3, 2, padding: Insets(3))), [picture], says: "less than its kernel"),
        Misfit(
            .transposedConvolution(seededTransposed(2, 2, kernel: 3, stride: 2, crop: .zero)), [picture],
            says: "3 channels where 2"),
        Misfit(
            .transposedConvolution(seededTransposed(3, 2, kernel: 3, stride: 2, crop: Insets(9))), [picture],
            says: "nothing of the picture"),
        Misfit(.pointwise(.activation(.perChannel([1, 2]))), [picture], says: "3 channels where 2"),
        Misfit(.pointwise(.affine(scales: [1], offsets: [1])), [picture], says: "3 channels where 1"),
        Misfit(
            .combination(.add), [picture, TensorShape(channels: 3, height: 5, width: 6)], says: "do not fit together"),
        Misfit(
            .combination(.add), [picture, TensorShape(channels: 2, height: 5, width: 7)], says: "do not fit together"),
        Misfit(.combination(.add), [picture], says: "1 inputs instead of 2"),
        Misfit(.concatenation, [picture, TensorShape(channels: 3, height: 4, width: 7)], says: "sizes that differ"),
        Misfit(.padding(Padding(.reflection, Insets(5))), [picture], says: "mirrors more"),
        Misfit(.padding(Padding(.zero, Insets(-3))), [picture], says: "nothing of the picture"),
        Misfit(.pixelShuffle(2), [picture], says: "not a multiple of 4"),
        Misfit(.pixelUnshuffle(2), [picture], says: "not multiples of 2"),
    ]

    @Test("what does not fit is told with the operation's name", arguments: misfits)
    func misfit(misfit: Misfit) {
        #expect {
            try misfit.graph.shapes(inputs: misfit.inputs)
        } throws: { error in
            guard let error = error as? GraphError else { return false }
            return error.code == .shape && error.description.contains(misfit.word)
                && error.description.hasPrefix("Operation \(misfit.inputs.count) (")
        }
    }

    @Test("pictures must be those the network reads, and there must be a result")
    func pictures() {
        var graph = NetworkGraph()
        let picture = graph.input(channels: 3)
        #expect(throws: GraphError.self) { try graph.shapes(inputs: [Self.picture]) }
        graph.output(picture)
        #expect(throws: Never.self) { try graph.shapes(inputs: [Self.picture]) }
        #expect(throws: GraphError.self) { try graph.shapes(inputs: []) }
        #expect(throws: GraphError.self) { try graph.shapes(inputs: [.init(channels: 1, height: 5, width: 7)]) }
    }

    @Test("shapes follow from the operations")
    func shapes() throws {
        var graph = NetworkGraph()
        let picture = graph.input(channels: 3)
        let half = graph.convolution(picture, seededConvolution(3, 8, stride: 2, padding: Insets(1)))
        let whole = graph.transposedConvolution(
            half, seededTransposed(8, 4, kernel: 3, stride: 2, crop: Insets(top: 1, bottom: 0, left: 1, right: 0)))
        let shuffled = graph.pixelShuffle(whole, by: 2)
        let back = graph.pixelUnshuffle(shuffled, by: 2)
        graph.output(graph.concatenate([back, whole]))
        let shapes = try graph.shapes(inputs: [TensorShape(channels: 3, height: 6, width: 8)])
        #expect(shapes.map(\.description) == ["3×6×8", "8×3×4", "4×6×8", "1×12×16", "4×6×8", "8×6×8"])
    }

    @Test("steps that change nothing are left out")
    func neutral() {
        var graph = NetworkGraph()
        let picture = graph.input(channels: 3)
        let same = graph.pixelUnshuffle(
            graph.pixelShuffle(graph.activation(picture, .none), by: 1), by: 1)
        #expect(same == picture && graph.nodes.count == 1)
    }
}
