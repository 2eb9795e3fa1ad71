/// Where the first samples of both chroma planes lie: what a `ChromaLocation` says, and what no location can say, such as
/// planes that lie apart from each other.
///
/// Sample i of a plane subsampled by 2^n lies on luma coordinate i · 2^n + offset, in luma samples right of and below the
/// first luma sample.
package struct ChromaPlacement: Hashable, Sendable {
    package struct Offset: Hashable, Sendable {
        package var x: Double
        package var y: Double

        package init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    package var cb: Offset
    package var cr: Offset

    package init(cb: Offset, cr: Offset) {
        self.cb = cb
        self.cr = cr
    }

    /// Both planes at one location.
    package init(_ location: ChromaLocation, _ format: ChromaFormat) {
        let offset = location.lumaOffset(log2Width: format.log2Width, log2Height: format.log2Height)
        cb = Offset(x: offset.x, y: offset.y)
        cr = cb
    }

    /// The offset of plane `index`: 1 is Cb, 2 is Cr.
    package subscript(_ index: Int) -> Offset { index == 1 ? cb : cr }

    /// DV at 25 frames a second in 4:2:0 (IEC 61834), of which a deinterlacer kept the bottom field, the earlier one there.
    ///
    /// In each field Cr is taken on the first line of a pair and Cb on the second (YUV4MPEG2's "420paldv"). Line n of field
    /// f (0 top, 1 bottom) is line 2n + f of the frame, and row k of a field's chroma is row r = 2k + f of the plane. So Cr
    /// row r lies on luma line 4k + f = 2r - f, and Cb row r on 4k + 2 + f = 2r - f + 2. A deinterlacer keeps the rows of
    /// one field where they are and puts the others between them, so with f = 1 all rows obey 2r - 1 and 2r + 1.
    package static let dvBottomField = ChromaPlacement(cb: Offset(x: 0, y: 1), cr: Offset(x: 0, y: -1))

    /// The same pictures with both fields woven: rows of the top field lie half a line below 2r - 1/2 and 2r + 3/2, rows
    /// of the bottom field half a line above.
    package static let dvBothFields = ChromaPlacement(cb: Offset(x: 0, y: 1.5), cr: Offset(x: 0, y: -0.5))
}
