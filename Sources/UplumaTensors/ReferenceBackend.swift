package import UplumaKernels

/// Runs graphs the plain way, for proofs: one operation after the other on whole pictures, every sum in double
/// precision and in the order of its definition, every result rounded to a 32-bit float.
///
/// On one thread, in f32 only.
package struct ReferenceBackend: GraphBackend {
    package let name = "reference"

    package init() {}

    package func prepare(
        _ graph: NetworkGraph, inputs: [TensorShape], precision: Precision, threads: Int
    ) throws(GraphError) -> any PreparedGraph {
        guard precision == .f32 else {
            throw GraphError(.unsupported, "The backend reference does not compute in \(precision.rawValue), only f32.")
        }
        return PreparedReference(graph: graph, inputShapes: inputs, shapes: try graph.shapes(inputs: inputs))
    }
}

private struct PreparedReference: PreparedGraph {
    let inputShapes: [TensorShape]
    let outputShapes: [TensorShape]
    let workspaceByteCount: Int

    private let graph: NetworkGraph
    /// [node]
    private let shapes: [TensorShape]
    /// [node] Byte offset of the result in the workspace.
    private let offsets: [Int]

    init(graph: NetworkGraph, inputShapes: [TensorShape], shapes: [TensorShape]) {
        self.graph = graph
        self.inputShapes = inputShapes
        self.shapes = shapes
        outputShapes = graph.outputs.map { shapes[$0.index] }
        var last = Array(graph.nodes.indices)
        for (index, node) in graph.nodes.enumerated() {
            for input in node.inputs { last[input.index] = index }
        }
        for output in graph.outputs { last[output.index] = graph.nodes.count }
        let plan = WorkspacePlan(
            graph.nodes.indices.map {
                WorkspacePlan.Request(byteCount: shapes[$0].byteCount, lifetime: $0...last[$0])
            })
        offsets = plan.offsets
        workspaceByteCount = plan.byteCount
    }

    func run(
        inputs: [UnsafePointer<Float>], outputs: [UnsafeMutablePointer<Float>], workspace: UnsafeMutableRawPointer
    ) throws(GraphError) {
        precondition(inputs.count == inputShapes.count && outputs.count == outputShapes.count)
        func values(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
            let count = shapes[index].count
            return UnsafeMutableBufferPointer(
                start: (workspace + offsets[index]).bindMemory(to: Float.self, capacity: count), count: count)
        }
        var given = inputs.makeIterator()
        for (index, node) in graph.nodes.enumerated() {
            if case .input = node.operation, let picture = given.next() {
                values(index).baseAddress?.update(from: picture, count: shapes[index].count)
            } else {
                node.operation.evaluate(
                    node.inputs.map { Feature(shape: shapes[$0.index], values: UnsafeBufferPointer(values($0.index))) },
                    shape: shapes[index], into: values(index))
            }
        }
        for (value, output) in zip(graph.outputs, outputs) {
            guard let result = values(value.index).baseAddress else { continue }
            output.update(from: result, count: shapes[value.index].count)
        }
    }
}
