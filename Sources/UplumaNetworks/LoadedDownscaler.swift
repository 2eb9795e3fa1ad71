package import UplumaFrames
package import UplumaKernels
package import UplumaResampling
import UplumaTensors

/// A downscaler with its weights in memory.
package struct LoadedDownscaler: Sendable {
    package enum Content: Sendable {
        case filter(ResampleFilter)
        case network(Weights)
    }

    /// A network and the file it was read from.
    package struct Weights: Sendable {
        package let network: ResamplerNetwork
        /// Numbers in the file.
        package let parameterCount: Int
        /// Of the whole weights file, lower-case hexadecimal.
        package let sha256: String
    }

    /// With what the file says of itself.
    package let downscaler: Downscaler
    /// Source over result, in both directions.
    package let factor: Int
    package let content: Content

    /// The size of what a plane becomes: divided by the factor and rounded up. Pixels stay where they are; what the last
    /// ones read beyond the plane's edge is the edge pixel again (networks) or mirrored (filters, `FilterTaps`).
    package func targetSize(of source: PlaneSize) -> PlaneSize { source.reduced(by: factor) }

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
        case .network(let weights):
            let run = try ExecutionPlan(execution, downscaler: downscaler, network: weights.network, level: level)
            let scaler: any PlaneScaler =
                switch weights.network {
                case .light(let network):
                    LightResamplerScaler(
                        network: network, sourceSize: sourceSize, source: source, target: target,
                        precision: run.precision, level: level)
                case .full(let network):
                    try FullResamplerScaler(
                        network: network, sourceSize: sourceSize, source: source, target: target,
                        backend: run.backend == .onednn ? OneDNNBackend() : ReferenceBackend(),
                        precision: run.precision, level: level)
                }
            return ScalerChain(stages: [scaler], runs: [run])
        }
    }
}
