package import UplumaFrames
package import UplumaKernels
package import UplumaResampling

/// One way to make a smaller picture: what it is called and what it is made of.
package struct Downscaler: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        case filter(ResampleFilter)
    }

    package let name: String
    /// The architecture of a network, `fir` for filters.
    package let family: String
    /// One line for lists.
    package let summary: String
    package let kind: Kind
    /// Source over result, in both directions.
    package let factor: Int
    /// The model that undoes it best, by its name in `ModelCatalog`: the one it was trained with; nil for filters.
    package let upscaler: String?

    /// Ready for use; reads the weights file.
    ///
    /// - Throws: `WeightsError`.
    package func load() throws -> LoadedDownscaler {
        switch kind {
        case .filter(let filter): LoadedDownscaler(downscaler: self, content: .filter(filter))
        }
    }
}

/// A downscaler with its weights in memory.
package struct LoadedDownscaler: Sendable {
    package enum Content: Sendable {
        case filter(ResampleFilter)
    }

    package let downscaler: Downscaler
    package let content: Content

    package var factor: Int { downscaler.factor }

    /// The size of what a plane becomes: divided by the factor and rounded up. A plane that is no multiple of the factor is
    /// reduced as if its last row and column were repeated up to the next multiple.
    package func targetSize(of source: PlaneSize) -> PlaneSize {
        PlaneSize((source.width + factor - 1) / factor, (source.height + factor - 1) / factor)
    }

    /// Plans the way from a size to the one that `targetSize(of:)` says.
    ///
    /// - Parameters:
    ///   - sourceSize: size of the planes to reduce.
    ///   - source: how the source's samples map to values.
    ///   - target: how values map to the target's samples.
    ///   - execution: how networks are to be run; filters have one way.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    /// - Throws: `ExecutionError` when it cannot be run so, `GraphError` when a backend fails.
    package func makeScaler(
        sourceSize: PlaneSize, source: SampleMapping, target: SampleMapping, execution: Execution = .automatic,
        level: CPULevel = .current
    ) throws -> ScalerChain {
        switch content {
        case .filter(let filter):
            let size = targetSize(of: sourceSize)
            func axis(_ source: Int, _ target: Int) -> SampleAxis {
                // The step is the factor even where the size is no multiple of it: pixels stay where they are.
                SampleAxis(
                    sourceCount: source, targetCount: target, stepNumerator: factor, stepDenominator: 1, shift: 0)
            }
            let grid = SampleGrid(x: axis(sourceSize.width, size.width), y: axis(sourceSize.height, size.height))
            return ScalerChain(stages: [
                FIRScaler(filter: filter, grid: grid, source: source, target: target, level: level)
            ])
        }
    }
}
