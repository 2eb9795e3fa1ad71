package import UplumaFrames
package import UplumaKernels

/// The rows of an enlarged (or reduced) plane, one after the other, as floats: what a FIR scaler stores and what a
/// network that predicts a residual adds to.
///
/// Each source row is filtered along the row first and kept, as long as it is needed, in a ring of rows; a target row is
/// the weighted sum of ring rows. A row's samples do not depend on where a stream began nor on the instruction set.
/// Values are those of the source's `SampleMapping`, neither rounded nor limited: overshoot below 0 and above 1 is there.
/// A direction that keeps its grid is not filtered at all.
///
///     var cursor = stream.begin(atTargetRow: rows.lowerBound, scratch: base)   // once a strip
///     for y in rows { cursor.nextRow(from: source, into: row); … }
///
/// The stream is a value fixed at creation, used by many threads at once, each with scratch memory of its own.
package struct FIRRowStream: Sendable {
    package let grid: SampleGrid
    package var sourceSize: PlaneSize { grid.sourceSize }
    package var targetSize: PlaneSize { grid.targetSize }
    /// Floats `nextRow` writes: the target width rounded up to a multiple of 16.
    package let rowStride: Int
    /// Bytes of scratch memory one cursor needs, a multiple of 64; grows with the widths and the number of vertical
    /// taps, not with the heights.
    package let scratchByteCount: Int

    let mapping: SampleMapping
    let samples: SampleKernels
    let fir: FIRKernels
    /// Nil when rows keep their grid.
    let rowTaps: FIRRowTaps?
    /// Nil when columns keep their grid.
    let columnTaps: FilterTaps?
    let layout: ScratchLayout

    /// - Parameters:
    ///   - filter: the filter of both directions.
    ///   - grid: where the target samples lie on the source.
    ///   - source: how the source's samples map to values.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    package init(filter: ResampleFilter, grid: SampleGrid, source: SampleMapping, level: CPULevel = .current) {
        self.grid = grid
        mapping = source
        samples = SampleKernels(level: level)
        fir = FIRKernels(level: level)
        let x = FilterTaps(filter: filter, axis: grid.x)
        let y = FilterTaps(filter: filter, axis: grid.y)
        rowTaps =
            x.isIdentity
            ? nil : FIRRowTaps(first: x.first, weights: x.weights, taps: x.count, sourceCount: grid.x.sourceCount)
        columnTaps = y.isIdentity ? nil : y
        rowStride = (grid.x.targetCount + FIRRowTaps.group - 1) / FIRRowTaps.group * FIRRowTaps.group
        layout = ScratchLayout(sourceWidth: grid.x.sourceCount, rowStride: rowStride, ringRows: columnTaps?.count ?? 0)
        scratchByteCount = layout.byteCount
    }

    /// Both ends of the picture coincide, but for the shifts: how far the targets are moved to the right and down, in
    /// source samples.
    package init(
        filter: ResampleFilter, sourceSize: PlaneSize, targetSize: PlaneSize, shiftX: Double = 0, shiftY: Double = 0,
        source: SampleMapping, level: CPULevel = .current
    ) {
        let grid = SampleGrid(source: sourceSize, target: targetSize, shiftX: shiftX, shiftY: shiftY)
        self.init(filter: filter, grid: grid, source: source, level: level)
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
        let ringRows: Int
        /// Numbers of the source rows in the ring's slots, `ringRows` Ints.
        let tags: Int
        /// The ring rows of one target row in the order of its taps, `ringRows` pointers.
        let pointers: Int
        /// One source row as floats, with room to over-read.
        let sourceRow: Int
        /// `ringRows` rows of `rowStride` floats.
        let ring: Int
        let byteCount: Int

        init(sourceWidth: Int, rowStride: Int, ringRows: Int) {
            func lines(_ bytes: Int) -> Int { (bytes + 63) / 64 * 64 }
            self.ringRows = ringRows
            tags = 0
            pointers = lines(ringRows * MemoryLayout<Int>.stride)
            sourceRow = pointers + lines(ringRows * MemoryLayout<UnsafePointer<Float>>.stride)
            ring = sourceRow + lines((sourceWidth + FIRRowTaps.overread) * MemoryLayout<Float>.stride)
            byteCount = ring + ringRows * rowStride * MemoryLayout<Float>.stride
        }
    }
}

