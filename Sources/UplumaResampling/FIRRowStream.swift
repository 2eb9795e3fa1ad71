package import UplumaFrames
package import UplumaKernels

/// The rows of an enlarged (or reduced) plane, one after the other: what a FIR scaler stores and what a network that
/// predicts a residual adds to.
///
/// A target row is first the weighted sum of source rows, as floats, then filtered along the row. Whole factors up to 4
/// have a kernel of their own, which ends in the target's samples. A row's samples do not depend on where a stream began
/// nor on the instruction set.
///
///     var cursor = stream.begin(atTargetRow: rows.lowerBound, scratch: base)   // once a strip
///     for y in rows { cursor.nextRow(from: source, into: row); … }
///
/// The stream is a value fixed at creation, used by many threads at once, each with scratch memory of its own. Float
/// samples are finite: where they are not, neighbouring results are not numbers.
package struct FIRRowStream: Sendable {
    package let grid: SampleGrid
    package var sourceSize: PlaneSize { grid.sourceSize }
    package var targetSize: PlaneSize { grid.targetSize }
    /// Floats `nextRow(from:into:)` writes: the target width rounded up to a multiple of 16.
    package let rowStride: Int
    /// Bytes of scratch memory one cursor needs, a multiple of 64; grows with the widths and the number of vertical
    /// taps, not with the heights.
    package let scratchByteCount: Int
    /// Target columns for each source column where that is a whole number up to 4, which residuals can be added to.
    package var wholeFactor: Int? {
        if case .phases(let phases) = along { phases.table.factor } else { nil }
    }

    /// How rows are filtered along.
    enum Along: Sendable {
        case phases(FilterPhases)
        case taps(FIRRowTaps)
    }

    let target: SampleMapping
    let samples: SampleKernels
    let fir: FIRKernels
    let along: Along
    /// Weights down the columns, which also turn the source's codes into values.
    let down: FilterTaps
    /// What sums down the columns begin with.
    let downStart: Float
    let layout: ScratchLayout

    /// - Parameters:
    ///   - filter: the filter of both directions.
    ///   - grid: where the target samples lie on the source.
    ///   - source: how the source's samples map to values.
    ///   - target: how values map to the samples of rows.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    package init(
        filter: ResampleFilter, grid: SampleGrid, source: SampleMapping, target: SampleMapping = .float,
        level: CPULevel = .current
    ) {
        self.grid = grid
        self.target = target
        samples = SampleKernels(level: level)
        fir = FIRKernels(level: level)
        down = FilterTaps(filter: filter, axis: grid.y, gain: 1 / Double(source.unit))
        downStart = Float(-Double(source.zero) / Double(source.unit))
        rowStride = (grid.x.targetCount + FIRRowTaps.group - 1) / FIRRowTaps.group * FIRRowTaps.group
        let width = grid.x.sourceCount
        if let phases = FilterPhases(filter: filter, axis: grid.x, gain: Double(target.unit)) {
            along = .phases(phases)
            layout = ScratchLayout(
                left: phases.left.count, width: width, right: phases.right.count + FIRPhases.overread,
                rowStride: rowStride, taps: down.count)
        } else {
            let x = FilterTaps(filter: filter, axis: grid.x, gain: Double(target.unit))
            along = .taps(FIRRowTaps(first: x.first, weights: x.weights, taps: x.count, sourceCount: width))
            layout = ScratchLayout(
                left: 0, width: width, right: FIRRowTaps.overread, rowStride: rowStride, taps: down.count)
        }
        scratchByteCount = layout.byteCount
    }

    /// Both ends of the picture coincide, but for the shifts: how far the targets are moved to the right and down, in
    /// source samples.
    package init(
        filter: ResampleFilter, sourceSize: PlaneSize, targetSize: PlaneSize, shiftX: Double = 0, shiftY: Double = 0,
        source: SampleMapping, target: SampleMapping = .float, level: CPULevel = .current
    ) {
        let grid = SampleGrid(source: sourceSize, target: targetSize, shiftX: shiftX, shiftY: shiftY)
        self.init(filter: filter, grid: grid, source: source, target: target, level: level)
    }

    /// A cursor whose next row is target row `row`.
    ///
    /// `scratch` is at least `scratchByteCount` bytes, 64-byte aligned, which belong to the cursor as long as it is used
    /// (both live inside one `ScratchMemory.withBytes`); content undefined before and after.
    package func begin(atTargetRow row: Int, scratch: UnsafeMutableRawPointer) -> FIRRowCursor {
        FIRRowCursor(stream: self, row: row, scratch: scratch)
    }

    /// Where things lie in the scratch memory; all offsets in bytes, multiples of 64.
    struct ScratchLayout {
        /// Floats before sample 0 of a source row.
        let margin: Int
        /// Floats of a source row with its margins.
        let rowLength: Int
        /// The two source rows made together, one after the other.
        let rows: Int
        /// The weights of two target rows.
        let weights: Int
        /// A row of the target as floats, where it is stored from there.
        let targetRow: Int
        let byteCount: Int

        init(left: Int, width: Int, right: Int, rowStride: Int, taps: Int) {
            func lines(_ floats: Int) -> Int { (floats * MemoryLayout<Float>.stride + 63) / 64 * 64 }
            margin = (left + 15) / 16 * 16
            rowLength = (margin + width + right + 15) / 16 * 16
            rows = 0
            weights = 2 * lines(rowLength)
            targetRow = weights + lines(2 * (taps + 1))
            byteCount = targetRow + lines(rowStride)
        }
    }
}
