import Testing

@testable import Upluma

@Suite struct ColorScaleTests {
    private func lightness(_ map: ColorMap) -> [Double] { map.colors.map { ColorMap.Lab($0).lightness } }

    @Test("zero is white, and both sides darken alike, in steps") func diverging() {
        let map = ColorMap.diverging
        #expect(map.color(0.5) == .white)
        let values = lightness(map)
        let middle = values.count / 2
        for step in 1...middle {
            // Codes are whole numbers: a step of one changes lightness by up to 0.004.
            #expect(abs(values[middle - step] - values[middle + step]) < 0.006, "\(step)")
            #expect(values[middle + step] < values[middle + step - 1] + 0.004, "\(step)")
        }
        #expect(values[0] < 0.5 && values[values.count - 1] < 0.5, "strong weights are dark")
        for (index, color) in map.colors.enumerated() where index != middle {
            #expect(index < middle ? color.blue >= color.red : color.red >= color.blue, "\(index)")
        }
        #expect(map.colors[0].blue > map.colors[0].red && map.colors[256].red > map.colors[256].blue)
    }

    @Test("rising colours become ever lighter") func rising() {
        let values = lightness(.rising)
        for (before, after) in zip(values, values.dropFirst()) { #expect(after > before - 0.004) }
        #expect(values[0] < 0.25 && values[values.count - 1] > 0.9)
    }

    @Test("the ends of a range have the ends' colours, its middle the middle's") func positions() {
        for scale in [ColorScale.around(zero: 0.4), .around(zero: 0.4, law: .root)] {
            #expect(scale.position(-0.4) == 0 && scale.position(0) == 0.5 && scale.position(0.4) == 1)
            #expect(scale.color(9) == scale.map.colors[256] && scale.color(-9) == scale.map.colors[0])
            for value in [0.01, 0.1, 0.3] {
                #expect(abs(scale.position(value) + scale.position(-value) - 1) < 1e-12, "rounding of doubles")
            }
        }
        #expect(ColorScale.around(zero: 0.4, law: .root).position(0.1) == 0.75, "the root of a quarter is a half")
        #expect(ColorScale.rising(from: 0.25, to: 1.25).position(0.75) == 0.5)
        #expect(ColorScale.rising(from: 0, to: 1, law: .root).position(0.25) == 0.5)
    }

    @Test("a range without extent has one all the same") func flat() {
        #expect(ColorScale.around(zero: 0).range == -1...1)
        #expect(ColorScale.rising(from: 0.5, to: 0.5).range == 0.5...1.5)
    }

    @Test(
        "a bar names the ends of the data, zero, and no number twice or over another",
        arguments: [0.0004, 0.037, 0.2, 0.863, 1, 3.5, 120], [200, 576])
    func ticks(largest: Double, width: Int) throws {
        let scales = [
            ColorScale.around(zero: largest), .around(zero: largest, law: .root),
            .rising(from: 0, to: largest, law: .root), .rising(from: 0.7 * largest, to: largest),
        ]
        for scale in scales {
            let ticks = scale.ticks(width: width, scale: 2)
            let first = try #require(ticks.first)
            let last = try #require(ticks.last)
            #expect(first.value == scale.range.lowerBound && first.text == NumberText.short(first.value))
            #expect(last.value == scale.range.upperBound && last.text == NumberText.short(largest))
            #expect(ticks.contains { $0.value == 0 } == scale.range.contains(0))
            #expect(Set(ticks.map(\.text)).count == ticks.count, "\(ticks)")
            var end = -1.0
            for tick in ticks {
                let half = Double(TextRaster.width(of: tick.text, scale: 2)) / 2
                let middle = min(max(scale.position(tick.value) * Double(width), half), Double(width) - half)
                #expect(middle - half > end, "\(ticks)")
                end = middle + half
            }
        }
    }

    @Test(
        "numbers are short",
        arguments: [
            (0, "0"), (1, "1"), (0.5, "0.5"), (-0.0625, "-0.062"), (0.00123, "0.0012"), (-0.1, "-0.1"), (12.5, "12.5"),
        ])
    func short(value: Double, text: String) { #expect(NumberText.short(value) == text) }

    @Test("numbers in cells are at most four letters long")
    func tight() {
        for (value, text) in [(0.0, ".00"), (-0.001, ".00"), (0.787, ".79"), (-0.05, "-.05"), (1, "1.00")] {
            #expect(NumberText.tight(value) == text)
        }
    }
}
