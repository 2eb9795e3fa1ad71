/// Something of a known size to draw: sheets are panels in rows and columns.
package struct Panel {
    package let width: Int
    package let height: Int
    private let body: (_ canvas: inout Canvas, _ x: Int, _ y: Int) -> Void

    /// - Parameter body: draws it with its top left at (x, y).
    package init(width: Int, height: Int, body: @escaping (_ canvas: inout Canvas, _ x: Int, _ y: Int) -> Void) {
        self.width = width
        self.height = height
        self.body = body
    }

    package func draw(on canvas: inout Canvas, x: Int, y: Int) { body(&canvas, x, y) }

    /// The panel alone on a canvas, with a margin around it.
    package func canvas(margin: Int) -> Canvas {
        var canvas = Canvas(width: width + 2 * margin, height: height + 2 * margin)
        draw(on: &canvas, x: margin, y: margin)
        return canvas
    }

    // MARK: Arrangement

    /// Panels from left to right, their tops at one height.
    package static func row(_ panels: [Panel], gap: Int) -> Panel {
        let width = panels.reduce(0) { $0 + $1.width } + gap * max(0, panels.count - 1)
        return Panel(width: width, height: panels.map(\.height).max() ?? 0) { canvas, x, y in
            var left = x
            for panel in panels {
                panel.draw(on: &canvas, x: left, y: y)
                left += panel.width + gap
            }
        }
    }

    /// Panels from top to bottom, their left sides in a line.
    package static func column(_ panels: [Panel], gap: Int) -> Panel {
        let height = panels.reduce(0) { $0 + $1.height } + gap * max(0, panels.count - 1)
        return Panel(width: panels.map(\.width).max() ?? 0, height: height) { canvas, x, y in
            var top = y
            for panel in panels {
                panel.draw(on: &canvas, x: x, y: top)
                top += panel.height + gap
            }
        }
    }

    /// The panel in a space that is wider.
    package func widened(to width: Int) -> Panel {
        Panel(width: max(width, self.width), height: height) { canvas, x, y in draw(on: &canvas, x: x, y: y) }
    }

    // MARK: Content

    /// Lines of text, as many as the width makes necessary.
    package static func text(
        _ text: String, width: Int, scale: Int = 2, color: RGB = .black, isOneLine: Bool = false
    ) -> Panel {
        let lines =
            isOneLine
            ? [TextRaster.fitted(text, width: width, scale: scale)]
            : TextRaster.wrapped(text, width: width, scale: scale)
        let step = (TextRaster.height + 2) * scale
        return Panel(width: width, height: max(1, lines.count) * step) { canvas, x, y in
            for (index, line) in lines.enumerated() {
                canvas.draw(line, x: x, y: y + index * step, scale: scale, color: color)
            }
        }
    }

    /// A picture in grey.
    package static func gray(_ grid: Grid) -> Panel {
        Panel(width: grid.width, height: grid.height) { canvas, x, y in
            canvas.paint(Box(x: x, y: y, width: grid.width, height: grid.height)) { column, row in
                RGB(gray: UInt8(min(max(255 * grid[column, row], 0), 255) + 0.5))
            }
        }
    }

    /// Numbers in the colours of a scale, each a square of `size` pixels.
    package static func colored(_ grid: Grid, _ scale: ColorScale, size: Int = 1) -> Panel {
        Panel(width: size * grid.width, height: size * grid.height) { canvas, x, y in
            canvas.paint(Box(x: x, y: y, width: size * grid.width, height: size * grid.height)) { column, row in
                scale.color(Double(grid[column / size, row / size]))
            }
        }
    }

    /// The legend of a scale: its colours from the lowest number to the highest, and numbers below their colours.
    ///
    /// - Parameter color: of the text and the strokes.
    package static func bar(
        _ scale: ColorScale, title: String, width: Int, textScale: Int = 2, color: RGB = .black
    ) -> Panel {
        let (bar, tick) = (8 * textScale, 2 * textScale)
        let line = (TextRaster.height + 2) * textScale
        let ticks = scale.ticks(width: width, scale: textScale)
        return Panel(width: width, height: line + bar + tick + 2 + line) { canvas, x, y in
            canvas.draw(
                TextRaster.fitted(title, width: width, scale: textScale), x: x, y: y, scale: textScale, color: color)
            let box = Box(x: x + 1, y: y + line + 1, width: width - 2, height: bar - 2)
            canvas.outline(box, RGB(gray: 120))
            canvas.paint(box) { column, _ in
                // Straight in colour: equal steps along the bar are equal steps of the map.
                scale.map.color(Double(column) / Double(max(1, box.width - 1)))
            }
            for (value, text) in ticks {
                let place = x + Int((scale.position(value) * Double(width - 1)).rounded())
                canvas.fill(Box(x: place, y: box.maxY, width: 1, height: tick), color)
                let half = TextRaster.width(of: text, scale: textScale) / 2
                // The labels of the ends stay above the bar's width.
                let middle = min(max(place, x + half), x + width - half)
                canvas.draw(
                    text, x: middle, y: box.maxY + tick + 3, scale: textScale, color: color, align: .center)
            }
        }
    }
}
