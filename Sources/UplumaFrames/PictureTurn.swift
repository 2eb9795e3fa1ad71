/// A turn by quarters, a mirroring, or both: what a display matrix asks of players, done to the samples instead.
///
/// First rows become columns (where asked for), then columns and rows are reversed (where asked for).
package struct PictureTurn: Hashable, Sendable {
    package let transposes: Bool
    /// Whether the columns of the result run from right to left.
    package let reversesColumns: Bool
    /// Whether the rows of the result run from bottom to top.
    package let reversesRows: Bool

    /// The turn of a display matrix that takes (x, y) of the stored picture to (a·x + c·y, b·x + d·y).
    ///
    /// - Parameter matrix: a, b, c, d; their size does not matter.
    /// - Returns: nil for a matrix that leaves the picture as it is, or that does not keep it on its grid.
    package init?(matrix: [Int32]) {
        guard matrix.count == 4 else { return nil }
        let (a, b, c, d) = (matrix[0], matrix[1], matrix[2], matrix[3])
        switch (a != 0, b != 0, c != 0, d != 0) {
        case (true, false, false, true):
            guard a < 0 || d < 0 else { return nil }
            (transposes, reversesColumns, reversesRows) = (false, a < 0, d < 0)
        case (false, true, true, false): (transposes, reversesColumns, reversesRows) = (true, c < 0, b < 0)
        default: return nil
        }
    }

    /// Whether a turned picture has a format: what is subsampled in one direction only has none when it is transposed.
    package func fits(_ chroma: ChromaFormat) -> Bool { !transposes || chroma.log2Width == chroma.log2Height }

    /// In words: "turned by 90°", "mirrored".
    package var words: String {
        switch (transposes, reversesColumns, reversesRows) {
        case (false, true, true): "turned by 180°"
        case (false, true, false): "mirrored"
        case (false, _, _): "mirrored upside down"
        case (true, true, false): "turned by 90°"
        case (true, false, true): "turned by 270°"
        case (true, _, _): "turned and mirrored"
        }
    }

    package func size(width: Int, height: Int) -> (width: Int, height: Int) {
        transposes ? (height, width) : (width, height)
    }

    package func sampleAspect(_ aspect: Rational?) -> Rational? {
        aspect.map { transposes ? Rational($0.denominator, $0.numerator) : $0 }
    }

    /// Where chroma lies on the turned luma grid.
    ///
    /// - Parameters:
    ///   - placement: on the grid of the stored picture.
    ///   - format: of the stored picture.
    ///   - width: of the stored picture.
    ///   - height: of the stored picture.
    package func placement(
        _ placement: ChromaPlacement, _ format: ChromaFormat, width: Int, height: Int
    ) -> ChromaPlacement {
        // The last of n samples lies on 2^s · (n - 1) + offset; seen from the other side it comes first.
        func reversed(_ offset: Double, _ size: Int, _ log2: Int) -> Double {
            let count = (size + (1 << log2) - 1) >> log2
            return Double(size - 1 - (count - 1) << log2) - offset
        }
        func turned(_ offset: ChromaPlacement.Offset) -> ChromaPlacement.Offset {
            let (x, y) = transposes ? (offset.y, offset.x) : (offset.x, offset.y)
            let across = transposes ? (height, format.log2Height) : (width, format.log2Width)
            let down = transposes ? (width, format.log2Width) : (height, format.log2Height)
            return ChromaPlacement.Offset(
                x: reversesColumns ? reversed(x, across.0, across.1) : x,
                y: reversesRows ? reversed(y, down.0, down.1) : y)
        }
        return ChromaPlacement(cb: turned(placement.cb), cr: turned(placement.cr))
    }

    /// The turned picture, its samples in memory of `pool`, everything else the frame's.
    ///
    /// - Parameters:
    ///   - frame: of a format that `fits`.
    ///   - pool: for pictures of the turned size and the frame's format.
    package func turned(_ frame: Frame, pool: FramePool) -> Frame {
        var result = pool.take()
        for (from, to) in zip(frame.planes, result.planes) {
            switch from.sample {
            case .uint8: turn(from, into: to, as: UInt8.self)
            case .uint16: turn(from, into: to, as: UInt16.self)
            case .float32: turn(from, into: to, as: Float.self)
            }
        }
        result.color = frame.color
        result.sampleAspect = sampleAspect(frame.sampleAspect)
        result.pts = frame.pts
        result.duration = frame.duration
        result.fields = frame.fields
        result.attachments = frame.attachments
        return result
    }

    private func turn<Sample: BitwiseCopyable>(_ from: Plane, into to: Plane, as type: Sample.Type) {
        let size = MemoryLayout<Sample>.size
        from.withBytes { source in
            to.withBytes { target in
                for y in 0..<to.height {
                    let row = target + y * to.stride
                    let line = reversesRows ? to.height - 1 - y : y
                    // Of the result's row: where its first sample comes from, and how far apart the next ones are.
                    let first = reversesColumns ? to.width - 1 : 0
                    var place = transposes ? first * from.stride + line * size : line * from.stride + first * size
                    let step = (reversesColumns ? -1 : 1) * (transposes ? from.stride : size)
                    for x in 0..<to.width {
                        row.storeBytes(
                            of: source.loadUnaligned(fromByteOffset: place, as: type), toByteOffset: x * size, as: type)
                        place += step
                    }
                }
            }
        }
    }
}
