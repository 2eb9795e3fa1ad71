import Testing
import UplumaResampling

@Suite struct ResampleFilterTests {
    @Test("the names of the command line, each found again by name")
    func names() {
        let names = ["nearest", "bilinear", "bicubic", "catmullrom", "mitchell", "lanczos2", "lanczos3", "lanczos4"]
        #expect(ResampleFilter.allCases.map(\.name) == names)
        for filter in ResampleFilter.allCases { #expect(ResampleFilter(named: filter.name) == filter) }
        #expect(ResampleFilter(named: "lanczos") == nil)
        #expect(ResampleFilter(named: "Lanczos3") == nil)
    }

    @Test("every filter has a line of its own", arguments: ResampleFilter.allCases)
    func summary(filter: ResampleFilter) {
        #expect(!filter.summary.isEmpty && !filter.summary.contains("\n"))
        #expect(ResampleFilter.allCases.filter { $0.summary == filter.summary }.count == 1)
    }

    @Test("any cubic by its parameters") func cubics() throws {
        let same = try #require(ResampleFilter(named: "bicubic:0:0.5"))
        let soft = try #require(ResampleFilter(named: "bicubic:1:0"))
        for step in 0...40 {
            let x = Double(step) / 16
            #expect(same.weight(x) == ResampleFilter.catmullrom.weight(x))
        }
        // The cubic B-spline: 2/3 at the centre, 1/6 one sample away.
        #expect(abs(soft.weight(0) - 2.0 / 3) < 1e-15 && abs(soft.weight(1) - 1.0 / 6) < 1e-15)
        #expect(ResampleFilter(named: soft.name) == soft)
        for name in [
            "bicubic:", "bicubic:1", "bicubic:1:", "bicubic:1:nan", "bicubic:1:2:3", "lanczos3:1:2", "bicubic:a:b",
        ] {
            #expect(ResampleFilter(named: name) == nil)
        }
    }

    @Test("even, highest at the centre, 0 from the support on", arguments: ResampleFilter.allCases)
    func shape(filter: ResampleFilter) {
        for step in 0...500 {
            let x = Double(step) / 100
            #expect(filter.weight(x) == filter.weight(-x))
            #expect(filter.weight(x) <= filter.weight(0))
            if x > filter.support { #expect(filter.weight(x) == 0) }
        }
    }

    @Test(
        "interpolators keep the samples: 1 at the centre, 0 at every other sample", arguments: ResampleFilter.allCases)
    func interpolation(filter: ResampleFilter) {
        // Mitchell's filter is the one that smooths: 8/9 and 1/18.
        let (centre, beside) = filter == .mitchell ? (8.0 / 9, 1.0 / 18) : (1, 0)
        // 1e-15: a few roundings of numbers around 1 in double precision, sin(π) among them.
        #expect(abs(filter.weight(0) - centre) <= 1e-15)
        #expect(abs(filter.weight(1) - beside) <= 1e-15)
        for x in 2...5 { #expect(abs(filter.weight(Double(x))) <= 1e-15) }
    }

    @Test(
        "published values",
        arguments: [
            (ResampleFilter.catmullrom, 0.5, 0.5625), (.catmullrom, 1.5, -0.0625), (.mitchell, 0.5, 0.53472222222222),
            (.bicubic, 1.5, -0.0625), (.bicubic(b: 0, c: 0.6), 1.5, -0.075), (.bilinear, 0.25, 0.75),
            (.lanczos3, 0.5, 0.60792710185403),
            (.lanczos3, 1.5, -0.13509491152312), (.lanczos2, 0.5, 0.57315916825077),
        ])
    func values(filter: ResampleFilter, distance: Double, weight: Double) {
        // The table has 14 decimals.
        #expect(abs(filter.weight(distance) - weight) < 1e-13)
    }
}
