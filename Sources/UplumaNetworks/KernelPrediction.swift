package import UplumaFrames
package import UplumaKernels
package import UplumaResampling

/// The kernels that the first stage of a network predicts for a picture: what pictures of them are drawn from.
package struct KernelPrediction: Sendable {
    /// Of the picture.
    package let sourceSize: PlaneSize
    /// Rows and columns of a kernel.
    package let kernelSize: Int
    /// Results for each pixel of the picture in both directions, each with a kernel of its own.
    package let factor: Int

    private let run: AdaptiveRun
    private let mapping: SampleMapping

    /// - Parameters:
    ///   - network: the network.
    ///   - sourceSize: size of the pictures.
    ///   - source: how their samples map to the network's 0...1.
    ///   - level: one of `CPULevel.available`.
    package init(
        network: AdaptiveNetwork, sourceSize: PlaneSize, source: SampleMapping, level: CPULevel = .current
    ) {
        self.sourceSize = sourceSize
        mapping = source
        run =
            AdaptiveRun.all(
                of: AdaptiveNetwork(stages: [network.stages[0]]), sourceSize: sourceSize, precision: .f32, level: level)[
                0]
        kernelSize = run.stage.lattice.size
        factor = run.stage.factor
    }

    /// Elements of the kernels as planes, one for each of `taps`.
    ///
    /// - Parameters:
    ///   - source: a plane of `sourceSize`.
    ///   - taps: kernelSize · row + column each, from 0.
    ///   - rows: rows of the source, not empty.
    /// - Returns: float planes of factor · width by factor · rows.count, neither rounded nor limited.
    package func elements(of source: Plane, taps: [Int], rows: Range<Int>) -> [Plane] {
        precondition(taps.allSatisfy { (0..<kernelSize * kernelSize).contains($0) }, "taps of a kernel")
        precondition(
            !rows.isEmpty && rows.lowerBound >= 0 && rows.upperBound <= sourceSize.height, "rows of the source")
        let planes = taps.map { _ in
            Plane(width: factor * sourceSize.width, height: factor * rows.count, sample: .float32)
        }
        ScratchMemory(byteCount: run.scratchByteCount).withBytes { memory in
            let cursor = AdaptiveCursor.begin(
                [run], atResultRow: factor * rows.lowerBound, source: source, mapping: mapping, scratch: memory)
            for y in 0..<rows.count {
                let kernels = cursor.nextKernels()
                for (tap, plane) in zip(taps, planes) {
                    copy(kernels, tap: tap, toRows: factor * y, of: plane)
                }
            }
        }
        return planes
    }

    private func copy(_ kernels: FeatureRow, tap: Int, toRows first: Int, of plane: Plane) {
        plane.withBytes { bytes in
            for dy in 0..<factor {
                let row = (bytes + (first + dy) * plane.stride).assumingMemoryBound(to: Float.self)
                for dx in 0..<factor {
                    let channel = kernels.channel(factor * factor * tap + factor * dy + dx)
                    for x in 0..<sourceSize.width { row[factor * x + dx] = channel[x] }
                }
            }
        }
    }
}
