package import UplumaFrames
package import UplumaKernels

/// Enlarges or reduces a plane with one of the FIR filters.
///
/// Down the columns first, then along rows (`FIRRowStream`), in 32-bit floats; integer targets are rounded once, at the end, halves to
/// even, and limited to 0...maximum. Edges are mirrored (`FilterTaps`).
package struct FIRScaler: PlaneScaler {
    package var sourceSize: PlaneSize { rows.sourceSize }
    package var targetSize: PlaneSize { rows.targetSize }
    package var rowGranularity: Int { 1 }
    package var scratchByteCount: Int { rows.scratchByteCount }

    private let rows: FIRRowStream

    /// - Parameters:
    ///   - filter: the filter of both directions.
    ///   - grid: where the target samples lie on the source.
    ///   - source: how the source's samples map to values.
    ///   - target: how values map to the target's samples.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    package init(
        filter: ResampleFilter, grid: SampleGrid, source: SampleMapping, target: SampleMapping,
        level: CPULevel = .current
    ) {
        rows = FIRRowStream(filter: filter, grid: grid, source: source, target: target, level: level)
    }

    /// Both ends of the picture coincide, but for the shifts: how far the targets are moved to the right and down, in
    /// source samples.
    package init(
        filter: ResampleFilter, sourceSize: PlaneSize, targetSize: PlaneSize, shiftX: Double = 0, shiftY: Double = 0,
        source: SampleMapping, target: SampleMapping, level: CPULevel = .current
    ) {
        let grid = SampleGrid(source: sourceSize, target: targetSize, shiftX: shiftX, shiftY: shiftY)
        self.init(filter: filter, grid: grid, source: source, target: target, level: level)
    }

    package func scale(_ source: Plane, into target: Plane, rows strip: Range<Int>, scratch: ScratchMemory) {
        check(source, target, rows: strip, scratch: scratch)
        guard !strip.isEmpty else { return }
        scratch.withBytes { base in
            var cursor = rows.begin(atTargetRow: strip.lowerBound, scratch: base)
            for y in strip { cursor.nextRow(from: source, asRow: y, of: target) }
        }
    }
}
