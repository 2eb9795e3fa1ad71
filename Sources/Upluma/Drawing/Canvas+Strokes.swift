// Discs and lines with smooth edges. Places are in pixels from the canvas's top left corner, fractions included: the middle
// of pixel (x, y) is (x + 0.5, y + 0.5).
extension Canvas {
    /// Mixes a colour into a pixel.
    ///
    /// - Parameter share: of the colour, 0...1.
    package mutating func blend(x: Int, y: Int, _ color: RGB, share: Double) {
        guard share > 0, x >= 0, y >= 0, x < width, y < height else { return }
        let (old, share) = (self[x, y], min(share, 1))
        func mixed(_ from: UInt8, _ to: UInt8) -> UInt8 {
            UInt8((Double(from) + share * (Double(to) - Double(from))).rounded())
        }
        self[x, y] = RGB(
            mixed(old.red, color.red), mixed(old.green, color.green), mixed(old.blue, color.blue))
    }

    /// A filled circle.
    package mutating func disc(x: Double, y: Double, radius: Double, _ color: RGB) {
        cover(left: x - radius, top: y - radius, right: x + radius, bottom: y + radius, color) { px, py in
            radius - ((px - x) * (px - x) + (py - y) * (py - y)).squareRoot()
        }
    }

    /// A circle's outline, `thickness` wide around its radius.
    package mutating func ring(x: Double, y: Double, radius: Double, thickness: Double = 1, _ color: RGB) {
        let outer = radius + thickness / 2
        cover(left: x - outer, top: y - outer, right: x + outer, bottom: y + outer, color) { px, py in
            thickness / 2 - abs(((px - x) * (px - x) + (py - y) * (py - y)).squareRoot() - radius)
        }
    }

    /// A straight line with round ends.
    package mutating func line(
        from start: (x: Double, y: Double), to end: (x: Double, y: Double), thickness: Double = 1, _ color: RGB
    ) {
        let (dx, dy, half) = (end.x - start.x, end.y - start.y, thickness / 2)
        let square = dx * dx + dy * dy
        cover(
            left: min(start.x, end.x) - half, top: min(start.y, end.y) - half, right: max(start.x, end.x) + half,
            bottom: max(start.y, end.y) + half, color
        ) { px, py in
            let along = square > 0 ? ((px - start.x) * dx + (py - start.y) * dy) / square : 0
            let nearest = min(max(along, 0), 1)
            let (x, y) = (px - start.x - nearest * dx, py - start.y - nearest * dy)
            return half - (x * x + y * y).squareRoot()
        }
    }

    /// Blends a colour where a shape is.
    ///
    /// - Parameter depth: how far the middle of a pixel is inside of the shape's edge, negative outside. A pixel counts by
    ///   what is covered of it when the edge is taken for straight there.
    private mutating func cover(
        left: Double, top: Double, right: Double, bottom: Double, _ color: RGB,
        _ depth: (_ x: Double, _ y: Double) -> Double
    ) {
        let (firstX, lastX) = (max(0, Int((left - 1).rounded(.down))), min(width - 1, Int((right + 1).rounded(.up))))
        let (firstY, lastY) = (max(0, Int((top - 1).rounded(.down))), min(height - 1, Int((bottom + 1).rounded(.up))))
        guard firstX <= lastX, firstY <= lastY else { return }
        for y in firstY...lastY {
            for x in firstX...lastX {
                blend(x: x, y: y, color, share: depth(Double(x) + 0.5, Double(y) + 0.5) + 0.5)
            }
        }
    }
}
