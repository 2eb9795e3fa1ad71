import CUplumaKernels

/// Resampling with displaced taps, at one instruction-set level; the same bits at every level.
///
/// The order of operations is defined in `upluma_displaced.h`.
///
/// Thread safety: the table of C functions never changes after creation, and the functions keep no state.
package struct DisplacedKernels: @unchecked Sendable {
    package let level: CPULevel
    let table: upluma_displaced_kernels

    /// Planes of floats of one size, in memory owned by someone else, who vouches for it while the value is in use.
    ///
    /// A band of a picture does for rows whose taps end inside it: its first and last row count as edges then.
    package struct Source {
        /// Pixel 0 of the first row of plane 0.
        package let base: UnsafePointer<Float>
        package let planes: Int
        /// Floats from one plane to the next.
        package let planeStride: Int
        package let width: Int
        /// Rows that are there.
        package let height: Int
        /// Floats from one row to the next.
        package let stride: Int
        /// The row of the picture that the first row is.
        package let firstRow: Int

        package init(
            _ base: UnsafePointer<Float>, width: Int, height: Int, stride: Int, planes: Int = 1, planeStride: Int = 0,
            firstRow: Int = 0
        ) {
            precondition(width > 0 && height > 0 && planes > 0, "\(planes) planes of \(width) × \(height)")
            precondition(stride >= width && stride * height <= Int32.max, "\(height) rows of \(stride) floats")
            self.base = base
            self.planes = planes
            self.planeStride = planeStride
            self.width = width
            self.height = height
            self.stride = stride
            self.firstRow = firstRow
        }
    }

    /// A number for each tap: channels of a row of floats, `every`-th from `first` on.
    package struct Values {
        package let row: FeatureRow
        package let first: Int
        package let every: Int

        package init(_ row: FeatureRow, from first: Int = 0, every: Int = 1) {
            self.row = row
            self.first = first
            self.every = every
        }

        /// The values as C sees them, `count` of them for each pixel.
        func values(_ count: Int, width: Int) -> upluma_displaced_values {
            precondition(row.layout.width == width, "rows of \(width) pixels, not \(row.layout.width)")
            precondition(first >= 0 && every > 0 && first + (count - 1) * every < row.layout.channels)
            return upluma_displaced_values(
                first: row.channel(first), stride: every * row.layout.planeStride)
        }
    }

    /// - Parameter level: one of `CPULevel.available`.
    package init(level: CPULevel = .current) {
        precondition(level <= .detected, "this processor has no \(level)")
        let memory = UnsafeMutablePointer<upluma_displaced_kernels>.allocate(capacity: 1)
        defer { memory.deallocate() }
        upluma_displaced_kernels_init(memory, level.cLevel)
        self.level = level
        table = memory.pointee
    }

    /// One row of the result, for every plane of the source: each pixel the sum over taps of weight times sample.
    ///
    /// - Parameters:
    ///   - taps: where taps lie before they are displaced.
    ///   - y: the row of the result.
    ///   - source: finite floats. A position that is no number, or farther than 2²² pixels away, counts as one beyond the
    ///     edge.
    ///   - weights: for each tap; their width is that of the result.
    ///   - horizontal: displacements in units of the taps, in the same way.
    ///   - vertical: the same for rows.
    ///   - target: for each plane, asked for once, room for the width rounded up to 16 floats, apart from everything else;
    ///     what is beyond the width is undefined.
    package func resample(
        _ taps: DisplacedTaps, row y: Int, of source: Source, weights: Values, horizontal: Values, vertical: Values,
        into target: (Int) -> UnsafeMutablePointer<Float>
    ) {
        let width = weights.row.layout.width
        let origin = y * taps.step + taps.start - source.firstRow
        let farthest = Int(UPLUMA_DISPLACED_FARTHEST)
        precondition(abs(origin) < farthest && width * taps.step + abs(taps.start) < farthest, "row \(y) of \(width)")
        withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: source.planes) { targets in
            for plane in 0..<source.planes { targets.initializeElement(at: plane, to: target(plane)) }
            guard let targets = targets.baseAddress else { return }
            var planes = upluma_displaced_source(
                planes: source.base, plane_stride: source.planeStride, stride: Int32(source.stride),
                count: Int32(source.planes), width: Int32(source.width), height: Int32(source.height))
            taps.withTaps {
                table.resample(
                    $0, &planes, Int32(origin), weights.values(taps.count, width: width),
                    horizontal.values(taps.count, width: width), vertical.values(taps.count, width: width), targets,
                    width)
            }
        }
    }
}
