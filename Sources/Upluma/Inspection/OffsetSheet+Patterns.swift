import Foundation

// Where the taps of single small pixels lie.
extension OffsetSheet {
    private static let gridColor = RGB(gray: 150)

    var patternText: String {
        "The taps of the small pixel in the middle of each region, over the source, which is shown paler than it is. A small "
            + "circle is where a tap rests, a line leads to the place it reads, and the disc there is the larger and the "
            + "stronger in colour the more the tap weighs: red adds, blue subtracts. The frame is the small pixel."
    }

    var shareText: String {
        "The same small pixels: what each takes of every source pixel in the end, its taps' weights shared out between "
            + "the source pixels they read. Lengths are in source pixels."
    }

    /// Of what small pixels take of source pixels.
    var shareScale: ColorScale {
        let largest = picture.patterns.reduce(Float(0)) { largest, pattern in
            pattern.shares(in: pattern.window(reach: reach)).values.reduce(largest) { max($0, abs($1)) }
        }
        return .around(zero: Double(largest), law: .root)
    }

    /// Pixels of a source pixel in patterns.
    private var cell: Int {
        let widest = picture.patterns.map { $0.window(reach: reach).width }.max() ?? 1
        return max(1, (Sheet.columnWidth - 2) / widest)
    }

    /// A region's taps over the source, and how far they move in the mean and at most, in source pixels.
    func pattern(ofRegion index: Int) -> Panel {
        let pattern = picture.patterns[index]
        let (window, cell) = (pattern.window(reach: reach), cell)
        let (source, bounds) = (picture.source, picture.source.bounds)
        let rows = (window.y..<window.maxY).map { source.row(min(max($0, 0), bounds.height - 1)) }
        let largest = tapWeights.range.upperBound
        let taps = Panel(width: cell * window.width + 2, height: cell * window.height + 2) { canvas, x, y in
            canvas.paint(Box(x: x + 1, y: y + 1, width: cell * window.width, height: cell * window.height)) {
                let column = min(max($0 / cell + window.x, 0), bounds.width - 1)
                let shade = Double(min(max(rows[$1 / cell][column], 0), 1))
                let isLine = $0 % cell == 0 || $1 % cell == 0
                return RGB(gray: UInt8(255 * (0.4 + 0.6 * shade) * (isLine ? 0.93 : 1)))
            }
            // The middle of a source pixel is the middle of its cell.
            func place(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
                (
                    Double(x + 1) + Double(cell) * (point.x - Double(window.x) + 0.5),
                    Double(y + 1) + Double(cell) * (point.y - Double(window.y) + 0.5)
                )
            }
            drawFootprint(pattern, window, cell, x, y, on: &canvas)
            let dot = Double(cell) / 14
            for tap in pattern.taps {
                let (rest, moved) = (place(tap.rest), place(tap.moved))
                canvas.line(from: rest, to: moved, thickness: dot + 1, RGB(gray: 255))
                canvas.line(from: rest, to: moved, thickness: max(1, dot - 0.5), RGB(gray: 60))
            }
            for tap in pattern.taps {
                let rest = place(tap.rest)
                canvas.disc(x: rest.x, y: rest.y, radius: max(1.5, dot), .white)
                canvas.ring(x: rest.x, y: rest.y, radius: max(1.5, dot), RGB(gray: 60))
            }
            // The heaviest lie below the others.
            for tap in pattern.taps.sorted(by: { abs($0.weight) > abs($1.weight) }) {
                let moved = place(tap.moved)
                let share = largest > 0 ? (abs(tap.weight) / largest).squareRoot() : 0
                let radius = max(2, 0.42 * Double(cell) * share)
                canvas.disc(x: moved.x, y: moved.y, radius: radius + 1, RGB(gray: 40))
                canvas.disc(x: moved.x, y: moved.y, radius: radius, tapWeights.color(tap.weight))
            }
        }
        let lengths = String(format: "moved by %.3f in the mean, %.3f at most", pattern.meanLength, pattern.longest)
        return .column([taps, .text(lengths, width: Sheet.columnWidth, scale: 2, color: Sheet.captionColor)], gap: 8)
    }

    /// What a region's small pixel takes of each source pixel.
    func shares(ofRegion index: Int) -> Panel {
        let pattern = picture.patterns[index]
        let (window, cell) = (pattern.window(reach: reach), cell)
        let colored = Panel.colored(pattern.shares(in: window), shareScale, size: cell)
        let panel = Panel(width: colored.width + 2, height: colored.height + 2) { canvas, x, y in
            colored.draw(on: &canvas, x: x + 1, y: y + 1)
            canvas.outline(Box(x: x + 1, y: y + 1, width: colored.width, height: colored.height), Self.gridColor)
            drawFootprint(pattern, window, cell, x, y, on: &canvas)
        }
        let (column, row) = pattern.pixel
        let shade = picture.small.row(row)[column]
        var text = "small pixel \(column),\(row): \(NumberText.tenths(Double(100 * shade)))% of white"
        if let bicubic = picture.bicubic {
            text += ", by bicubic \(NumberText.tenths(Double(100 * bicubic.row(row)[column])))%"
        }
        return .column([panel, .text(text, width: Sheet.columnWidth, scale: 2, color: Sheet.captionColor)], gap: 8)
    }

    /// The frame of the small pixel.
    private func drawFootprint(
        _ pattern: SamplingPattern, _ window: Box, _ cell: Int, _ x: Int, _ y: Int, on canvas: inout Canvas
    ) {
        let box = pattern.footprint
        let frame = Box(
            x: x + 1 + cell * (box.x - window.x), y: y + 1 + cell * (box.y - window.y), width: cell * box.width,
            height: cell * box.height)
        canvas.outline(frame, .black, thickness: 2)
    }
}
