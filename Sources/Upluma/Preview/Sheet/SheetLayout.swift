/// What lies where on a sheet, or on a part of one: data until it is drawn.
struct SheetLayout: Sendable {
    enum Content: Sendable {
        /// Part of a picture, sample by sample, each pixel repeated to a square of `times`.
        case picture(RGBPicture, part: Box, times: Int)
        /// Drawn colours rather than a picture's: 8-bit sRGB.
        case map(RGBPicture)
        case text(String, RGB, scale: Int)
        case fill(RGB)
        /// The legend of a scale.
        case bar(ColorScale, title: String, textScale: Int)
    }

    struct Item: Sendable {
        var box: Box
        let content: Content
    }

    private(set) var width = 0
    private(set) var height = 0
    /// Later ones cover earlier ones.
    private(set) var items: [Item] = []

    // MARK: Placing

    mutating func place(_ content: Content, _ box: Box) {
        items.append(Item(box: box, content: content))
        width = max(width, box.maxX)
        height = max(height, box.maxY)
    }

    /// A whole picture, its top left at (x, y).
    mutating func place(_ picture: RGBPicture, x: Int, y: Int) {
        let whole = Box(x: 0, y: 0, width: picture.width, height: picture.height)
        place(.picture(picture, part: whole, times: 1), Box(x: x, y: y, width: picture.width, height: picture.height))
    }

    /// A line of text that the caller has fitted.
    mutating func place(_ line: SheetCaption.Line, x: Int, y: Int, align: Canvas.Alignment = .left) {
        let width = TextRaster.width(of: line.text, scale: line.scale)
        guard width > 0 else { return }
        let left =
            switch align {
            case .left: x
            case .center: x - width / 2
            case .right: x - width
            }
        place(
            .text(line.text, line.color, scale: line.scale),
            Box(x: left, y: y, width: width, height: TextRaster.height * line.scale))
    }

    /// Lines below each other.
    ///
    /// - Returns: what is below them.
    @discardableResult
    mutating func place(_ lines: [SheetCaption.Line], x: Int, y: Int, style: SheetStyle) -> Int {
        lines.reduce(y) { top, line in
            place(line, x: x, y: top)
            return top + style.line(line.scale)
        }
    }

    mutating func place(_ other: SheetLayout, x: Int, y: Int) {
        for item in other.items {
            place(
                item.content,
                Box(x: item.box.x + x, y: item.box.y + y, width: item.box.width, height: item.box.height))
        }
        width = max(width, x + other.width)
        height = max(height, y + other.height)
    }

    /// Another part below everything there is.
    mutating func append(_ other: SheetLayout, gap: Int) {
        place(other, x: 0, y: items.isEmpty ? 0 : height + gap)
    }

    /// Lines below everything there is.
    mutating func append(_ lines: [SheetCaption.Line], style: SheetStyle, gap: Int) {
        let bottom = place(lines, x: 0, y: items.isEmpty ? 0 : height + gap, style: style)
        height = max(height, bottom)
    }

    // MARK: Cells

    /// Something below its caption.
    struct Cell: Sendable {
        let caption: SheetCaption
        let content: Content
        let width: Int
        let height: Int
    }

    /// Cells from left to right in rows, the captions of a row as high as the highest.
    init(_ cells: [Cell], columns: Int, cellWidth: Int, style: SheetStyle) {
        self.init()
        for start in stride(from: 0, to: cells.count, by: columns) {
            let row = cells[start..<min(cells.count, start + columns)]
            let captions = row.map { $0.caption.lines(width: cellWidth, style: style) }
            let heights = captions.map { $0.reduce(0) { $0 + style.line($1.scale) } }
            let top = items.isEmpty ? 0 : height + 2 * style.gap
            let bottom = top + (heights.max() ?? 0)
            for (column, cell) in row.enumerated() {
                let x = column * (cellWidth + style.gap)
                // Captions stand right above their pictures.
                place(captions[column], x: x, y: bottom - heights[column], style: style)
                place(cell.content, Box(x: x, y: bottom, width: cell.width, height: cell.height))
            }
            width = max(width, row.count * (cellWidth + style.gap) - style.gap)
        }
    }

    init() {}
}
