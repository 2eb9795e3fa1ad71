package import UplumaFrames
package import UplumaKernels
package import UplumaResampling
package import UplumaTensors

/// Enlarges a plane with a network that a backend runs, in bands of rows: the same result as `NetworkScaler`'s, up to the
/// rounding of sums.
///
/// A band is some rows of the result with what they depend on, so memory grows with the width alone. Rows do not depend
/// on where bands begin (`GraphBand`), so neither do strips.
package struct GraphScaler: PlaneScaler {
    package typealias Failure = GraphError

    package let sourceSize: PlaneSize
    package let targetSize: PlaneSize
    package var rowGranularity: Int { subpixels }
    package let scratchByteCount: Int

    private let subpixels: Int
    /// Of the layers' grid.
    private let layerSize: PlaneSize
    /// Rows of the layers' grid that are made together, at most.
    private let bandRows: Int
    private let network: BandedGraph
    private let bytes: Bytes
    /// What the layers read where that is not the source itself.
    private let enlargement: FIRRowStream?
    /// What the layers correct; nil where they make the whole picture.
    private let base: FIRRowStream?
    private let samples: SampleKernels
    private let kernels: ConvolutionKernels
    private let sourceMapping: SampleMapping
    private let targetMapping: SampleMapping
    /// Floats of the row that a result is put together in.
    private let rowStride: Int

    /// Bytes of one band's memory, each a multiple of 64.
    private struct Bytes {
        var input = 0
        var output = 0
        var workspace = 0

        var total: Int { input + output + workspace }

        /// Enough for another band as well.
        mutating func include(_ prepared: any PreparedGraph) {
            func lines(_ count: Int) -> Int { (count + 63) / 64 * 64 }
            input = max(input, lines(prepared.inputShapes.reduce(0) { $0 + $1.byteCount }))
            output = max(output, lines(prepared.outputShapes.reduce(0) { $0 + $1.byteCount }))
            workspace = max(workspace, lines(prepared.workspaceByteCount))
        }
    }

    /// Bytes of features that a band's largest layer reads and writes. Convolutions are as fast on 16 rows as on 256; what
    /// counts is that bands are high beside what they compute twice.
    static let bandBytes = 32 << 20

    /// - Parameters:
    ///   - chain: the network.
    ///   - sourceSize: any size; the target is `chain.factor` times as wide and high.
    ///   - source: how the source's samples map to the network's 0...1.
    ///   - target: how the results map to the target's samples.
    ///   - backend: what runs the layers.
    ///   - precision: one that the backend offers.
    ///   - level: one of `CPULevel.available`, for everything but the layers.
    /// - Throws: `GraphError`.
    package init(
        chain: ConvolutionChain, sourceSize: PlaneSize, source: SampleMapping, target: SampleMapping,
        backend: any GraphBackend, precision: Precision = .f32, level: CPULevel = .current
    ) throws(GraphError) {
        subpixels = chain.subpixels
        self.sourceSize = sourceSize
        let targetSize = PlaneSize(sourceSize.width * chain.factor, sourceSize.height * chain.factor)
        self.targetSize = targetSize
        func stream(_ filter: ResampleFilter) -> FIRRowStream {
            FIRRowStream(filter: filter, sourceSize: sourceSize, targetSize: targetSize, source: source, level: level)
        }
        layerSize = chain.layerSize(of: sourceSize)
        let picture = TensorShape(channels: 1, height: layerSize.height, width: layerSize.width)
        // Strips are what threads divide a plane into; each is one thread's.
        network = try BandedGraph(
            chain.graph, inputs: [picture], backend: backend, precision: precision, threads: 1)
        let rows = network.suitableRows(byteCount: GraphScaler.bandBytes, multiple: subpixels) / subpixels
        bandRows = GraphScaler.bandHeight(of: layerSize.height, atMost: rows)
        // All bands of a whole plane are made ready here, so that what cannot be is found out before the start.
        var bytes = Bytes()
        for rows in GraphScaler.bands(of: 0..<layerSize.height, bandRows: bandRows) {
            bytes.include(
                try network.band([rows.lowerBound * subpixels..<rows.upperBound * subpixels]).prepared)
        }
        self.bytes = bytes
        if case .enlarged(let filter) = chain.input { enlargement = stream(filter) } else { enlargement = nil }
        base = chain.base.map(stream)
        samples = SampleKernels(level: level)
        kernels = ConvolutionKernels(level: level)
        sourceMapping = source
        targetMapping = target
        rowStride = (targetSize.width + 15) / 16 * 16
        scratchByteCount =
            bytes.total + (enlargement?.scratchByteCount ?? 0) + (base?.scratchByteCount ?? 0)
            + rowStride * MemoryLayout<Float>.stride
    }

    /// The height of as few bands of one height as make `count` rows.
    private static func bandHeight(of count: Int, atMost most: Int) -> Int {
        let bands = (count + most - 1) / most
        return (count + bands - 1) / bands
    }

    /// Divides rows of the layers' grid: all bands have the same height, for which the last one begins a little before its
    /// predecessor's end.
    private static func bands(of rows: Range<Int>, bandRows: Int) -> [Range<Int>] {
        let height = bandHeight(of: rows.count, atMost: bandRows)
        return stride(from: rows.lowerBound, to: rows.upperBound, by: height).map { first in
            let end = min(first + height, rows.upperBound)
            return end - height..<end
        }
    }

    package func scale(
        _ source: Plane, into target: Plane, rows: Range<Int>, scratch: ScratchMemory
    ) throws(GraphError) {
        check(source, target, rows: rows, scratch: scratch)
        guard !rows.isEmpty else { return }
        let layerRows = rows.lowerBound / subpixels..<rows.upperBound / subpixels
        try scratch.withBytes { (memory) throws(GraphError) in
            var free = memory
            func take(_ byteCount: Int) -> UnsafeMutableRawPointer {
                defer { free += byteCount }
                return free
            }
            let bandMemory = take(bytes.total)
            let filterMemory = take(enlargement?.scratchByteCount ?? 0)
            var bases = base.map { $0.begin(atTargetRow: rows.lowerBound, scratch: take($0.scratchByteCount)) }
            let row = take(rowStride * MemoryLayout<Float>.stride).bindMemory(to: Float.self, capacity: rowStride)
            var next = rows.lowerBound
            for rows in GraphScaler.bands(of: layerRows, bandRows: bandRows) {
                let band = try network.band([rows.lowerBound * subpixels..<rows.upperBound * subpixels])
                try make(band, from: source, memory: bandMemory, filterMemory: filterMemory) { made in
                    for y in next..<rows.upperBound * subpixels {
                        if bases == nil { row.update(repeating: 0, count: rowStride) }
                        bases?.nextRow(from: source, into: row)
                        let values = made + (y - rows.lowerBound * subpixels) * targetSize.width
                        kernels.add(values, count: targetSize.width, limitedTo01: row)
                        samples.store(row, asRow: y, of: target, mapping: targetMapping)
                    }
                    next = rows.upperBound * subpixels
                }
            }
        }
    }

    /// Loads what a band reads and runs it; `body` gets its rows, each as long as the target is wide.
    private func make(
        _ band: BandedGraph.Band, from source: Plane, memory: UnsafeMutableRawPointer,
        filterMemory: UnsafeMutableRawPointer, _ body: (UnsafePointer<Float>) -> Void
    ) throws(GraphError) {
        var needed = bytes
        needed.include(band.prepared)
        // Bands of strips that begin elsewhere are no larger than those that were counted, but may be laid out otherwise.
        let own = needed.total > bytes.total ? ScratchMemory(byteCount: needed.total) : nil
        func run(_ memory: UnsafeMutableRawPointer) throws(GraphError) {
            let inputRows = band.inputRows[0]
            let count = layerSize.width * inputRows.count
            let input = memory.bindMemory(to: Float.self, capacity: count)
            // Filters write rows up to a multiple of 16: the last one's surplus lies in the output, which is not there yet.
            var filter = enlargement?.begin(atTargetRow: inputRows.lowerBound, scratch: filterMemory)
            for (index, y) in inputRows.enumerated() {
                let values = input + index * layerSize.width
                if filter == nil {
                    samples.load(row: y, of: source, mapping: sourceMapping, into: values)
                } else {
                    filter?.nextRow(from: source, into: values)
                }
            }
            let output = (memory + needed.input).assumingMemoryBound(to: Float.self)
            try band.prepared.run(
                inputs: [UnsafePointer(input)], outputs: [output], workspace: memory + needed.input + needed.output)
            body(output)
        }
        if let own { try own.withBytes { (memory) throws(GraphError) in try run(memory) } } else { try run(memory) }
    }
}
