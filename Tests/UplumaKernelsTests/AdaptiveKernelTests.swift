import Testing
import UplumaKernels
import UplumaTestSupport

/// Per-pixel resampling at every level, bit for bit what equations 1 and 2 give on the enlarged picture, with the order of
/// operations of `upluma_adaptive.h`; and laws that hold whatever the order.
@Suite struct AdaptiveKernelTests {
    static let lanes: [Lane] = [.f32, .bf16]
    /// Templates of their own up to 4.
    static let factors = [1, 2, 3, 4, 5, 8]
    static let widths = [1, 2, 15, 16, 17, 33, 100]

    /// Multiples of the factor, which share the pixels of all phases, and others.
    static func intervals(factor: Int) -> [[Int]] {
        let multiples = [[factor], [factor, 2 * factor], [factor, 2 * factor, 3 * factor]]
        let some = multiples + [[1], [2], [3], [factor + 1, 1]]
        return some.enumerated().filter { !some[..<$0.offset].contains($0.element) }.map(\.element)
    }

    static func lattices(factor: Int) -> [AdaptiveLattice] {
        intervals(factor: factor).flatMap { intervals in
            (factor > 4 ? [1, 3] : [1, 3, 5, 7]).map {
                AdaptiveLattice(size: $0, factor: factor, intervals: intervals)
            }
        }
    }

    @Test("every level, lattice and width", arguments: factors, lanes)
    func levels(factor: Int, lane: Lane) {
        for lattice in Self.lattices(factor: factor) {
            for (index, width) in Self.widths.enumerated() {
                var noise = SeededNoise(seed: UInt64(1000 * factor + 10 * lattice.size + width))
                let picture = Picture(width: width) { noise.float(in: -0.5...1.5) }
                let weights = Weights(lattice, width: width, lane: lane) { _, _ in noise.float(in: -0.6...0.8) }
                check(picture, lattice, weights, limit: index % 2 == 0)
            }
        }
    }

    @Test("extremes: huge, tiny, signed zeros, infinities, not numbers", arguments: factors, lanes)
    func extremes(factor: Int, lane: Lane) {
        let values: [Float] = [
            0, -0.0, 1, -1, .greatestFiniteMagnitude, -.greatestFiniteMagnitude, .leastNonzeroMagnitude,
            .leastNormalMagnitude, .infinity, -.infinity, .nan,
        ]
        for lattice in Self.lattices(factor: factor) where lattice.size <= 3 {
            var noise = SeededNoise(seed: UInt64(factor))
            let picture = Picture(width: 33) { values.randomElement(using: &noise) ?? 0 }
            // As bfloat16, numbers that a rounding to it leaves finite.
            let weights = Weights(lattice, width: 33, lane: lane) { _, _ in
                [0, 1, -1, 0x1p-140, 0x1p127, 0.5].randomElement(using: &noise) ?? 0
            }
            for limit in [false, true] { check(picture, lattice, weights, limit: limit) }
        }
    }

    @Test("one at the middle tap is enlargement by nearest neighbour, exactly", arguments: 1...8, lanes)
    func nearest(factor: Int, lane: Lane) {
        for intervals in Self.intervals(factor: factor) where intervals.count == 1 {
            let lattice = AdaptiveLattice(size: 5, factor: factor, intervals: intervals)
            var noise = SeededNoise(seed: 5)
            let picture = Picture(width: 37) { noise.float(in: 0...1) }
            let weights = Weights(lattice, width: 37, lane: lane) { channel, _ in
                channel / (factor * factor) == 12 ? 1 : 0
            }
            for level in CPULevel.available {
                let expected = (0..<factor).map { _ in
                    (0..<37 * factor).map { picture[Picture.middle, $0 / factor] }
                }
                #expect(run(level, picture, lattice, weights, limit: true) == expected, "\(level), \(intervals)")
            }
        }
    }

