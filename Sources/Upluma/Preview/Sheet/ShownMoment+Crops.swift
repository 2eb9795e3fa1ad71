// Enlarged parts.
extension ShownMoment {
    /// How many parts are shown.
    static let cropCount = 3
    /// A pixel's size in them.
    static let cropTimes = 4
    /// What a part has of the sheet's width at most: in a row of its own, and beside other parts.
    private static let mostCell = (alone: 640, beside: 960)

    /// How wide a sheet of nothing but parts is.
    var cropsWidth: Int { min(2400, pictures.count * (480 + style.gap) - style.gap) }

    /// The parts in which versions differ most, each version's beside each other: a row for each part, or all parts in one
    /// row where the sheet is wide enough.
    ///
    /// - Parameters:
    ///   - lumas: of all versions (`lumas()`).
    ///   - available: of the sheet's width.
    func crops(_ lumas: [[UInt16]], width available: Int) -> SheetLayout {
        let arrangement = arrangement(width: available)
        let size = cropSize(cell: arrangement.cell)
        let places = CropPlaces(
            lumas, width: width, height: height, side: max(1, min(8, min(size.width, size.height) / 4)),
            threads: threads)
        let isAlike = lumas.dropFirst().allSatisfy { $0 == lumas[0] }
        let times = "every pixel enlarged \(Self.cropTimes) times"
        var layout = SheetLayout()
        layout.append(
            SheetCaption(
                name: pictures.count == 1
                    ? "Places of most detail"
                    : isAlike ? "All are alike; places of most detail" : "Where they differ most",
                facts: [times]
            ).lines(width: available, style: style, nameScale: style.titleScale), style: style, gap: 0)

        let boxes = places.chosen(Self.cropCount, width: size.width, height: size.height)
        let groups = boxes.map { group($0, arrangement) }
        if arrangement.isBeside {
            let (step, top) = (arrangement.groupWidth + style.wideGap, layout.height + style.gap)
            for (index, group) in groups.enumerated() { layout.place(group, x: index * step, y: top) }
        } else {
            for group in groups { layout.append(group, gap: 2 * style.gap) }
        }
        return layout
    }

    private struct Arrangement {
        let isBeside: Bool
        /// Versions in a row.
        let columns: Int
        /// Width of a version's part.
        let cell: Int
        let groupWidth: Int
    }

    private func arrangement(width available: Int) -> Arrangement {
        let (count, gap) = (pictures.count, style.gap)
        let group = (available - (Self.cropCount - 1) * style.wideGap) / Self.cropCount
        let beside = min((group - (count - 1) * gap) / count, Self.mostCell.beside)
        if beside >= max(320, style.leastCell) {
            return Arrangement(
                isBeside: true, columns: count, cell: beside, groupWidth: count * (beside + gap) - gap)
        }
        let columns = min(count, max(1, (available + gap) / (style.leastCell + gap)))
        let cell = min((available - (columns - 1) * gap) / columns, Self.mostCell.alone)
        return Arrangement(isBeside: false, columns: columns, cell: cell, groupWidth: columns * (cell + gap) - gap)
    }

    /// Three to two, as far as the picture reaches.
    private func cropSize(cell: Int) -> (width: Int, height: Int) {
        func whole(_ length: Int) -> Int { max(1, length > 8 ? length / 8 * 8 : length) }
        let wanted = cell / Self.cropTimes
        return (min(width, whole(wanted)), min(height, whole(wanted * 2 / 3)))
    }

    private func group(_ box: Box, _ arrangement: Arrangement) -> SheetLayout {
        var layout = SheetLayout()
        layout.append(
            SheetCaption.packed(
                ["at \(box.x),\(box.y)", "\(box.width)×\(box.height) pixels"], width: arrangement.groupWidth,
                scale: style.textScale
            ).map { .init(text: $0, color: SheetStyle.factColor, scale: style.textScale) }, style: style, gap: 0)
        let cells = pictures.map { picture in
            // A part of its own, so that the whole picture need not stay in memory.
            SheetLayout.Cell(
                caption: SheetCaption(name: picture.version.label, facts: []),
                content: .picture(
                    picture.picture.part(box), part: Box(x: 0, y: 0, width: box.width, height: box.height),
                    times: Self.cropTimes),
                width: Self.cropTimes * box.width, height: Self.cropTimes * box.height)
        }
        layout.append(
            SheetLayout(cells, columns: arrangement.columns, cellWidth: arrangement.cell, style: style), gap: 0)
        return layout
    }
}
