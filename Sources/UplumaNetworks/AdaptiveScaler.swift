package import UplumaFrames
package import UplumaKernels
package import UplumaResampling

/// Enlarges a plane with a network that predicts kernels, all its stages in one pass.
///
/// The result is limited to 0...1 and stored through the target's mapping, integers rounded to nearest. Rows flow from
/// stage to stage: a stage makes the rows of a result as soon as the one before has made what its layers and taps read,
/// and no picture, no kernels and no enlarged source are ever there as a whole. Memory grows with the width alone; a
/// strip computes the rows around it again, of every stage.
package struct AdaptiveScaler: PlaneScaler {
    package let sourceSize: PlaneSize
    package let targetSize: PlaneSize
    /// Rows of the result that one row of the source makes.
    package let rowGranularity: Int
    package let scratchByteCount: Int

    private let runs: [AdaptiveRun]
    private let samples: SampleKernels
    private let source: SampleMapping
    private let target: SampleMapping
    /// Floats of a row of the last run's result.
    private let rowStride: Int

    /// - Parameters:
    ///   - network: the network.
    ///   - sourceSize: any size; the target is `network.factor` times as wide and high.
    ///   - source: how the source's samples map to the network's 0...1.
    ///   - target: how the results map to the target's samples.
    ///   - precision: f32, or bf16 for the layers; kernels and pictures are floats in both.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    package init(
        network: AdaptiveNetwork, sourceSize: PlaneSize, source: SampleMapping, target: SampleMapping,
        precision: Precision = .f32, level: CPULevel = .current
    ) {
        self.sourceSize = sourceSize
        self.source = source
        self.target = target
        targetSize = PlaneSize(sourceSize.width * network.factor, sourceSize.height * network.factor)
        rowGranularity = network.factor
        runs = AdaptiveRun.all(of: network, sourceSize: sourceSize, precision: precision, level: level)
        samples = SampleKernels(level: level)
        rowStride = runs[runs.count - 1].resultStride
        let rows = runs[runs.count - 1].stage.factor
        scratchByteCount =
            runs.reduce(0) { $0 + $1.scratchByteCount } + rows * rowStride * MemoryLayout<Float>.stride
    }

    package func scale(_ source: Plane, into target: Plane, rows: Range<Int>, scratch: ScratchMemory) {
        precondition(
            source.width == sourceSize.width && source.height == sourceSize.height,
            "the source is \(source.width)×\(source.height), not the scaler's \(sourceSize)")
        precondition(
            target.width == targetSize.width && target.height == targetSize.height,
            "the target is \(target.width)×\(target.height), not the scaler's \(targetSize)")
        precondition(
            rows.lowerBound % rowGranularity == 0 && rows.upperBound % rowGranularity == 0,
            "strips are multiples of \(rowGranularity) rows")
        precondition(scratch.byteCount >= scratchByteCount, "\(scratchByteCount) bytes of scratch memory are needed")
        guard !rows.isEmpty else { return }
        let last = runs[runs.count - 1].stage.factor
        let stride = rowStride
        scratch.withBytes { memory in
            let cursor = AdaptiveCursor.begin(
                runs, atResultRow: rows.lowerBound, source: source, mapping: self.source, scratch: memory)
            let made = (memory + scratchByteCount - last * stride * MemoryLayout<Float>.stride).bindMemory(
                to: Float.self, capacity: last * stride)
            for y in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: last) {
                cursor.advance { made + $0 * stride }
                for dy in 0..<last {
                    samples.store(made + dy * stride, asRow: y + dy, of: target, mapping: self.target)
                }
            }
        }
    }
}
