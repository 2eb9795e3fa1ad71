import UplumaFrames
import UplumaNetworks
import UplumaResampling

/// What resamples the chroma planes, in one step: one scaler for every place where a plane may lie.
struct ChromaScalers: Sendable {
    /// Where chroma comes from and where it goes.
    struct Grids {
        /// The way of luma from source to target.
        let luma: SampleGrid
        let format: ChromaFormat
        let placement: ChromaPlacement
        let targetFormat: ChromaFormat
        /// Of chroma in the target.
        let location: ChromaLocation

        fileprivate func grid(_ offset: ChromaPlacement.Offset) -> SampleGrid {
            SampleGrid.chroma(
                luma: luma, format: format, offset: offset, targetFormat: targetFormat, targetLocation: location)
        }
    }

    let placement: ChromaPlacement
    let chains: [ChromaPlacement.Offset: ScalerChain]

    init(_ filter: ResampleFilter, _ grids: Grids, source: SampleMapping, target: SampleMapping) {
        placement = grids.placement
        let offsets = Set([placement.cb, placement.cr])
        chains = Dictionary(
            uniqueKeysWithValues: offsets.map { offset in
                let scaler = FIRScaler(filter: filter, grid: grids.grid(offset), source: source, target: target)
                return (offset, ScalerChain(stages: [scaler]))
            })
    }

    /// Bytes that one thread needs beside the planes.
    var scratchByteCount: Int { chains.values.reduce(0) { $0 + $1.scratchByteCount } }
}

/// The same with one worker's memory. Not sendable: one thread at a time.
final class ChromaRunners {
    private let placement: ChromaPlacement
    private let runners: [ChromaPlacement.Offset: StripRunner]

    init(_ scalers: ChromaScalers, threads: Int) {
        placement = scalers.placement
        runners = scalers.chains.mapValues { StripRunner($0, threads: threads) }
    }

    /// Resamples plane `index`, 1 or 2.
    func scale(_ source: Plane, _ index: Int, into target: Plane) throws {
        guard let runner = runners[placement[index]] else {
            preconditionFailure("there is a scaler for every place of a plane")
        }
        try runner.scale(source, into: target)
    }
}
