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
    ///
    /// This holds for interlaced 4:2:0, too: row r of the plane lies on luma line 2r + 1/2 of the frame whether it belongs
    /// to the top field (r = 2k: a quarter of a field line below the field's line 2k) or to the bottom field (r = 2k + 1:
    /// three quarters below it), figure 6-2 of ITU-T H.262. A deinterlacer keeps the rows of one field where they are and
    /// puts the others between them, on 2r + 1/2 again.
    package init(_ location: ChromaLocation, _ format: ChromaFormat) {
        let offset = location.lumaOffset(log2Width: format.log2Width, log2Height: format.log2Height)
        cb = Offset(x: offset.x, y: offset.y)
        cr = cb
    }

    /// The offset of plane `index`: 1 is Cb, 2 is Cr.
    package subscript(_ index: Int) -> Offset { index == 1 ? cb : cr }

    /// DV at 25 frames a second in 4:2:0 (IEC 61834), both fields woven.
    ///
    /// In each field Cr is taken on the first line of a pair and Cb on the second (YUV4MPEG2's "420paldv"). Line n of field
    /// f (0 top, 1 bottom) is line 2n + f of the frame, and row k of a field's chroma is row r = 2k + f of the plane. So Cr
    /// row r lies on luma line 4k + f = 2r - f, and Cb row r on 4k + 2 + f = 2r - f + 2: over both fields 2r - 1/2 and
    /// 2r + 3/2, the single rows half a line off.
    ///
    /// A deinterlacer leaves this as it is where nothing moves. Where something does, it keeps the bottom field, DV's first,
    /// and puts the other rows between its own; there the rows lie on 2r - 1 and 2r + 1, half a line from this rule.
    package static let dv = ChromaPlacement(cb: Offset(x: 0, y: 1.5), cr: Offset(x: 0, y: -0.5))
}
