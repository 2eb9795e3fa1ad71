import Testing
import UplumaFrames
import UplumaKernels
import UplumaResampling
import UplumaTestSupport

@Suite struct FIRScalerTests {
    /// Source and target sizes: every ratio class in both directions, odd ones, single samples.
    static let sizes: [(PlaneSize, PlaneSize)] = [
        (PlaneSize(24, 18), PlaneSize(48, 36)), (PlaneSize(23, 17), PlaneSize(69, 51)),
        (PlaneSize(67, 5), PlaneSize(101, 7)), (PlaneSize(20, 20), PlaneSize(80, 10)),
        (PlaneSize(90, 31), PlaneSize(31, 90)), (PlaneSize(300, 9), PlaneSize(17, 9)),
        (PlaneSize(9, 40), PlaneSize(9, 13)), (PlaneSize(1, 1), PlaneSize(7, 5)), (PlaneSize(2, 2), PlaneSize(4, 4)),
        (PlaneSize(40, 30), PlaneSize(1, 1)), (PlaneSize(1, 33), PlaneSize(66, 66)),
        (PlaneSize(33, 1), PlaneSize(66, 2)),
    ]
    static let shifts: [(Double, Double)] = [(0, 0), (0.125, -0.25), (-2.6, 1.4)]

    @Test("floats agree with the definition in double precision", arguments: ResampleFilter.allCases)
    func reference(filter: ResampleFilter) {
        for (source, target) in Self.sizes {
            for (x, y) in Self.shifts {
                let grid = SampleGrid(source: source, target: target, shiftX: x, shiftY: y)
                let plane = Plane(width: source.width, height: source.height, sample: .float32)
                var noise = SeededNoise(seed: 7)
                plane.fill { _, _ in noise.float(in: 0...1) }
                let result = Plane(width: target.width, height: target.height, sample: .float32)
                FIRScaler(filter: filter, grid: grid, source: .float, target: .float).scale(plane, into: result)
                let expected = referenceResample(plane.codes, filter: filter, grid: grid)
                let largest =
                    zip(result.codes, expected).flatMap { zip($0, $1).map { abs(Double($0) - $1) } }.max() ?? 0
                // Samples of 0..1; up to 120 taps a direction, each rounding weight, product and sum (2^-24 each, of
                // parts that sum to under 2): about 1e-6, in practice a fifth of it.
                #expect(largest < 1e-6, "\(filter) \(source) to \(target): off by \(largest)")
            }
        }
    }

    @Test("8 to 16 bits: the definition rounded once, extremes limited", arguments: TestPattern.allCases)
    func integers(pattern: TestPattern) {
        for depth in [8, 10, 16] {
            let mapping = SampleMapping.luma(PictureFormat(chroma: .gray, bitDepth: depth), range: .limited)
            for filter in [ResampleFilter.lanczos3, .mitchell] {
                let grid = SampleGrid(source: PlaneSize(37, 21), target: PlaneSize(67, 42), shiftX: 0.1)
                let source = GuardedPlane(width: 37, height: 21, sample: mapping.sample)
                source.plane.fill(pattern, maximum: mapping.maximum, seed: 3)
                let target = GuardedPlane(width: 67, height: 42, sample: mapping.sample)
                FIRScaler(filter: filter, grid: grid, source: mapping, target: mapping)
                    .scale(source.plane, into: target.plane)
                #expect(source.isIntact && target.isIntact)
                let expected = referenceResample(source.plane.codes, filter: filter, grid: grid)
                let differences = zip(target.plane.codes, expected).flatMap { row, exact in
                    zip(row, exact).map { abs(Double($0) - min(max($1, 0), Double(mapping.maximum))) }
                }
                // In codes: half a code of rounding, and float arithmetic, 1e-6 of the range (see `reference`).
                let tolerance = 0.5 + 1e-6 * Double(mapping.maximum)
                #expect(differences.allSatisfy { $0 <= tolerance }, "\(filter) \(depth) bit \(pattern)")
            }
        }
    }

