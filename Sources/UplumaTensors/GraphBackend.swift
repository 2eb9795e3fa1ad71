package import UplumaKernels

/// Something that runs graphs: made ready once for a size of picture, then run as often as wanted.
package protocol GraphBackend: Sendable {
    /// What error messages and plans call it.
    var name: String { get }

    /// Makes a graph ready.
    ///
    /// - Parameters:
    ///   - graph: what to run.
    ///   - inputs: sizes of its pictures, in their order.
    ///   - precision: arithmetic of the convolutions; pictures that go in and come out are 32-bit floats in any case.
    ///   - threads: threads that one call of `run` may use, 1 or more. Results do not depend on it.
    /// - Throws: `GraphError`: `shape`, `unsupported`, or `failed` when memory runs out.
    func prepare(
        _ graph: NetworkGraph, inputs: [TensorShape], precision: Precision, threads: Int
    ) throws(GraphError) -> any PreparedGraph
}

/// A graph ready to run. It never changes, so that many threads may run it at once, each with a workspace of its own.
package protocol PreparedGraph: Sendable {
    var inputShapes: [TensorShape] { get }
    var outputShapes: [TensorShape] { get }
    /// Bytes of working memory that one call of `run` needs.
    var workspaceByteCount: Int { get }

    /// Runs the graph.
    ///
    /// - Parameters:
    ///   - inputs: pictures of `inputShapes`, planar as in `Tensor`; not kept.
    ///   - outputs: room for `outputShapes`, planar, apart from inputs and workspace; not kept.
    ///   - workspace: `workspaceByteCount` bytes, 64-byte aligned, used by this call alone; content undefined before and
    ///     after.
    /// - Throws: `GraphError` of code `failed`; outputs are undefined then.
    func run(
        inputs: [UnsafePointer<Float>], outputs: [UnsafeMutablePointer<Float>], workspace: UnsafeMutableRawPointer
    ) throws(GraphError)
}

extension PreparedGraph {
    /// Runs the graph on tensors, with memory made for this call; for tests and single pictures.
    package func run(_ inputs: [Tensor]) throws(GraphError) -> [Tensor] {
        precondition(inputs.map(\.shape) == inputShapes, "pictures of the sizes the graph was made ready for")
        let outputs = outputShapes.map { Tensor($0) }
        let workspace = UnsafeMutableRawPointer.allocate(byteCount: max(workspaceByteCount, 1), alignment: 64)
        defer { workspace.deallocate() }
        func address(_ tensor: Tensor) -> UnsafeMutablePointer<Float> {
            tensor.withValues { values in
                guard let base = values.baseAddress else { preconditionFailure("a tensor has values") }
                return base
            }
        }
        // The tensors outlive the call, and their memory never moves.
        try withExtendedLifetime((inputs, outputs)) { () throws(GraphError) in
            try run(
                inputs: inputs.map { UnsafePointer(address($0)) }, outputs: outputs.map(address), workspace: workspace)
        }
        return outputs
    }
}
