package import UplumaKernels
import UplumaTensors

/// How one network is run: what was asked for, or by these rules.
///
/// 1. Backend: fused, which took less time than oneDNN for every network that ships, in every precision: 0.26 to 0.46 of
///    it in f32, 0.4 to 0.9 in bf16 (one core of Zen 4, oneDNN 2.6; `upluma benchmark --threads 1`).
/// 2. Precision: the fastest that the backend offers for the network, that the processor has instructions for, and whose
///    measured cost (`Model.precisionCosts`) is at most `mostCost`. What was never measured is not taken. For oneDNN that
///    is bf16 before f32; the fused executor's by what its stages take (`ExecutorStage.work`), since Winograd's way, which
///    is for f32 alone, overtakes bf16 in networks of 16 and more channels.
///
/// A precision that is asked for is had where it can be computed at all, fast or not.
package struct ExecutionPlan: Sendable, Hashable {
    package let backend: ExecutionBackend
    package let precision: Precision
    /// One line: network, scale, backend, precision, and what the precision costs.
    package let reason: String

    /// PSNR in dB that speed may cost when nobody asks for a precision.
    package static let mostCost = 0.02

    /// - Parameters:
    ///   - execution: what was asked for.
    ///   - model: the entry of the catalog, with what its precisions cost.
    ///   - network: its network for one scale.
    ///   - level: one of `CPULevel.available`.
    /// - Throws: `ExecutionError` when what was asked for cannot be.
    package init(
        _ execution: Execution, model: Model, network: ScaleSet.Member, level: CPULevel = .current
    ) throws(ExecutionError) {
        let backend = execution.backend ?? .fused
        if let precision = execution.precision {
            if let obstacle = Self.obstacle(to: precision, backend, model.name, network) {
                throw ExecutionError(description: obstacle)
            }
            self.precision = precision
        } else {
            precision =
                Precision.allCases.filter { precision in
                    let cost = precision == .f32 ? 0 : model.precisionCosts[precision] ?? .infinity
                    return cost <= Self.mostCost && precision.isNative(at: level)
                        && Self.obstacle(to: precision, backend, model.name, network) == nil
                }.map { (precision: $0, time: Self.time($0, backend, network)) }
                .min { $0.time < $1.time }?.precision ?? .f32
        }
        self.backend = backend
        var reason = "\(model.name) ×\(network.chain.factor): \(backend.rawValue), \(precision.rawValue)"
        if precision != .f32 {
            let cost = model.precisionCosts[precision].map { "\(Self.text($0)) dB" } ?? "of unknown cost"
            reason += " (\(cost)\(precision.isNative(at: level) ? "" : ", without instructions for it: slow"))"
        }
        self.reason = reason
    }

    /// Every way to run a network with instructions that the processor has, but for the reference: what a benchmark walks
    /// through.
    package static func all(
        model: Model, network: ScaleSet.Member, level: CPULevel = .current
    ) -> [ExecutionPlan] {
        [ExecutionBackend.fused, .onednn].flatMap { backend in
            Precision.allCases.filter { $0.isNative(at: level) }.compactMap { precision in
                // Ways that there are not are left out.
                try? ExecutionPlan(
                    Execution(backend: backend, precision: precision), model: model, network: network, level: level)
            }
        }
    }

    /// The plan as something to ask for.
    package var execution: Execution { Execution(backend: backend, precision: precision) }

    /// Why a backend cannot run a network in a precision, and what to do; nil when it can.
    private static func obstacle(
        to precision: Precision, _ backend: ExecutionBackend, _ name: String, _ network: ScaleSet.Member
    ) -> String? {
        switch (backend, precision) {
        case (_, .f32): nil
        case (.fused, .bf16):
            StreamingExecutor.supports(.bf16, network.chain)
                ? nil : "The backend fused does not run \(name) in bf16. Give --backend onednn or --precision f32."
        case (.fused, .int8):
            network.quantized == nil
                ? "There are no 8-bit weights for \(name) at scale \(network.chain.factor). "
                    + "Give --precision bf16 or f32." : nil
        case (.onednn, .bf16):
            OneDNNBackend.precisions.contains(.bf16)
                ? nil
                : "The backend onednn has no bf16 on this processor. Give --backend fused or --precision f32."
        case (.onednn, .int8):
            "The backend onednn does not run networks in int8. Give --backend fused or another --precision."
        case (.reference, _): "The backend reference computes in f32 alone. Give --precision f32."
        }
    }

    /// A measure of the time that a network takes, for comparison with other precisions of the same backend.
    private static func time(
        _ precision: Precision, _ backend: ExecutionBackend, _ network: ScaleSet.Member
    ) -> Double {
        guard backend == .fused else { return precision == .f32 ? 2 : 1 }
        let chain = precision == .int8 ? network.quantized?.chain ?? network.chain : network.chain
        return ExecutorPlan(chain.layers, width: 720, precision: precision, usesWinograd: true)
            .stages.reduce(0) { $0 + $1.work }
    }

    /// Three decimals, without zeros at the end.
    private static func text(_ cost: Double) -> String { "\((cost * 1000).rounded() / 1000)" }
}