    @Test("weights that sum to one keep a flat picture", arguments: 1...4) func flat(factor: Int) {
        let flat: Float = 0.75
        let picture = Picture(width: 33) { flat }
        for size in [3, 5, 7] {
            let lattice = AdaptiveLattice(size: size, factor: factor, intervals: [factor])
            let (phases, taps) = (factor * factor, size * size)
            var noise = SeededNoise(seed: UInt64(size))
            // 64 parts of 1/64, thrown at the taps: no sum is ever rounded, in either lane.
            var parts = Array(repeating: [Float](repeating: 0, count: 33), count: lattice.channels)
            for x in 0..<33 {
                for phase in 0..<phases {
                    for _ in 0..<64 { parts[Int.random(in: 0..<taps, using: &noise) * phases + phase][x] += 1 / 64 }
                }
            }
            // Any positive weights over their sum.
            let any = parts.map { $0.map { _ in noise.float(in: 0.01...1) } }
            let sums = (0..<phases).map { phase in
                (0..<33).map { x in (0..<taps).reduce(0.0) { $0 + Double(any[$1 * phases + phase][x]) } }
            }
            for level in CPULevel.available {
                for lane in Self.lanes {
                    let exact = Weights(lattice, width: 33, lane: lane) { parts[$0][$1] }
                    let found = run(level, picture, lattice, exact, limit: false)
                    #expect(found.joined().allSatisfy { $0 == flat }, "\(level), \(lane)")
                }
                let weights = Weights(lattice, width: 33, lane: .f32) {
                    Float(Double(any[$0][$1]) / sums[$0 % phases][$1])
                }
                let worst = run(level, picture, lattice, weights, limit: false).joined().map { abs($0 - flat) }.max()
                // Half a unit in the last place for each tap's rounding, and less than one for those of the weights.
                #expect((worst ?? 1) / flat.ulp <= Float(taps) / 2 + 1, "\(level), \(size)")
            }
        }
    }

    @Test(
        "the pixels that taps read",
        arguments: [
            (3, 2, 2, [[-1, 0, 1], [-1, 0, 1]]), (3, 2, 1, [[-1, 0, 0], [0, 0, 1]]),
            (5, 2, 3, [[-3, -2, 0, 1, 3], [-3, -1, 0, 2, 3]]), (3, 3, 2, [[-1, 0, 0], [-1, 0, 1], [0, 0, 1]]),
            (1, 4, 4, [[0], [0], [0], [0]]), (3, 1, 2, [[-2, 0, 2]]),
        ])
    func offsets(size: Int, factor: Int, interval: Int, expected: [[Int]]) {
        let lattice = AdaptiveLattice(size: size, factor: factor, intervals: [interval])
        #expect(lattice.offsets == [expected])
        #expect(lattice.reach == expected.joined().map(abs).max())
        #expect(lattice.isShared == expected.allSatisfy { $0 == expected[0] })
    }

    private func check(_ picture: Picture, _ lattice: AdaptiveLattice, _ weights: Weights, limit: Bool) {
        let expected = reference(picture, lattice, weights, limit: limit)
        for level in CPULevel.available {
            let found = run(level, picture, lattice, weights, limit: limit)
            // What bits a NaN has is left open.
            let same = zip(found.joined(), expected.joined()).allSatisfy {
                $0.bitPattern == $1.bitPattern || $0.isNaN && $1.isNaN
            }
            #expect(same, "\(level), \(lattice.size), \(lattice.intervals), \(picture.width)")
        }
    }

