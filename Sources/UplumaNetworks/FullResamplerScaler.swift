package import UplumaFrames
package import UplumaKernels
package import UplumaResampling
package import UplumaTensors

/// Makes a plane, or R, G and B together, smaller with a `FullResampler`, in bands of rows: memory grows with the width alone.
///
/// The source is sampled as the authors do it: the extended picture (`FullResampler`) with half a kernel mirrored around it,
/// its edge pixels not repeated there; beyond that edges are repeated. The sums are stored through the target's mapping,
/// integers rounded to nearest and limited to what the samples hold, floats as they are. Strips begin where bands do, so
/// no band is computed twice.
package struct FullResamplerScaler: PlaneScaler {
    package typealias Failure = GraphError

    package let sourceSize: PlaneSize
    package let targetSize: PlaneSize
    /// Rows of a band.
    package var rowGranularity: Int { run.bandRows }
    package let scratchByteCount: Int

    private let run: FullResamplerRun
    private let rows: TapRows.Layout
    /// Weights and displacements of a row of the result.
    private let predicted: FeatureLayout
    private let kernels: DisplacedKernels
    private let samples: SampleKernels
    private let target: SampleMapping

    /// - Parameters:
    ///   - network: the network.
    ///   - sourceSize: any size; the target's is that divided by the factor and rounded up.
    ///   - planes: 1 for luma; 3 for R, G and B by a network that has three input channels.
    ///   - source: how the source's samples map to the network's 0...1.
    ///   - target: how the results map to the target's samples.
    ///   - backend: what runs the network.
    ///   - precision: one that the backend offers; sampling is in floats.
    ///   - level: one of `CPULevel.available`, for everything but the network.
    ///   - bandRows: rows of the result that are made together; nil for as many as suit. Results depend on it no more than
    ///     the backend's do on bands: bit for bit not at all.
    /// - Throws: `GraphError`.
    package init(
        network: FullResampler, sourceSize: PlaneSize, planes: Int = 1, source: SampleMapping, target: SampleMapping,
        backend: any GraphBackend, precision: Precision = .f32, level: CPULevel = .current, bandRows: Int? = nil
    ) throws(GraphError) {
        run = try FullResamplerRun(
            network, sourceSize: sourceSize, planes: planes, source: source, backend: backend, precision: precision,
            level: level, bandRows: bandRows)
        self.sourceSize = sourceSize
        targetSize = run.targetSize
        let margin = network.kernelSize / 2
        rows = TapRows.Layout(
            taps: network.taps, width: run.extendedSize.width + 2 * margin,
            height: run.extendedSize.height + 2 * margin, planes: planes)
        predicted = FeatureLayout(channels: 3 * network.kernelSize * network.kernelSize, width: targetSize.width)
        kernels = DisplacedKernels(level: level)
        samples = SampleKernels(level: level)
        self.target = target
        scratchByteCount =
            run.scratchByteCount + rows.byteCount + predicted.byteCount
            + (1 + planes) * (targetSize.width + 15) / 16 * 16 * MemoryLayout<Float>.stride
    }

    package func scale(
        _ source: Plane, into target: Plane, rows: Range<Int>, scratch: ScratchMemory
    ) throws(GraphError) {
        try scale([source], into: [target], rows: rows, scratch: scratch)
    }

    /// The same for as many planes as the scaler was made for, all by the kernels that the network predicts for all of
    /// them.
    package func scale(
        _ sources: [Plane], into targets: [Plane], rows: Range<Int>, scratch: ScratchMemory
    ) throws(GraphError) {
        precondition(sources.count == run.planes && targets.count == run.planes, "\(run.planes) planes")
        for (source, target) in zip(sources, targets) { check(source, target, rows: rows, scratch: scratch) }
        guard !rows.isEmpty else { return }
        try scratch.withBytes { (memory) throws(GraphError) in
            var free = memory + run.scratchByteCount
            func take(_ byteCount: Int) -> UnsafeMutableRawPointer {
                defer { free += byteCount }
                return free
            }
            var pixels = TapRows(self.rows, at: take(self.rows.byteCount))
            let rowMemory = take(predicted.byteCount)
            rowMemory.initializeMemory(as: UInt8.self, repeating: 0, count: predicted.byteCount)
            let row = FeatureRow(at: rowMemory, layout: predicted)
            let stride = (targetSize.width + 15) / 16 * 16
            let results = take((1 + run.planes) * stride * MemoryLayout<Float>.stride).bindMemory(
                to: Float.self, capacity: (1 + run.planes) * stride)
            let taps = run.network.kernelSize * run.network.kernelSize
            for band in run.bands where rows.contains(band.rows.lowerBound) {
                let made = try run.predict(band, of: sources, scratch: memory)
                for y in band.rows {
                    made.copy(row: y - band.rows.lowerBound, to: row, sums: results + run.planes * stride)
                    let source = pixels.source(forRow: y) { load(row: $0, of: sources[$1], into: $2) }
                    kernels.resample(
                        self.rows.taps, row: y, of: source, weights: .init(row), horizontal: .init(row, from: taps),
                        vertical: .init(row, from: 2 * taps), into: { results + $0 * stride })
                    for (plane, target) in targets.enumerated() {
                        samples.store(results + plane * stride, asRow: y, of: target, mapping: self.target)
                    }
                }
            }
        }
    }

    /// Row `y` of the extended picture with mirrored pixels around it.
    private func load(row y: Int, of source: Plane, into target: UnsafeMutablePointer<Float>) {
        let (margin, size) = (run.network.kernelSize / 2, run.extendedSize)
        let place = abs(y - margin)
        run.load(row: place < size.height ? place : 2 * (size.height - 1) - place, of: source, into: target + margin)
        for distance in 1...margin {
            target[margin - distance] = target[margin + distance]
            target[margin + size.width - 1 + distance] = target[margin + size.width - 1 - distance]
        }
    }
}
