import UplumaFrames
import UplumaKernels
import UplumaResampling
import UplumaTensors

/// A `FullResampler` ready for pictures of one size, in bands of rows of the small picture; shared by all threads.
struct FullResamplerRun: Sendable {
    struct Band: Sendable {
        /// Of the small picture.
        let rows: Range<Int>
        /// Of the extended source.
        let inputRows: Range<Int>
        fileprivate let prepared: any PreparedGraph
    }

    let network: FullResampler
    let sourceSize: PlaneSize
    /// What the network reads: right and bottom edge repeated.
    let extendedSize: PlaneSize
    let targetSize: PlaneSize
    /// Planes of the pictures.
    let planes: Int
    /// From top to bottom; all but the last as high as `bandRows`.
    let bands: [Band]
    let bandRows: Int
    /// Bytes of memory that a run of a band needs, a multiple of 64.
    let scratchByteCount: Int

    private let mapping: SampleMapping
    private let samples: SampleKernels
    private let bytes: Bytes

    /// What lies in that memory one after the other.
    private struct Bytes {
        var input = 0
        /// Each of the three.
        var output = 0
        var workspace = 0
    }

    /// Bytes of features that a band's largest operation reads and writes, where bands are not already lower than what
    /// their edges cost.
    static let bandBytes = 64 << 20

    /// - Parameters:
    ///   - planes: 1, or as many as the network has input channels.
    ///   - bandRows: rows of the small picture in a band; nil for as many as suit.
    /// - Throws: `GraphError`.
    init(
        _ network: FullResampler, sourceSize: PlaneSize, planes: Int, source: SampleMapping, backend: any GraphBackend,
        precision: Precision, level: CPULevel, bandRows: Int? = nil
    ) throws(GraphError) {
        self.network = network
        self.sourceSize = sourceSize
        self.planes = planes
        let (width, height) = (
            FullResampler.extended(sourceSize.width), FullResampler.extended(sourceSize.height)
        )
        extendedSize = PlaneSize(width, height)
        let targetSize = sourceSize.reduced(by: network.factor)
        self.targetSize = targetSize
        mapping = source
        samples = SampleKernels(level: level)
        let graph = try BandedGraph(
            network.graph(planes: planes), inputs: [TensorShape(channels: planes, height: height, width: width)],
            backend: backend, precision: precision, threads: 1)
        // Nine tenths of the work are at the size of the small picture, where bands compute a few rows twice.
        let multiple = FullResampler.multiple / network.factor
        let suitable =
            bandRows ?? graph.suitableRows(byteCount: Self.bandBytes, multiple: multiple, halos: 1)
        let rows = min(max(1, suitable), targetSize.height)
        self.bandRows = rows
        var (bands, bytes): ([Band], Bytes) = ([], Bytes())
        for first in stride(from: 0, to: targetSize.height, by: rows) {
            let rows = first..<min(first + rows, targetSize.height)
            let band = try graph.band([rows, rows, rows])
            bands.append(Band(rows: rows, inputRows: band.inputRows[0], prepared: band.prepared))
            func lines(_ count: Int) -> Int { (count + 63) / 64 * 64 }
            bytes.input = max(bytes.input, lines(band.prepared.inputShapes[0].byteCount))
            bytes.output = max(bytes.output, lines(band.prepared.outputShapes[0].byteCount))
            bytes.workspace = max(bytes.workspace, lines(band.prepared.workspaceByteCount))
        }
        self.bands = bands
        self.bytes = bytes
        scratchByteCount = bytes.input + 3 * bytes.output + bytes.workspace
    }

    /// Kernels, horizontal and vertical displacements of a band, each [tap][row][column].
    struct Prediction {
        /// Rows of the band.
        let height: Int
        /// Columns of the small picture before it is cut.
        let width: Int
        /// Rows and columns of a kernel, squared.
        let taps: Int
        fileprivate let outputs: [UnsafeMutablePointer<Float>]

        /// Row `y` of the band as the resampling kernels take it: weights that sum to one, then the displacements.
        ///
        /// - Parameters:
        ///   - target: 3 · taps channels, at most `width` wide.
        ///   - sums: room for as many floats as the target is wide.
        func copy(row y: Int, to target: FeatureRow, sums: UnsafeMutablePointer<Float>) {
            let count = target.layout.width
            sums.update(repeating: 0, count: count)
            for tap in 0..<taps {
                let weights = outputs[0] + (tap * height + y) * width
                for x in 0..<count { sums[x] += weights[x] }
            }
            for tap in 0..<taps {
                let weights = outputs[0] + (tap * height + y) * width
                let channel = target.channel(tap)
                for x in 0..<count { channel[x] = weights[x] / sums[x] }
            }
            for part in 1...2 {
                for tap in 0..<taps {
                    target.channel(part * taps + tap).update(
                        from: outputs[part] + (tap * height + y) * width, count: count)
                }
            }
        }
    }

    /// Runs a band.
    ///
    /// - Parameters:
    ///   - sources: planes of `sourceSize`.
    ///   - scratch: `scratchByteCount` bytes, 64-byte aligned; the prediction lies there.
    /// - Throws: `GraphError` of code `failed`.
    func predict(
        _ band: Band, of sources: [Plane], scratch: UnsafeMutableRawPointer
    ) throws(GraphError) -> Prediction {
        let (width, height) = (extendedSize.width, band.inputRows.count)
        let input = scratch.bindMemory(to: Float.self, capacity: planes * height * width)
        for (index, source) in sources.enumerated() {
            for y in 0..<height {
                load(row: band.inputRows.lowerBound + y, of: source, into: input + (index * height + y) * width)
            }
        }
        let taps = network.kernelSize * network.kernelSize
        let small = width / network.factor
        let outputs = (0..<3).map { index in
            (scratch + bytes.input + index * bytes.output).bindMemory(
                to: Float.self, capacity: taps * band.rows.count * small)
        }
        try band.prepared.run(
            inputs: [UnsafePointer(input)], outputs: outputs, workspace: scratch + bytes.input + 3 * bytes.output)
        return Prediction(height: band.rows.count, width: small, taps: taps, outputs: outputs)
    }

    /// Row `y` of the extended source, `extendedSize.width` floats.
    func load(row y: Int, of source: Plane, into target: UnsafeMutablePointer<Float>) {
        samples.load(row: min(y, sourceSize.height - 1), of: source, mapping: mapping, into: target)
        let missing = extendedSize.width - sourceSize.width
        (target + sourceSize.width).update(repeating: target[sourceSize.width - 1], count: missing)
    }
}