    /// The rows that belong to the picture's middle row, [dy][factor · width].
    private func run(
        _ level: CPULevel, _ picture: Picture, _ lattice: AdaptiveLattice, _ weights: Weights, limit: Bool
    ) -> [[Float]] {
        let (reach, width, padded) = (lattice.reach, picture.width, (picture.width + 15) / 16 * 16)
        let rows = (-reach...reach).map { offset in
            // Readable, but no pixels of the border: not a number.
            let row = GuardedMemory(byteCount: 4 * (padded + 2 * reach))
            let pixels = row.start.assumingMemoryBound(to: Float.self)
            pixels.update(repeating: .nan, count: padded + 2 * reach)
            for x in 0..<width + 2 * reach { pixels[x] = picture[Picture.middle + offset, x - reach] }
            return row
        }
        let targets = (0..<lattice.factor).map { _ in GuardedMemory(byteCount: 4 * padded * lattice.factor) }
        AdaptiveKernels(level: level).resample(
            lattice, weights: weights.memory.row, limit: limit,
            row: { UnsafePointer(rows[$0 + reach].start.assumingMemoryBound(to: Float.self)) + reach },
            into: { targets[$0].start.assumingMemoryBound(to: Float.self) })
        #expect((rows + targets).allSatisfy { $0.isIntact }, "\(level): memory around rows")
        return targets.map { target in
            let pixels = target.start.assumingMemoryBound(to: Float.self)
            return (0..<width * lattice.factor).map { pixels[$0] }
        }
    }

    /// Equations 1 and 2 as they are written, on the picture enlarged by nearest neighbour.
    private func reference(
        _ picture: Picture, _ lattice: AdaptiveLattice, _ weights: Weights, limit: Bool
    ) -> [[Float]] {
        let (s, f) = (lattice.factor, lattice.size)
        func enlarged(_ y: Int, _ x: Int) -> Float {
            picture[Int((Double(y) / Double(s)).rounded(.down)), Int((Double(x) / Double(s)).rounded(.down))]
        }
        return (0..<s).map { dy in
            (0..<s * picture.width).map { x in
                let y = s * Picture.middle + dy
                var sum: Float = 0
                for ky in 0..<f {
                    for kx in 0..<f {
                        let samples = lattice.intervals.map { enlarged(y + $0 * (ky - f / 2), x + $0 * (kx - f / 2)) }
                        let sample = samples.dropFirst().reduce(samples[0], +)
                        let channel = s * s * (f * ky + kx) + s * dy + x % s
                        sum.addProduct(weights.values[channel][x / s], sample)
                    }
                }
                guard limit else { return sum }
                return sum > 0 ? min(sum, 1) : 0
            }
        }
    }

    /// Few rows, so that kernels reach beyond the top and the bottom; edge pixels are repeated.
    private struct Picture {
        static let (height, middle) = (4, 1)
        let width: Int
        private let pixels: [Float]

        init(width: Int, _ value: () -> Float) {
            self.width = width
            pixels = (0..<width * Self.height).map { _ in value() }
        }

        subscript(y: Int, x: Int) -> Float {
            pixels[min(max(y, 0), Self.height - 1) * width + min(max(x, 0), width - 1)]
        }
    }

    /// Weights as a row of features, with a channel or more than the lattice needs; lanes beside them are not numbers.
    private struct Weights {
        /// [channel][pixel], as the lanes hold them.
        let values: [[Float]]
        let memory: GuardedFeatureRow

        init(_ lattice: AdaptiveLattice, width: Int, lane: Lane, _ value: (Int, Int) -> Float) {
            let bits = (0..<lattice.channels).map { channel in
                (0..<width).map { x in
                    let weight = value(channel, x)
                    return lane == .bf16 ? UInt32(bfloat16Bits(weight)) << 16 : weight.bitPattern
                }
            }
            values = bits.map { $0.map { Float(bitPattern: $0) } }
            memory = GuardedFeatureRow(layout: FeatureLayout(channels: lattice.channels + 1, width: width, lane: lane))
            let layout = memory.row.layout
            for plane in 0..<layout.planes {
                let lanes = memory.row.plane(plane)
                lanes.update(repeating: 0x7FC0_7FC0, count: layout.paddedWidth)
                for x in 0..<width {
                    switch lane {
                    case .bf16:
                        let (first, second) = (2 * plane, 2 * plane + 1)
                        let low = first < bits.count ? bits[first][x] >> 16 : 0x7FC0
                        let high = second < bits.count ? bits[second][x] : 0x7FC0_0000
                        lanes[x] = low | high
                    default: if plane < bits.count { lanes[x] = bits[plane][x] }
                    }
                }
            }
        }
    }
}
