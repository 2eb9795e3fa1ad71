import Foundation

/// Chooses a smooth region, an edge and a texture by the structure tensor of luma; a pure function of the picture.
///
/// Regions are squares of `size` pixels on a grid of that step, each judged with `size / 2` pixels around it by the means
/// of gx², gy² and gx·gy, whose eigenvalues are a ≥ b (gradients by Scharr's operator):
///
/// - the edge has the largest (a - b)² / (a + b): much gradient, in one direction;
/// - the texture has the largest b of its poorest quarter: gradients in both directions everywhere in it, which a corner
///   does not have;
/// - the smooth region has the smallest a + b, but is neither of a single shade nor near black or white where another is.
///
/// They do not overlap where the picture has room. Black bars around the picture are left out, and so are the outermost
/// pixels, which the networks know less of. The first in rows counts among equals.
package struct RegionChoice {
    /// Pixels in both directions, of the source.
    package static let size = 4

    /// Shades between which neither black nor white is near.
    private static let middleShades = Float(0.1)...0.9
    /// Rows and columns that are darker than this everywhere are a black bar.
    private static let darkest = Float(0.04)

    private let width: Int
    private let height: Int
    private let shades: [Float]

    /// - Parameter shades: black 0, white 1, rows first.
    package init(width: Int, height: Int, shades: [Float]) {
        precondition(width > 0 && height > 0 && shades.count == width * height, "\(width)×\(height) shades")
        self.width = width
        self.height = height
        self.shades = shades
    }

    /// Smooth, edge and texture, in this order.
    package func chosen() -> [InspectedRegion] {
        let candidates = candidates()
        func best(
            _ taken: [Judgement], _ score: (Judgement) -> Double
        ) -> Judgement? {
            let free = candidates.filter { candidate in
                taken.allSatisfy { $0.box.grown(by: Self.size / 2).intersection(candidate.box).isEmpty }
            }
            var best: (judgement: Judgement, score: Double)?
            for candidate in free.isEmpty ? candidates : free {
                let score = score(candidate)
                if best.map({ score > $0.score }) ?? true { best = (candidate, score) }
            }
            return best?.judgement
        }
        guard let edge = best([], \.edgeScore), let texture = best([edge], \.textureScore),
            let smooth = best([edge, texture], \.smoothScore)
        else { return [] }
        return [(.smooth, smooth), (.edge, edge), (.texture, texture)].map { kind, judgement in
            judgement.region(kind)
        }
    }

    /// Those at the user's places, or `chosen()` where there is no place.
    package func regions(at places: [(x: Int, y: Int)]) -> [InspectedRegion] {
        places.isEmpty
            ? chosen() : places.enumerated().map { region(x: $1.x, y: $1.y, number: $0 + 1) }
    }

    /// - Throws: `UplumaError` of kind `usage` for a place outside the picture.
    static func check(_ places: [(x: Int, y: Int)], width: Int, height: Int) throws {
        guard let (x, y) = places.first(where: { $0.x >= width || $0.y >= height || $0.x < 0 || $0.y < 0 })
        else { return }
        throw UplumaError(
            .usage, "There is no pixel \(x),\(y) in a picture of \(width)×\(height). Give --region a place in it.")
    }

    /// Root of the mean squared gradient below which a place is smooth: shades for each pixel.
    package static let smoothBelow = 0.02
    /// Coherence (`InspectedRegion`) from which on a place that is not smooth is an edge.
    package static let edgeFrom = 0.7

    /// Whether a part of the picture is smooth, an edge or a texture, by its gradients and those up to two pixels around it.
    package func kind(of box: Box) -> InspectedRegion.Kind {
        let region = judgement(of: box).region(.smooth)
        if region.gradient < Self.smoothBelow { return .smooth }
        return region.coherence < Self.edgeFrom ? .texture : .edge
    }

    /// A region at a place of the user's.
    ///
    /// - Parameters:
    ///   - x: column of its left pixels; moved to the left where it would leave the picture.
    ///   - y: row of its upper pixels; moved upwards where it would.
    package func region(x: Int, y: Int, number: Int) -> InspectedRegion {
        let box = Box(
            x: max(0, min(x, width - Self.size)), y: max(0, min(y, height - Self.size)),
            width: min(Self.size, width), height: min(Self.size, height))
        return judgement(of: box).region(.named(number))
    }

    // MARK: Candidates

    /// Every region there is to choose from: inside the bars and away from the border where that leaves one.
    private func candidates() -> [Judgement] {
        let inside = pictureWithoutBars
        for margin in [2 * Self.size, Self.size, 0] {
            let area = inside.grown(by: -margin)
            let boxes = stride(from: area.y, through: area.maxY - Self.size, by: Self.size).flatMap { y in
                stride(from: area.x, through: area.maxX - Self.size, by: Self.size).map { x in
                    Box(x: x, y: y, width: Self.size, height: Self.size)
                }
            }
            if !boxes.isEmpty { return boxes.map(judgement) }
        }
        return [judgement(of: region(x: 0, y: 0, number: 1).box)]
    }

    /// The picture without rows and columns at its sides that are black.
    private var pictureWithoutBars: Box {
        let isDarkRow = { (y: Int) in shades[y * width..<(y + 1) * width].allSatisfy { $0 < Self.darkest } }
        let rows = (0..<height).filter { !isDarkRow($0) }
        guard let top = rows.first, let bottom = rows.last else {
            return Box(x: 0, y: 0, width: width, height: height)
        }
        let isDarkColumn = { (x: Int) in (top...bottom).allSatisfy { shades[$0 * width + x] < Self.darkest } }
        let columns = (0..<width).filter { !isDarkColumn($0) }
        return Box(
            x: columns.first ?? 0, y: top, width: (columns.last ?? width - 1) - (columns.first ?? 0) + 1,
            height: bottom - top + 1)
    }

    // MARK: The structure tensor

    /// Means of products of gradients.
    private struct Tensor {
        var xx = 0.0
        var yy = 0.0
        var xy = 0.0
        var count = 0.0

        var energy: Double { count > 0 ? (xx + yy) / count : 0 }
        /// The difference of both eigenvalues.
        var difference: Double { count > 0 ? hypot(xx - yy, 2 * xy) / count : 0 }
        var smallerEigenvalue: Double { (energy - difference) / 2 }

        static func + (a: Tensor, b: Tensor) -> Tensor {
            Tensor(xx: a.xx + b.xx, yy: a.yy + b.yy, xy: a.xy + b.xy, count: a.count + b.count)
        }
    }

    /// What is known of a region and its surroundings.
    private struct Judgement {
        let box: Box
        let quarters: [Tensor]
        let lowest: Float
        let highest: Float

        var whole: Tensor { quarters.reduce(Tensor(), +) }
        var edgeScore: Double { whole.energy > 0 ? whole.difference * whole.difference / whole.energy : 0 }
        var textureScore: Double { quarters.map(\.smallerEigenvalue).min() ?? 0 }
        /// Ranks by kind, then by the gradient.
        var smoothScore: Double {
            let isMiddle = RegionChoice.middleShades.contains(lowest) && RegionChoice.middleShades.contains(highest)
            return (isMiddle ? 0.0 : -1e3) + (lowest < highest ? 0.0 : -1e6) - whole.energy
        }

        func region(_ kind: InspectedRegion.Kind) -> InspectedRegion {
            let whole = whole
            return InspectedRegion(
                kind: kind, box: box, gradient: whole.energy.squareRoot(),
                coherence: whole.energy > 0 ? whole.difference / whole.energy : 0)
        }
    }

    private func judgement(of box: Box) -> Judgement {
        let area = box.grown(by: Self.size / 2).intersection(Box(x: 0, y: 0, width: width, height: height))
        var quarters = Array(repeating: Tensor(), count: 4)
        var (lowest, highest) = (Float.infinity, -Float.infinity)
        for y in area.y..<area.maxY {
            for x in area.x..<area.maxX {
                let (gx, gy) = gradient(x, y)
                let index = (2 * (y - area.y) < area.height ? 0 : 2) + (2 * (x - area.x) < area.width ? 0 : 1)
                quarters[index].xx += gx * gx
                quarters[index].yy += gy * gy
                quarters[index].xy += gx * gy
                quarters[index].count += 1
                lowest = min(lowest, shades[y * width + x])
                highest = max(highest, shades[y * width + x])
            }
        }
        return Judgement(box: box, quarters: quarters, lowest: lowest, highest: highest)
    }

    /// Shades for each pixel to the right and downwards; beyond the picture lie its edge pixels.
    private func gradient(_ x: Int, _ y: Int) -> (x: Double, y: Double) {
        let (left, right) = (max(x - 1, 0), min(x + 1, width - 1))
        let rows = (max(y - 1, 0) * width, y * width, min(y + 1, height - 1) * width)
        func across(_ row: Int) -> Float { shades[row + right] - shades[row + left] }
        func down(_ column: Int) -> Float { shades[rows.2 + column] - shades[rows.0 + column] }
        return (
            Double(3 * (across(rows.0) + across(rows.2)) + 10 * across(rows.1)) / 32,
            Double(3 * (down(left) + down(right)) + 10 * down(x)) / 32
        )
    }
}
