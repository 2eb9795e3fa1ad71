/// A part of a network's result as a network of its own: some rows of each output, made from the rows of the pictures
/// that they depend on.
///
/// Every operation makes the rows that later ones need, no others; zeros and mirrored rows are added at the true edges of
/// the picture alone, so the rows are those of the whole picture. Bands of the same `geometry` are the same network,
/// wherever they lie.
package struct GraphBand: Sendable {
    /// Everything that tells bands of one graph and one width apart.
    package struct Geometry: Sendable, Hashable {
        fileprivate var pieces: [Piece?]
        /// For each output, the rows at its top and bottom that are made for others only.
        fileprivate var unread: [[Int]]
    }

    /// What an operation does in a band.
    fileprivate struct Piece: Sendable, Hashable {
        /// Rows of the result.
        var count: Int
        /// For each input, the rows at its top and bottom that are there for others only.
        var unread: [[Int]]
        /// Instead of the operation's own insets, at the top and bottom.
        var insets: [Int]
        /// Rows at the top and bottom that it cannot help making.
        var surplus: [Int]
    }

    package let geometry: Geometry
    /// Rows of each picture, in the pictures' order; empty for one that nothing depends on.
    package let inputRows: [Range<Int>]
    package let outputRows: [Range<Int>]
    private let graph: NetworkGraph

    /// - Parameters:
    ///   - graph: the whole network.
    ///   - shapes: [node] of the whole picture (`NetworkGraph.shapes`).
    ///   - outputRows: for each output, the rows that are wanted; not empty, and within it.
    package init(of graph: NetworkGraph, shapes: [TensorShape], outputRows: [Range<Int>]) {
        precondition(outputRows.count == graph.outputs.count, "rows of each output")
        self.graph = graph
        self.outputRows = outputRows
        var rows = [Range<Int>?](repeating: nil, count: graph.nodes.count)
        func need(_ wanted: Range<Int>, of node: Int) {
            guard let known = rows[node] else { return rows[node] = wanted }
            rows[node] = min(known.lowerBound, wanted.lowerBound)..<max(known.upperBound, wanted.upperBound)
        }
        for (output, wanted) in zip(graph.outputs, outputRows) {
            precondition(!wanted.isEmpty && wanted.lowerBound >= 0 && wanted.upperBound <= shapes[output.index].height)
            need(wanted, of: output.index)
        }
        var reads = [Operation.BandRows?](repeating: nil, count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated().reversed() {
            guard let made = rows[index], let first = node.inputs.first else { continue }
            let read = node.operation.bandRows(for: made, inputHeight: shapes[first.index].height)
            reads[index] = read
            for input in node.inputs { need(read.rows, of: input.index) }
        }
        geometry = Geometry(
            pieces: graph.nodes.indices.map { index in
                guard let made = rows[index] else { return nil }
                guard let read = reads[index] else {
                    return Piece(count: made.count, unread: [], insets: [], surplus: [])
                }
                let unread = graph.nodes[index].inputs.map { input in
                    let there = rows[input.index] ?? read.rows
                    return [
                        read.rows.lowerBound - there.lowerBound, there.upperBound - read.rows.upperBound,
                    ]
                }
                return Piece(count: made.count, unread: unread, insets: read.insets, surplus: read.surplus)
            },
            unread: zip(graph.outputs, outputRows).map { output, wanted in
                let there = rows[output.index] ?? wanted
                return [wanted.lowerBound - there.lowerBound, there.upperBound - wanted.upperBound]
            })
        inputRows = graph.inputs.map { rows[$0.index] ?? 0..<0 }
    }

    /// The band's network. Pictures that nothing depends on are left out.
    package var network: NetworkGraph {
        var band = NetworkGraph()
        var values = [NetworkGraph.Value?](repeating: nil, count: graph.nodes.count)
        /// Results without some of their rows, which several operations may read.
        var parts: [[Int]: NetworkGraph.Value] = [:]
        func part(_ node: Int, without unread: [Int]) -> NetworkGraph.Value? {
            guard let value = values[node], unread != [0, 0] else { return values[node] }
            if let known = parts[[node] + unread] { return known }
            let cut = band.crop(value, Insets(top: unread[0], bottom: unread[1], left: 0, right: 0))
            parts[[node] + unread] = cut
            return cut
        }
        for (index, node) in graph.nodes.enumerated() {
            guard let piece = geometry.pieces[index] else { continue }
            let inputs = zip(node.inputs, piece.unread).compactMap { part($0.index, without: $1) }
            let made = band.append(node.operation.withRowInsets(piece.insets), inputs)
            values[index] =
                piece.surplus.contains { $0 != 0 }
                ? band.crop(made, Insets(top: piece.surplus[0], bottom: piece.surplus[1], left: 0, right: 0)) : made
        }
        for (output, unread) in zip(graph.outputs, geometry.unread) {
            guard let value = part(output.index, without: unread) else { continue }
            band.output(value)
        }
        return band
    }
}

extension Operation {
    /// What an operation reads to make some rows of its result, and how it is changed to make no others.
    struct BandRows {
        /// Within the input.
        var rows: Range<Int>
        /// Instead of its own insets at top and bottom; empty when it has none.
        var insets: [Int] = []
        /// Rows at top and bottom that are made, too.
        var surplus = [0, 0]
    }

    /// - Parameters:
    ///   - made: rows of the result, within it.
    ///   - inputHeight: rows of the (first) input.
    func bandRows(for made: Range<Int>, inputHeight: Int) -> BandRows {
        let (first, end) = (made.lowerBound, made.upperBound)
        switch self {
        case .input, .pointwise, .combination, .concatenation: return BandRows(rows: made)
        case .convolution(let it):
            let top = first * it.stride.rows - it.padding.top
            let bottom = (end - 1) * it.stride.rows - it.padding.top + it.span.rows
            let rows = max(0, top)..<min(inputHeight, bottom)
            return BandRows(rows: rows, insets: [rows.lowerBound - top, bottom - rows.upperBound])
        case .transposedConvolution(let it):
            let (stride, kernel) = (it.stride.rows, it.kernel.rows)
            // Input row i adds to rows i · stride ..< i · stride + kernel before the crop.
            let lowest = first + it.crop.top, highest = end - 1 + it.crop.top
            let from = max(0, min((lowest - kernel + stride) / stride, lowest / stride, inputHeight - 1))
            let to = max(from + 1, min(inputHeight, highest / stride + 1))
            // Rows below all kernels hold the bias alone; the first row made is one that a kernel reaches.
            let begin = min(lowest, from * stride + kernel - 1)
            return BandRows(
                rows: from..<to,
                insets: [begin - from * stride, (to - 1) * stride + kernel - (highest + 1)],
                surplus: [lowest - begin, 0])
        case .padding(let it):
            let shown = made.compactMap { it.source($0 - it.insets.top, count: inputHeight) }
            let (top, bottom) = (first - it.insets.top, end - it.insets.top)
            // Where there are only zeros, any row does; mirrored rows are counted from the edge.
            var from = shown.min() ?? min(max(top, 0), inputHeight - 1)
            var to = (shown.max() ?? from) + 1
            if it.fill != .zero && top < 0 { from = 0 }
            if it.fill != .zero && bottom > inputHeight { to = inputHeight }
            return BandRows(rows: from..<to, insets: [from - top, bottom - to])
        case .pixelShuffle(let factor):
            let rows = first / factor..<(end + factor - 1) / factor
            return BandRows(
                rows: rows, surplus: [first - factor * rows.lowerBound, factor * rows.upperBound - end])
        case .pixelUnshuffle(let factor): return BandRows(rows: factor * first..<factor * end)
        }
    }

    /// The operation with other insets at top and bottom.
    fileprivate func withRowInsets(_ insets: [Int]) -> Operation {
        guard insets.count == 2 else { return self }
        switch self {
        case .convolution(var it):
            (it.padding.top, it.padding.bottom) = (insets[0], insets[1])
            return .convolution(it)
        case .transposedConvolution(var it):
            (it.crop.top, it.crop.bottom) = (insets[0], insets[1])
            return .transposedConvolution(it)
        case .padding(var it):
            (it.insets.top, it.insets.bottom) = (insets[0], insets[1])
            return .padding(it)
        default: return self
        }
    }
}
