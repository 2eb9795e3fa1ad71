// Whole pictures: beside each other, split, and alone.
extension ShownMoment {
    /// All versions beside each other, the baseline first, each below its name and figures.
    func sides() -> SheetLayout {
        let cells = pictures.indices.map { index in
            let (picture, shown) = (pictures[index], shown[index])
            let facts = PreviewText.facts(milliseconds: picture.milliseconds, quality: picture.quality)
            return SheetLayout.Cell(
                caption: SheetCaption(name: picture.version.label, facts: facts + shareFacts),
                content: .picture(
                    shown, part: Box(x: 0, y: 0, width: shown.width, height: shown.height), times: 1),
                width: shown.width, height: shown.height)
        }
        return SheetLayout(cells, columns: columns, cellWidth: cellWidth, style: style)
    }

    /// One picture: the left half of the baseline, the right half of the last version, and a line between them that covers
    /// a pixel of both.
    func split() -> SheetLayout {
        var layout = SheetLayout()
        let (first, last) = (shown[0], shown[shown.count - 1])
        let (width, height, middle) = (first.width, first.height, first.width / 2)
        let space = cellWidth / 2 - style.gap / 2
        func name(_ picture: PreviewedPicture) -> SheetCaption.Line {
            SheetCaption.Line(
                text: TextRaster.fitted(picture.version.label, width: space, scale: style.textScale),
                color: SheetStyle.nameColor, scale: style.textScale)
        }
        layout.place(name(pictures[0]), x: 0, y: 0)
        layout.place(name(pictures[pictures.count - 1]), x: cellWidth, y: 0, align: .right)
        let top = style.line(style.textScale)
        // A narrow picture stands in the middle of its names.
        let left = (cellWidth - width) / 2
        for (picture, columns) in [(first, 0..<middle), (last, middle..<width)] where !columns.isEmpty {
            let part = Box(x: columns.lowerBound, y: 0, width: columns.count, height: height)
            // A part of its own, so that the whole picture need not stay in memory.
            layout.place(picture.part(part), x: left + part.x, y: top)
        }
        if width >= Self.leastSplit {
            layout.place(.fill(.black), Box(x: left + middle - 1, y: top, width: 1, height: height))
            layout.place(.fill(.white), Box(x: left + middle, y: top, width: 1, height: height))
        }
        layout.append(
            SheetCaption.packed(shareFacts, width: cellWidth, scale: style.textScale).map {
                SheetCaption.Line(text: $0, color: SheetStyle.factColor, scale: style.textScale)
            }, style: style, gap: style.gap)
        return layout
    }

    /// Narrower pictures have no line.
    static let leastSplit = 16

    /// The last version without a word, never reduced.
    func single() -> SheetLayout {
        var layout = SheetLayout()
        layout.place(pictures[pictures.count - 1].picture, x: 0, y: 0)
        return layout
    }
}
