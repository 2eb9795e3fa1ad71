import Foundation

/// What the pictures of inspections have in common: two halves of three columns, headings, a row of pictures with the
/// regions' places in them, and the regions themselves.
enum Sheet {
    /// Of each half.
    static let columns = 3
    static let columnWidth = 576
    static let gap = 24
    static let halfWidth = columns * columnWidth + (columns - 1) * gap
    static let halfGap = 72
    static let width = 2 * halfWidth + halfGap
    static let margin = 40
    /// Rows of pictures are at most so high.
    static let mostHeight = 520
    /// Of text, and of headings.
    static let textScale = 3
    private static let headingScale = 4
    static let captionColor = RGB(gray: 80)

    private static let regionColors = [
        // Told apart by the colour-blind (Okabe and Ito, 2008).
        RGB(0, 114, 178), RGB(213, 94, 0), RGB(0, 158, 115), RGB(204, 121, 167), RGB(230, 159, 0), RGB(86, 180, 233),
    ]

    /// Of a region.
    static func color(_ index: Int) -> RGB { regionColors[index % regionColors.count] }

    /// Parts from top to bottom.
    static func canvas(_ parts: [Panel]) -> Canvas {
        Panel.column(parts, gap: gap).widened(to: width).canvas(margin: margin)
    }

    // MARK: Arrangement

    static func halves(_ left: Panel, _ right: Panel) -> Panel {
        .row([left.widened(to: halfWidth), right], gap: halfGap)
    }

    static func heading(_ title: String, _ text: String) -> Panel {
        .column(
            [
                .text(title, width: halfWidth, scale: headingScale),
                .text(text, width: halfWidth, scale: textScale, color: captionColor),
            ], gap: 4)
    }

    /// A panel below its caption.
    static func captioned(_ caption: String, _ panel: Panel, width: Int = columnWidth) -> Panel {
        .column([.text(caption, width: width, scale: textScale, isOneLine: true), panel], gap: 0).widened(to: width)
    }

    /// Lines of words, the first one of the input and the frame.
    ///
    /// - Parameter name: of the input.
    static func title(_ name: String, _ shown: ShownFrame, facts: [String]) -> Panel {
        var place = [(name as NSString).lastPathComponent]
        if shown.number != nil || shown.seconds > 0 { place.append("at \(ClockText.plain(shown.seconds)) s") }
        if let number = shown.number { place.append("frame \(number)") }
        return .column(
            [(place, 5, RGB.black), (facts, textScale, captionColor)].map { words, scale, color in
                .text(words.joined(separator: " · "), width: width, scale: scale, color: color, isOneLine: true)
            }, gap: 4)
    }

    static func size(_ picture: ShadedPicture) -> String { "\(picture.bounds.width)×\(picture.bounds.height)" }

    // MARK: Maps

    /// The largest map that goes onto a sheet.
    ///
    /// - Parameter elements: maps in a row.
    static func mapSpace(elements: Int) -> (width: Int, height: Int) {
        let across = max(columns, elements)
        return ((halfWidth - (across - 1) * gap) / across, mostHeight * columns / across)
    }

    /// Maps in as many rows as columns, each below its lines of text.
    ///
    /// - Parameters:
    ///   - count: rows and columns.
    ///   - grid: size of a map.
    ///   - map: the lines above a map, and the map with each number a square of `times` pixels.
    static func maps(
        _ count: Int, of grid: Grid, _ map: (_ index: Int, _ times: Int) -> (lines: [String], panel: Panel)
    ) -> [Panel] {
        let space = mapSpace(elements: count)
        let times = max(1, min(space.width / grid.width, space.height / grid.height))
        let panels = (0..<count * count).map { index in
            let (lines, panel) = map(index, times)
            let texts = lines.map { Panel.text($0, width: space.width, scale: textScale, isOneLine: true) }
            return Panel.column(texts + [panel], gap: 0).widened(to: space.width)
        }
        return (0..<count).map { .row(Array(panels[$0 * count..<($0 + 1) * count]), gap: gap) }
    }

    // MARK: Regions

    /// A picture of the whole frame, at any size, with the places of the regions.
    ///
    /// - Parameter source: what the regions are places in.
    static func marked(_ panel: Panel, source: Box, _ regions: [InspectedRegion]) -> Panel {
        Panel(width: panel.width, height: panel.height) { canvas, x, y in
            panel.draw(on: &canvas, x: x, y: y)
            for (index, region) in regions.enumerated() {
                let box = region.box
                let (sx, sy) = (
                    Double(panel.width) / Double(source.width), Double(panel.height) / Double(source.height)
                )
                let exact = Box(
                    x: x + Int(Double(box.x) * sx), y: y + Int(Double(box.y) * sy),
                    width: Int((Double(box.width) * sx).rounded(.up)),
                    height: Int((Double(box.height) * sy).rounded(.up)))
                // Large enough to be found.
                let place = exact.grown(by: max(0, 12 - min(exact.width, exact.height) + 1) / 2)
                canvas.outline(place, color(index), thickness: 3)
                canvas.outline(place.grown(by: 3), .white)
            }
        }
    }

    /// A panel for each region in rows, below its name.
    static func panels(of regions: [InspectedRegion], _ panel: (Int) -> Panel) -> Panel {
        let panels = regions.enumerated().map { index, region in
            let (box, name) = (region.box, region.kind.name)
            let swatch = 7 * textScale
            let heading = Panel(width: columnWidth, height: swatch + 12) { canvas, x, y in
                canvas.fill(Box(x: x, y: y, width: swatch, height: swatch), color(index))
                let text = "\(name), \(box.width)×\(box.height) at \(box.x),\(box.y)"
                canvas.draw(
                    TextRaster.fitted(text, width: columnWidth - 2 * swatch, scale: textScale),
                    x: x + swatch + 12, y: y, scale: textScale)
            }
            return Panel.column([heading, panel(index)], gap: 0).widened(to: columnWidth)
        }
        let rows = stride(from: 0, to: panels.count, by: columns).map { start in
            Panel.row(Array(panels[start..<min(panels.count, start + columns)]), gap: gap)
        }
        return .column(rows, gap: gap)
    }
}
