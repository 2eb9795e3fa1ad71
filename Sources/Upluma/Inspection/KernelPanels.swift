extension Panel {
    private static let lineColor = RGB(gray: 150)

    /// A kernel with a thin frame.
    ///
    /// - Parameters:
    ///   - kernel: rows first; a square.
    ///   - tap: pixels of a weight in both directions.
    static func kernel(_ kernel: [Double], _ scale: ColorScale, tap: Int) -> Panel {
        let panel = colored(Grid(square: kernel.map(Float.init)), scale, size: tap)
        return Panel(width: panel.width + 2, height: panel.height + 2) { canvas, x, y in
            panel.draw(on: &canvas, x: x + 1, y: y + 1)
            canvas.outline(Box(x: x + 1, y: y + 1, width: panel.width, height: panel.height), lineColor)
        }
    }

    /// A kernel with its weights written into it.
    ///
    /// - Parameter width: about that of the panel.
    static func numberedKernel(_ kernel: [Double], _ scale: ColorScale, width: Int) -> Panel {
        let size = Int(Double(kernel.count).squareRoot())
        let tap = (width - 2) / size
        let panel = self.kernel(kernel, scale, tap: tap)
        let textScale = TextRaster.width(of: "-.00", scale: 2) < tap ? 2 : 1
        return Panel(width: panel.width, height: panel.height) { canvas, x, y in
            panel.draw(on: &canvas, x: x, y: y)
            for (index, value) in kernel.enumerated() {
                let (row, column) = index.quotientAndRemainder(dividingBy: size)
                let isDark = ColorMap.Lab(scale.color(value)).lightness < 0.6
                canvas.draw(
                    NumberText.tight(value), x: x + 1 + column * tap + tap / 2,
                    y: y + 1 + row * tap + (tap - 7 * textScale) / 2, scale: textScale,
                    color: isDark ? .white : .black, align: .center)
            }
        }
    }

    /// Kernels side by side in the places of their results.
    ///
    /// - Parameters:
    ///   - kernels: rows of results first; each a square, rows first.
    ///   - columns: results of a row.
    ///   - tap: pixels of a weight in both directions.
    ///   - line: pixels between kernels, and around all of them.
    static func kernels(_ kernels: [[Float]], columns: Int, _ scale: ColorScale, tap: Int, line: Int = 2) -> Panel {
        let panels = kernels.map { colored(Grid(square: $0), scale, size: tap) }
        let cell = (panels.first?.width ?? 0) + line
        let (width, height) = (cell * columns + line, cell * (kernels.count / columns) + line)
        return Panel(width: width, height: height) { canvas, x, y in
            canvas.fill(Box(x: x, y: y, width: width, height: height), lineColor)
            for (index, panel) in panels.enumerated() {
                let (row, column) = index.quotientAndRemainder(dividingBy: columns)
                panel.draw(on: &canvas, x: x + line + column * cell, y: y + line + row * cell)
            }
        }
    }
}

extension Grid {
    /// As many rows as columns.
    init(square values: [Float]) {
        let size = Int(Double(values.count).squareRoot())
        self.init(width: size, height: size, values: values)
    }
}
