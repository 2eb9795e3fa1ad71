package import UplumaFrames
package import UplumaKernels
package import UplumaResampling
import UplumaTensors

/// The kernels and displacements that a downscaler's network predicts for a picture: what pictures of them are drawn from.
package struct OffsetPrediction: Sendable {
    /// Of the pictures.
    package let sourceSize: PlaneSize
    /// Of what they become.
    package let targetSize: PlaneSize
    /// Source over target, in both directions.
    package let factor: Int
    /// Rows and columns of a kernel.
    package let kernelSize: Int

    private enum Run: Sendable {
        case full(FullResamplerRun)
        case light(LightResamplerRun)
    }

    private let run: Run

    /// - Parameters:
    ///   - downscaler: a network; run in f32.
    ///   - sourceSize: size of the pictures.
    ///   - source: how their samples map to the network's 0...1.
    ///   - level: one of `CPULevel.available`.
    /// - Throws: `ExecutionError` for a filter, whose kernels are the same everywhere and whose taps stay where they are;
    ///   `GraphError`.
    package init(
        _ downscaler: LoadedDownscaler, sourceSize: PlaneSize, source: SampleMapping, level: CPULevel = .current
    ) throws {
        guard case .network(let weights) = downscaler.content else {
            throw ExecutionError(
                description: "\(downscaler.downscaler.name) is a filter: its kernels are the same everywhere, and none "
                    + "of their taps is displaced. Give a downscaler that is a network.")
        }
        self.sourceSize = sourceSize
        switch weights.network {
        case .full(let network):
            run = .full(
                try FullResamplerRun(
                    network, sourceSize: sourceSize, planes: 1, source: source, backend: OneDNNBackend(),
                    precision: .f32, level: level))
        case .light(let network):
            run = .light(
                LightResamplerRun(network, sourceSize: sourceSize, source: source, precision: .f32, level: level))
        }
        factor = weights.network.factor
        kernelSize = weights.network.kernelSize
        targetSize = downscaler.targetSize(of: sourceSize)
    }

    /// [tap] Where a tap rests, in source pixels from the middle of the small pixel, right and down; tap kernelSize · row +
    /// column.
    package var restPositions: [(x: Float, y: Float)] {
        let middle = Float(kernelSize - 1) / 2
        return (0..<kernelSize * kernelSize).map {
            (Float($0 % kernelSize) - middle, Float($0 / kernelSize) - middle)
        }
    }

    /// Source pixels that a displacement of 1 moves a tap by.
    package var unit: Float { Float(factor) }

    /// Elements of the kernels as planes, one of each kind for each of `taps`.
    ///
    /// - Parameters:
    ///   - source: a plane of `sourceSize`.
    ///   - taps: kernelSize · row + column each, from 0.
    ///   - rows: rows of the small picture, not empty.
    /// - Returns: float planes of targetSize.width by rows.count: weights, whose sum over all taps is one, displacements to
    ///   the right and down, -1...1.
    package func elements(
        of source: Plane, taps: [Int], rows: Range<Int>
    ) -> (weights: [Plane], horizontal: [Plane], vertical: [Plane]) {
        let count = kernelSize * kernelSize
        precondition(taps.allSatisfy { (0..<count).contains($0) }, "taps of a kernel")
        precondition(
            !rows.isEmpty && rows.lowerBound >= 0 && rows.upperBound <= targetSize.height, "rows of the small picture")
        precondition(source.width == sourceSize.width && source.height == sourceSize.height, "a picture of its size")
        let planes = (0..<3).map { _ in
            taps.map { _ in Plane(width: targetSize.width, height: rows.count, sample: .float32) }
        }
        forEachRow(of: source, rows: rows) { y, values in
            for (part, planes) in planes.enumerated() {
                for (tap, plane) in zip(taps, planes) {
                    plane.withBytes { bytes in
                        (bytes + (y - rows.lowerBound) * plane.stride).assumingMemoryBound(to: Float.self).update(
                            from: values.channel(part * count + tap), count: targetSize.width)
                    }
                }
            }
        }
        return (planes[0], planes[1], planes[2])
    }

    /// All numbers of each row: weights of all taps, horizontal, then vertical displacements.
    private func forEachRow(of source: Plane, rows: Range<Int>, _ body: (Int, FeatureRow) -> Void) {
        switch run {
        case .light(let run):
            ScratchMemory(byteCount: run.scratchByteCount).withBytes { memory in
                let cursor = run.begin(rows: rows, of: source, scratch: memory)
                for y in rows { body(y, cursor.nextRow()) }
            }
        case .full(let run):
            let layout = FeatureLayout(channels: 3 * kernelSize * kernelSize, width: targetSize.width)
            let own = layout.byteCount + layout.paddedWidth * MemoryLayout<Float>.stride
            ScratchMemory(byteCount: run.scratchByteCount + own).withBytes { memory in
                let start = memory + run.scratchByteCount
                let sums = (start + layout.byteCount).bindMemory(to: Float.self, capacity: targetSize.width)
                for band in run.bands where band.rows.overlaps(rows) {
                    let made: FullResamplerRun.Prediction
                    do throws(GraphError) {
                        made = try run.predict(band, of: [source], scratch: memory)
                    } catch {
                        // Everything was made ready by `init`; only memory can run out here.
                        preconditionFailure(error.description)
                    }
                    for y in band.rows.clamped(to: rows) {
                        let row = FeatureRow(at: start, layout: layout)
                        made.copy(row: y - band.rows.lowerBound, to: row, sums: sums)
                        body(y, row)
                    }
                }
            }
        }
    }
}