    @Test("every level and every division into strips gives the same bits", arguments: ResampleFilter.allCases)
    func levelsAndStrips(filter: ResampleFilter) {
        let mapping = SampleMapping.chroma(PictureFormat(chroma: .yuv420, bitDepth: 8), range: .limited)
        for (source, target) in Self.sizes {
            let grid = SampleGrid(source: source, target: target, shiftX: 0.25, shiftY: -0.125)
            let plane = GuardedPlane(width: source.width, height: source.height, sample: .uint8)
            plane.plane.fill(.noise, maximum: 255, seed: 11)
            for output in [mapping, SampleMapping.float] {
                let whole = Plane(width: target.width, height: target.height, sample: output.sample)
                FIRScaler(filter: filter, grid: grid, source: mapping, target: output, level: .portable)
                    .scale(plane.plane, into: whole)
                for level in CPULevel.available {
                    let scaler = FIRScaler(filter: filter, grid: grid, source: mapping, target: output, level: level)
                    let scratch = ScratchMemory(byteCount: scaler.scratchByteCount)
                    for strip in [1, 3, 16] {
                        let strips = GuardedPlane(width: target.width, height: target.height, sample: output.sample)
                        // From the bottom up, so that nothing can rest on the strip before.
                        for begin in Swift.stride(from: 0, to: target.height, by: strip).reversed() {
                            let rows = begin..<min(begin + strip, target.height)
                            scaler.scale(plane.plane, into: strips.plane, rows: rows, scratch: scratch)
                        }
                        let comparison = PlaneComparison(whole, strips.plane)
                        #expect(comparison.isBitEqual, "\(filter) \(level) \(source) to \(target): \(comparison)")
                        #expect(strips.isIntact, "\(filter) \(level) \(source) to \(target)")
                    }
                }
            }
        }
    }

    @Test("a grid that is kept keeps every code", arguments: ResampleFilter.allCases)
    func identity(filter: ResampleFilter) {
        for depth in [8, 16] {
            let mapping = SampleMapping.luma(PictureFormat(chroma: .gray, bitDepth: depth), range: .full)
            let size = PlaneSize(35, 9)
            let source = Plane(width: 35, height: 9, sample: mapping.sample)
            source.fill(.noise, maximum: mapping.maximum, seed: 5)
            let target = Plane(width: 35, height: 9, sample: mapping.sample)
            FIRScaler(filter: filter, sourceSize: size, targetSize: size, source: mapping, target: mapping)
                .scale(source, into: target)
            #expect(PlaneComparison(source, target).isBitEqual)
        }
    }

    @Test("a flat picture stays flat, at every depth and code", arguments: ResampleFilter.allCases)
    func flat(filter: ResampleFilter) {
        for (depth, codes) in [(8, Array(0...255)), (16, [0, 1, 4096, 32768, 60160, 65534, 65535])] {
            let mapping = SampleMapping.luma(PictureFormat(chroma: .gray, bitDepth: depth), range: .limited)
            for (source, target) in [(PlaneSize(19, 7), PlaneSize(38, 21)), (PlaneSize(38, 21), PlaneSize(9, 4))] {
                let scaler = FIRScaler(
                    filter: filter, sourceSize: source, targetSize: target, source: mapping, target: mapping)
                for code in codes {
                    let plane = Plane(width: source.width, height: source.height, sample: mapping.sample)
                    plane.fill { _, _ in Float(code) }
                    let result = Plane(width: target.width, height: target.height, sample: mapping.sample)
                    scaler.scale(plane, into: result)
                    #expect(
                        result.codes.allSatisfy { $0.allSatisfy { $0 == Float(code) } }, "\(filter) \(depth): \(code)")
                }
            }
        }
    }

    @Test("the depth can change on the way")
    func depths() {
        let from = SampleMapping.luma(PictureFormat(chroma: .gray, bitDepth: 8), range: .limited)
        let to = SampleMapping.luma(PictureFormat(chroma: .gray, bitDepth: 10), range: .limited)
        let source = Plane(width: 256, height: 1, sample: .uint8)
        source.fill { x, _ in Float(x) }
        let target = Plane(width: 256, height: 1, sample: .uint16)
        let size = PlaneSize(256, 1)
        FIRScaler(filter: .lanczos3, sourceSize: size, targetSize: size, source: from, target: to)
            .scale(source, into: target)
        #expect(target.codes[0] == (0..<256).map { Float($0 * 4) })
    }
}
