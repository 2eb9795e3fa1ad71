import Foundation

// Where versions are lighter or darker than the baseline.
extension ShownMoment {
    /// A map for every version but the baseline, all with the same colours for the same differences, and their legend.
    ///
    /// - Parameter lumas: of all versions (`lumas()`).
    func difference(_ lumas: [[UInt16]]) -> SheetLayout {
        var layout = SheetLayout()
        let baseline = pictures[0].version.label
        let name = "Difference from \(baseline)"
        guard pictures.count > 1 else {
            layout.append(
                SheetCaption(name: name, facts: ["There is no other version."])
                    .lines(width: headingWidth, style: style, nameScale: style.titleScale), style: style, gap: 0)
            return layout
        }
        let size = (width: shown[0].width, height: shown[0].height)
        let planes = lumas.map {
            AreaMean.reduced(
                $0, width: width, height: height, channels: 1, toWidth: size.width, height: size.height,
                threads: threads)
        }
        let differences = planes.dropFirst().map {
            LumaDifference($0, from: planes[0], width: size.width, height: size.height, threads: threads)
        }
        let scale = LumaDifference.scale(for: differences)
        layout.append(
            SheetCaption(name: name, facts: [])
                .lines(width: headingWidth, style: style, nameScale: style.titleScale), style: style, gap: 0)

        let cells = differences.enumerated().map { index, difference in
            SheetLayout.Cell(
                caption: SheetCaption(
                    name: pictures[index + 1].version.label,
                    facts: [
                        "mean \(String(format: "%.2f", difference.mean))",
                        "largest \(String(format: "%.0f", difference.largest))",
                    ] + shareFacts),
                content: .map(difference.map(scale, threads: threads)), width: size.width, height: size.height)
        }
        let maps = SheetLayout(cells, columns: columns, cellWidth: cellWidth, style: style)
        let (top, last) = (layout.height, maps.items.last?.box.y ?? 0)
        layout.place(maps, x: 0, y: top)

        // The legend beside the last map where there is room, or below all.
        let used = (cells.count - 1) % columns + 1
        if used < columns, cellWidth >= style.width(letters: 24) {
            let legend = legend(scale, differences, width: (columns - used) * (cellWidth + style.gap) - style.gap)
            layout.place(legend, x: used * (cellWidth + style.gap), y: top + last)
        } else {
            layout.append(legend(scale, differences, width: headingWidth), gap: 2 * style.gap)
        }
        return layout
    }

    private var headingWidth: Int { max(rowWidth, style.leastWidth) }

    private func legend(_ scale: ColorScale, _ differences: [LumaDifference], width: Int) -> SheetLayout {
        let text = style.textScale
        let (width, end) = (min(width, style.width(letters: 48)), Int(scale.range.upperBound))
        let baseline = TextRaster.fitted(pictures[0].version.label, width: width / 2, scale: text)
        var sentence =
            "Luma less that of \(baseline), in codes of 8 bits (0 to 255): red is lighter than there, blue is darker, white "
            + "is equal."
        let beyond = LumaDifference.beyond(end, in: differences)
        if differences.allSatisfy({ $0.largest == 0 }) {
            sentence += " No pixel differs."
        } else if beyond > 0 {
            let share = PreviewText.percent(beyond)
            sentence += " \(share == "0.0%" ? "Hardly any" : share) of the pixels differ by more than \(end)."
        }
        var layout = SheetLayout()
        layout.append(
            TextRaster.wrapped(sentence, width: width, scale: text).map {
                .init(text: $0, color: SheetStyle.factColor, scale: text)
            }, style: style, gap: 0)
        let height = Panel.bar(scale, title: "", width: width, textScale: text).height
        layout.place(
            .bar(scale, title: "lighter or darker, in codes", textScale: text),
            Box(x: 0, y: layout.height + style.gap, width: width, height: height))
        return layout
    }
}
