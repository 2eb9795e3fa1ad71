package import UplumaFrames
package import UplumaKernels
package import UplumaResampling

/// Enlarges a plane with a network that predicts kernels, all its stages in one pass.
///
/// The result is limited to 0...1 and stored through the target's mapping, integers rounded to nearest. Rows flow from
/// stage to stage: a stage makes the rows of a result as soon as the one before has made what its layers and taps read,
/// and no picture, no kernels and no enlarged source are ever there as a whole. A strip computes the rows around it
/// again, of every stage. Where rows of the whole width took more than `mostBytes`, bands of columns are made one after
/// the other (`ColumnBands`), so memory is bounded at any size of picture.
package struct AdaptiveScaler: PlaneScaler {
    package let sourceSize: PlaneSize
    package let targetSize: PlaneSize
    /// Rows of the result that one row of the source makes.
    package let rowGranularity: Int
    package let scratchByteCount: Int

    /// Bytes of rows, above which a picture is divided into bands of columns: of the networks that ship none is below 4K;
    /// two workers with a stage of 64 channels at the size of a 4320p result stay below 200 MB.
    package static let mostBytes = 96 << 20

    private let bands: ColumnBands
    /// For pictures as wide as a band.
    private let runs: [AdaptiveRun]
    private let samples: SampleKernels
    private let source: SampleMapping
    private let target: SampleMapping
    /// Floats of a row of the last run's result.
    private let rowStride: Int

    /// - Parameters:
    ///   - network: the network.
    ///   - sourceSize: any size; the target is `network.factor` times as wide and high.
    ///   - source: how the source's samples map to the network's 0...1.
    ///   - target: how the results map to the target's samples.
    ///   - precision: f32, or bf16 for the layers; kernels and pictures are floats in both.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    ///   - mostBytes: as the static property. Bands may change the last bits of results, since Winograd's sums of a pixel
    ///     take in its neighbours' rounding.
    package init(
        network: AdaptiveNetwork, sourceSize: PlaneSize, source: SampleMapping, target: SampleMapping,
        precision: Precision = .f32, level: CPULevel = .current, mostBytes: Int = AdaptiveScaler.mostBytes
    ) {
        self.sourceSize = sourceSize
        self.source = source
        self.target = target
        targetSize = PlaneSize(sourceSize.width * network.factor, sourceSize.height * network.factor)
        rowGranularity = network.factor
        func runs(_ width: Int) -> [AdaptiveRun] {
            AdaptiveRun.all(
                of: network, sourceSize: PlaneSize(width, sourceSize.height), precision: precision, level: level)
        }
        var bands = ColumnBands(width: sourceSize.width, count: 1, halo: network.halo)
        var made = runs(bands.bandWidth)
        while made.reduce(0, { $0 + $1.scratchByteCount }) > mostBytes, let narrower = bands.narrower {
            bands = narrower
            made = runs(bands.bandWidth)
        }
        self.bands = bands
        self.runs = made
        samples = SampleKernels(level: level)
        rowStride = made[made.count - 1].resultStride
        let rows = made[made.count - 1].stage.factor
        scratchByteCount =
            made.reduce(0) { $0 + $1.scratchByteCount } + rows * rowStride * MemoryLayout<Float>.stride
    }

    package func scale(_ source: Plane, into target: Plane, rows: Range<Int>, scratch: ScratchMemory) {
        check(source, target, rows: rows, scratch: scratch)
        guard !rows.isEmpty else { return }
        scratch.withBytes { memory in
            for band in bands.bands {
                scale(
                    source.columns(band.read), into: target.columns(band.kept.times(rowGranularity)), rows: rows,
                    skipping: rowGranularity * (band.kept.lowerBound - band.read.lowerBound), memory)
            }
        }
    }

    /// The same for one band of columns.
    ///
    /// - Parameter columns: results at the left that are not stored.
    private func scale(
        _ source: Plane, into target: Plane, rows: Range<Int>, skipping columns: Int, _ memory: UnsafeMutableRawPointer
    ) {
        let (last, stride) = (runs[runs.count - 1].stage.factor, rowStride)
        let cursor = AdaptiveCursor.begin(
            runs, atResultRow: rows.lowerBound, source: source, mapping: self.source, scratch: memory)
        let made = (memory + scratchByteCount - last * stride * MemoryLayout<Float>.stride).bindMemory(
            to: Float.self, capacity: last * stride)
        for y in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: last) {
            cursor.advance { made + $0 * stride }
            for dy in 0..<last {
                samples.store(made + dy * stride + columns, asRow: y + dy, of: target, mapping: self.target)
            }
        }
    }
}

extension Range<Int> {
    /// The same columns of a picture that is so many times as large.
    fileprivate func times(_ factor: Int) -> Range<Int> { factor * lowerBound..<factor * upperBound }
}
