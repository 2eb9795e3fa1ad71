import Foundation

/// Colours for displacements: the hue tells the direction, and white for none grows into full colour with the length.
///
/// The idea is the colour wheel of optical flow (Baker et al., "A Database and Evaluation Methodology for Optical Flow",
/// 2011); the colours are our own, hues in steps of OKLab that are even to the eye. To the right is red, downwards
/// yellow-green, to the left blue-green, upwards violet. Colour grows with the square root of the length, so that small
/// displacements beside large ones still show.
package struct ColorWheel: Sendable {
    /// The length of full colour; longer ones look the same.
    package let longest: Double

    /// Degrees of hue of what goes to the right.
    private static let firstHue = 25.0

    /// - Parameter longest: what the largest displacement counts; 1 is taken where there is none.
    package init(longest: Double) {
        self.longest = longest > 0 && longest.isFinite ? longest : 1
    }

    /// - Parameters:
    ///   - dx: to the right.
    ///   - dy: downwards.
    package func color(dx: Double, dy: Double) -> RGB {
        let length = (dx * dx + dy * dy).squareRoot()
        guard length > 0, length.isFinite else { return .white }
        let share = min(length / longest, 1).squareRoot()
        let hue = Self.firstHue + atan2(dy, dx) * 180 / .pi
        return ColorMap.Lab(lightness: 1 - 0.34 * share, chroma: 0.16 * share, hue: hue).rgb
    }

    /// Round lengths to draw rings at, below the longest by at least a tenth: two to four.
    package var marks: [Double] {
        let decade = pow(10, log10(longest).rounded(.down))
        let step = [0.2, 0.5, 1, 2, 5].map { $0 * decade }.first { longest / $0 <= 5.5 } ?? longest
        return (1...5).map { Double($0) * step }.filter { $0 < 0.9 * longest }
    }
}

extension Panel {
    /// Displacements in the colours of a wheel, each a square of `size` pixels.
    ///
    /// - Parameters:
    ///   - horizontal: to the right.
    ///   - vertical: downwards; of the same size.
    package static func directed(_ horizontal: Grid, _ vertical: Grid, _ wheel: ColorWheel, size: Int = 1) -> Panel {
        precondition(
            horizontal.width == vertical.width && horizontal.height == vertical.height, "two grids of one size")
        let (width, height) = (size * horizontal.width, size * horizontal.height)
        return Panel(width: width, height: height) { canvas, x, y in
            canvas.paint(Box(x: x, y: y, width: width, height: height)) { column, row in
                let (column, row) = (column / size, row / size)
                return wheel.color(dx: Double(horizontal[column, row]), dy: Double(vertical[column, row]))
            }
        }
    }

    /// The legend of a wheel: every place has the colour of the displacement that leads to it from the middle, with rings
    /// at round lengths.
    ///
    /// - Parameters:
    ///   - title: what the lengths are.
    ///   - width: of the panel; the wheel is as large as goes into it.
    package static func wheel(_ wheel: ColorWheel, title: String, width: Int, textScale: Int = 2) -> Panel {
        let line = (TextRaster.height + 2) * textScale
        let diameter = width - 2 * line
        return Panel(width: width, height: diameter + 2 * line) { canvas, x, y in
            canvas.draw(TextRaster.fitted(title, width: width, scale: textScale), x: x, y: y, scale: textScale)
            let radius = Double(diameter) / 2
            let (middleX, middleY) = (Double(x) + Double(width) / 2, Double(y + line) + radius)
            let box = Box(x: x + (width - diameter) / 2, y: y + line, width: diameter, height: diameter)
            canvas.paint(box) { column, row in
                let (dx, dy) = (Double(column) + 0.5 - radius, Double(row) + 0.5 - radius)
                guard dx * dx + dy * dy <= radius * radius else { return .white }
                return wheel.color(dx: dx / radius * wheel.longest, dy: dy / radius * wheel.longest)
            }
            canvas.ring(x: middleX, y: middleY, radius: radius, thickness: 2, RGB(gray: 80))
            for mark in wheel.marks {
                let size = radius * mark / wheel.longest
                canvas.ring(x: middleX, y: middleY, radius: size, thickness: 1.5, RGB(gray: 80))
                // Below the middle, inside of its ring.
                canvas.draw(
                    NumberText.short(mark), x: Int(middleX), y: Int(middleY + size) - line + textScale,
                    scale: textScale, align: .center)
            }
            canvas.disc(x: middleX, y: middleY, radius: 1.5 * Double(textScale), RGB(gray: 80))
            canvas.draw(
                "the longest: " + NumberText.short(wheel.longest), x: Int(middleX), y: box.maxY + 2 * textScale,
                scale: textScale, align: .center)
        }
    }
}
