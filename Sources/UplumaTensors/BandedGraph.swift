import Synchronization
package import UplumaKernels

/// Runs a graph band by band, so that memory grows with the width of the picture, not with its height.
///
/// Bands are made ready when they are first asked for and kept; a picture needs few different ones (the first, the last,
/// one for all between). Used by many threads at once.
package final class BandedGraph: Sendable {
    /// Some rows, ready to be made.
    package struct Band: Sendable {
        /// Rows of each picture that are read, in the order of the graph's inputs.
        package let inputRows: [Range<Int>]
        package let prepared: any PreparedGraph
    }

    package let graph: NetworkGraph
    /// [node] Of the whole picture.
    package let shapes: [TensorShape]
    private let backend: any GraphBackend
    private let precision: Precision
    private let threads: Int
    private let known = Mutex<[GraphBand.Geometry: any PreparedGraph]>([:])

    /// - Parameters: as for `GraphBackend.prepare`; every picture must have a part in the result.
    /// - Throws: `GraphError` of code `shape`.
    package init(
        _ graph: NetworkGraph, inputs: [TensorShape], backend: any GraphBackend, precision: Precision, threads: Int
    ) throws(GraphError) {
        self.graph = graph
        shapes = try graph.shapes(inputs: inputs)
        self.backend = backend
        self.precision = precision
        self.threads = threads
        let needed = graph.neededNodes
        guard graph.inputs.allSatisfy({ needed[$0.index] }) else {
            throw GraphError(.shape, "The network reads a picture that none of its results depends on.")
        }
    }

    /// The band that makes some rows of each output.
    ///
    /// - Parameter outputRows: as for `GraphBand`.
    /// - Throws: `GraphError`, as `GraphBackend.prepare` does.
    package func band(_ outputRows: [Range<Int>]) throws(GraphError) -> Band {
        let band = GraphBand(of: graph, shapes: shapes, outputRows: outputRows)
        if let prepared = known.withLock({ $0[band.geometry] }) {
            return Band(inputRows: band.inputRows, prepared: prepared)
        }
        let inputs = zip(graph.inputs, band.inputRows).map { input, rows in
            TensorShape(
                channels: shapes[input.index].channels, height: rows.count, width: shapes[input.index].width)
        }
        let prepared = try backend.prepare(band.network, inputs: inputs, precision: precision, threads: threads)
        // Another thread may have been faster; one of the two is kept.
        return known.withLock { known in
            let kept = known[band.geometry] ?? prepared
            known[band.geometry] = kept
            return Band(inputRows: band.inputRows, prepared: kept)
        }
    }
}
