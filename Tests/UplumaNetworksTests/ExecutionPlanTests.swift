import Testing
import UplumaKernels
import UplumaNetworks
import UplumaTensors

/// What runs a network, and why.
@Suite struct ExecutionPlanTests {
    private func model(_ name: String, costs: [Precision: Double] = [:]) throws -> (Model, ScaleSet.Member) {
        let model = try ModelCatalog.model(name)
        let content = try model.load().content
        let network: ScaleSet.Member? = if case .network(let networks) = content { networks.members[0] } else { nil }
        let entry = Model(
            name: name, family: model.family, summary: model.summary, kind: model.kind, precisionCosts: costs)
        return (entry, try #require(network, "\(name) is a filter"))
    }

    private func plan(
        _ name: String, costs: [Precision: Double] = [:], _ execution: Execution = .automatic,
        level: CPULevel = .current
    ) throws -> ExecutionPlan {
        let (model, network) = try model(name, costs: costs)
        return try ExecutionPlan(execution, model: model, network: network, level: level)
    }

    @Test("what was not measured is not taken: f32 by the fused executor")
    func unmeasured() throws {
        let plan = try plan("sp-vdsr")
        #expect(plan.backend == .fused && plan.precision == .f32)
        #expect(plan.reason == "sp-vdsr ×2: fused, f32")
    }

    @Test(
        "the fastest precision that costs little enough and that the processor has",
        arguments: [
            ("sp-vdsr", [.bf16: 0.004, .int8: 0.05], .bf16), ("sp-vdsr", [.bf16: 0.004, .int8: 0.0149], .int8),
            ("sp-vdsr", [.bf16: 0.3], .f32), ("sp-vdsr", [.int8: 0.02, .bf16: 0.02], .int8),
            ("sp-vdsr", [.int8: 0.021, .bf16: 0.021], .f32), ("sp-vdsr", [.int8: -0.01], .int8),
            // Winograd's way in f32 is faster than bf16 from 16 channels on.
            ("sp-vdsr-medium", [.bf16: 0], .f32), ("sp-vdsr-deep", [.bf16: 0, .int8: 0.03], .f32),
            ("sp-vdsr-deep", [.bf16: 0, .int8: 0.01], .int8),
        ] as [(String, [Precision: Double], Precision)])
    func automatic(name: String, costs: [Precision: Double], expected: Precision) throws {
        for level in CPULevel.available {
            let plan = try plan(name, costs: costs, level: level)
            #expect(plan.precision.isNative(at: level))
            if Precision.allCases.allSatisfy({ $0.isNative(at: level) }) { #expect(plan.precision == expected) }
        }
    }

    @Test("oneDNN takes bf16 where it costs little enough", .enabled(if: OneDNNBackend.precisions.contains(.bf16)))
    func automaticOneDNN() throws {
        let plan = try plan("sp-vdsr-deep", costs: [.bf16: 0, .int8: 0], Execution(backend: .onednn), level: .detected)
        #expect(plan.precision == .bf16)
    }

    @Test("a network without weights for the fastest precision gets the next one")
    func withoutWeights() throws {
        let plan = try plan("srcnn", costs: [.int8: 0, .bf16: 0], level: .detected)
        #expect(plan.precision == (Precision.bf16.isNative(at: .detected) ? .bf16 : .f32))
        // tanh is computed in f32 alone by the fused executor.
        #expect(try self.plan("espcn", costs: [.int8: 0, .bf16: 0]).precision == .f32)
    }

    @Test("the line names network, scale, backend, precision and its cost")
    func reason() throws {
        let known = try plan("sp-vdsr", costs: [.bf16: 0.0043], Execution(precision: .bf16), level: .portable)
        #expect(
            known.reason == "sp-vdsr ×2: fused, bf16 (0.004 dB, without instructions for it: slow)")
        let unknown = try plan("sp-vdsr", Execution(precision: .int8), level: .detected)
        #expect(unknown.reason.hasPrefix("sp-vdsr ×2: fused, int8 (of unknown cost"))
        #expect(try plan("sp-vdsr", Execution(backend: .onednn)).reason == "sp-vdsr ×2: onednn, f32")
    }

    @Test(
        "what cannot be is told with the remedy",
        arguments: [
            ("srcnn", Execution(precision: .int8), "8-bit weights", "bf16 or f32"),
            ("dair-5", Execution(precision: .int8), "8-bit weights", "bf16 or f32"),
            ("dair-5", Execution(backend: .onednn), "onednn does not run dair-5", "--backend fused"),
            ("dair-5", Execution(backend: .onednn, precision: .bf16), "predicts kernels", "--backend fused"),
            ("dair-5", Execution(backend: .reference, precision: .f32), "predicts kernels", "--backend fused"),
            ("espcn", Execution(backend: .fused, precision: .bf16), "espcn in bf16", "--backend onednn"),
            ("sp-vdsr", Execution(backend: .onednn, precision: .int8), "onednn", "--backend fused"),
            ("sp-vdsr", Execution(backend: .reference, precision: .bf16), "reference", "--precision f32"),
            ("sp-vdsr", Execution(backend: .reference, precision: .int8), "reference", "--precision f32"),
        ])
    func impossible(name: String, execution: Execution, trouble: String, remedy: String) throws {
        #expect {
            try plan(name, execution)
        } throws: { error in
            let text = (error as? ExecutionError)?.description ?? ""
            return text.contains(trouble) && text.contains(remedy)
        }
    }

    @Test("every way that is listed can be had", arguments: ["sp-vdsr", "srcnn", "espcn", "vdsr"])
    func all(name: String) throws {
        let (model, network) = try model(name)
        let all = ExecutionPlan.all(model: model, network: network)
        for backend in [ExecutionBackend.fused, .onednn] {
            #expect(all.contains { $0.execution == Execution(backend: backend, precision: .f32) })
        }
        for plan in all {
            #expect(try ExecutionPlan(plan.execution, model: model, network: network) == plan)
        }
        let bf16 = OneDNNBackend.precisions.contains(.bf16) && Precision.bf16.isNative(at: .current)
        #expect(all.contains { $0.execution == Execution(backend: .onednn, precision: .bf16) } == bf16)
    }

    @Test("each backend and precision makes a scaler, which says how it runs", arguments: ["sp-vdsr", "lanczos3"])
    func scalers(name: String) throws {
        let loaded = try ModelCatalog.model(name).load()
        for backend in ExecutionBackend.allCases {
            let chain = try loaded.makeScaler(
                sourceSize: .init(12, 8), targetSize: .init(48, 32), source: .float, target: .float,
                execution: Execution(backend: backend, precision: .f32))
            // Four times by the network for scale 4; filters have no backend.
            #expect(
                chain.runs.map(\.reason) == (name == "lanczos3" ? [] : ["sp-vdsr ×4: \(backend.rawValue), f32"]))
        }
    }
}
