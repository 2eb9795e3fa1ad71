package import UplumaResampling

extension CodePlane {
    /// The plane at another size, in double precision, neither rounded nor limited.
    ///
    /// With `.catmullrom` and a grid without shifts this is MATLAB's `imresize(picture, scale, 'bicubic')` with its
    /// default antialiasing (a = -0.5, filter widened when reducing, weights normalised, edges mirrored), the reduction
    /// that published figures rest on. Columns are filtered first, as there. The borders agree as long as the filter's
    /// support is no longer than the plane (`FilterTaps`).
    package func resized(filter: ResampleFilter, grid: SampleGrid) -> CodePlane {
        precondition(grid.sourceSize == PlaneSize(width, height), "a grid of the plane's size")
        let narrow = filteredDownColumns(filter, grid.y)
        return narrow.filteredAlongRows(filter, grid.x)
    }

    private func filteredDownColumns(_ filter: ResampleFilter, _ axis: SampleAxis) -> CodePlane {
        if axis.isIdentity { return self }
        let width = width
        let result = [Double](unsafeUninitializedCapacity: width * axis.targetCount) { target, count in
            target.initialize(repeating: 0)
            samples.withUnsafeBufferPointer { source in
                for y in 0..<axis.targetCount {
                    let (first, weights) = FilterTaps.row(filter: filter, axis: axis, target: y)
                    for (tap, weight) in weights.enumerated() where weight != 0 {
                        let row = (first + tap) * width
                        for x in 0..<width { target[y * width + x] += weight * source[row + x] }
                    }
                }
            }
            count = target.count
        }
        return CodePlane(width: width, height: axis.targetCount, samples: result)
    }

    private func filteredAlongRows(_ filter: ResampleFilter, _ axis: SampleAxis) -> CodePlane {
        if axis.isIdentity { return self }
        let taps = (0..<axis.targetCount).map { FilterTaps.row(filter: filter, axis: axis, target: $0) }
        let (width, newWidth) = (width, axis.targetCount)
        let result = [Double](unsafeUninitializedCapacity: newWidth * height) { target, count in
            samples.withUnsafeBufferPointer { source in
                for (x, (first, weights)) in taps.enumerated() {
                    weights.withUnsafeBufferPointer { weights in
                        for y in 0..<height {
                            var sum = 0.0
                            for tap in 0..<weights.count { sum += weights[tap] * source[y * width + first + tap] }
                            target[y * newWidth + x] = sum
                        }
                    }
                }
            }
            count = target.count
        }
        return CodePlane(width: newWidth, height: height, samples: result)
    }
}
