package import UplumaFrames
package import UplumaKernels
package import UplumaResampling

extension LoadedModel {
    /// Plans the way from one size to another, whatever the two are.
    ///
    /// A filter does it in one stage. A network runs once where it was trained for that enlargement; otherwise its
    /// scales are combined, up to three runs, and Lanczos 3 changes the result to the target size if that is still
    /// another. A network is not run at all for a target that is larger in neither direction.
    ///
    /// - Parameters:
    ///   - sourceSize: size of the planes to enlarge.
    ///   - targetSize: size to reach.
    ///   - source: how the source's samples map to values.
    ///   - target: how values map to the target's samples.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    /// - Returns: the stages, and what the user should know about them.
    package func makeScaler(
        sourceSize: PlaneSize, targetSize: PlaneSize, source: SampleMapping, target: SampleMapping,
        level: CPULevel = .current
    ) -> ScalerChain {
        switch content {
        case .filter(let filter):
            let scaler = FIRScaler(
                filter: filter, sourceSize: sourceSize, targetSize: targetSize, source: source, target: target,
                level: level)
            return ScalerChain(stages: [scaler])
        case .network(let networks):
            let plan = RunPlan(name: model.name, native: networks.factors, source: sourceSize, target: targetSize)
            var stages: [any PlaneScaler] = []
            for (index, factor) in plan.factors.enumerated() {
                stages.append(
                    NetworkScaler(
                        chain: networks.chain(factor: factor), sourceSize: plan.sizes[index],
                        source: index == 0 ? source : .float,
                        target: plan.sizes[index + 1] == targetSize ? target : .float, level: level))
            }
            let reached = plan.sizes[plan.factors.count]
            if stages.isEmpty || reached != targetSize {
                stages.append(
                    FIRScaler(
                        filter: .lanczos3, sourceSize: reached, targetSize: targetSize,
                        source: stages.isEmpty ? source : .float, target: target, level: level))
            }
            return ScalerChain(stages: stages, notes: plan.note.map { [$0] } ?? [])
        }
    }
}
