import Foundation
import Testing

@testable import Upluma

@Suite struct ColorWheelTests {
    private static let wheel = ColorWheel(longest: 2)
    /// To the right, downwards, to the left, upwards.
    private static let directions = [(1.0, 0.0), (0, 1), (-1, 0), (0, -1)]

    /// Distance in OKLab, in which black and white are 1 apart.
    private static func distance(_ a: RGB, _ b: RGB) -> Double {
        let (a, b) = (ColorMap.Lab(a), ColorMap.Lab(b))
        return (pow(a.lightness - b.lightness, 2) + pow(a.a - b.a, 2) + pow(a.b - b.b, 2)).squareRoot()
    }

    private static func color(_ direction: (Double, Double), length: Double) -> RGB {
        wheel.color(dx: length * direction.0, dy: length * direction.1)
    }

    @Test("none is white, and so is what is no number") func none() {
        #expect(Self.wheel.color(dx: 0, dy: 0) == .white)
        #expect(Self.wheel.color(dx: .nan, dy: 0) == .white)
    }

    @Test("the four directions have hues of their own, and opposite ones are far apart") func directions() {
        let full = Self.directions.map { Self.color($0, length: 2) }
        for (index, color) in full.enumerated() {
            for other in full[(index + 1)...] { #expect(Self.distance(color, other) > 0.15, "\(color) \(other)") }
        }
        #expect(full[0].red > full[0].green && full[0].red > full[0].blue, "to the right is red")
        #expect(full[2].red < full[2].green && full[2].red < full[2].blue, "to the left is blue-green")
        #expect(full[1].blue < full[1].green && full[3].blue > full[3].green, "below yellow-green, above violet")
        for angle in stride(from: 0.0, to: 180, by: 5) {
            let direction = (cos(angle * .pi / 180), sin(angle * .pi / 180))
            let ends = [1.0, -1].map { Self.color((direction.0 * $0, direction.1 * $0), length: 2) }
            #expect(Self.distance(ends[0], ends[1]) > 0.2, "\(angle)°")
        }
    }

    @Test("the further, the further from white, up to the longest", arguments: 0..<4)
    func lengths(direction: Int) {
        let lengths = [0, 0.02, 0.1, 0.5, 1, 2]
        let distances = lengths.map {
            Self.distance(Self.color(Self.directions[direction], length: $0), .white)
        }
        for (near, far) in zip(distances, distances.dropFirst()) { #expect(far > near + 0.01, "\(distances)") }
        let directed = Self.directions[direction]
        #expect(Self.color(directed, length: 9) == Self.color(directed, length: 2))
    }

    @Test("equal angles are about equal steps to the eye, none of them invisible") func even() {
        let colors = (0..<24).map { step in
            let angle = Double(step) * .pi / 12
            return Self.wheel.color(dx: 2 * cos(angle), dy: 2 * sin(angle))
        }
        let steps = colors.indices.map { Self.distance(colors[$0], colors[($0 + 1) % 24]) }
        // 15° of a circle of chroma 0.16 are 0.042; colours that sRGB does not have are nearer.
        #expect(steps.allSatisfy { $0 > 0.015 && $0 < 0.06 }, "\(steps)")
    }

    @Test("where nothing moves there still is a wheel", arguments: [0, -1, Double.nan, .infinity])
    func nothing(longest: Double) {
        #expect(ColorWheel(longest: longest).longest == 1)
    }

    @Test("rings are at two to four round lengths", arguments: [0.0137, 0.2, 0.75, 1, 1.99, 2, 3.7, 4, 8])
    func marks(longest: Double) {
        let marks = ColorWheel(longest: longest).marks
        #expect((2...4).contains(marks.count), "\(marks)")
        #expect(marks.allSatisfy { $0 < 0.9 * longest && $0 > 0.1 * longest })
    }

    @Test("the legend has the colour of each displacement in its place") func legend() {
        let width = 400
        let canvas = Panel.wheel(Self.wheel, title: "px", width: width, textScale: 2).canvas(margin: 0)
        let line = 22
        let radius = Double(width - 2 * line) / 2
        let (middleX, middleY) = (Double(width) / 2, Double(line) + radius)
        // Between the marks at 0.5, 1 and 1.5, away from the numbers below the middle.
        for length in [0.25, 0.75, 1.25, 1.75] {
            for angle in [0.0, 40, 150, 180, 230, 270, 330] {
                let (dx, dy) = (length * cos(angle * .pi / 180), length * sin(angle * .pi / 180))
                let (x, y) = (Int(middleX + dx * radius / 2), Int(middleY + dy * radius / 2))
                // The pixel's own place is up to a pixel off.
                #expect(Self.distance(canvas[x, y], Self.wheel.color(dx: dx, dy: dy)) < 0.02, "\(length) \(angle)°")
            }
        }
        #expect(canvas[1, line + 1] == .white)
    }
}

@Suite struct StrokeTests {
    @Test("a disc covers its area, and nothing beyond") func disc() {
        var canvas = Canvas(width: 40, height: 40)
        canvas.disc(x: 20.3, y: 19.8, radius: 9.5, .black)
        var area = 0.0
        for y in 0..<40 {
            for x in 0..<40 {
                area += 1 - Double(canvas[x, y].red) / 255
                let (dx, dy) = (Double(x) + 0.5 - 20.3, Double(y) + 0.5 - 19.8)
                let distance = (dx * dx + dy * dy).squareRoot()
                if distance < 9 { #expect(canvas[x, y] == .black) }
                if distance > 10 { #expect(canvas[x, y] == .white) }
            }
        }
        // Square pixels: edges are taken for straight.
        #expect(abs(area - .pi * 9.5 * 9.5) < 2)
    }

    @Test("a line is as thick as said, in every direction", arguments: [0.0, 30, 45, 90, 200])
    func line(angle: Double) {
        var canvas = Canvas(width: 60, height: 60)
        let (dx, dy) = (20 * cos(angle * .pi / 180), 20 * sin(angle * .pi / 180))
        canvas.line(from: (30 - dx, 30 - dy), to: (30 + dx, 30 + dy), thickness: 3, .black)
        let area = canvas.pixels.reduce(0.0) { $0 + 1 - Double($1.red) / 255 }
        // Forty long and three wide, and round ends.
        #expect(abs(area - (120 + .pi * 2.25)) < 4, "\(area)")
        #expect(canvas[29, 29] == .black && canvas[30, 30] == .black)
    }

    @Test("a ring has a hole; what lies outside of the canvas is not drawn") func ring() {
        var canvas = Canvas(width: 20, height: 20)
        canvas.ring(x: 10, y: 10, radius: 7, thickness: 2, .black)
        #expect(canvas[10, 10] == .white && canvas[19, 10] == .white)
        #expect(canvas[16, 10] == .black && canvas[3, 9] == .black)
        var other = Canvas(width: 20, height: 20)
        other.disc(x: -30, y: 10, radius: 5, .black)
        other.line(from: (25, 25), to: (90, 40), thickness: 4, .black)
        #expect(other.pixels.allSatisfy { $0 == .white })
        other.disc(x: 0, y: 0, radius: 4, .black)
        #expect(other[0, 0] == .black && other[10, 10] == .white)
    }
}
