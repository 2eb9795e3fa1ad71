package import UplumaFrames
package import UplumaKernels
package import UplumaResampling

/// Enlarges a plane with a sub-pixel residual network, all its layers, its base and the conversions in one pass.
///
/// The result is limited to 0...1 (also where the target's mapping could hold more, as the SP-VDSR article has it) and
/// stored through the target's mapping, integers rounded to nearest. A strip computes `chain.halo` rows above and below
/// itself again.
package struct ResidualNetworkScaler: PlaneScaler {
    package let sourceSize: PlaneSize
    package let targetSize: PlaneSize
    package var rowGranularity: Int { factor }
    package let scratchByteCount: Int

    private let factor: Int
    private let executor: StreamingExecutor
    private let base: FIRRowStream
    private let samples: SampleKernels
    private let kernels: ConvolutionKernels
    private let sourceMapping: SampleMapping
    private let targetMapping: SampleMapping

    /// - Parameters:
    ///   - chain: the network.
    ///   - sourceSize: any size; the target is `chain.factor` times as wide and high.
    ///   - source: how the source's samples map to the network's 0...1.
    ///   - target: how the results map to the target's samples.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    package init(
        chain: ConvolutionChain, sourceSize: PlaneSize, source: SampleMapping, target: SampleMapping,
        level: CPULevel = .current
    ) {
        factor = chain.factor
        self.sourceSize = sourceSize
        targetSize = PlaneSize(sourceSize.width * factor, sourceSize.height * factor)
        executor = StreamingExecutor(chain: chain, size: sourceSize, level: level)
        base = FIRRowStream(
            filter: chain.baseFilter, sourceSize: sourceSize, targetSize: targetSize, source: source, level: level)
        samples = SampleKernels(level: level)
        kernels = ConvolutionKernels(level: level)
        sourceMapping = source
        targetMapping = target
        scratchByteCount =
            executor.scratchByteCount + base.scratchByteCount + base.rowStride * MemoryLayout<Float>.stride
    }

    package func scale(_ source: Plane, into target: Plane, rows: Range<Int>, scratch: ScratchMemory) {
        precondition(
            source.width == sourceSize.width && source.height == sourceSize.height,
            "the source is \(source.width)×\(source.height), not the scaler's \(sourceSize)")
        precondition(
            target.width == targetSize.width && target.height == targetSize.height,
            "the target is \(target.width)×\(target.height), not the scaler's \(targetSize)")
        precondition(
            rows.lowerBound % factor == 0 && rows.upperBound % factor == 0, "strips are multiples of \(factor) rows")
        precondition(scratch.byteCount >= scratchByteCount, "\(scratchByteCount) bytes of scratch memory are needed")
        guard !rows.isEmpty else { return }
        let sourceRows = rows.lowerBound / factor..<rows.upperBound / factor
        scratch.withBytes { memory in
            let baseMemory = memory + executor.scratchByteCount
            let row = (baseMemory + base.scratchByteCount).bindMemory(to: Float.self, capacity: base.rowStride)
            var residuals = executor.begin(rows: sourceRows, scratch: memory)
            var enlarged = base.begin(atTargetRow: rows.lowerBound, scratch: baseMemory)
            for y in sourceRows {
                let residual = residuals.nextRow { y, values in
                    samples.load(row: y, of: source, mapping: sourceMapping, into: values)
                }
                for dy in 0..<factor {
                    enlarged.nextRow(from: source, into: row)
                    kernels.addSubpixels(of: residual, firstChannel: factor * dy, factor: factor, to: row)
                    samples.store(row, asRow: factor * y + dy, of: target, mapping: targetMapping)
                }
            }
        }
    }
}
