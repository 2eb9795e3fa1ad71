package import UplumaFrames
package import UplumaResampling

/// Scalers one after the other: what brings a plane to a size that one scaler does not reach.
///
/// Between stages lie whole planes of 32-bit floats, `intermediateByteCount` bytes in all (for two runs of a 2× network
/// on 720×480 that is 1440 · 960 · 4 = 5.3 MiB; 0 for a single stage). They hold values, neither rounded nor limited to
/// a sample type. Each worker that runs whole planes makes them once and uses them again:
///
///     let scratch = ScratchMemory(byteCount: chain.scratchByteCount), between = chain.makeIntermediates()
///     try chain.scale(source, into: target, intermediates: between, scratch: scratch)
///
/// To divide one plane among several workers, run all strips of stage 0, wait, then all of stage 1, and so on, on the
/// planes that `planes(ofStage:…)` names; each worker needs scratch memory of its own, and they share the intermediates.
package struct ScalerChain: Sendable {
    /// At least one; the source of each is as large as the target of the one before, and of type float from the second on.
    package let stages: [any PlaneScaler]
    /// What the user should know about how the target size is reached; empty when there is nothing to tell.
    package let notes: [String]
    /// How its networks are run, each way once.
    package let runs: [ExecutionPlan]

    package init(stages: [any PlaneScaler], notes: [String] = [], runs: [ExecutionPlan] = []) {
        precondition(!stages.isEmpty, "a chain has a stage")
        for (stage, next) in zip(stages, stages.dropFirst()) {
            precondition(stage.targetSize == next.sourceSize, "stages fit together")
        }
        self.stages = stages
        self.notes = notes
        self.runs = runs
    }

    package var sourceSize: PlaneSize { stages[0].sourceSize }
    package var targetSize: PlaneSize { stages[stages.count - 1].targetSize }

    /// Sizes of the planes between the stages, one fewer than there are stages.
    package var intermediateSizes: [PlaneSize] { stages.dropLast().map(\.targetSize) }

    /// Bytes of the planes between the stages, row padding included.
    package var intermediateByteCount: Int {
        intermediateSizes.reduce(0) { $0 + Plane.paddedStride(width: $1.width, sample: .float32) * $1.height }
    }

    /// Bytes of scratch memory that serve every stage.
    package var scratchByteCount: Int { stages.map(\.scratchByteCount).max() ?? 0 }

    /// New planes for between the stages, content undefined.
    package func makeIntermediates() -> [Plane] {
        intermediateSizes.map { Plane(width: $0.width, height: $0.height, sample: .float32) }
    }

    /// The planes stage `index` reads and writes; `intermediates` are made by `makeIntermediates`.
    package func planes(
        ofStage index: Int, source: Plane, target: Plane, intermediates: [Plane]
    ) -> (source: Plane, target: Plane) {
        precondition(intermediates.count == stages.count - 1, "\(stages.count - 1) planes lie between the stages")
        return (
            index == 0 ? source : intermediates[index - 1],
            index == stages.count - 1 ? target : intermediates[index]
        )
    }

    /// The whole plane, each stage in one strip.
    ///
    /// - Parameters:
    ///   - source: a plane of `sourceSize`, in the sample type the first stage was made for.
    ///   - target: a plane of `targetSize`, in the sample type the last stage was made for.
    ///   - intermediates: made by `makeIntermediates`, used by this call alone; content undefined before and after.
    ///   - scratch: at least `scratchByteCount` bytes, used by this call alone.
    /// - Throws: what stopped a stage; the target is undefined then.
    package func scale(_ source: Plane, into target: Plane, intermediates: [Plane], scratch: ScratchMemory) throws {
        for (index, stage) in stages.enumerated() {
            let planes = planes(ofStage: index, source: source, target: target, intermediates: intermediates)
            try stage.scale(planes.source, into: planes.target, rows: 0..<stage.targetSize.height, scratch: scratch)
        }
    }

    /// The whole plane, with memory made for this call; for tests and single pictures.
    package func scale(_ source: Plane, into target: Plane) throws {
        try scale(
            source, into: target, intermediates: makeIntermediates(),
            scratch: ScratchMemory(byteCount: scratchByteCount))
    }
}
