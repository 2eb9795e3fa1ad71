/// Runs a network of stages as its paper writes it, for proofs: whole pictures in double precision, the picture enlarged
/// by nearest neighbour before kernels are applied to it (equations 1 and 2 of DAIR).
package struct AdaptiveReference: Sendable {
    package let network: AdaptiveNetwork

    package init(network: AdaptiveNetwork) {
        self.network = network
    }

    /// The result before it is limited to 0...1.
    ///
    /// - Parameters:
    ///   - values: [height][width], the source.
    ///   - width: pixels of a row.
    ///   - height: rows.
    /// - Returns: [factor · height][factor · width]
    package func output(of values: [Double], width: Int, height: Int) -> [Double] {
        precondition(values.count == width * height && width > 0 && height > 0)
        var picture = values
        for (stage, times) in network.runs {
            let size = (width: width * times, height: height * times)
            let source = Self.nearest(values, width: width, height: height, factor: times)
            let kernels = Self.kernels(
                of: stage, picture: picture, source: source, width: size.width, height: size.height)
            picture = Self.resampled(picture, by: kernels, stage: stage, width: size.width, height: size.height)
        }
        return picture
    }

    /// The kernels of the first stage: [size²][factor · height][factor · width].
    package func kernels(of values: [Double], width: Int, height: Int) -> [[Double]] {
        Self.kernels(of: network.stages[0], picture: values, source: values, width: width, height: height)
    }

    private static func kernels(
        of stage: AdaptiveStage, picture: [Double], source: [Double], width: Int, height: Int
    ) -> [[Double]] {
        let made = ReferenceExecutor.features(
            of: stage.readsSource ? [picture, source] : [picture], layers: stage.layers, width: width, height: height)
        let factor = stage.factor
        return (0..<stage.lattice.size * stage.lattice.size).map { tap in
            (0..<factor * height).flatMap { y in
                (0..<factor * width).map { x in
                    made[factor * factor * tap + factor * (y % factor) + x % factor][y / factor * width + x / factor]
                }
            }
        }
    }

    private static func resampled(
        _ picture: [Double], by kernels: [[Double]], stage: AdaptiveStage, width: Int, height: Int
    ) -> [Double] {
        let lattice = stage.lattice
        let size = (width: lattice.factor * width, height: lattice.factor * height)
        // Beyond the picture lie its edge pixels; those of the enlarged one are factor pixels wide.
        func pixel(_ x: Int, _ y: Int) -> Double {
            func place(_ position: Int, _ count: Int) -> Int {
                let below = position >= 0 ? position / lattice.factor : (position + 1) / lattice.factor - 1
                return min(max(below, 0), count - 1)
            }
            return picture[place(y, height) * width + place(x, width)]
        }
        return (0..<size.height).flatMap { y in
            (0..<size.width).map { x in
                var sum = 0.0
                for interval in lattice.intervals {
                    for tap in 0..<lattice.size * lattice.size {
                        let (ky, kx) = tap.quotientAndRemainder(dividingBy: lattice.size)
                        let (dy, dx) = (interval * (ky - lattice.size / 2), interval * (kx - lattice.size / 2))
                        sum += kernels[tap][y * size.width + x] * pixel(x + dx, y + dy)
                    }
                }
                return sum
            }
        }
    }

    private static func nearest(_ values: [Double], width: Int, height: Int, factor: Int) -> [Double] {
        (0..<factor * height).flatMap { y in
            (0..<factor * width).map { x in values[y / factor * width + x / factor] }
        }
    }
}
