package import UplumaKernels
import UplumaTensors

/// How one network is run: what was asked for, or by these rules.
///
/// 1. Backend: fused, which took less time than oneDNN for every network that ships, in every precision: 0.26 to 0.46 of
///    it in f32, 0.4 to 0.9 in bf16 (one core of Zen 4, oneDNN 2.6; `upluma benchmark --threads 1`).
/// 2. Precision: the fastest that the backend offers for the network, that the processor has instructions for, and whose
///    measured cost (`Model.precisionCosts`) is at most `mostCost`. What was never measured is not taken. For oneDNN that
///    is bf16 before f32; for the fused executor by its stages' work (`StreamingExecutor.work`), since Winograd's way,
///    which is for f32 alone, overtakes bf16 in wide networks.
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
    ///   - member: its network for one scale.
    ///   - level: one of `CPULevel.available`.
    /// - Throws: `ExecutionError` when what was asked for cannot be.
    package init(
        _ execution: Execution, model: Model, network member: ScaleSet.Member, level: CPULevel = .current
    ) throws(ExecutionError) {
        let backend = execution.backend ?? .fused
        if let obstacle = Self.obstacle(to: execution.precision ?? .f32, backend, model.name, member) {
            throw ExecutionError(description: obstacle)
        }
        let suitable = Self.suitable(costs: model.precisionCosts, level: level) {
            Self.obstacle(to: $0, backend, model.name, member) == nil
        }
        let fastest =
            backend == .fused
            ? suitable.min { Self.work($0, member) < Self.work($1, member) } : suitable.last
        self.init(
            backend, execution.precision ?? fastest ?? .f32, of: "\(model.name) ×\(member.network.factor)",
            costs: model.precisionCosts, level: level)
    }

    /// The same for a network that makes pictures smaller: the paper's runs by oneDNN unless asked otherwise, the light
    /// one by the fused executor alone.
    ///
    /// - Parameters:
    ///   - execution: what was asked for.
    ///   - downscaler: the entry of the catalog, with what its precisions cost.
    ///   - network: its network.
    ///   - level: one of `CPULevel.available`.
    /// - Throws: `ExecutionError` when what was asked for cannot be.
    package init(
        _ execution: Execution, downscaler: Downscaler, network: ResamplerNetwork, level: CPULevel = .current
    ) throws(ExecutionError) {
        let usual: ExecutionBackend =
            switch network {
            case .full: .onednn
            case .light: .fused
            }
        let backend = execution.backend ?? usual
        if let obstacle = Self.obstacle(to: execution.precision ?? .f32, backend, downscaler.name, network) {
            throw ExecutionError(description: obstacle)
        }
        let suitable = Self.suitable(costs: downscaler.precisionCosts, level: level) {
            Self.obstacle(to: $0, backend, downscaler.name, network) == nil
        }
        var fastest = suitable.last
        if case .light(let light) = network {
            fastest = suitable.min {
                StreamingExecutor.work(of: light.layers, precision: $0)
                    < StreamingExecutor.work(of: light.layers, precision: $1)
            }
        }
        self.init(
            backend, execution.precision ?? fastest ?? .f32, of: downscaler.name, costs: downscaler.precisionCosts,
            level: level)
    }

    /// - Parameter name: what the reason calls the network.
    private init(
        _ backend: ExecutionBackend, _ precision: Precision, of name: String, costs: [Precision: Double],
        level: CPULevel
    ) {
        self.backend = backend
        self.precision = precision
        var reason = "\(name): \(backend.rawValue), \(precision.rawValue)"
        if precision != .f32 {
            let cost = costs[precision].map { "\(Self.text($0)) dB" } ?? "of unknown cost"
            reason += " (\(cost)\(precision.isNative(at: level) ? "" : ", without instructions for it: slow"))"
        }
        self.reason = reason
    }

    /// Precisions that may be taken when nobody asks for one.
    private static func suitable(
        costs: [Precision: Double], level: CPULevel, isPossible: (Precision) -> Bool
    ) -> [Precision] {
        Precision.allCases.filter { precision in
            let cost = precision == .f32 ? 0 : costs[precision] ?? .infinity
            return cost <= mostCost && precision.isNative(at: level) && isPossible(precision)
        }
    }

    /// Every way to run a network with instructions that the processor has, but for the reference: what a benchmark walks
    /// through.
    package static func all(
        model: Model, network member: ScaleSet.Member, level: CPULevel = .current
    ) -> [ExecutionPlan] {
        [ExecutionBackend.fused, .onednn].flatMap { backend in
            Precision.allCases.filter { $0.isNative(at: level) }.compactMap { precision in
                // Ways that there are not are left out.
                try? ExecutionPlan(
                    Execution(backend: backend, precision: precision), model: model, network: member, level: level)
            }
        }
    }

    /// The plan as something to ask for.
    package var execution: Execution { Execution(backend: backend, precision: precision) }

    /// Time the fused executor takes, in proportion.
    private static func work(_ precision: Precision, _ member: ScaleSet.Member) -> Double {
        if precision == .int8 {
            return member.quantized.map { StreamingExecutor.work(of: $0.chain.layers, precision: precision) }
                ?? .infinity
        }
        return switch member.network {
        case .chain(let chain): StreamingExecutor.work(of: chain.layers, precision: precision)
        case .adaptive(let adaptive):
            adaptive.runs.reduce(0) {
                $0 + Double($1.times * $1.times) * StreamingExecutor.work(of: $1.stage.layers, precision: precision)
            }
        }
    }

    /// Why a backend cannot run a network in a precision, and what to do; nil when it can.
    private static func obstacle(
        to precision: Precision, _ backend: ExecutionBackend, _ name: String, _ member: ScaleSet.Member
    ) -> String? {
        if member.network.chain == nil && backend != .fused {
            return "The backend \(backend.rawValue) does not run \(name), which predicts kernels. Give --backend fused."
        }
        return switch (backend, precision) {
        case (_, .f32): nil
        case (.fused, .bf16):
            member.network.supports(.bf16)
                ? nil : "The backend fused does not run \(name) in bf16. Give --backend onednn or --precision f32."
        case (.fused, .int8):
            member.quantized == nil
                ? "There are no 8-bit weights for \(name) at scale \(member.network.factor). "
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

    /// The same for a network that makes pictures smaller.
    private static func obstacle(
        to precision: Precision, _ backend: ExecutionBackend, _ name: String, _ network: ResamplerNetwork
    ) -> String? {
        if precision == .int8 { return "There are no 8-bit weights for \(name). Give --precision bf16 or f32." }
        switch (network, backend) {
        case (.light, .onednn), (.light, .reference):
            return "The backend \(backend.rawValue) does not run \(name), which predicts kernels. Give --backend fused."
        case (.light(let light), .fused):
            return StreamingExecutor.supports(precision, light.layers)
                ? nil : "The backend fused does not run \(name) in \(precision.rawValue). Give --precision f32."
        case (.full, .fused):
            return "The backend fused does not run \(name), a network with branches. Give --backend onednn."
        case (.full, .onednn):
            return OneDNNBackend.precisions.contains(precision)
                ? nil
                : "The backend onednn has no \(precision.rawValue) on this processor. Give --precision f32."
        case (.full, .reference):
            return precision == .f32
                ? nil : "The backend reference computes in f32 alone. Give --precision f32."
        }
    }

    /// Three decimals, without zeros at the end.
    private static func text(_ cost: Double) -> String { "\((cost * 1000).rounded() / 1000)" }
}
