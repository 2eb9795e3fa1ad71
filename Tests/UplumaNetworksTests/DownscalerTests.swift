import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaResampling
import UplumaTensors
import UplumaTestSupport

@testable import UplumaNetworks

/// Downscalers by their names and files.
@Suite struct DownscalerTests {
    @Test("every entry is found by its name, which is its own, and makes pictures smaller")
    func catalog() throws {
        let all = DownscalerCatalog.downscalers
        #expect(Set(all.map(\.name)).count == all.count)
        for downscaler in all {
            #expect(try DownscalerCatalog.downscaler(downscaler.name) == downscaler)
            let loaded = try downscaler.load()
            #expect(loaded.factor == downscaler.factor && loaded.downscaler.upscaler == downscaler.upscaler)
            let scaler = try loaded.makeScaler(sourceSize: PlaneSize(37, 23), source: .float, target: .float)
            #expect(scaler.targetSize == loaded.targetSize(of: PlaneSize(37, 23)))
            let card = loaded.card
            #expect(card.name == downscaler.name && card.factor == loaded.factor && card.operationsPerInputPixel > 0)
        }
        let error = #expect(throws: UnknownDownscalerError.self) { try DownscalerCatalog.downscaler("nothing") }
        #expect(error?.description.contains("lanczos3-2x") == true)
        #expect(error?.description.contains("or the path of a .safetensors file") == true)
    }

    @Test("a file says its architecture, factor and upscaler when it is opened")
    func files() throws {
        let path = "/nowhere/own.safetensors"
        let closed = try DownscalerCatalog.downscaler(path)
        #expect(closed.factor == nil && closed.upscaler == nil && closed.family == "file")
        let error = #expect(throws: WeightsError.self) { try closed.load() }
        #expect(error?.code == .notFound)

        let light = try DownscalerFiles.loadedLight()
        #expect(light.factor == 2 && light.downscaler.factor == 2)
        #expect(light.downscaler.family == "car-light" && light.downscaler.upscaler == "bicubic")
        #expect(try DownscalerFiles.loadedLight(["guide": nil]).downscaler.upscaler == nil)
        guard case .network(let weights) = light.content, case .light(let network) = weights.network else {
            Issue.record("a light network")
            return
        }
        #expect(network == DownscalerFiles.light && weights.sha256.count == 64)
        // 12 · 4 · 9 + 12, 16 · 12 · 9 + 16, 108 · 16 + 108
        #expect(weights.parameterCount == 444 + 1744 + 1836 && light.card.parameters == 4024)
        #expect(light.card.upscaler == "bicubic" && light.card.weightsSHA256 == weights.sha256)

        let full = try DownscalerFiles.loadedFull()
        #expect(full.factor == 4 && full.downscaler.family == "car" && full.downscaler.upscaler == "edsr")
        #expect(full.card.parameters == DownscalerFiles.full.tensors.reduce(0) { $0 + $1.values.count })
    }

