import Foundation
import Testing
import UplumaFrames
import UplumaResampling
import UplumaTestSupport

@testable import Upluma

/// A prediction that is known: the tap of each kernel moves and weighs as `law` says.
struct KnownTaps: TapPrediction {
    let targetSize: PlaneSize
    let factor: Int
    let kernelSize: Int
    let unit: Float
    /// Weight and displacements of a tap in units, by the small pixel.
    let law: @Sendable (_ tap: Int, _ x: Int, _ y: Int) -> (weight: Float, dx: Float, dy: Float)

    init(
        of source: Plane, factor: Int, size: Int,
        law: @escaping @Sendable (_ tap: Int, _ x: Int, _ y: Int) -> (weight: Float, dx: Float, dy: Float)
    ) {
        targetSize = PlaneSize((source.width + factor - 1) / factor, (source.height + factor - 1) / factor)
        self.factor = factor
        kernelSize = size
        unit = Float(factor)
        self.law = law
    }

    var restPositions: [(x: Float, y: Float)] {
        let half = Float(kernelSize - 1) / 2
        return (0..<kernelSize * kernelSize).map {
            (Float($0 % kernelSize) - half, Float($0 / kernelSize) - half)
        }
    }

    func elements(
        of source: Plane, taps: [Int], rows: Range<Int>
    ) -> (weights: [Plane], horizontal: [Plane], vertical: [Plane]) {
        func planes(_ value: ((weight: Float, dx: Float, dy: Float)) -> Float) -> [Plane] {
            taps.map { tap in
                let plane = Plane(width: targetSize.width, height: rows.count, sample: .float32)
                plane.fill { x, y in value(law(tap, x, rows.lowerBound + y)) }
                return plane
            }
        }
        return (planes(\.weight), planes(\.dx), planes(\.dy))
    }

    /// Even weights that move a little everywhere, differently for every tap and pixel.
    static func varied(of source: Plane, factor: Int, size: Int) -> KnownTaps {
        KnownTaps(of: source, factor: factor, size: size) { tap, x, y in
            let count = Float(size * size)
            let wave = Float((7 * x + 5 * y + 3 * tap) % 11) / 11
            return ((1 + 0.5 * wave) / count, 0.4 * wave, 0.3 * (wave - 0.5))
        }
    }
}

@Suite struct OffsetSurveyTests {
    private static func source(_ width: Int = 22, _ height: Int = 14) -> Plane {
        KnownKernels.noise(width: width, height: height)
    }

    private static func survey(
        _ taps: KnownTaps, _ source: Plane, most: (width: Int, height: Int) = (1000, 1000), threads: Int = 2,
        kind: @escaping @Sendable (Int, Int) -> Int = { _, _ in 0 }
    ) -> OffsetSurvey {
        OffsetSurvey(of: taps, source: source, mostMap: most, threads: threads, kind: kind) {}
    }

    @Test("weights and displacements that are the same everywhere are found", arguments: [(2, 7), (2, 6), (4, 13)])
    func constant(factor: Int, size: Int) {
        let source = Self.source()
        // The displacement (3, 4) / 8 units long: 5 / 8.
        let taps = KnownTaps(of: source, factor: factor, size: size) { tap, _, _ in
            (tap == 0 ? -0.25 : 1.25 / Float(size * size - 1), tap % 2 == 0 ? 0.375 : 0, tap % 2 == 0 ? 0.5 : 0)
        }
        let survey = Self.survey(taps, source)
        let (even, all) = (Double((size * size + 1) / 2), Double(size * size))
        #expect(survey.size == size && survey.block == 1 && survey.elements.count == size * size)
        for (tap, element) in survey.elements.enumerated() {
            let length = tap % 2 == 0 ? 0.625 * Double(factor) : 0
            // 5 / 8 is exact in floats; sums of equal numbers are, too.
            #expect(element.meanLength == length && element.longest == length)
            #expect(element.x == Double(tap % size) - Double(size - 1) / 2)
            #expect(element.y == Double(tap / size) - Double(size - 1) / 2)
            #expect(element.lowest == element.highest && abs(element.mean - element.lowest) < 1e-6)
            #expect(survey.horizontal[tap].values.allSatisfy { $0 == (tap % 2 == 0 ? 0.375 * Float(factor) : 0) })
            #expect(survey.vertical[tap].values.allSatisfy { $0 == (tap % 2 == 0 ? 0.5 * Float(factor) : 0) })
        }
        // A sum of up to 169 floats of order 0.01.
        #expect(abs(survey.sums.mean - 1) < 1e-5 && abs(survey.sums.lowest - 1) < 1e-5)
        let whole = survey.whole
        #expect(abs(whole.mean - 0.625 * Double(factor) * even / all) < 1e-9, "doubles")
        #expect(whole.farShare == even / all && whole.share == 1)
        let heavy = 0.25 + 1.25 / (all - 1) * (even - 1)
        #expect(abs(whole.weightedMean - 0.625 * Double(factor) * heavy / 1.5) < 1e-6, "weights are floats")
        #expect(survey.length.values.allSatisfy { abs(Double($0) - whole.mean) < 1e-5 }, "sums of floats")
    }

