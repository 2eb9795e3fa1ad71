import Testing
import UplumaFrames
import UplumaKernels
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

/// Networks in bf16 and int8, and wide ones by Winograd's way, through the streaming executor.
@Suite struct PrecisionTests {
    /// SP-VDSR, wider layers that fill no lane, and a PReLU.
    static let quantized: [ConvolutionChain] = [
        seededQuantizedChain(),
        seededQuantizedChain(widths: [1, 6, 13, 16], factor: 4, seed: 2),
        seededQuantizedChain(
            widths: [1, 18, 18, 9], factor: 3,
            activation: { channels in .perChannel((0..<channels).map { Float($0 % 5) * 0.3 - 0.4 }) }, seed: 3),
    ]

    @Test("8 bits are the reference's arithmetic to the last bit", arguments: quantized.indices)
    func bytes(index: Int) {
        let chain = Self.quantized[index]
        for (width, height) in [(1, 1), (9, 2), (2, 9), (17, 13), (50, 5)] {
            let values = seededValues(width * height, seed: UInt64(width))
            let expected = ReferenceExecutor(chain: chain).layerOutput(
                of: values.map(Double.init), width: width, height: height)
            for level in CPULevel.available {
                let found = streamedOutput(
                    chain, values: values, width: width, height: height, precision: .int8, level: level)
                #expect(found.map(Double.init) == expected, "\(level), \(width)×\(height)")
            }
        }
    }

    @Test("bf16 differs from f32 by its rounding alone", arguments: CPULevel.available)
    func bfloat16(level: CPULevel) {
        for chain in [
            seededChain(), seededChain(widths: [1, 18, 20, 9], factor: 3, seed: 5), NetworkForm.all[4].chain,
        ] {
            let values = seededValues(33 * 9, seed: 7)
            let exact = ReferenceExecutor(chain: chain).layerOutput(of: values.map(Double.init), width: 33, height: 9)
            let found = streamedOutput(chain, values: values, width: 33, height: 9, precision: .bf16, level: level)
            let size = exact.reduce(0) { max($0, abs($1)) }
            let difference = largestDifference(found, exact)
            // Weights and features of 8 bits: a rounding of 2^-9 of each, independent from product to product and from
            // layer to layer, of features that shrink in no layer. And it must be seen: f32 differs by 1e-6.
            #expect(difference < 0x1p-6 * size && difference > 1e-4 * size, "\(level): \(difference / size)")
        }
    }

    @Test("any rows of a picture, at any level, are the same bits", arguments: [Precision.bf16, .int8])
    func strips(precision: Precision) {
        let (width, height) = (37, 29)
        let chain = precision == .int8 ? Self.quantized[0] : seededChain()
        let values = seededValues(width * height, seed: 5)
        let whole = streamedOutput(
            chain, values: values, width: width, height: height, precision: precision, level: .portable)
        for level in CPULevel.available {
            for rows in [0..<1, 0..<29, 28..<29, 3..<4, 6..<23] {
                let part = streamedOutput(
                    chain, values: values, width: width, height: height, rows: rows, precision: precision, level: level)
                let rowCount = chain.subpixels * chain.subpixels * width
                let expected = whole[rows.lowerBound * rowCount..<rows.upperBound * rowCount]
                #expect(part.map(\.bitPattern) == expected.map(\.bitPattern), "\(level), rows \(rows)")
            }
        }
    }

    /// Layers that go from one layout to the other and back: narrow, wide, narrow, wide to the end.
    static let mixed: [ConvolutionChain] = {
        var noise = SeededNoise(seed: 23)
        let last = [seededLayer(20, 16, activation: .none, noise: &noise)]
        return [
            seededChain(widths: [1, 16, 17, 4], factor: 2, seed: 8),
            seededChain(widths: [1, 20, 20, 5, 16, 16, 9], factor: 3, seed: 9),
            ConvolutionChain(
                layers: [seededLayer(1, 16, kernel: 5, activation: .tanh, noise: &noise)]
                    + [seededLayer(16, 20, activation: .tanh, noise: &noise)] + last, factor: 4, base: nil),
        ]
    }()

