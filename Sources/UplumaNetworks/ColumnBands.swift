/// A picture divided into bands of columns of one width, each read with the columns around it that its results depend on.
struct ColumnBands: Sendable, Equatable {
    struct Band: Sendable, Equatable {
        /// Columns that are read.
        let read: Range<Int>
        /// Columns whose results are kept; those of all bands are the picture.
        let kept: Range<Int>
    }

    /// From left to right.
    let bands: [Band]
    /// Columns that each band reads.
    let bandWidth: Int

    private let width: Int
    private let count: Int
    private let halo: Int

    /// What bands begin at multiples of: tiles of Winograd kernels then lie in a band as they do in the picture.
    static let grain = 16

    /// - Parameters:
    ///   - width: columns of the picture.
    ///   - count: bands that are wanted; there are fewer where the picture is too narrow for them.
    ///   - halo: columns on either side that a result depends on.
    init(width: Int, count: Int, halo: Int) {
        let halo = (halo + Self.grain - 1) / Self.grain * Self.grain
        // The first band starts at 0, the last ends with the picture, each shares two halos with the next.
        let shared = 2 * halo
        let smallest = (width + shared * (count - 1) + count - 1) / count
        let rest = max(0, width - max(smallest, shared + Self.grain)) / Self.grain * Self.grain
        let bandWidth = width - rest
        let step = max(Self.grain, (bandWidth - shared) / Self.grain * Self.grain)
        var starts = Array(stride(from: 0, to: rest, by: step))
        starts.append(rest)
        (self.width, self.count, self.halo, self.bandWidth) = (width, count, halo, bandWidth)
        bands = starts.indices.map { index in
            let isLast = index == starts.count - 1
            let first = index == 0 ? 0 : starts[index] + halo
            return Band(
                read: starts[index]..<starts[index] + bandWidth,
                kept: first..<(isLast ? width : starts[index + 1] + halo))
        }
    }

    /// More and narrower bands; nil where they would be hardly wider than what they share.
    var narrower: ColumnBands? {
        let next = ColumnBands(width: width, count: count + 1, halo: halo)
        return next.bandWidth < bandWidth && next.bandWidth > 4 * halo ? next : nil
    }
}
