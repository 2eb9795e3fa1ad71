package import UplumaFrames
package import UplumaKernels
package import UplumaResampling

/// Makes a plane smaller with a `LightResampler`, row by row.
///
/// Kernels and displacements exist for one row of the result at a time, the source as floats in the rows that one row's
/// taps reach; a strip computes the layers' rows around it again. The sums are stored through the target's mapping,
/// integers rounded to nearest and limited to what the samples hold, floats as they are.
package struct LightResamplerScaler: PlaneScaler {
    package let sourceSize: PlaneSize
    package let targetSize: PlaneSize
    package var rowGranularity: Int { 1 }
    package let scratchByteCount: Int

    private let run: LightResamplerRun
    private let rows: TapRows.Layout
    private let kernels: DisplacedKernels
    private let samples: SampleKernels
    private let source: SampleMapping
    private let target: SampleMapping

    /// - Parameters:
    ///   - network: the network.
    ///   - sourceSize: any size; the target's is that divided by the factor and rounded up.
    ///   - source: how the source's samples map to the network's 0...1.
    ///   - target: how the results map to the target's samples.
    ///   - precision: f32, or bf16 for the layers where `StreamingExecutor.supports` it; all else is in floats.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    package init(
        network: LightResampler, sourceSize: PlaneSize, source: SampleMapping, target: SampleMapping,
        precision: Precision = .f32, level: CPULevel = .current
    ) {
        run = LightResamplerRun(network, sourceSize: sourceSize, source: source, precision: precision, level: level)
        self.sourceSize = sourceSize
        targetSize = run.targetSize
        rows = TapRows.Layout(taps: network.taps, width: sourceSize.width, height: sourceSize.height, planes: 1)
        kernels = DisplacedKernels(level: level)
        samples = SampleKernels(level: level)
        self.source = source
        self.target = target
        scratchByteCount =
            run.scratchByteCount + rows.byteCount + (targetSize.width + 15) / 16 * 16 * MemoryLayout<Float>.stride
    }

    package func scale(_ source: Plane, into target: Plane, rows: Range<Int>, scratch: ScratchMemory) {
        check(source, target, rows: rows, scratch: scratch)
        guard !rows.isEmpty else { return }
        let (samples, mapping, taps) = (samples, self.source, run.network.kernelSize * run.network.kernelSize)
        scratch.withBytes { memory in
            let cursor = run.begin(rows: rows, of: source, scratch: memory)
            var pixels = TapRows(self.rows, at: memory + run.scratchByteCount)
            let result = (memory + run.scratchByteCount + self.rows.byteCount).bindMemory(
                to: Float.self, capacity: targetSize.width)
            for y in rows {
                let predicted = cursor.nextRow()
                let source = pixels.source(forRow: y) { row, _, values in
                    samples.load(row: row, of: source, mapping: mapping, into: values)
                }
                kernels.resample(
                    self.rows.taps, row: y, of: source, weights: .init(predicted),
                    horizontal: .init(predicted, from: taps), vertical: .init(predicted, from: 2 * taps),
                    into: { _ in result })
                samples.store(result, asRow: y, of: target, mapping: self.target)
            }
        }
    }
}
