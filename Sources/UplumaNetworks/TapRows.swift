import UplumaKernels

/// The latest rows of one or several planes as floats, one below the other: those that the displaced taps of one row of
/// a result can reach, and as many more, so that rows are moved up only now and then. Not sendable: it points into scratch
/// memory of one thread.
struct TapRows {
    struct Layout: Sendable {
        let taps: DisplacedTaps
        /// Of the planes that the taps' coordinates are counted in.
        let width: Int
        let height: Int
        let planes: Int
        /// Rows of the result that are made one after the other in one go, from which on memory suffices for all rows.
        let capacity: Int

        init(taps: DisplacedTaps, width: Int, height: Int, planes: Int) {
            (self.taps, self.width, self.height, self.planes) = (taps, width, height, planes)
            capacity = min(2 * taps.rows(of: 0).count, height)
        }

        /// Floats from one row to the next.
        var stride: Int { (width + 15) / 16 * 16 }
        /// Floats from one plane to the next.
        var planeStride: Int { capacity * stride }
        var byteCount: Int { planes * planeStride * MemoryLayout<Float>.stride }

        /// Rows that row `y` of the result is made of, not empty; taps beyond the edge read the first or last of them.
        func rows(of y: Int) -> Range<Int> {
            let wanted = taps.rows(of: y)
            return min(max(wanted.lowerBound, 0), height - 1)..<min(max(wanted.upperBound, 0), height - 1) + 1
        }
    }

    let layout: Layout
    private let memory: UnsafeMutablePointer<Float>
    /// The row of the planes that lies first in memory, and the one after the last that is there.
    private var first = 0
    private var end = 0

    /// - Parameter memory: `layout.byteCount` bytes, 64-byte aligned.
    init(_ layout: Layout, at memory: UnsafeMutableRawPointer) {
        self.layout = layout
        self.memory = memory.bindMemory(to: Float.self, capacity: layout.planes * layout.planeStride)
    }

    /// What row `y` of the result is sampled from, valid until the next call; rows of results are asked for in order.
    ///
    /// - Parameter load: called for each row of each plane that is not there yet, with the row's number, the plane's, and
    ///   room for `layout.stride` floats, of which it fills the width's.
    mutating func source(
        forRow y: Int, load: (_ row: Int, _ plane: Int, UnsafeMutablePointer<Float>) -> Void
    ) -> DisplacedKernels.Source {
        let wanted = layout.rows(of: y)
        precondition(wanted.lowerBound >= first, "rows come in order")
        if wanted.lowerBound >= end { (first, end) = (wanted.lowerBound, wanted.lowerBound) }
        while end < wanted.upperBound {
            if end - first == layout.capacity { moveUp(to: wanted.lowerBound) }
            for plane in 0..<layout.planes { load(end, plane, row(end, plane)) }
            end += 1
        }
        return DisplacedKernels.Source(
            row(wanted.lowerBound, 0), width: layout.width, height: wanted.count, stride: layout.stride,
            planes: layout.planes, planeStride: layout.planeStride, firstRow: wanted.lowerBound)
    }

    private func row(_ y: Int, _ plane: Int) -> UnsafeMutablePointer<Float> {
        memory + plane * layout.planeStride + (y - first) * layout.stride
    }

    /// Forgets the rows before `row`.
    private mutating func moveUp(to row: Int) {
        for plane in 0..<layout.planes {
            self.row(first, plane).update(from: self.row(row, plane), count: (end - row) * layout.stride)
        }
        first = row
    }
}
