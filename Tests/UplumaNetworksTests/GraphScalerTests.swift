import Dispatch
import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTensors
import UplumaTestSupport

/// Networks as graphs in bands against the reference executor and against themselves.
@Suite struct GraphScalerTests {
    static let backends: [any GraphBackend] = [ReferenceBackend(), OneDNNBackend()]
    static let forms = NetworkScalerTests.forms
    static let mapping = SampleMapping.luma(PictureFormat(chroma: .gray, bitDepth: 8), range: .limited)

    private func source(_ size: PlaneSize, _ mapping: SampleMapping) -> Plane {
        let plane = Plane(width: size.width, height: size.height, sample: mapping.sample)
        var noise = SeededNoise(seed: UInt64(size.width * 1000 + size.height))
        plane.fill { _, _ in
            mapping.sample == .float32
                ? noise.float(in: 0...1) : Float(Int.random(in: 0...Int(mapping.maximum), using: &noise))
        }
        return plane
    }

    private func scaled(_ scaler: GraphScaler, _ source: Plane, strips: [Range<Int>]? = nil) throws -> Plane {
        let size = scaler.targetSize
        let target = GuardedPlane(width: size.width, height: size.height, sample: source.sample)
        let scratch = ScratchMemory(byteCount: scaler.scratchByteCount)
        for strip in strips ?? [0..<size.height] {
            // What earlier work left there must not matter.
            scratch.withBytes { _ = memset($0, 0xFF, scaler.scratchByteCount) }
            try scaler.scale(source, into: target.plane, rows: strip, scratch: scratch)
        }
        #expect(target.isIntact)
        return target.plane
    }

    @Test("enlargement, layers, base and limits as the reference has them", arguments: backends.indices, forms)
    func reference(index: Int, form: NetworkForm) throws {
        for (width, height) in [(1, 1), (5, 3), (23, 40)] {
            let source = source(PlaneSize(width, height), .float)
            let expected = referenceOutput(form.chain, source: source, mapping: .float)
            let scaler = try GraphScaler(
                chain: form.chain, sourceSize: PlaneSize(width, height), source: .float, target: .float,
                backend: Self.backends[index])
            let found = Array(try scaled(scaler, source).codes.joined())
            // In single precision as the fused executor is.
            #expect(largestDifference(found, expected) < StreamingExecutorTests.tolerance, "\(width)×\(height)")
        }
    }

    @Test("any division into strips gives the same bits, in f32 and bfloat16", arguments: backends.indices, forms)
    func strips(index: Int, form: NetworkForm) throws {
        let backend = Self.backends[index]
        let size = PlaneSize(41, 300)
        let source = source(size, Self.mapping)
        let computes = backend is OneDNNBackend ? OneDNNBackend.precisions : [.f32]
        for precision in computes {
            let scaler = try GraphScaler(
                chain: form.chain, sourceSize: size, source: Self.mapping, target: Self.mapping, backend: backend,
                precision: precision)
            let whole = try scaled(scaler, source)
            var noise = SeededNoise(seed: 7)
            for _ in 0..<3 {
                let units = scaler.targetSize.height / scaler.rowGranularity
                var cuts: Set = [0, units]
                for _ in 0..<Int.random(in: 0...4, using: &noise) {
                    cuts.insert(Int.random(in: 0...units, using: &noise))
                }
                let sorted = cuts.sorted()
                let strips = zip(sorted, sorted.dropFirst()).map {
                    scaler.rowGranularity * $0..<scaler.rowGranularity * $1
                }
                let comparison = PlaneComparison(whole, try scaled(scaler, source, strips: strips.reversed()))
                #expect(comparison.isBitEqual, "\(precision), \(strips): \(comparison)")
            }
        }
    }

    @Test("oneDNN and the fused executor agree on every network that ships", arguments: ModelCatalog.models.map(\.name))
    func agreement(name: String) throws {
        guard case .network(let networks) = try ModelCatalog.model(name).load().content else { return }
        for chain in networks.members.compactMap(\.network.chain) {
            let size = PlaneSize(33, 21)
            let source = source(size, .float)
            let fused = NetworkScaler(chain: chain, sourceSize: size, source: .float, target: .float)
            let target = Plane(width: fused.targetSize.width, height: fused.targetSize.height, sample: .float32)
            fused.scale(source, into: target)
            let graph = try GraphScaler(
                chain: chain, sourceSize: size, source: .float, target: .float, backend: OneDNNBackend())
            // The two sum in another order, in single precision; far below a code (0.004).
            let comparison = PlaneComparison(target, try scaled(graph, source))
            #expect(comparison.largest < 5e-5, "\(comparison)")
        }
    }

    @Test("threads share a scaler, each with scratch memory of its own")
    func threads() throws {
        let chain = seededChain()
        let size = PlaneSize(64, 48)
        let scaler = try GraphScaler(
            chain: chain, sourceSize: size, source: Self.mapping, target: Self.mapping, backend: OneDNNBackend())
        let source = source(size, Self.mapping)
        let expected = try scaled(scaler, source)
        let targets = (0..<8).map { _ in Plane(width: 128, height: 96, sample: .uint8) }
        DispatchQueue.concurrentPerform(iterations: targets.count) { index in
            let scratch = ScratchMemory(byteCount: scaler.scratchByteCount)
            try? scaler.scale(source, into: targets[index], rows: 0..<96, scratch: scratch)
        }
        for target in targets { #expect(PlaneComparison(expected, target).isBitEqual) }
    }

    @Test("memory grows with the width, not with the height", arguments: forms)
    func memory(form: NetworkForm) throws {
        func bytes(_ width: Int, _ height: Int) throws -> Int {
            try GraphScaler(
                chain: form.chain, sourceSize: PlaneSize(width, height), source: .float, target: .float,
                backend: OneDNNBackend()
            ).scratchByteCount
        }
        let low = try bytes(720, 4000)
        // Bands of nearly the same height.
        #expect(try bytes(720, 8000) < low + low / 10)
        // A limit for features, not the picture, which is eight times as large.
        #expect(try bytes(5760, 4000) < 8 * 2 * low)
    }
}
