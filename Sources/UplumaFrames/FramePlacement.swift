/// Where chroma lies in the frames of a source: the same in all of them but where fields matter.
package struct FramePlacement: Hashable, Sendable {
    /// In frames whose rows are of one moment.
    package var progressive: ChromaPlacement
    /// In frames with two fields.
    package var interlaced: ChromaPlacement

    package init(progressive: ChromaPlacement, interlaced: ChromaPlacement) {
        self.progressive = progressive
        self.interlaced = interlaced
    }

    /// Both planes at one location, whatever the fields.
    ///
    /// That holds for interlaced 4:2:0, too: in a frame, row r of chroma lies on luma line 2r + 1/2 whether it belongs to
    /// the top field (r = 2k, a quarter of a field line below the field's line 2k) or to the bottom field (r = 2k + 1, three
    /// quarters below the field's line 2k), figure 6-2 of ITU-T H.262. A deinterlacer keeps the rows of one field where they
    /// are and puts the others between them.
    package init(_ location: ChromaLocation, _ format: ChromaFormat) {
        progressive = ChromaPlacement(location, format)
        interlaced = progressive
    }

    /// DV at 25 frames a second in 4:2:0; the progressive frames are what a deinterlacer made of the bottom field.
    package static let dv = FramePlacement(progressive: .dvBottomField, interlaced: .dvBothFields)

    package func of(_ fields: FieldStructure) -> ChromaPlacement { fields.isInterlaced ? interlaced : progressive }
}