    @Test("an entry's file is for its factor")
    func entry() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("car-4x.safetensors")
        try safetensors(metadata: DownscalerFiles.light.metadata, tensors: DownscalerFiles.light.tensors).write(
            to: URL(fileURLWithPath: path))
        let entry = DownscalerCatalog.network("car-4x", factor: 4, upscaler: "sp-vdsr", "a network")
        #expect(entry.kind == .network(.shipped(["car-4x.safetensors"])) && entry.family == "car-light")
        let named = Downscaler(
            name: "car-4x", family: "car-light", summary: "", kind: .network(.file(path)), factor: 4,
            upscaler: "sp-vdsr")
        let error = #expect(throws: WeightsError.self) { try withExtendedLifetime(folder) { try named.load() } }
        #expect(error?.code == .invalidSetting)
        #expect(error?.description.contains("makes pictures 2 times smaller, car-4x 4 times") == true)
    }

    @Test("a model given as a downscaler, and the other way round, says where it belongs")
    func mixedUp() {
        #expect(UnknownDownscalerError(name: "sp-vdsr", known: []).description.hasSuffix("upluma upscale --model."))
        #expect(
            UnknownDownscalerError(name: "lanczos3", known: []).description.hasSuffix("lanczos3-2x or lanczos3-4x."))
        #expect(UnknownDownscalerError(name: "car", known: ["car-2x"]).description.contains("Give one of car-2x, or"))
        #expect(UnknownModelError(name: "car-2x", known: []).description.contains("upluma downscale --model"))
        #expect(UnknownModelError(name: "car", known: ["sp-vdsr"]).description.contains("Give one of sp-vdsr, or"))
    }

    @Test("backends and precisions that can be had, and what is said of the others")
    func plans() throws {
        let (light, full) = (try DownscalerFiles.loadedLight(), try DownscalerFiles.loadedFull())
        func plan(_ loaded: LoadedDownscaler, _ execution: Execution, costs: [Precision: Double] = [:]) throws
            -> ExecutionPlan
        {
            guard case .network(let weights) = loaded.content else { throw ExecutionError(description: "no network") }
            let downscaler = Downscaler(
                name: "own", family: "", summary: "", kind: .network(.file("")), factor: nil, upscaler: nil,
                precisionCosts: costs)
            return try ExecutionPlan(execution, downscaler: downscaler, network: weights.network)
        }
        #expect(try plan(light, .automatic).execution == Execution(backend: .fused, precision: .f32))
        #expect(try plan(full, .automatic).execution == Execution(backend: .onednn, precision: .f32))
        #expect(try plan(light, .automatic).reason == "own: fused, f32")
        #expect(try plan(light, Execution(precision: .bf16)).precision == .bf16)
        #expect(try plan(full, Execution(backend: .reference)).backend == .reference)
        // What was measured to cost nothing is taken where the processor has it; the work decides for the light network.
        let measured = try plan(full, .automatic, costs: [.bf16: 0])
        let hasBF16 = OneDNNBackend.precisions.contains(.bf16) && Precision.bf16.isNative(at: .current)
        #expect(measured.precision == (hasBF16 ? .bf16 : .f32))
        #expect(try plan(light, .automatic, costs: [.bf16: 0.03]).precision == .f32)
        let refused: [(LoadedDownscaler, Execution, String)] = [
            (light, Execution(backend: .onednn), "does not run own, which predicts kernels. Give --backend fused."),
            (light, Execution(backend: .reference), "does not run own"),
            (light, Execution(precision: .int8), "There are no 8-bit weights for own"),
            (full, Execution(backend: .fused), "a network with branches. Give --backend onednn."),
            (full, Execution(precision: .int8), "There are no 8-bit weights for own"),
            (full, Execution(backend: .reference, precision: .bf16), "computes in f32 alone"),
        ]
        for (loaded, execution, says) in refused {
            let error = #expect(throws: ExecutionError.self) { try plan(loaded, execution) }
            #expect(error?.description.contains(says) == true, "\(String(describing: error))")
        }
    }

    @Test("a scaler by name is the network's own, in every way that it can be run")
    func scalers() throws {
        let size = PlaneSize(45, 29)
        let mapping = NetworkScalerTests.mappings[0].mapping
        let source = noisePlane(size, mapping).plane
        for loaded in [try DownscalerFiles.loadedLight(), try DownscalerFiles.loadedFull()] {
            guard case .network(let weights) = loaded.content else { continue }
            func made(_ execution: Execution) throws -> Plane {
                let chain = try loaded.makeScaler(
                    sourceSize: size, source: mapping, target: mapping, execution: execution)
                #expect(chain.targetSize == loaded.targetSize(of: size) && chain.runs.count == 1)
                let target = Plane(width: chain.targetSize.width, height: chain.targetSize.height, sample: .uint8)
                try chain.scale(source, into: target)
                return target
            }
            let usual = try made(.automatic)
            let own: GuardedPlane
            var others: [Execution] = []
            switch weights.network {
            case .light(let network):
                own = try scaled(
                    LightResamplerScaler(network: network, sourceSize: size, source: mapping, target: mapping), source,
                    mapping)
                others = [Execution(precision: .bf16)]
            case .full(let network):
                own = try scaled(
                    FullResamplerScaler(
                        network: network, sourceSize: size, source: mapping, target: mapping, backend: OneDNNBackend()),
                    source, mapping)
                others = [Execution(backend: .reference)]
                if OneDNNBackend.precisions.contains(.bf16) { others.append(Execution(precision: .bf16)) }
            }
            #expect(PlaneComparison(usual, own.plane).isBitEqual)
            for execution in others {
                // bfloat16 keeps 8 bits of a feature; kernels sum to one all the same.
                let limit: Float = execution.precision == .bf16 ? 12 : 1
                #expect(PlaneComparison(usual, try made(execution)).largest <= limit, "\(execution)")
            }
        }
    }

    @Test("the light network takes at least 25 times fewer operations than the paper's")
    func operations() throws {
        let shapes = FullForm.shapes(
            factor: 2, channels: 3, widths: [64, 128, 128, 256], blocks: 5, inner: 128,
            trunk: [256, 256, 256, 256, 256, 256])
        let tensors = shapes.flatMap { name, shape in
            [
                TypedTensor(
                    "\(name).weight", type: "F32", shape, bytes: Array(repeating: 0, count: 4 * shape.reduce(1, *))),
                TypedTensor("\(name).bias", type: "F32", [shape[0]], bytes: Array(repeating: 0, count: 4 * shape[0])),
            ]
        }
        let metadata = ["architecture": "car", "scale": "2"]
        let paper = try ResamplerNetwork(
            file: WeightsFile(bytes: safetensors(metadata: metadata, tensors: tensors), name: "car"))
        var noise = SeededNoise(seed: 3)
        let light = ResamplerNetwork.light(
            seededLightResampler(
                [4, 32, 32, 32, 32, 32, 32], kernels: [3, 3, 3, 3, 3, 3, 1], factor: 2, size: 6, noise: &noise))
        // (4 + 5 · 32) · 9 · 32 + 32 · 108 of the layers and 36 · 4 of the taps, a quarter of it for each source pixel.
        #expect(light.operationsPerInputPixel == 2 * (47232 + 3456 + 144) / 4)
        #expect(paper.operationsPerInputPixel >= 25 * light.operationsPerInputPixel)
        // By hand: ds_1 and what follows it at a quarter, a sixteenth, a sixty-fourth; trunks; heads at a quarter.
        let coarse = 1600 + 256 * 128 / 4 + (512 * 128 + 10 * 128 * 128 * 9) / 16 + 512 * 256 / 64
        let trunks = 2 * (3 * 589_824 + 256 * 4096) / 64
        let fine = (5 * 589_824 + 3 * 49 * 256 * 9 + 4 * 49) / 4
        #expect(paper.operationsPerInputPixel == 2 * (coarse + trunks + fine))
    }
}
