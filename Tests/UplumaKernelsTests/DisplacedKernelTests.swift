import Testing
import UplumaKernels
import UplumaTestSupport

/// Resampling with displaced taps at every level, bit for bit the sums written down in `upluma_displaced.h`.
@Suite struct DisplacedKernelTests {
    struct Shape: CustomTestStringConvertible, Sendable {
        let name: String
        let taps: DisplacedTaps
        var testDescription: String { name }
    }

    /// The networks' own taps, and others with each border, with and without a window.
    static let shapes = [
        Shape(name: "CAR 2×", taps: .reducing(by: 2)), Shape(name: "CAR 4×", taps: .reducing(by: 4)),
        Shape(name: "DKN", taps: .patch),
        Shape(name: "5 × 5, edge", taps: centred(5, border: .edge)),
        Shape(name: "3 × 3, zero", taps: centred(3, border: .zero(window: nil))),
        Shape(
            name: "2, window of 3",
            taps: DisplacedTaps(
                across: [0.25, 2], down: [1, 0.5], unit: -1.5, step: 3, start: -2, border: .zero(window: 3))),
    ]

    /// size × size taps around the pixel, one pixel apart.
    static func centred(_ size: Int, border: DisplacedTaps.Border) -> DisplacedTaps {
        DisplacedTaps(
            across: (0..<size * size).map { Float($0 % size - size / 2) },
            down: (0..<size * size).map { Float($0 / size - size / 2) }, unit: 1, step: 1, start: 0, border: border)
    }

    /// Within the taps' own spread; on whole and half pixels; far outside, and no places at all.
    enum Displacements: CaseIterable {
        case near, halves, extreme

        func next(_ noise: inout SeededNoise) -> Float {
            switch self {
            case .near: noise.float(in: -6...6)
            case .halves: Float(Int.random(in: -8...8, using: &noise)) / 2
            case .extreme:
                [0, -0.0, .nan, .infinity, -.infinity, 1e30, -1e30, 4e6, -5e6, 40, -40, .leastNonzeroMagnitude]
                    .randomElement(using: &noise) ?? 0
            }
        }
    }

    @Test("every level, size, number of planes and kind of displacement", arguments: shapes)
    func levels(shape: Shape) {
        let widths = shape.taps.count > 100 ? [1, 17] : [1, 2, 15, 16, 17, 33, 100]
        for (index, width) in widths.enumerated() {
            for (sourceWidth, height) in [(1, 1), (1, 5), (2, 1), (2, 3), (3, 2), (17, 9), (40, 12)] {
                for (kind, displacements) in Displacements.allCases.enumerated() {
                    let test = Case(
                        shape.taps, width: width, sourceWidth: sourceWidth, height: height,
                        planes: 1 + (index + kind) % 4, displacements: displacements)
                    for y in [0, height / 2 / shape.taps.step, height / shape.taps.step] { test.check(row: y) }
                }
            }
        }
    }

    @Test("a band gives what the picture gives where taps end inside it", arguments: CPULevel.available)
    func band(level: CPULevel) {
        // Up to half a patch away, and the next pixel.
        let test = Case(.patch, width: 40, sourceWidth: 40, height: 32, planes: 1, displacements: .near)
        let whole = test.run(level, row: 16)
        #expect(whole == test.run(level, row: 16, band: 9..<24))
        // The check can fail: one row less is not enough.
        #expect(whole != test.run(level, row: 16, band: 10..<23))
    }

    @Test("without displacements it is the lattice's sum, exactly", arguments: CPULevel.available, [1, 3, 5])
    func lattice(level: CPULevel, size: Int) {
        let (width, height, y) = (37, 9, 4)
        let test = Case(
            Self.centred(size, border: .edge), width: width, sourceWidth: width, height: height, planes: 1,
            displacements: nil)
        let lattice = AdaptiveLattice(size: size, factor: 1, intervals: [1])
        let rows = (-lattice.reach...lattice.reach).map { dy in
            (-lattice.reach..<48 + lattice.reach).map { test.pixel(0, y + dy, min(max($0, 0), width - 1)) }
        }
        var found = [Float](repeating: 0, count: 48)
        let flat = Array(rows.joined())
        flat.withUnsafeBufferPointer { pixels in
            found.withUnsafeMutableBufferPointer { target in
                guard let base = pixels.baseAddress, let target = target.baseAddress else { return }
                AdaptiveKernels(level: level).resample(
                    lattice, weights: test.weights.row, limit: false,
                    row: { base + ($0 + lattice.reach) * rows[0].count + lattice.reach }, into: { _ in target })
            }
        }
        #expect([Array(found[..<width])] == test.run(level, row: y))
    }

    /// Seeded planes, weights and displacements in guarded memory.
    struct Case {
        let taps: DisplacedTaps
        let width: Int
        let weights: GuardedFeatureRow
        private let sourceWidth: Int
        private let height: Int
        private let planes: Int
        private let source: GuardedMemory
        private let displacements: (horizontal: GuardedFeatureRow, vertical: GuardedFeatureRow)
        /// Floats between rows and planes that are no pixels.
        private static let gap = 3

