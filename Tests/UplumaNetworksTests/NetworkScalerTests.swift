import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

@Suite struct NetworkScalerTests {
    static let mappings: [(name: String, mapping: SampleMapping)] = [
        ("8 bit limited", .luma(PictureFormat(chroma: .yuv420, bitDepth: 8), range: .limited)),
        ("10 bit limited", .luma(PictureFormat(chroma: .yuv420, bitDepth: 10), range: .limited)),
        ("16 bit full", .luma(PictureFormat(chroma: .gray, bitDepth: 16), range: .full)),
        ("float", .float),
    ]
    static let sizes = [(1, 1), (1, 11), (11, 1), (2, 3), (23, 17), (50, 9)]

    /// Source, with codes over the whole range of the type.
    private func source(_ width: Int, _ height: Int, _ mapping: SampleMapping) -> GuardedPlane {
        var noise = SeededNoise(seed: UInt64(width * 100 + height))
        let plane = GuardedPlane(width: width, height: height, sample: mapping.sample)
        plane.plane.fill { _, _ in
            mapping.sample == .float32
                ? noise.float(in: 0...1) : Float(Int.random(in: 0...Int(mapping.maximum), using: &noise))
        }
        return plane
    }

    private func scaled(
        _ scaler: NetworkScaler, _ source: Plane, _ mapping: SampleMapping, strips: [Range<Int>]? = nil
    ) -> GuardedPlane {
        let size = scaler.targetSize
        let target = GuardedPlane(width: size.width, height: size.height, sample: mapping.sample)
        let scratch = ScratchMemory(byteCount: scaler.scratchByteCount)
        for strip in strips ?? [0..<size.height] {
            scaler.scale(source, into: target.plane, rows: strip, scratch: scratch)
        }
        return target
    }

    static let forms = [NetworkForm(testDescription: "SP-VDSR", chain: seededChain())] + NetworkForm.all

    @Test("enlargement, layers, base and limits as the reference has them", arguments: mappings.indices, forms)
    func reference(index: Int, form: NetworkForm) {
        let mapping = Self.mappings[index].mapping
        let chain = form.chain
        for (width, height) in Self.sizes {
            let source = source(width, height, mapping)
            let expected = referenceOutput(chain, source: source.plane, mapping: mapping)
                .map { $0 * Double(mapping.unit) + Double(mapping.zero) }
            let scaler = NetworkScaler(
                chain: chain, sourceSize: PlaneSize(width, height), source: mapping, target: mapping)
            let target = scaled(scaler, source.plane, mapping)
            // The executor's own tolerance in codes, and the half code that rounding moves an integer by.
            let rounding = mapping.sample == .float32 ? 0 : 0.5
            let tolerance = rounding + StreamingExecutorTests.tolerance * Double(mapping.unit)
            let found = Array(target.plane.codes.joined())
            #expect(largestDifference(found, expected) <= tolerance, "\(width)×\(height)")
            #expect(target.isIntact && source.isIntact, "\(width)×\(height)")
        }
    }

    @Test("any division into strips and any level gives the same bits", arguments: mappings.indices, forms)
    func strips(index: Int, form: NetworkForm) {
        let mapping = Self.mappings[index].mapping
        let size = PlaneSize(41, 31)
        let chain = form.chain
        let source = source(size.width, size.height, mapping).plane
        var noise = SeededNoise(seed: 7)
        let whole = scaled(
            NetworkScaler(chain: chain, sourceSize: size, source: mapping, target: mapping, level: .portable),
            source, mapping
        ).plane
        for level in CPULevel.available {
            let scaler = NetworkScaler(
                chain: chain, sourceSize: size, source: mapping, target: mapping, level: level)
            for _ in 0..<5 {
                let units = scaler.targetSize.height / scaler.rowGranularity
                var cuts: Set = [0, units]
                for _ in 0..<Int.random(in: 0...8, using: &noise) {
                    cuts.insert(Int.random(in: 0...units, using: &noise))
                }
                let sorted = cuts.sorted()
                let strips = zip(sorted, sorted.dropFirst()).map {
                    scaler.rowGranularity * $0..<scaler.rowGranularity * $1
                }
                let found = scaled(scaler, source, mapping, strips: strips.reversed())
                let comparison = PlaneComparison(whole, found.plane)
                #expect(comparison.isBitEqual, "\(level), \(strips): \(comparison)")
            }
        }
    }

    @Test("results above 1 are limited to 1 where the mapping could hold more")
    func clip() {
        // A 10-bit limited-range code of 1023 stands for 1.0029; value 1 is code 1020.
        let mapping = Self.mappings[1].mapping
        let plane = GuardedPlane(width: 6, height: 6, sample: .uint16)
        plane.plane.fill { _, _ in 1023 }
        let silent = ConvolutionChain(
            layers: [
                ConvolutionLayer(
                    inputChannels: 1, outputChannels: 4, weights: Array(repeating: 0, count: 36),
                    bias: Array(repeating: 0, count: 4), activation: .none)
            ], factor: 2)
        let scaler = NetworkScaler(
            chain: silent, sourceSize: PlaneSize(6, 6), source: mapping, target: mapping)
        #expect(scaled(scaler, plane.plane, mapping).plane.codes.joined().allSatisfy { $0 == 1020 })
    }

    @Test("exactly the scratch memory it asks for is used", arguments: forms)
    func scratch(form: NetworkForm) {
        let mapping = Self.mappings[0].mapping
        for width in [1, 15, 16, 720] {
            let scaler = NetworkScaler(
                chain: form.chain, sourceSize: PlaneSize(width, 3), source: mapping, target: mapping)
            // Scratch memory whose end is guarded cannot be made from outside, so the byte after it is watched.
            let scratch = ScratchMemory(byteCount: scaler.scratchByteCount + 64)
            scratch.withBytes { _ = memset($0 + scaler.scratchByteCount, 0xA5, 64) }
            let source = source(width, 3, mapping).plane
            let size = scaler.targetSize
            scaler.scale(
                source, into: Plane(width: size.width, height: size.height, sample: .uint8), rows: 0..<size.height,
                scratch: scratch)
            scratch.withBytes { memory in
                let behind = UnsafeRawBufferPointer(start: memory + scaler.scratchByteCount, count: 64)
                #expect(behind.allSatisfy { $0 == 0xA5 }, "\(width)")
            }
        }
    }

    @Test("memory grows with the width, not with the height", arguments: forms)
    func memory(form: NetworkForm) {
        func bytes(_ width: Int, _ height: Int) -> Int {
            NetworkScaler(
                chain: form.chain, sourceSize: PlaneSize(width, height), source: .float, target: .float
            ).scratchByteCount
        }
        #expect(bytes(720, 4000) == bytes(720, 40) && bytes(1440, 40) > bytes(720, 40))
    }
}
