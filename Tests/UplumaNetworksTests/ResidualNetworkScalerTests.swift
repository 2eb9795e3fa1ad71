import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

@Suite struct ResidualNetworkScalerTests {
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
        _ scaler: ResidualNetworkScaler, _ source: Plane, _ mapping: SampleMapping, strips: [Range<Int>]? = nil
    ) -> GuardedPlane {
        let size = scaler.targetSize
        let target = GuardedPlane(width: size.width, height: size.height, sample: mapping.sample)
        let scratch = ScratchMemory(byteCount: scaler.scratchByteCount)
        for strip in strips ?? [0..<size.height] {
            scaler.scale(source, into: target.plane, rows: strip, scratch: scratch)
        }
        return target
    }

    @Test("base, residual and clip as the reference has them", arguments: mappings.indices, sizes)
    func reference(index: Int, size: (Int, Int)) {
        let mapping = Self.mappings[index].mapping
        let (width, height) = size
        let chain = seededChain()
        let source = source(width, height, mapping)
        let values = source.plane.codes.joined().map { ($0 - mapping.zero) / mapping.unit }
        let base = Plane(width: 2 * width, height: 2 * height, sample: .float32)
        FIRScaler(
            filter: .lanczos3, sourceSize: PlaneSize(width, height), targetSize: PlaneSize(2 * width, 2 * height),
            source: mapping, target: .float
        ).scale(source.plane, into: base)
        let expected = ReferenceExecutor(chain: chain).output(
            of: values, base: Array(base.codes.joined()), width: width, height: height
        ).map { $0 * Double(mapping.unit) + Double(mapping.zero) }
        let scaler = ResidualNetworkScaler(
            chain: chain, sourceSize: PlaneSize(width, height), source: mapping, target: mapping)
        let target = scaled(scaler, source.plane, mapping)
        // The executor's own tolerance in codes, and the half code that rounding moves an integer by.
        let rounding = mapping.sample == .float32 ? 0 : 0.5
        let tolerance = rounding + StreamingExecutorTests.tolerance * Double(mapping.unit)
        #expect(largestDifference(Array(target.plane.codes.joined()), expected) <= tolerance)
        #expect(target.isIntact && source.isIntact)
    }

    @Test("any division into strips and any level gives the same bits", arguments: mappings.indices)
    func strips(index: Int) {
        let mapping = Self.mappings[index].mapping
        let size = PlaneSize(41, 31)
        let chain = seededChain()
        let source = source(size.width, size.height, mapping).plane
        var noise = SeededNoise(seed: 7)
        let whole = scaled(
            ResidualNetworkScaler(chain: chain, sourceSize: size, source: mapping, target: mapping, level: .portable),
            source, mapping
        ).plane
        for level in CPULevel.available {
            let scaler = ResidualNetworkScaler(
                chain: chain, sourceSize: size, source: mapping, target: mapping, level: level)
            for _ in 0..<5 {
                var cuts: Set = [0, size.height]
                for _ in 0..<Int.random(in: 0...8, using: &noise) {
                    cuts.insert(Int.random(in: 0...size.height, using: &noise))
                }
                let sorted = cuts.sorted()
                let strips = zip(sorted, sorted.dropFirst()).map { 2 * $0..<2 * $1 }
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
                    bias: Array(repeating: 0, count: 4), slope: 1)
            ], factor: 2)
        let scaler = ResidualNetworkScaler(
            chain: silent, sourceSize: PlaneSize(6, 6), source: mapping, target: mapping)
        #expect(scaled(scaler, plane.plane, mapping).plane.codes.joined().allSatisfy { $0 == 1020 })
    }

    @Test("exactly the scratch memory it asks for is used", arguments: [1, 15, 16, 720])
    func scratch(width: Int) {
        let mapping = Self.mappings[0].mapping
        let scaler = ResidualNetworkScaler(
            chain: seededChain(), sourceSize: PlaneSize(width, 3), source: mapping, target: mapping)
        // Scratch memory whose end is guarded cannot be made from outside, so the byte after it is watched.
        let scratch = ScratchMemory(byteCount: scaler.scratchByteCount + 64)
        scratch.withBytes { _ = memset($0 + scaler.scratchByteCount, 0xA5, 64) }
        let source = source(width, 3, mapping).plane
        scaler.scale(
            source, into: Plane(width: 2 * width, height: 6, sample: .uint8), rows: 0..<6, scratch: scratch)
        scratch.withBytes { memory in
            let behind = UnsafeRawBufferPointer(start: memory + scaler.scratchByteCount, count: 64)
            #expect(behind.allSatisfy { $0 == 0xA5 })
        }
    }
}