        /// - Parameter displacements: nil for none.
        init(
            _ taps: DisplacedTaps, width: Int, sourceWidth: Int, height: Int, planes: Int,
            displacements: Displacements?
        ) {
            (self.taps, self.width, self.planes) = (taps, width, planes)
            (self.sourceWidth, self.height) = (sourceWidth, height)
            var noise = SeededNoise(seed: UInt64(1000 * width + 10 * sourceWidth + height))
            // The last pixel is the last thing that may be read.
            let count = planes * height * (sourceWidth + Self.gap) - Self.gap
            source = GuardedMemory(byteCount: 4 * count)
            let pixels = source.start.assumingMemoryBound(to: Float.self)
            for index in 0..<count {
                pixels[index] = index % (sourceWidth + Self.gap) < sourceWidth ? noise.float(in: -1...2) : .nan
            }
            func row(_ value: (inout SeededNoise) -> Float) -> GuardedFeatureRow {
                let row = GuardedFeatureRow(layout: FeatureLayout(channels: taps.count, width: width))
                for channel in 0..<taps.count {
                    let target = row.row.channel(channel)
                    for x in 0..<row.row.layout.paddedWidth { target[x] = x < width ? value(&noise) : .nan }
                }
                return row
            }
            weights = row { $0.float(in: -0.5...0.7) }
            self.displacements = (
                row { displacements?.next(&$0) ?? 0 }, row { displacements?.next(&$0) ?? 0 }
            )
        }

        func pixel(_ plane: Int, _ y: Int, _ x: Int) -> Float {
            source.start.assumingMemoryBound(to: Float.self)[(plane * height + y) * (sourceWidth + Self.gap) + x]
        }

        func check(row y: Int) {
            let expected = (0..<planes).map { plane in (0..<width).map { sum(plane, y, $0).bitPattern } }
            for level in CPULevel.available {
                let found = run(level, row: y).map { $0.map(\.bitPattern) }
                #expect(found == expected, "\(level), \(width) of \(sourceWidth) × \(height), row \(y)")
            }
        }

        /// [plane][x]
        func run(_ level: CPULevel, row y: Int, band: Range<Int>? = nil) -> [[Float]] {
            let targets = (0..<planes).map { _ in GuardedMemory(byteCount: (width + 15) / 16 * 64) }
            let stride = sourceWidth + Self.gap
            let band = band ?? 0..<height
            DisplacedKernels(level: level).resample(
                taps, row: y,
                of: DisplacedKernels.Source(
                    source.start.assumingMemoryBound(to: Float.self) + band.lowerBound * stride, width: sourceWidth,
                    height: band.count, stride: stride, planes: planes, planeStride: height * stride,
                    firstRow: band.lowerBound),
                weights: .init(weights.row), horizontal: .init(displacements.horizontal.row),
                vertical: .init(displacements.vertical.row),
                into: { targets[$0].start.assumingMemoryBound(to: Float.self) })
            #expect((targets + [source]).allSatisfy { $0.isIntact }, "\(level): memory around rows")
            return targets.map { target in
                (0..<width).map { target.start.assumingMemoryBound(to: Float.self)[$0] }
            }
        }

        private func sum(_ plane: Int, _ y: Int, _ x: Int) -> Float {
            var sum: Float = 0
            for tap in 0..<taps.count {
                let (column, dx) = place(taps.across[tap], displacements.horizontal.row.channel(tap)[x])
                let (row, dy) = place(taps.down[tap], displacements.vertical.row.channel(tap)[x])
                let origin = (x: x * taps.step + taps.start, y: y * taps.step + taps.start)
                let above = between(
                    value(plane, (row, column), origin), value(plane, (row, column), origin, right: 1), dx)
                let below = between(
                    value(plane, (row, column), origin, down: 1),
                    value(plane, (row, column), origin, right: 1, down: 1),
                    dx)
                sum.addProduct(weights.row.channel(tap)[x], between(above, below, dy))
            }
            return sum
        }

        private func between(_ a: Float, _ b: Float, _ fraction: Float) -> Float { a.addingProduct(fraction, b - a) }

        /// Whole pixels from the origin, and the fraction.
        private func place(_ place: Float, _ displacement: Float) -> (Int, Float) {
            let position = place.addingProduct(displacement, taps.unit)
            let limited = position.isNaN ? -0x1p22 : min(max(position, -0x1p22), 0x1p22)
            return (Int(limited.rounded(.down)), limited - limited.rounded(.down))
        }

        /// One of the four pixels around a place.
        private func value(
            _ plane: Int, _ place: (row: Int, column: Int), _ origin: (x: Int, y: Int), right: Int = 0, down: Int = 0
        ) -> Float {
            let (x, y) = (origin.x + place.column, origin.y + place.row)
            switch taps.border {
            case .edge:
                let (left, top) = (min(max(x, 0), sourceWidth - 1), min(max(y, 0), height - 1))
                return pixel(plane, min(top + down, height - 1), min(left + right, sourceWidth - 1))
            case .zero(let window):
                let isInside = (0..<sourceWidth).contains(x + right) && (0..<height).contains(y + down)
                let patch = 0..<(window ?? .max)
                let isSeen =
                    window == nil || patch.contains(place.column + right) && patch.contains(place.row + down)
                return isInside && isSeen ? pixel(plane, y + down, x + right) : 0
            }
        }
    }
}
