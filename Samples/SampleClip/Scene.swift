import Foundation

/// A drawn landscape with a balloon drifting over it: thin lines, hatching, curves and flat fills, the things that show
/// what an enlargement does. Four seconds, then it ends where it began.
struct Scene {
    static let width = 480.0
    static let height = 360.0
    static let seconds = 4.0

    private struct Layer {
        let shape: Shape
        let color: Color
    }

    private static let ink = Color(0.12, 0.10, 0.16)

    private let layers: [Layer]

    /// The scene at `time` seconds.
    init(time: Double) {
        let phase = 2 * Double.pi * time / Scene.seconds
        var layers: [Layer] = []
        func fill(_ shape: Shape, _ color: Color) { layers.append(Layer(shape: shape, color: color)) }
        func draw(_ shape: Shape, _ color: Color, line: Double = 1.6) {
            fill(shape, color)
            fill(shape.outline(width: line), Scene.ink)
        }

        // Sun with rays that turn slowly.
        let sun = Point(390, 70)
        for ray in 0..<24 {
            let angle = 2 * Double.pi * Double(ray) / 24 + phase / 24
            let direction = Point(cos(angle), sin(angle))
            fill(
                .segment(sun + direction * 34, sun + direction * (ray % 2 == 0 ? 52 : 44), width: 1.2),
                Color(0.86, 0.42, 0.12))
        }
        draw(.circle(sun, radius: 28), Color(0.99, 0.80, 0.32))

        // Three ridges, the nearest one hatched.
        draw(.below { 205 + 26 * sin($0 / 53) + 9 * sin($0 / 17 + 1) }, Color(0.55, 0.66, 0.78))
        draw(.below { 238 + 18 * sin($0 / 41 + 2) + 6 * sin($0 / 11) }, Color(0.45, 0.62, 0.50))
        let meadow = Shape.below { 286 + 14 * sin($0 / 67 + 4) }
        draw(meadow, Color(0.62, 0.74, 0.38))
        for blade in 0..<60 {
            let x = Double(blade) * 8.3 + 3
            let base = 300 + 14 * sin(x / 67 + 4) + Double(blade * 29 % 43)
            let sway = 2.2 * sin(phase + Double(blade))
            fill(.segment(Point(x, base), Point(x + sway, base - 9), width: 0.9), Color(0.24, 0.36, 0.16))
        }

        // A house with a shingled roof and a lattice window.
        draw(.polygon([Point(70, 232), Point(150, 232), Point(150, 300), Point(70, 300)]), Color(0.93, 0.87, 0.74))
        let roof = Shape.polygon([Point(110, 188), Point(162, 234), Point(58, 234)])
        draw(roof, Color(0.74, 0.30, 0.22))
        for row in 0..<9 {
            let y = 194 + Double(row) * 4.6
            fill(Shape.segment(Point(50, y), Point(170, y), width: 0.8).intersected(with: roof), Scene.ink)
        }
        draw(
            .polygon([Point(84, 248), Point(108, 248), Point(108, 272), Point(84, 272)]), Color(0.60, 0.80, 0.90),
            line: 1.2)
        for bar in 1..<4 {
            let offset = Double(bar) * 6
            fill(.segment(Point(84 + offset, 248), Point(84 + offset, 272), width: 0.8), Scene.ink)
            fill(.segment(Point(84, 248 + offset), Point(108, 248 + offset), width: 0.8), Scene.ink)
        }
        draw(
            .polygon([Point(122, 258), Point(140, 258), Point(140, 300), Point(122, 300)]), Color(0.42, 0.26, 0.16),
            line: 1.2)

        // Wires that sag between two masts.
        for mast in [250.0, 440.0] {
            fill(.segment(Point(mast, 210), Point(mast, 320), width: 2.4), Scene.ink)
            fill(.segment(Point(mast - 14, 218), Point(mast + 14, 218), width: 1.8), Scene.ink)
        }
        for wire in [-12.0, 0.0, 12.0] {
            let points = (0...16).map { step -> Point in
                let share = Double(step) / 16
                return Point(250 + wire + 190 * share, 218 + 26 * 4 * share * (1 - share))
            }
            fill(.polyline(points, width: 0.9), Scene.ink)
        }

        // The balloon, striped, with ropes and a basket.
        let center = Point(235 + 42 * sin(phase), 108 + 12 * cos(phase))
        let envelope = Shape.circle(center, radius: 52)
        fill(envelope, Color(0.95, 0.93, 0.88))
        for stripe in -3...3 {
            let curve = Double(stripe) * 0.28
            let band = Shape { point in
                let relative = point - center
                let bulge = max(0.05, (1 - min(1, (relative.y / 52) * (relative.y / 52)))).squareRoot()
                return abs(relative.x / bulge - curve * 52 * 1.1) - 4.2
            }
            fill(band.intersected(with: envelope), Color(0.80, 0.20, 0.24))
        }
        fill(envelope.outline(width: 1.8), Scene.ink)
        for rope in [-22.0, -8.0, 8.0, 22.0] {
            fill(
                .segment(center + Point(rope, 47 - abs(rope) * 0.2), center + Point(rope / 2.4, 84), width: 0.8),
                Scene.ink)
        }
        let basket = [Point(-11, 84), Point(11, 84), Point(8, 98), Point(-8, 98)].map { center + $0 }
        draw(.polygon(basket), Color(0.66, 0.46, 0.24), line: 1.2)

        for stroke in StrokeFont.strokes("UPLUMA", at: Point(22, 22), height: 26) {
            fill(.polyline(stroke, width: 2.2), Scene.ink)
        }
        self.layers = layers
    }

    /// The part of the scene that can be seen in the square of `size` units around `center`.
    func cut(to center: Point, size: Double) -> Scene {
        // Half a diagonal, and as much again for edges that lie beside their pixels.
        Scene(layers: layers.filter { $0.shape.reach(center) < size * 1.5 })
    }

    private init(layers: [Layer]) { self.layers = layers }

    /// The colour of the pixel of `size` units whose middle is `point`.
    func color(at point: Point, pixel size: Double) -> Color {
        var color = Color(0.80, 0.90, 0.97).mixed(with: Color(0.98, 0.90, 0.78), min(1, point.y / 240))
        for layer in layers {
            let coverage = 0.5 - layer.shape.distance(point) / size
            if coverage > 0 { color = color.mixed(with: layer.color, min(1, coverage)) }
        }
        return color
    }
}