/// A place in a `FIRRowStream`: which row comes next, and the filtered source rows around it.
///
/// Not sendable: it points into scratch memory of one thread.
package struct FIRRowCursor {
    /// The target row `nextRow` makes next.
    package private(set) var row: Int

    private let stream: FIRRowStream
    private let sourceRow: UnsafeMutablePointer<Float>
    private let ring: UnsafeMutablePointer<Float>
    private let tags: UnsafeMutablePointer<Int>
    private let pointers: UnsafeMutablePointer<UnsafePointer<Float>>

    init(stream: FIRRowStream, row: Int, scratch: UnsafeMutableRawPointer) {
        precondition((0..<stream.targetSize.height).contains(row), "row \(row) of \(stream.targetSize.height)")
        precondition(UInt(bitPattern: scratch) % 64 == 0, "scratch memory is 64-byte aligned")
        self.stream = stream
        self.row = row
        let layout = stream.layout
        let sourceCapacity = stream.sourceSize.width + FIRRowTaps.overread
        sourceRow = (scratch + layout.sourceRow).bindMemory(to: Float.self, capacity: sourceCapacity)
        ring = (scratch + layout.ring).bindMemory(to: Float.self, capacity: layout.ringRows * stream.rowStride)
        tags = (scratch + layout.tags).bindMemory(to: Int.self, capacity: layout.ringRows)
        pointers = (scratch + layout.pointers).bindMemory(to: UnsafePointer<Float>.self, capacity: layout.ringRows)
        // Over-read floats have no influence, but should not be denormals or signalling NaNs.
        (sourceRow + stream.sourceSize.width).initialize(repeating: 0, count: FIRRowTaps.overread)
        for slot in 0..<layout.ringRows {
            tags[slot] = -1
            pointers[slot] = UnsafePointer(ring)
        }
    }

    /// Makes the next target row.
    ///
    /// - Parameters:
    ///   - source: the same plane in every call of one cursor: `sourceSize`, in the sample type of the stream's
    ///     mapping.
    ///   - target: room for `rowStride` floats, outside the scratch memory of the cursor; all are written, those from
    ///     the target width on with 0 (where the source is finite). No alignment needed; 64 bytes is fastest.
    package mutating func nextRow(from source: Plane, into target: UnsafeMutablePointer<Float>) {
        precondition(row < stream.targetSize.height, "the last row has been made")
        precondition(
            source.width == stream.sourceSize.width && source.height == stream.sourceSize.height,
            "the source is \(source.width)×\(source.height), not the stream's \(stream.sourceSize)")
        defer { row += 1 }
        guard let taps = stream.columnTaps else { return filterRow(row, of: source, into: target) }
        let first = taps.first[row]
        for k in 0..<taps.count {
            let slot = (first + k) % taps.count
            let ringRow = ring + slot * stream.rowStride
            if tags[slot] != first + k {
                filterRow(first + k, of: source, into: ringRow)
                tags[slot] = first + k
            }
            pointers[k] = UnsafePointer(ringRow)
        }
        taps.weights.withUnsafeBufferPointer { weights in
            guard let base = weights.baseAddress else { preconditionFailure("a filter has weights") }
            stream.fir.vertical(
                pointers, weights: base + row * taps.count, taps: taps.count, count: stream.rowStride, into: target)
        }
    }

    /// Source row `y` on the target's columns: `rowStride` floats.
    private func filterRow(_ y: Int, of source: Plane, into target: UnsafeMutablePointer<Float>) {
        guard let taps = stream.rowTaps else {
            stream.samples.load(row: y, of: source, mapping: stream.mapping, into: target)
            (target + source.width).update(repeating: 0, count: stream.rowStride - source.width)
            return
        }
        stream.samples.load(row: y, of: source, mapping: stream.mapping, into: sourceRow)
        stream.fir.horizontal(sourceRow, taps: taps, into: target)
    }
}