    @Test("small pixels count by what is around them, and what there is none of has no numbers") func areas() {
        let source = Self.source()
        let taps = KnownTaps(of: source, factor: 2, size: 6) { _, x, _ in (1 / 36, x < 4 ? 0 : 0.5, 0) }
        let survey = Self.survey(taps, source) { x, _ in x < 4 ? 0 : 2 }
        #expect(survey.areas.map(\.kind) == [.smooth, .edge, .texture])
        let (smooth, edge, texture) = (survey.areas[0].movement, survey.areas[1].movement, survey.areas[2].movement)
        #expect(edge == nil)
        #expect(smooth?.mean == 0 && smooth?.farShare == 0 && smooth?.share == 4.0 / 11)
        #expect(texture?.mean == 1 && texture?.farShare == 1 && texture?.share == 7.0 / 11)
        #expect(texture?.weightedMean == 1)
        #expect(abs(survey.whole.mean - 7.0 / 11) < 1e-9, "doubles")
        // Half a source pixel exactly is not beyond it.
        let half = KnownTaps(of: source, factor: 2, size: 6) { _, _, _ in (1 / 36, 0, -0.25) }
        #expect(Self.survey(half, source).whole.farShare == 0 && Self.survey(half, source).whole.mean == 0.5)
    }

    @Test("maps of large pictures are means over blocks", arguments: [(6, 1000), (1000, 3), (1, 1)])
    func blocks(mostWidth: Int, mostHeight: Int) {
        let source = Self.source(23, 17)
        let taps = KnownTaps.varied(of: source, factor: 2, size: 6)
        let survey = Self.survey(taps, source, most: (mostWidth, mostHeight))
        let block = survey.block
        let (width, height) = (12, 9)
        let (columns, rows) = ((width + block - 1) / block, (height + block - 1) / block)
        #expect(block > 1 && columns <= mostWidth && rows <= mostHeight)
        for tap in [0, 21] {
            for y in 0..<rows {
                for x in 0..<columns {
                    var (sum, count) = ((weight: Float(0), dx: Float(0), dy: Float(0), length: Float(0)), Float(0))
                    for row in y * block..<min(height, (y + 1) * block) {
                        for column in x * block..<min(width, (x + 1) * block) {
                            let (weight, dx, dy) = taps.law(tap, column, row)
                            sum.weight += weight
                            sum.dx += 2 * dx
                            sum.dy += 2 * dy
                            for tap in 0..<36 {
                                let (_, dx, dy) = taps.law(tap, column, row)
                                sum.length += 2 * (dx * dx + dy * dy).squareRoot() / 36
                            }
                            count += 1
                        }
                    }
                    // Sums of floats of order one in another order.
                    #expect(abs(survey.weights[tap][x, y] - sum.weight / count) < 1e-5)
                    #expect(abs(survey.horizontal[tap][x, y] - sum.dx / count) < 1e-5)
                    #expect(abs(survey.vertical[tap][x, y] - sum.dy / count) < 1e-5)
                    #expect(abs(survey.length[x, y] - sum.length / count) < 1e-4)
                }
            }
        }
    }