    @Test("wide layers agree with the reference, in any strips, at any level", arguments: mixed.indices)
    func winograd(index: Int) {
        let chain = Self.mixed[index]
        for (width, height) in [(1, 1), (3, 9), (33, 14)] {
            let values = seededValues(width * height, seed: 6)
            let expected = ReferenceExecutor(chain: chain).layerOutput(
                of: values.map(Double.init), width: width, height: height)
            let whole = streamedOutput(chain, values: values, width: width, height: height, level: .portable)
            // The bound of `WinogradKernelTests` for the widest layer, for up to four of them.
            #expect(largestDifference(whole, expected) < 4e-5, "\(width)×\(height)")
            let rowCount = chain.subpixels * chain.subpixels * width
            for level in CPULevel.available {
                for rows in [0..<height, 0..<1, height - 1..<height, height / 3..<(height + 1) / 2] where !rows.isEmpty
                {
                    let part = streamedOutput(
                        chain, values: values, width: width, height: height, rows: rows, level: level)
                    let same = whole[rows.lowerBound * rowCount..<rows.upperBound * rowCount]
                    #expect(
                        part.map(\.bitPattern) == same.map(\.bitPattern), "\(level), \(width)×\(height), rows \(rows)")
                }
            }
        }
    }

    @Test("which network can be run how") func support() throws {
        let tanh = Self.mixed[2]
        #expect(StreamingExecutor.supports(.f32, tanh.layers) && !StreamingExecutor.supports(.bf16, tanh.layers))
        let plain = seededChain().layers
        #expect(StreamingExecutor.supports(.bf16, plain) && !StreamingExecutor.supports(.int8, plain))
        let chain = Self.quantized[0]
        #expect(StreamingExecutor.supports(.int8, chain.layers) && !StreamingExecutor.supports(.f32, chain.layers))
    }

    @Test("the work of a precision is what decides between them")
    func work() throws {
        let narrow = seededChain()
        let wide = seededChain(widths: [1, 64, 64, 64, 64, 4], seed: 4)
        let quantized = Self.quantized[0]
        let (f32, bf16) = (Precision.f32, Precision.bf16)
        // 8 channels: half the lanes, then a quarter and the rounding to bytes.
        #expect(StreamingExecutor.work(of: narrow.layers, precision: f32) == 72 + 4 * 576 + 288)
        #expect(StreamingExecutor.work(of: narrow.layers, precision: bf16) == 72 + 4 * 288 + 144)
        #expect(StreamingExecutor.work(of: quantized.layers, precision: .int8) == 72 + 24 + 4 * (144 + 24) + 72)
        // 64 channels: a quarter of the products and the transforms are less than half.
        let works = [f32, bf16].map { StreamingExecutor.work(of: wide.layers, precision: $0) }
        #expect(works[0] < works[1])
    }

    @Test("memory grows with the width alone; rows as wide as 8K keep to the plain way where the other takes too much")
    func memory() {
        func bytes(_ chain: ConvolutionChain, _ width: Int, _ height: Int, winograd: Bool = true) -> Int {
            StreamingExecutor(chain: chain, size: PlaneSize(width, height), usesWinograd: winograd).scratchByteCount
        }
        let deep = seededChain(widths: [1] + Array(repeating: 64, count: 19) + [4], seed: 4)
        #expect(bytes(deep, 720, 4320) == bytes(deep, 720, 480))
        #expect(bytes(deep, 7680, 4320) == bytes(deep, 7680, 4320, winograd: false))
        #expect(bytes(deep, 7680, 4320) < 256 << 20 && bytes(deep, 720, 480) > bytes(deep, 720, 480, winograd: false))
    }
}
