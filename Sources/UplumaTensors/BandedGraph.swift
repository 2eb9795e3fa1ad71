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

extension BandedGraph {
    /// Rows of the first output that bands should have: as many as some bytes of features allow, but enough that what
    /// neighbours compute twice does not count for much.
    ///
    /// - Parameters:
    ///   - byteCount: of what the largest operation reads and writes.
    ///   - multiple: the rows are a multiple of this, or all there are.
    ///   - halos: so many times the rows around one that it depends on are enough. Fewer do for networks that work hardest
    ///     where little is computed twice.
    package func suitableRows(byteCount: Int, multiple: Int, halos: Int = 4) -> Int {
        guard let output = graph.outputs.first else { return multiple }
        let height = shapes[output.index].height
        let bytes =
            graph.nodes.indices.map { index in
                graph.nodes[index].inputs.reduce(shapes[index].byteCount) { $0 + shapes[$1.index].byteCount }
            }.max() ?? 0
        let affordable = byteCount / max(1, bytes / height)
        // Rows above and below one in the middle that it depends on, in rows of the output.
        let middles = graph.outputs.map { output in
            let middle = min(shapes[output.index].height / 2, shapes[output.index].height - 1)
            return middle..<middle + 1
        }
        let band = GraphBand(of: graph, shapes: shapes, outputRows: middles)
        let halo =
            zip(graph.inputs, band.inputRows).map { input, rows in
                rows.count * height / shapes[input.index].height
            }.max() ?? 0
        return min(height, max(affordable, halos * halo, 1) / multiple * multiple + multiple)
    }
}
