import Testing
import UplumaKernels
import UplumaNetworks
import UplumaTestSupport

@Suite struct StreamingExecutorTests {
    /// Single-precision sums of up to 72 terms of order one through six layers: PyTorch's own float32 differs from
    /// float64 by 4e-7 on this network; ten times that still finds any misplaced pixel or weight.
    static let tolerance = 4e-6

    @Test(
        "agrees with the reference at odd sizes",
        arguments: [
            (1, 1), (1, 2), (2, 1), (1, 9), (9, 1), (3, 3), (5, 7), (16, 4), (17, 13), (47, 6), (49, 5), (64, 2),
            (65, 3),
        ])
    func sizes(width: Int, height: Int) {
        let chain = seededChain()
        let values = seededValues(width * height, seed: UInt64(width * 100 + height))
        let expected = ReferenceExecutor(chain: chain).layerOutput(
            of: values.map(Double.init), width: width, height: height)
        for level in CPULevel.available {
            let found = streamedOutput(chain, values: values, width: width, height: height, level: level)
            #expect(largestDifference(found, expected) < Self.tolerance, "\(level)")
        }
    }

    @Test(
        "agrees with the reference for other shapes of network",
        arguments: [
            (widths: [1, 1], factor: 1), (widths: [1, 4], factor: 2), (widths: [1, 5, 9], factor: 3),
            (widths: [1, 12, 3, 16], factor: 4),
        ])
    func shapes(widths: [Int], factor: Int) {
        let chain = seededChain(widths: widths, factor: factor, seed: 3)
        let values = seededValues(19 * 6, seed: 4)
        let expected = ReferenceExecutor(chain: chain).layerOutput(of: values.map(Double.init), width: 19, height: 6)
        for level in CPULevel.available {
            let found = streamedOutput(chain, values: values, width: 19, height: 6, level: level)
            #expect(largestDifference(found, expected) < Self.tolerance, "\(level)")
        }
    }

    @Test("agrees with the reference for every kernel and activation", arguments: NetworkForm.all)
    func forms(form: NetworkForm) {
        for (width, height) in [(1, 1), (2, 9), (9, 2), (19, 14), (33, 7)] {
            let values = seededValues(width * height, seed: 6)
            let expected = ReferenceExecutor(chain: form.chain).layerOutput(
                of: values.map(Double.init), width: width, height: height)
            for level in CPULevel.available {
                let found = streamedOutput(form.chain, values: values, width: width, height: height, level: level)
                // In proportion where results are not of order one (PReLU with great slopes).
                let scale = expected.reduce(1) { max($0, abs($1)) }
                #expect(
                    largestDifference(found, expected) < Self.tolerance * scale, "\(level), \(width)×\(height)")
            }
        }
    }

    @Test(
        "any rows of a picture, at any level, are the same bits",
        arguments: [NetworkForm(testDescription: "SP-VDSR", chain: seededChain())] + NetworkForm.all)
    func strips(form: NetworkForm) {
        let (width, height) = (37, 29)
        let chain = form.chain
        let values = seededValues(width * height, seed: 5)
        let whole = streamedOutput(chain, values: values, width: width, height: height, level: .portable)
        for level in CPULevel.available {
            for rows in [0..<1, 0..<29, 28..<29, 3..<4, 5..<7, 6..<23, 7..<29, 0..<14] {
                let part = streamedOutput(
                    chain, values: values, width: width, height: height, rows: rows, level: level)
                let rowCount = chain.subpixels * chain.subpixels * width
                let expected = whole[rows.lowerBound * rowCount..<rows.upperBound * rowCount]
                #expect(
                    part.map(\.bitPattern) == expected.map(\.bitPattern), "\(level), rows \(rows)")
            }
        }
    }

    @Test("VDSR and SRCNN in the papers' sizes stay within the tolerance of the goldens")
    func fullSize() {
        let vdsr = [1] + Array(repeating: 64, count: 19) + [1]
        let srcnn = [1, 64, 32, 1]
        for (widths, kernels) in [(vdsr, Array(repeating: 3, count: 20)), (srcnn, [9, 1, 5])] {
            var noise = SeededNoise(seed: 41)
            let layers = kernels.enumerated().map { index, kernel in
                seededLayer(
                    widths[index], widths[index + 1], kernel: kernel,
                    activation: index == kernels.count - 1 ? .none : .leaky(0), noise: &noise)
            }
            let chain = ConvolutionChain(layers: layers, factor: 2, input: .enlarged(.catmullrom), base: nil)
            let values = seededValues(9 * 7, seed: 42)
            let expected = ReferenceExecutor(chain: chain).layerOutput(
                of: values.map(Double.init), width: 9, height: 7)
            let found = streamedOutput(chain, values: values, width: 9, height: 7, level: .current)
            #expect(largestDifference(found, expected) < 1e-5, "\(kernels.count) layers")
        }
    }

    @Test("scratch memory grows with the width, not with the height")
    func scratch() {
        let chain = seededChain()
        let low = StreamingExecutor(chain: chain, size: .init(720, 4)).scratchByteCount
        #expect(StreamingExecutor(chain: chain, size: .init(720, 4000)).scratchByteCount == low)
        #expect(StreamingExecutor(chain: chain, size: .init(1440, 4)).scratchByteCount > low)
        #expect(low % 64 == 0)
    }

    @Test("operations and halo are those of the layer list")
    func counts() {
        // Weights 8·9 + 4·64·9 + 32·9.
        #expect(seededChain().operationsPerInputPixel == 2 * 2664)
        #expect(seededChain().halo == 6)
        let srcnn = NetworkForm.all[0].chain
        #expect(srcnn.operationsPerInputPixel == 4 * 2 * (12 * 81 + 72 + 6 * 25))
        #expect(srcnn.halo == 4 + 0 + 2)
    }
}
