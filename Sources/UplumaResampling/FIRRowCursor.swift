package import UplumaFrames
package import UplumaKernels

/// A place in a `FIRRowStream`: which row comes next, and the one that was filtered down the columns together with the
/// row before.
///
/// Not sendable: it points into scratch memory of one thread.
package struct FIRRowCursor {
    /// The target row that is made next.
    package private(set) var row: Int

    private let stream: FIRRowStream
    /// Those of the stream, at hand: nothing is to be unpacked and counted row by row, on several threads.
    private let phases: FilterPhases?
    private let fir: FIRKernels
    private let ending: FIREnding
    /// Sample 0 of the row at hand, and of the one after it.
    private var current: UnsafeMutablePointer<Float>
    private var following: UnsafeMutablePointer<Float>
    /// The target row that lies ready in `following`.
    private var prepared = -1
    private let weights: UnsafeMutablePointer<Float>
    private let targetRow: UnsafeMutablePointer<Float>

    init(stream: FIRRowStream, row: Int, scratch: UnsafeMutableRawPointer) {
        precondition((0..<stream.targetSize.height).contains(row), "row \(row) of \(stream.targetSize.height)")
        precondition(UInt(bitPattern: scratch) % 64 == 0, "scratch memory is 64-byte aligned")
        self.stream = stream
        self.row = row
        if case .phases(let phases) = stream.along { self.phases = phases } else { phases = nil }
        fir = stream.fir
        ending = FIREnding(stream.target)
        let layout = stream.layout
        let rows = (scratch + layout.rows).bindMemory(to: Float.self, capacity: 2 * layout.rowLength)
        current = rows + layout.margin
        following = rows + layout.rowLength + layout.margin
        weights = (scratch + layout.weights).bindMemory(to: Float.self, capacity: 2 * (stream.down.count + 1))
        targetRow = (scratch + layout.targetRow).bindMemory(to: Float.self, capacity: stream.rowStride)
        // Over-read floats have no influence, but should not be denormals or signalling NaNs.
        rows.initialize(repeating: 0, count: 2 * layout.rowLength)
    }

    /// Makes the next target row as floats: codes of the stream's target mapping (values, where that is `.float`),
    /// neither rounded nor limited, so overshoot is there.
    ///
    /// - Parameters:
    ///   - source: the same plane in every call of one cursor: `sourceSize`, in the sample type of the stream's source
    ///     mapping.
    ///   - target: room for `rowStride` floats, outside the scratch memory of the cursor; all are written, those from
    ///     the target width on with 0. No alignment needed; 64 bytes is fastest.
    package mutating func nextRow(from source: Plane, into target: UnsafeMutablePointer<Float>) {
        advance(source)
        let width = stream.targetSize.width
        switch stream.along {
        case .phases(let phases):
            var ending = stream.target
            ending.sample = .float32
            stream.fir.enlarge(
                current, phases: phases.table, ending: FIREnding(ending), count: width, into: target)
        case .taps(let taps):
            stream.fir.horizontal(current, taps: taps, start: stream.target.zero, into: target)
        }
        (target + width).update(repeating: 0, count: stream.rowStride - width)
    }

    /// Makes the next target row and stores it: integer samples are rounded to nearest, halves to even, and limited to
    /// 0...maximum; float samples are neither.
    ///
    /// - Parameters:
    ///   - source: as for `nextRow(from:into:)`.
    ///   - y: the row of `target` that is written.
    ///   - target: a plane of `targetSize`, in the sample type of the stream's target mapping.
    package mutating func nextRow(from source: Plane, asRow y: Int, of target: Plane) {
        guard phases != nil else {
            nextRow(from: source, into: targetRow)
            let codes = SampleMapping(
                sample: stream.target.sample, zero: 0, unit: 1, maximum: stream.target.maximum)
            return stream.samples.store(targetRow, asRow: y, of: target, mapping: codes)
        }
        storeRow(from: source, ending: ending, asRow: y, of: target)
    }

    /// Makes the next target row, adds a network's sub-pixels, limits values to 0...1 and stores them. Only for streams
    /// with a `wholeFactor`.
    ///
    /// - Parameters:
    ///   - source: as for `nextRow(from:into:)`.
    ///   - residual: the sub-pixels of the row: `wholeFactor` channels, each as wide as the source.
    ///   - y: the row of `target` that is written.
    ///   - target: a plane of `targetSize`, in the sample type of the stream's target mapping.
    package mutating func nextRow(
        from source: Plane, adding residual: FIREnding.Residual, asRow y: Int, of target: Plane
    ) {
        storeRow(from: source, ending: FIREnding(stream.target, adding: residual), asRow: y, of: target)
    }

    private mutating func storeRow(from source: Plane, ending: FIREnding, asRow y: Int, of target: Plane) {
        guard let phases else {
            preconditionFailure("\(stream.grid.x) is no enlargement by a whole factor")
        }
        precondition(
            target.width == stream.targetSize.width && target.height == stream.targetSize.height,
            "the target is \(target.width)×\(target.height), not the stream's \(stream.targetSize)")
        advance(source)
        fir.enlarge(current, phases: phases.table, ending: ending, asRow: y, of: target)
    }

    /// Sums the source rows for target row `row` into `current`, with its margins, and moves on.
    private mutating func advance(_ source: Plane) {
        precondition(row < stream.targetSize.height, "the last row has been made")
        precondition(
            source.width == stream.sourceSize.width && source.height == stream.sourceSize.height,
            "the source is \(source.width)×\(source.height), not the stream's \(stream.sourceSize)")
        if prepared == row {
            swap(&current, &following)
        } else {
            sumRows(source)
            extend(current)
            if prepared == row + 1 { extend(following) }
        }
        row += 1
    }

    /// Down the columns; two target rows at once where both take nearly the same source rows.
    private mutating func sumRows(_ source: Plane) {
        let down = stream.down
        let first = down.first[row]
        down.weights.withUnsafeBufferPointer { all in
            guard let base = all.baseAddress else { preconditionFailure("a filter has weights") }
            let own = base + row * down.count
            let isLast = row + 1 == stream.targetSize.height
            let next = isLast ? Int.max : down.first[row + 1]
            guard !isLast, abs(next - first) <= 1 else {
                stream.fir.vertical(
                    source, rows: first..<first + down.count, weights: own, start: stream.downStart, into: current)
                return
            }
            // Rows that only one of the two takes have a weight of 0 in the other's sum, which does not change it.
            let lowest = min(first, next)
            let count = down.count + abs(next - first)
            weights.update(repeating: 0, count: 2 * count)
            (weights + (first - lowest)).update(from: own, count: down.count)
            (weights + count + (next - lowest)).update(from: own + down.count, count: down.count)
            stream.fir.vertical(
                source, rows: lowest..<lowest + count, weights: weights, start: stream.downStart, into: current,
                second: following)
            prepared = row + 1
        }
    }

    /// Continues a row beyond both ends.
    private func extend(_ samples: UnsafeMutablePointer<Float>) {
        guard let phases else { return }
        let (before, width) = (phases.left.count, stream.sourceSize.width)
        for index in 0..<before { samples[index - before] = samples[phases.left[index]] }
        for index in phases.right.indices { samples[width + index] = samples[phases.right[index]] }
    }
}
