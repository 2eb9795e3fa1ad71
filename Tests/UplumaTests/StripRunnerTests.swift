import Testing
import Upluma

@Suite struct StripRunnerTests {
    @Test("strips cover all rows once, in order, at the granularity", arguments: [1, 2, 3], [1, 2, 3, 7])
    func strips(granularity: Int, count: Int) {
        for units in 1...20 {
            let rows = units * granularity
            let strips = StripRunner.strips(rows: rows, granularity: granularity, count: count)
            #expect(strips.count == min(count, units))
            #expect(strips.first?.lowerBound == 0 && strips.last?.upperBound == rows)
            for (strip, next) in zip(strips, strips.dropFirst()) { #expect(strip.upperBound == next.lowerBound) }
            #expect(strips.allSatisfy { !$0.isEmpty && $0.lowerBound % granularity == 0 })
        }
    }
}
