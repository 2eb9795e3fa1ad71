package import UplumaFrames
package import UplumaNetworks

/// Every kernel of a region.
package struct RegionKernels: Sendable {
    package let region: InspectedRegion
    /// Rows and columns of a kernel.
    package let size: Int
    /// Results in both directions for each source pixel.
    package let factor: Int
    /// Of the results of the region, rows first; each kernel rows first.
    package let kernels: [[Float]]

    /// Results in a row of the region.
    package var columns: Int { factor * region.box.width }
    package var rows: Int { factor * region.box.height }

    /// - Parameters:
    ///   - prediction: of the picture's size.
    ///   - source: the picture.
    package init(_ region: InspectedRegion, of prediction: KernelPrediction, source: Plane) {
        let (size, factor) = (prediction.kernelSize, prediction.factor)
        let box = region.box
        let planes = prediction.elements(of: source, taps: Array(0..<size * size), rows: box.y..<box.maxY)
        let rows = planes.map { plane in (0..<plane.height).map(plane.floats) }
        self.region = region
        self.size = size
        self.factor = factor
        kernels = (0..<factor * box.height).flatMap { y in
            (factor * box.x..<factor * box.maxX).map { x in rows.map { $0[y][x] } }
        }
    }

    /// The mean of all its kernels, rows first.
    package var mean: [Double] {
        (0..<size * size).map { tap in
            kernels.reduce(0) { $0 + Double($1[tap]) } / Double(kernels.count)
        }
    }

    /// How each kernel differs from the frame's mean kernel for the same place in a source pixel.
    ///
    /// - Parameter phases: as `KernelSurvey.phases`.
    package func differences(from phases: [[Double]]) -> [[Float]] {
        kernels.enumerated().map { index, kernel in
            let (y, x) = index.quotientAndRemainder(dividingBy: columns)
            return zip(kernel, phases[y % factor * factor + x % factor]).map { $0 - Float($1) }
        }
    }
}
