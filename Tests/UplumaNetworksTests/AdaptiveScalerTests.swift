import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

@Suite struct AdaptiveScalerTests {
    static let mappings = NetworkScalerTests.mappings
    static let sizes = [(1, 1), (1, 7), (9, 1), (2, 3), (19, 11), (34, 5)]

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
        _ scaler: AdaptiveScaler, _ source: Plane, _ mapping: SampleMapping, strips: [Range<Int>]? = nil
    ) -> GuardedPlane {
        let size = scaler.targetSize
        let target = GuardedPlane(width: size.width, height: size.height, sample: mapping.sample)
        let scratch = ScratchMemory(byteCount: scaler.scratchByteCount)
        // What earlier work left there must not matter.
        scratch.withBytes { _ = memset($0, 0xFF, scaler.scratchByteCount) }
        for strip in strips ?? [0..<size.height] {
            scaler.scale(source, into: target.plane, rows: strip, scratch: scratch)
        }
        return target
    }

    private func reference(_ network: AdaptiveNetwork, _ source: Plane, _ mapping: SampleMapping) -> [Double] {
        let values = source.codes.joined().map { (Double($0) - Double(mapping.zero)) / Double(mapping.unit) }
        return AdaptiveReference(network: network)
            .output(of: values, width: source.width, height: source.height)
            .map { min(max($0, 0), 1) }
    }

    @Test("stages, taps and limits as the reference has them", arguments: mappings.indices, AdaptiveForm.all)
    func reference(index: Int, form: AdaptiveForm) {
        let mapping = Self.mappings[index].mapping
        for (width, height) in Self.sizes {
            let source = source(width, height, mapping)
            let expected = reference(form.network, source.plane, mapping)
                .map { $0 * Double(mapping.unit) + Double(mapping.zero) }
            let scaler = AdaptiveScaler(
                network: form.network, sourceSize: PlaneSize(width, height), source: mapping, target: mapping)
            let target = scaled(scaler, source.plane, mapping)
            // Sums of up to 49 · 3 products of order one in single precision, after those of the layers, up to four
            // runs one after the other; and the half code that rounding moves an integer by.
            let rounding = mapping.sample == .float32 ? 0 : 0.5
            let tolerance = rounding + 2e-5 * Double(mapping.unit)
            let found = Array(target.plane.codes.joined())
            let difference = largestDifference(found, expected)
            #expect(difference <= tolerance, "\(width)×\(height): \(difference)")
            #expect(target.isIntact && source.isIntact, "\(width)×\(height)")
        }
    }

    @Test("forms reach both limits and the values between")
    func range() {
        let found = AdaptiveForm.all.map { reference($0.network, source(19, 11, .float).plane, .float) }
        for (values, form) in zip(found, AdaptiveForm.all) {
            let inside = values.count { $0 > 0.1 && $0 < 0.9 }
            #expect(inside > values.count / 3, "\(form.testDescription)")
        }
        #expect(found.joined().contains(0) && found.joined().contains(1))
    }

    @Test("any division into strips and any level gives the same bits", arguments: mappings.indices, AdaptiveForm.all)
    func strips(index: Int, form: AdaptiveForm) {
        let mapping = Self.mappings[index].mapping
        let size = PlaneSize(41, 31)
        let source = source(size.width, size.height, mapping).plane
        var noise = SeededNoise(seed: 7)
        func scaler(_ level: CPULevel, _ precision: Precision) -> AdaptiveScaler {
            AdaptiveScaler(
                network: form.network, sourceSize: size, source: mapping, target: mapping, precision: precision,
                level: level)
        }
        for precision in [Precision.f32, .bf16] where Network.adaptive(form.network).supports(precision) {
            let whole = scaled(scaler(.portable, precision), source, mapping).plane
            for level in CPULevel.available {
                let scaler = scaler(level, precision)
                for _ in 0..<3 {
                    let units = scaler.targetSize.height / scaler.rowGranularity
                    var cuts: Set = [0, units]
                    for _ in 0..<Int.random(in: 0...6, using: &noise) {
                        cuts.insert(Int.random(in: 0...units, using: &noise))
                    }
                    let sorted = cuts.sorted()
                    let strips = zip(sorted, sorted.dropFirst()).map {
                        scaler.rowGranularity * $0..<scaler.rowGranularity * $1
                    }
                    let comparison = PlaneComparison(
                        whole, scaled(scaler, source, mapping, strips: strips.reversed()).plane)
                    #expect(comparison.isBitEqual, "\(precision), \(level), \(strips): \(comparison)")
                }
            }
        }
    }

    @Test("bf16 stays near to f32", arguments: AdaptiveForm.all)
    func bfloat16(form: AdaptiveForm) {
        let size = PlaneSize(33, 17)
        let source = source(size.width, size.height, .float).plane
        guard Network.adaptive(form.network).supports(.bf16) else { return }
        func made(_ precision: Precision) -> Plane {
            let scaler = AdaptiveScaler(
                network: form.network, sourceSize: size, source: .float, target: .float, precision: precision)
            return scaled(scaler, source, .float).plane
        }
        // Features are rounded to 8 bits, 0.4 % of themselves; kernels of order 0.1 follow, four runs at most.
        let comparison = PlaneComparison(made(.f32), made(.bf16))
        #expect(comparison.largest < 0.02 && comparison.largest > 0, "\(comparison)")
    }

    @Test("exactly the scratch memory it asks for is used", arguments: AdaptiveForm.all)
    func scratch(form: AdaptiveForm) {
        for width in [1, 15, 16, 17, 720] {
            let size = PlaneSize(width, 3)
            let scaler = AdaptiveScaler(network: form.network, sourceSize: size, source: .float, target: .float)
            let scratch = ScratchMemory(byteCount: scaler.scratchByteCount + 64)
            scratch.withBytes { _ = memset($0 + scaler.scratchByteCount, 0xA5, 64) }
            let target = Plane(width: scaler.targetSize.width, height: scaler.targetSize.height, sample: .float32)
            scaler.scale(source(width, 3, .float).plane, into: target, rows: 0..<target.height, scratch: scratch)
            scratch.withBytes { memory in
                let behind = UnsafeRawBufferPointer(start: memory + scaler.scratchByteCount, count: 64)
                #expect(behind.allSatisfy { $0 == 0xA5 }, "\(width)")
            }
        }
    }

    @Test("memory grows with the width, not with the height", arguments: AdaptiveForm.all)
    func memory(form: AdaptiveForm) {
        func bytes(_ width: Int, _ height: Int) -> Int {
            AdaptiveScaler(
                network: form.network, sourceSize: PlaneSize(width, height), source: .float, target: .float
            ).scratchByteCount
        }
        #expect(bytes(720, 4000) == bytes(720, 40) && bytes(1440, 40) > bytes(720, 40))
    }

    @Test("bands of columns give the same picture in less memory", arguments: AdaptiveForm.all)
    func bands(form: AdaptiveForm) {
        let size = PlaneSize(500, 21)
        let source = source(size.width, size.height, .float).plane
        func scaler(_ bytes: Int) -> AdaptiveScaler {
            AdaptiveScaler(network: form.network, sourceSize: size, source: .float, target: .float, mostBytes: bytes)
        }
        let whole = scaler(.max)
        let banded = scaler(0)
        #expect(banded.scratchByteCount < whole.scratchByteCount * 2 / 3)
        let cut = scaled(
            banded, source, .float,
            strips: [0..<10 * whole.rowGranularity, 10 * whole.rowGranularity..<whole.targetSize.height])
        let comparison = PlaneComparison(scaled(whole, source, .float).plane, cut.plane)
        // Winograd's sums take in neighbours; a column less than is needed would show by more than a hundred times that.
        #expect(comparison.largest < 1e-5 && cut.isIntact, "\(comparison)")
    }

    @Test("the largest network of the paper stays bounded at 1080p")
    func largest() {
        func stage(_ inputs: Int, factor: Int, repeats: Int = 1) -> AdaptiveStage {
            let widths = [inputs] + Array(repeating: 64, count: 9) + [25 * factor * factor]
            let layers = zip(widths, widths.dropFirst()).map { from, to in
                ConvolutionLayer(
                    inputChannels: from, outputChannels: to, weights: Array(repeating: 0, count: 9 * from * to),
                    bias: Array(repeating: 0, count: to), activation: .leaky(0))
            }
            return AdaptiveStage(layers: layers, size: 5, factor: factor, repeats: repeats)
        }
        // Prog_10 + Recur2_10.
        let network = AdaptiveNetwork(
            stages: [stage(1, factor: 2), stage(2, factor: 2), stage(2, factor: 1, repeats: 2)])
        func bytes(_ most: Int) -> Int {
            AdaptiveScaler(
                network: network, sourceSize: PlaneSize(1920, 1080), source: .float, target: .float, mostBytes: most
            ).scratchByteCount
        }
        #expect(bytes(AdaptiveScaler.mostBytes) < 110_000_000 && bytes(.max) > 400_000_000)
    }

    @Test("a kernel of one at the middle gives nearest-neighbour enlargement exactly", arguments: 1...4, [1, 3, 5])
    func nearest(factor: Int, size: Int) {
        let middle = size * size / 2
        let kernels = (0..<size * size * factor * factor).map { Float($0 / (factor * factor) == middle ? 1 : 0) }
        let network = constantNetwork(kernels, size: size, factor: factor)
        let scaler = AdaptiveScaler(
            network: network, sourceSize: PlaneSize(13, 9), source: .float, target: .float)
        let source = source(13, 9, .float).plane
        let expected = Plane(width: 13 * factor, height: 9 * factor, sample: .float32)
        FIRScaler(
            filter: .nearest, sourceSize: PlaneSize(13, 9), targetSize: scaler.targetSize, source: .float,
            target: .float
        ).scale(source, into: expected)
        let comparison = PlaneComparison(expected, scaled(scaler, source, .float).plane)
        #expect(comparison.isBitEqual, "\(comparison)")
    }

    @Test("Catmull-Rom's weights as kernels give `catmullrom`, borders apart", arguments: 2...4)
    func catmullRom(factor: Int) {
        let kernels = plainKernels(size: 5, factor: factor, law: ResampleFilter.catmullrom.weight)
        let network = constantNetwork(kernels, size: 5, factor: factor)
        let scaler = AdaptiveScaler(
            network: network, sourceSize: PlaneSize(23, 14), source: .float, target: .float)
        let source = source(23, 14, .float).plane
        source.fill { x, y in 0.5 + 0.3 * (source.codes[y][x] - 0.5) }
        let filtered = Plane(width: 23 * factor, height: 14 * factor, sample: .float32)
        FIRScaler(
            filter: .catmullrom, sourceSize: PlaneSize(23, 14), targetSize: scaler.targetSize, source: .float,
            target: .float
        ).scale(source, into: filtered)
        let (found, expected) = (scaled(scaler, source, .float).plane.codes, filtered.codes)
        for y in 2 * factor..<12 * factor {
            for x in 2 * factor..<21 * factor {
                // Weights are rounded once more than in the separable filter: 16 products of at most 0.8 · 6e-8.
                #expect(abs(found[y][x] - expected[y][x]) < 1e-6, "\(x), \(y)")
            }
        }
    }

    @Test("predicted kernels are those of the reference", arguments: AdaptiveForm.all, [0..<11, 3..<4, 5..<11])
    func kernels(form: AdaptiveForm, rows: Range<Int>) {
        let (width, height) = (19, 11)
        let source = source(width, height, .float).plane
        let prediction = KernelPrediction(
            network: form.network, sourceSize: PlaneSize(width, height), source: .float)
        let (size, factor) = (prediction.kernelSize, prediction.factor)
        let expected = AdaptiveReference(network: form.network).kernels(
            of: source.codes.joined().map(Double.init), width: width, height: height)
        let taps = [0, size * size / 2, size * size - 1, 1]
        for (tap, plane) in zip(taps, prediction.elements(of: source, taps: taps, rows: rows)) {
            #expect(plane.width == factor * width && plane.height == factor * rows.count)
            let lines = factor * rows.lowerBound * factor * width..<factor * rows.upperBound * factor * width
            // Sums of at most 576 products, in single precision.
            #expect(largestDifference(Array(plane.codes.joined()), Array(expected[tap][lines])) < 1e-5, "tap \(tap)")
        }
    }
}
