package import Foundation

/// A round, smooth spot at the same place in all planes: what survives any coding, and whose place can be measured to a
/// fraction of a sample in both directions at once.
///
/// The spot is a Gaussian; its place is the centre of gravity of what rises above the ground within three sigmas.
package struct SmoothSpot: Sendable {
    /// In luma samples; sample i has its centre at i.
    package let x: Double
    package let y: Double
    package let sigma: Double

    package init(x: Double, y: Double, sigma: Double) {
        self.x = x
        self.y = y
        self.sigma = sigma
    }

    /// Codes of luma and of both chroma planes far from the spot, and how far its middle rises; 8 bits.
    private static let ground = [60.0, 110, 120]
    private static let height = [120.0, 60, 60]

    /// How the samples of a plane lie on luma: sample (i, j) on (stepX · i + offsetX(j), line(j)).
    package struct Grid: Sendable {
        package let width: Int
        package let height: Int
        package let column: @Sendable (Int) -> Double
        package let line: @Sendable (Int) -> Double

        package init(
            width: Int, height: Int, column: @escaping @Sendable (Int) -> Double,
            line: @escaping @Sendable (Int) -> Double
        ) {
            self.width = width
            self.height = height
            self.column = column
            self.line = line
        }

        /// A plane subsampled by whole steps.
        package init(width: Int, height: Int, step: (x: Int, y: Int), offset: (x: Double, y: Double)) {
            self.init(
                width: width, height: height, column: { Double($0 * step.x) + offset.x },
                line: { Double($0 * step.y) + offset.y })
        }
    }

    /// Bytes of the planes, one after the other: Y, Cb, Cr.
    package func bytes(_ grids: [Grid]) -> Data {
        var data = Data()
        for (index, grid) in grids.enumerated() {
            for j in 0..<grid.height {
                for i in 0..<grid.width {
                    let (dx, dy) = (grid.column(i) - x, grid.line(j) - y)
                    let rise = exp(-(dx * dx + dy * dy) / (2 * sigma * sigma))
                    data.append(UInt8((Self.ground[index] + Self.height[index] * rise).rounded()))
                }
            }
        }
        return data
    }

    /// Where the spot lies in each plane of a picture, on its luma; nil where a plane is too small.
    ///
    /// - Parameters:
    ///   - data: planes as `bytes` makes them.
    ///   - scale: of the picture, over the one whose coordinates this spot has.
    package func places(in data: Data, _ grids: [Grid], scale: Double = 1) -> [(x: Double, y: Double)]? {
        var start = data.startIndex
        var result: [(x: Double, y: Double)] = []
        let (centreX, centreY) = ((x + 0.5) * scale - 0.5, (y + 0.5) * scale - 0.5)
        for (index, grid) in grids.enumerated() {
            guard start + grid.width * grid.height <= data.endIndex else { return nil }
            // Two steps: the second around the place that the first has found.
            var place = (x: centreX, y: centreY)
            for _ in 0..<4 {
                var (weight, sumX, sumY) = (0.0, 0.0, 0.0)
                for j in 0..<grid.height {
                    let dy = grid.line(j) - place.y
                    for i in 0..<grid.width {
                        let dx = grid.column(i) - place.x
                        let distance = (dx * dx + dy * dy) / (sigma * sigma * scale * scale)
                        guard distance < 9 else { continue }
                        // Weighed by the spot itself, so that noise on the ground does not pull.
                        let rise = (Double(data[start + j * grid.width + i]) - Self.ground[index]) * exp(-distance / 2)
                        weight += rise
                        sumX += rise * dx
                        sumY += rise * dy
                    }
                }
                // Gaussian times Gaussian of the same width has its centre half way.
                place = (place.x + 2 * sumX / weight, place.y + 2 * sumY / weight)
            }
            result.append(place)
            start += grid.width * grid.height
        }
        return result
    }
}
