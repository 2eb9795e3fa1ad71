package import UplumaFrames
package import UplumaKernels
package import UplumaResampling
import UplumaTensors

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
    ///   - execution: how networks are to be run; filters have one way.
    ///   - level: one of `CPULevel.available`; results do not depend on it.
    /// - Returns: the stages, and what the user should know about them.
    /// - Throws: `ExecutionError` when they cannot be run so, `GraphError` when a backend fails.
    package func makeScaler(
        sourceSize: PlaneSize, targetSize: PlaneSize, source: SampleMapping, target: SampleMapping,
        execution: Execution = .automatic, level: CPULevel = .current
    ) throws -> ScalerChain {
        switch content {
        case .filter(let filter):
            let scaler = FIRScaler(
                filter: filter, sourceSize: sourceSize, targetSize: targetSize, source: source, target: target,
                level: level)
            return ScalerChain(stages: [scaler])
        case .network(let networks):
            let plan = RunPlan(name: model.name, native: networks.factors, source: sourceSize, target: targetSize)
            var stages: [any PlaneScaler] = []
            var runs: [ExecutionPlan] = []
            for (index, factor) in plan.factors.enumerated() {
                let member = networks.member(factor)
                let run = try ExecutionPlan(execution, model: model, network: member, level: level)
                stages.append(
                    try run.scaler(
                        for: member, sourceSize: plan.sizes[index], source: index == 0 ? source : .float,
                        target: plan.sizes[index + 1] == targetSize ? target : .float, level: level))
                if !runs.contains(run) { runs.append(run) }
            }
            let reached = plan.sizes[plan.factors.count]
            if stages.isEmpty || reached != targetSize {
                stages.append(
                    FIRScaler(
                        filter: .lanczos3, sourceSize: reached, targetSize: targetSize,
                        source: stages.isEmpty ? source : .float, target: target, level: level))
            }
            return ScalerChain(stages: stages, notes: plan.note.map { [$0] } ?? [], runs: runs)
        }
    }
}

extension ExecutionPlan {
    /// What runs a network by the plan.
    fileprivate func scaler(
        for member: ScaleSet.Member, sourceSize: PlaneSize, source: SampleMapping, target: SampleMapping,
        level: CPULevel
    ) throws(GraphError) -> any PlaneScaler {
        let chain: ConvolutionChain
        switch member.network {
        case .adaptive(let adaptive):
            return AdaptiveScaler(
                network: adaptive, sourceSize: sourceSize, source: source, target: target, precision: precision,
                level: level)
        case .chain(let floating): chain = (precision == .int8 ? member.quantized?.chain : nil) ?? floating
        }
        switch backend {
        case .fused:
            return NetworkScaler(
                chain: chain, sourceSize: sourceSize, source: source, target: target, precision: precision,
                level: level)
        case .onednn, .reference:
            return try GraphScaler(
                chain: chain, sourceSize: sourceSize, source: source, target: target,
                backend: backend == .onednn ? OneDNNBackend() : ReferenceBackend(), precision: precision,
                level: level)
        }
    }
}