    @Test("the number of threads changes nothing") func threads() {
        let source = Self.source(31, 45)
        let taps = KnownTaps.varied(of: source, factor: 2, size: 6)
        let surveys = [1, 3].map { Self.survey(taps, source, threads: $0) }
        #expect(surveys[0].elements == surveys[1].elements && surveys[0].whole == surveys[1].whole)
        #expect(surveys[0].weights == surveys[1].weights && surveys[0].length == surveys[1].length)
        #expect(surveys[0].horizontal == surveys[1].horizontal)
    }

    // MARK: Patterns

    private static func region(_ x: Int, _ y: Int) -> InspectedRegion {
        InspectedRegion(kind: .named(1), box: Box(x: x, y: y, width: 4, height: 4), gradient: 0, coherence: 0)
    }

    @Test("a pattern is of the small pixel in the middle of its region", arguments: [(2, 7), (2, 6), (4, 13)])
    func pattern(factor: Int, size: Int) {
        let source = Self.source(40, 32)
        let taps = KnownTaps.varied(of: source, factor: factor, size: size)
        let pattern = SamplingPattern(Self.region(12, 8), of: taps, source: source)
        #expect(pattern.pixel == (14 / factor, 10 / factor))
        let (box, half) = (pattern.footprint, Double(factor - 1) / 2)
        let middle = (Double(box.x) + half, Double(box.y) + half)
        #expect(pattern.middle == middle)
        for (tap, found) in pattern.taps.enumerated() {
            let (weight, dx, dy) = taps.law(tap, pattern.pixel.x, pattern.pixel.y)
            #expect(found.weight == Double(weight))
            #expect(found.rest.x == middle.0 + Double(tap % size) - Double(size - 1) / 2)
            #expect(found.rest.y == middle.1 + Double(tap / size) - Double(size - 1) / 2)
            #expect(abs(found.moved.x - found.rest.x - Double(factor) * Double(dx)) < 1e-9, "doubles")
            #expect(abs(found.moved.y - found.rest.y - Double(factor) * Double(dy)) < 1e-9, "doubles")
        }
        let shares = pattern.shares(in: pattern.window(reach: pattern.reach))
        let (sum, weights) = (shares.values.reduce(0, +), pattern.taps.reduce(0) { $0 + $1.weight })
        // Floats of order 0.01, some hundred of them.
        #expect(abs(Double(sum) - weights) < 1e-5, "nothing is read outside of the window")
    }

    @Test("source pixels count what taps between them weigh; beyond the edge the edge pixel does") func shares() {
        let source = Self.source(12, 12)
        let one = KnownTaps(of: source, factor: 2, size: 6) { tap, _, _ in
            (tap == 14 ? 1 : 0, tap == 14 ? 0.125 : 0, tap == 14 ? -0.25 : 0)
        }
        let inside = SamplingPattern(Self.region(4, 4), of: one, source: source)
        // Small pixel 3 has its middle at 6.5; tap 14 rests at column 2 of 6, row 2: 6, and moves by 0.25 and -0.5.
        #expect(inside.pixel == (3, 3) && inside.taps[14].moved == (6.25, 5.5))
        let window = Box(x: 4, y: 4, width: 4, height: 4)
        #expect(
            inside.shares(in: window).values == [
                0, 0, 0, 0, 0, 0, 0.375, 0.125, 0, 0, 0.375, 0.125, 0, 0, 0, 0,
            ])
        let outside = SamplingPattern(
            InspectedRegion(kind: .named(1), box: Box(x: 0, y: 0, width: 1, height: 1), gradient: 0, coherence: 0),
            of: KnownTaps(of: source, factor: 2, size: 6) { tap, _, _ in (tap == 0 ? 1 : 0, 0, 0) }, source: source)
        let shares = outside.shares(in: Box(x: -3, y: -3, width: 6, height: 6))
        #expect(shares[3, 3] == 1 && shares.values.reduce(0, +) == 1)
    }
}
