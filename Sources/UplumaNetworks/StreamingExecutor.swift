package import UplumaKernels
package import UplumaResampling

/// Runs the layers of a network together, row by row: each makes a row (or four) as soon as the one before has made the
/// rows below it, and only the rows that a later layer still reads are kept. Memory grows with the width alone and, for
/// narrow networks, mostly stays in the cache.
///
///     var cursor = executor.begin(rows: rows, scratch: memory)
///     for y in rows { let result = cursor.nextRow { y, row in …fill row with input row y… } }
///
/// Rows beyond the top and bottom are zeros for every layer; rows beyond a strip are computed, so a row's values do not
/// depend on where strips begin, nor on the instruction set. An executor is fixed at creation and used by many threads at
/// once, each with scratch memory of its own. (A class, because cursors copy it into every row's closures.)
package final class StreamingExecutor: Sendable {
    /// Size of the layers' grid: of what the first one reads and of all features.
    package let size: PlaneSize
    /// Bytes of scratch memory one cursor needs, a multiple of 64.
    package let scratchByteCount: Int

    fileprivate let stages: [ExecutorStage]
    /// Ring n holds rows that stage n reads; the last one what the last stage writes.
    fileprivate let rings: [RowRing]
    /// The codes of the value 0 in each ring that holds bytes.
    fileprivate let zeros: [[UInt8]?]
    fileprivate let convolutions: ConvolutionKernels
    fileprivate let winograd: WinogradKernels
    /// Bytes from the start of the scratch memory to that of the kernels.
    fileprivate let kernelScratch: Int

    /// Rows between two stages. (Plain numbers: it is copied for every row that is made.)
    fileprivate struct RowRing: Sendable {
        let layout: RowLayout
        let byteCount: Int
        /// Rows that are kept.
        let capacity: Int
        /// Bytes from the start of the scratch memory to the row of zeros, which the others follow.
        let offset: Int

        func row(_ y: Int, in height: Int, _ scratch: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer {
            scratch + offset + ((0..<height).contains(y) ? 1 + y % capacity : 0) * byteCount
        }
    }

    /// Above this many bytes for wide layers in f32, the plain way is taken: it keeps a third of the rows.
    static let mostWinogradBytes = 256 << 20

    /// Whether layers can be run in a precision at all; whether it is fast on a processor, `Precision.isNative`.
    package static func supports(_ precision: Precision, _ layers: [ConvolutionLayer]) -> Bool {
        let isQuantized = layers.contains { $0.quantization != nil }
        return switch precision {
        case .f32: !isQuantized
        case .bf16: !isQuantized && layers.count > 1 && !layers.contains { $0.activation == .tanh }
        case .int8: isQuantized
        }
    }

    /// Time that layers take in a precision that it `supports`, for each pixel of their grid, in multiply-adds
    /// of plain f32 kernels that take as long: what decides which is the fastest where processors have them all.
    package static func work(of layers: [ConvolutionLayer], precision: Precision) -> Double {
        ExecutorPlan(layers, width: 1, precision: precision, usesWinograd: true).stages.reduce(0) { $0 + $1.work }
    }

    /// - Parameters:
    ///   - chain: the network.
    ///   - size: size of the layers' grid.
    ///   - precision: one that `supports` says yes to. f32 and int8 give the same bits at every level; so does bf16, as
    ///     far as processors agree on numbers below 2^-126.
    ///   - usesWinograd: whether wide 3×3 layers in f32 are computed by `WinogradKernels`, which rounds otherwise.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    package convenience init(
        chain: ConvolutionChain, size: PlaneSize, precision: Precision = .f32, usesWinograd: Bool = true,
        level: CPULevel = .current
    ) {
        self.init(layers: chain.layers, size: size, precision: precision, usesWinograd: usesWinograd, level: level)
    }

    /// The layers of a chain that need not make a picture: any number of channels may come out.
    package init(
        layers: [ConvolutionLayer], size: PlaneSize, precision: Precision = .f32, usesWinograd: Bool = true,
        level: CPULevel = .current
    ) {
        self.size = size
        convolutions = ConvolutionKernels(level: level)
        winograd = WinogradKernels(level: level)
        var plan = ExecutorPlan(layers, width: size.width, precision: precision, usesWinograd: usesWinograd)
        var rings = StreamingExecutor.rings(plan)
        if rings.end > Self.mostWinogradBytes && usesWinograd {
            plan = ExecutorPlan(layers, width: size.width, precision: precision, usesWinograd: false)
            rings = StreamingExecutor.rings(plan)
        }
        stages = plan.stages
        self.rings = rings.rings
        zeros = plan.zeros
        kernelScratch = rings.end
        scratchByteCount = rings.end + (stages.map(\.scratchByteCount).max() ?? 0)
    }

    /// The rings one after the other, and where they end.
    private static func rings(_ plan: ExecutorPlan) -> (rings: [RowRing], end: Int) {
        var end = 0
        let rings = plan.layouts.indices.map { index in
            // The producer may be ahead by all but one of the rows it makes at a time.
            let ahead = index == 0 ? 0 : plan.stages[index - 1].step - 1
            let read = index < plan.stages.count ? plan.stages[index].step + 2 * plan.stages[index].reach : 1
            let layout = plan.layouts[index]
            let ring = RowRing(
                layout: layout, byteCount: layout.byteCount, capacity: read + ahead, offset: end)
            end += (1 + ring.capacity) * ring.byteCount
            return ring
        }
        return (rings, end)
    }

    /// The first rows of each ring that a result row depends on, directly or not.
    fileprivate func firstRows(of row: Int) -> [Int] {
        var first = row
        var result = [first]
        for stage in stages.reversed() {
            first -= first % stage.step
            result[result.count - 1] = first
            first = max(0, first - stage.reach)
            result.append(first)
        }
        return result.reversed()
    }

    /// Input rows beyond a result's own that may be read before it is returned.
    package var lookahead: Int { stages.reduce(0) { $0 + $1.step - 1 + $1.reach } }

    /// The first row that a cursor for `rows` reads.
    package func firstInputRow(of rows: Range<Int>) -> Int { firstRows(of: rows.lowerBound)[0] }

    /// Starts a strip.
    ///
    /// - Parameters:
    ///   - rows: rows of the layers' grid, not empty.
    ///   - scratch: `scratchByteCount` bytes, 64-byte aligned, which belong to the cursor until it is dropped; content
    ///     undefined before and after. Valid as long as the cursor is used: both live in one `ScratchMemory.withBytes`.
    /// - Returns: a cursor whose first row is `rows.lowerBound`, its last the one before `rows.upperBound`.
    package func begin(rows: Range<Int>, scratch: UnsafeMutableRawPointer) -> StreamingCursor {
        StreamingCursor(executor: self, rows: rows, scratch: scratch)
    }
}

