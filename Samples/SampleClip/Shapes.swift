import Foundation

/// A point or direction in picture units: x to the right, y down, the picture 480 × 360 units.
struct Point {
    var x: Double
    var y: Double

    init(_ x: Double, _ y: Double) {
        self.x = x
        self.y = y
    }

    static func + (left: Point, right: Point) -> Point { Point(left.x + right.x, left.y + right.y) }
    static func - (left: Point, right: Point) -> Point { Point(left.x - right.x, left.y - right.y) }
    static func * (left: Point, right: Double) -> Point { Point(left.x * right, left.y * right) }
    func dot(_ other: Point) -> Double { x * other.x + y * other.y }
    var length: Double { dot(self).squareRoot() }
}

/// R'G'B', 0...1.
struct Color {
    var red: Double
    var green: Double
    var blue: Double

    init(_ red: Double, _ green: Double, _ blue: Double) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    func mixed(with other: Color, _ share: Double) -> Color {
        Color(
            red + (other.red - red) * share, green + (other.green - green) * share, blue + (other.blue - blue) * share)
    }
}

/// A region given by its signed distance: negative inside, in picture units.
struct Shape {
    let distance: (Point) -> Double
    /// A distance of the same region or a larger one that never changes faster than the point moves: far from it means
    /// far from the region.
    let reach: (Point) -> Double

    init(distance: @escaping (Point) -> Double) {
        self.distance = distance
        reach = distance
    }

    init(distance: @escaping (Point) -> Double, reach: @escaping (Point) -> Double) {
        self.distance = distance
        self.reach = reach
    }

    static func circle(_ center: Point, radius: Double) -> Shape { Shape { ($0 - center).length - radius } }

    static func segment(_ from: Point, _ to: Point, width: Double) -> Shape {
        let axis = to - from
        let squared = max(axis.dot(axis), 1e-9)
        return Shape { point in
            let along = min(1, max(0, (point - from).dot(axis) / squared))
            return (point - from - axis * along).length - width / 2
        }
    }

    static func polyline(_ points: [Point], width: Double) -> Shape {
        let parts = zip(points, points.dropFirst()).map { segment($0, $1, width: width) }
        return Shape { point in parts.map { $0.distance(point) }.min() ?? .infinity }
    }

    /// A convex polygon, corners clockwise on screen.
    static func polygon(_ corners: [Point]) -> Shape {
        let sides = zip(corners, corners.dropFirst() + corners.prefix(1)).map { from, to -> (Point, Point) in
            let direction = to - from
            return (from, Point(direction.y, -direction.x) * (1 / direction.length))
        }
        return Shape { point in sides.map { ($1).dot(point - $0) }.max() ?? .infinity }
    }

    /// Everything below a curve.
    static func below(_ curve: @escaping (Double) -> Double) -> Shape {
        Shape { point in
            let slope = curve(point.x + 0.5) - curve(point.x - 0.5)
            return (curve(point.x) - point.y) / (1 + slope * slope).squareRoot()
        }
    }

    func intersected(with other: Shape) -> Shape {
        Shape(distance: { max(distance($0), other.distance($0)) }, reach: other.reach)
    }

    /// The line along the region's edge.
    func outline(width: Double) -> Shape { Shape { abs(distance($0)) - width / 2 } }
}
