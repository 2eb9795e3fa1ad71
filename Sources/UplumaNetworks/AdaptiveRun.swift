import UplumaFrames
import UplumaKernels
import UplumaResampling

/// One run of a stage, ready for pictures of one size; shared by all threads.
struct AdaptiveRun: Sendable {
    let stage: AdaptiveStage
    /// Of the picture that it reads.
    let size: PlaneSize
    /// How many times as large as the source that picture is.
    let times: Int
    let executor: StreamingExecutor
    let kernels: AdaptiveKernels
    let samples: SampleKernels
    /// Whether its results are limited to 0...1: those of the last run.
    let isLast: Bool
    let picture: PictureRing.Layout

    /// Floats of a row that it writes, with room for what the kernels write past the end.
    var resultStride: Int { stage.factor * ((size.width + 15) / 16 * 16) }

    /// Bytes of a row of the source, which is enlarged into the layers' second channel.
    private var sourceRowBytes: Int {
        stage.readsSource ? (size.width / times + 15) / 16 * 16 * MemoryLayout<Float>.stride : 0
    }

    /// Bytes of memory that one cursor needs for it, a multiple of 64.
    var scratchByteCount: Int { executor.scratchByteCount + picture.byteCount + sourceRowBytes }

    /// Where things lie in that memory, in bytes: the executor's, the ring of rows, the row of the source.
    var offsets: (executor: Int, picture: Int, sourceRow: Int) {
        (0, executor.scratchByteCount, executor.scratchByteCount + picture.byteCount)
    }

    /// All runs of a network in their order.
    ///
    /// - Parameters:
    ///   - network: the network.
    ///   - sourceSize: of the plane that the first run reads.
    ///   - precision: f32 or bf16.
    ///   - level: one of `CPULevel.available`.
    static func all(
        of network: AdaptiveNetwork, sourceSize: PlaneSize, precision: Precision, level: CPULevel
    ) -> [AdaptiveRun] {
        // Runs of one stage share its weights.
        var shared: (stage: AdaptiveStage, executor: StreamingExecutor)?
        let runs = network.runs
        return runs.enumerated().map { index, run in
            let size = PlaneSize(sourceSize.width * run.times, sourceSize.height * run.times)
            let executor =
                shared?.stage == run.stage && index > 0 && runs[index - 1].times == run.times
                ? shared?.executor : nil
            let made =
                executor
                ?? StreamingExecutor(layers: run.stage.layers, size: size, precision: precision, level: level)
            shared = (run.stage, made)
            let reach = run.stage.lattice.reach
            let previous = index == 0 ? 1 : runs[index - 1].stage.factor
            let written = index == 0 ? size.width : previous * ((size.width / previous + 15) / 16 * 16)
            return AdaptiveRun(
                stage: run.stage, size: size, times: run.times, executor: made, kernels: AdaptiveKernels(level: level),
                samples: SampleKernels(level: level), isLast: index == runs.count - 1,
                picture: PictureRing.Layout(
                    width: size.width, height: size.height, reach: reach, written: written,
                    capacity: reach + max(made.lookahead, reach) + previous))
        }
    }

    /// The first row of the picture that results from row `row` of it on depend on.
    func firstRow(of row: Int) -> Int {
        min(executor.firstInputRow(of: row..<size.height), max(0, row - stage.lattice.reach))
    }
}

/// The latest rows of a picture as floats, each with its edge pixels repeated on both sides. Not sendable: it points into
/// scratch memory of one thread.
struct PictureRing {
    struct Layout: Sendable {
        let width: Int
        let height: Int
        /// Pixels that are there on both sides of a row.
        let reach: Int
        /// Floats from pixel 0 on that are written together with a row.
        let written: Int
        /// Rows that are kept.
        let capacity: Int

        /// Floats before pixel 0.
        var margin: Int { (reach + 15) / 16 * 16 }
        /// Kernels read to the width rounded up to 16 and `reach` beyond that.
        var stride: Int { margin + max((width + 15) / 16 * 16 + margin, (written + 15) / 16 * 16) }
        var byteCount: Int { capacity * stride * MemoryLayout<Float>.stride }
    }

    let layout: Layout
    private let rows: UnsafeMutablePointer<Float>

    /// - Parameter memory: `layout.byteCount` bytes, 64-byte aligned.
    init(_ layout: Layout, at memory: UnsafeMutableRawPointer) {
        self.layout = layout
        // Kernels read, but do not use, floats past the border: they should not be signalling NaNs.
        rows = memory.initializeMemory(as: Float.self, repeating: 0, count: layout.capacity * layout.stride)
    }

    /// Pixel 0 of row `y`; beyond the picture of the nearest one in it.
    func row(_ y: Int) -> UnsafeMutablePointer<Float> {
        rows + min(max(y, 0), layout.height - 1) % layout.capacity * layout.stride + layout.margin
    }

    /// Repeats the edge pixels of a row that has been written.
    func extend(_ y: Int) {
        let row = row(y)
        (row - layout.reach).update(repeating: row[0], count: layout.reach)
        (row + layout.width).update(repeating: row[layout.width - 1], count: layout.reach)
    }
}