/// A place in a `StreamingExecutor`. Not sendable: it points into scratch memory of one thread.
package struct StreamingCursor {
    private let executor: StreamingExecutor
    private let scratch: UnsafeMutableRawPointer
    /// The row `nextRow` returns next, and where the strip ends.
    private var rows: Range<Int>
    /// The row of each ring that is made next.
    private var next: [Int]

    fileprivate init(executor: StreamingExecutor, rows: Range<Int>, scratch: UnsafeMutableRawPointer) {
        precondition(!rows.isEmpty && rows.lowerBound >= 0 && rows.upperBound <= executor.size.height)
        precondition(UInt(bitPattern: scratch) % 64 == 0, "scratch memory is 64-byte aligned")
        self.executor = executor
        self.rows = rows
        self.scratch = scratch
        next = executor.firstRows(of: rows.lowerBound)
        // The rows of zeros and every margin.
        scratch.initializeMemory(as: UInt8.self, repeating: 0, count: executor.kernelScratch)
        for (ring, zeros) in zip(executor.rings, executor.zeros) {
            guard let zeros, case .planar(let layout) = ring.layout else { continue }
            for slot in 0...ring.capacity {
                FeatureRow(at: scratch + ring.offset + slot * layout.byteCount, layout: layout).fill(zeros)
            }
        }
    }

    /// Computes the next row.
    ///
    /// - Parameter load: called for each input row that is needed, in order from `firstInputRow` on, with its number and
    ///   room for the width's floats, all of which it fills; it may write zeros up to the width rounded up to 16.
    /// - Returns: the last layer's features, valid until the next call.
    package mutating func nextRow(load: (Int, UnsafeMutablePointer<Float>) -> Void) -> FeatureRow {
        nextRow(loadChannels: { load($0, $1.channel(0)) })
    }

    /// The same for layers that read several channels.
    ///
    /// - Parameter load: as above, with the row of all channels, the width's floats of each to be filled.
    package mutating func nextRow(loadChannels load: (Int, FeatureRow) -> Void) -> FeatureRow {
        precondition(!rows.isEmpty, "the last row has been made")
        let row = rows.lowerBound
        fill(executor.stages.count, through: row, load)
        rows = row + 1..<rows.upperBound
        return planar(executor.stages.count, row)
    }

    /// Makes rows of a ring up to one that lies in the picture.
    private mutating func fill(_ ring: Int, through row: Int, _ load: (Int, FeatureRow) -> Void) {
        while next[ring] <= row {
            let y = next[ring]
            guard ring > 0 else {
                load(y, planar(0, y))
                next[0] += 1
                continue
            }
            let stage = executor.stages[ring - 1]
            fill(ring - 1, through: min(executor.size.height - 1, y + stage.step - 1 + stage.reach), load)
            run(stage, ring - 1, at: y)
            next[ring] += stage.step
        }
    }

    /// Makes the rows of one step from row `y` on, reading from `ring`.
    private func run(_ stage: ExecutorStage, _ ring: Int, at y: Int) {
        switch stage.operation {
        case .convolution(let layer):
            executor.convolutions.convolve(layer, into: planar(ring + 1, y)) { planar(ring, y + $0 - layer.kernel / 2) }
        case .winograd(let layer):
            // Rows below the picture go where no row of it is: a ring has room for a whole step.
            executor.winograd.convolve(
                layer, into: { channelsLast(ring + 1, y + $0, isWritten: true) },
                scratch: scratch + executor.kernelScratch,
                row: { channelsLast(ring, y + $0 - 1) })
        case .toChannelsLast: executor.winograd.copy(planar(ring, y), to: channelsLast(ring + 1, y))
        case .toPlanar: executor.winograd.copy(channelsLast(ring, y), to: planar(ring + 1, y))
        }
    }

    /// Row `y` of a planar ring, zeros outside the picture.
    private func planar(_ index: Int, _ y: Int) -> FeatureRow {
        let ring = executor.rings[index]
        guard case .planar(let layout) = ring.layout else { preconditionFailure("ring \(index) is not planar") }
        return FeatureRow(at: ring.row(y, in: executor.size.height, scratch), layout: layout)
    }

    /// The same where channels lie last; a row that `isWritten` has its own place outside the picture, too.
    private func channelsLast(_ index: Int, _ y: Int, isWritten: Bool = false) -> ChannelsLastRow {
        let ring = executor.rings[index]
        guard case .channelsLast(let layout) = ring.layout else { preconditionFailure("ring \(index) is planar") }
        return ChannelsLastRow(at: ring.row(y, in: isWritten ? .max : executor.size.height, scratch), layout: layout)
    }
}
