import Testing
import UplumaFrames
import UplumaTestSupport

@testable import Upluma

/// Sheets of many moments, and the words of captions.
@Suite struct PreviewGridTests {
    private static func pictures(_ layout: SheetLayout) -> [Box] {
        layout.items.compactMap { item in
            guard case .picture = item.content else { return nil }
            return item.box
        }
    }

    private static func grid(versions: Int, moments: Int, width: Int, height: Int) -> PreviewGrid {
        var grid = PreviewGrid(threads: 2)
        for index in 0..<moments {
            grid.add(
                SheetSample.moment(
                    (0..<versions).map { SheetSample.flat(width, height, code: UInt16(10 * $0 + index % 7)) },
                    seconds: Double(index), frame: 24 * index, milliseconds: (0..<versions).map { Double(index + $0) }))
        }
        return grid
    }

    @Test(
        "rows are moments, columns are versions, and the sheet is no wider than it may be",
        arguments: [
            (2, 3, 1280, 720, 600), (4, 2, 1280, 720, 536), (10, 2, 1920, 1080, 204), (13, 2, 1920, 1080, 160),
            (3, 2, 90, 60, 90), (2, 2, 1, 1, 1),
        ])
    func table(versions: Int, moments: Int, width: Int, height: Int, thumbnail: Int) {
        let grid = Self.grid(versions: versions, moments: moments, width: width, height: height)
        let layout = grid.layout()
        let boxes = Self.pictures(layout)
        #expect(boxes.count == versions * moments)
        #expect(Set(boxes.map(\.x)).count == versions && Set(boxes.map(\.y)).count == moments)
        for box in boxes {
            #expect(box.width == thumbnail)
            // Rounded to whole pixels.
            #expect(abs(Double(box.height) - Double(height * thumbnail) / Double(width)) <= 0.5)
        }
        if thumbnail > PreviewGrid.widths.lowerBound { #expect(layout.width <= PreviewGrid.mostWidth) }
        let texts = SheetSample.texts(layout)
        for index in 0..<moments { #expect(texts.contains(PreviewText.clock(Double(index)))) }
        for index in 0..<versions { #expect(texts.contains("version \(index)")) }
        // Medians of 0, 1, 2 … of the first version.
        let time = PreviewText.milliseconds(Double(moments - 1) / 2) + " per frame"
        #expect(texts.joined(separator: " ").contains(time))
    }

    @Test("moments of one version are beside each other", arguments: [(1, 1), (3, 3), (5, 5), (12, 5)])
    func contactSheet(moments: Int, columns: Int) {
        let layout = Self.grid(versions: 1, moments: moments, width: 1280, height: 720).layout()
        let boxes = Self.pictures(layout)
        #expect(boxes.count == moments && Set(boxes.map(\.x)).count == columns)
        #expect(layout.width <= PreviewGrid.mostWidth)
    }

    @Test("what is kept is thumbnails, smaller ones of many moments") func memory() {
        let few = Self.grid(versions: 2, moments: 2, width: 1200, height: 1000)
        #expect(few.keptPixels == 4 * 600 * 500)
        let many = Self.grid(versions: 2, moments: 45, width: 1200, height: 1000)
        #expect(many.keptPixels == 90 * 300 * 250)
        #expect(many.keptPixels < PreviewGrid.mostPixels)
        #expect(Set(Self.pictures(many.layout()).map(\.width)) == [300])
    }

    @Test("several moments are a grid when nobody chose, one is not") func automatic() throws {
        let moments = (0..<3).map { index in
            SheetSample.moment(
                (0..<2).map { SheetSample.noise(100, 60, seed: UInt64(2 * index + $0 + 1)) }, seconds: Double(index))
        }
        let sheet = try SheetSample.sheet(nil, moments).picture()
        for moment in moments {
            let places = try moment.pictures.map { picture in
                try #require(SheetSample.places(of: picture.picture, in: sheet).first)
            }
            #expect(places[0][1] == places[1][1] && places[0][0] < places[1][0])
        }
        let explicit = try SheetSample.sheet([.grid], moments).picture()
        #expect(explicit == sheet)
        let one = try SheetSample.sheet(nil, [moments[0]]).picture()
        #expect(try one == SheetSample.sheet([.sides, .crops, .difference], [moments[0]]).picture())
    }

    @Test("a grid stands before or behind the moments, as asked") func order() throws {
        let moments = (0..<2).map {
            SheetSample.moment([SheetSample.noise(700, 60, seed: UInt64($0 + 1))], seconds: Double($0))
        }
        // Thumbnails are reduced, whole pictures are not.
        for (views, isFirst) in [([.grid, .sides], true), ([.sides, .grid], false)] as [([PreviewView], Bool)] {
            let sheet = try SheetSample.sheet(views, moments).picture()
            let top = try #require(SheetSample.places(of: moments[0].pictures[0].picture, in: sheet).first)[1]
            #expect((top > sheet.height / 3) == isFirst, "\(top) of \(sheet.height)")
        }
    }

    @Test("thumbnails made for fewer versions become as small as the others") func laterVersions() {
        var grid = PreviewGrid(threads: 2)
        for count in [2, 8] {
            grid.add(SheetSample.moment(Array(repeating: SheetSample.flat(800, 400, code: 5), count: count)))
        }
        let boxes = Self.pictures(grid.layout())
        #expect(boxes.count == 10 && Set(boxes.map(\.width)).count == 1)
        #expect(grid.layout().width <= PreviewGrid.mostWidth)
    }

    @Test("a version that a moment lacks leaves its place empty") func gaps() {
        var grid = PreviewGrid(threads: 1)
        grid.add(SheetSample.moment((0..<3).map { SheetSample.flat(20, 10, code: UInt16($0)) }))
        grid.add(SheetSample.moment((0..<2).map { SheetSample.flat(20, 10, code: UInt16($0)) }))
        let boxes = Self.pictures(grid.layout())
        #expect(boxes.count == 5 && Set(boxes.map(\.x)).count == 3)
    }

    @Test("an empty sheet has a title") func empty() {
        let sheet = PreviewSheet(views: nil, input: "-", scale: 2, threads: 1).picture()
        #expect(sheet.width > 100 && Set(sheet.samples).count > 1)
    }

    // MARK: Words

    @Test(
        "times are written so that they name the same frame",
        arguments: [
            (0, "0:00:00.000"), (-1, "0:00:00.000"), (10.01, "0:00:10.010"), (59.9999, "0:01:00.000"),
            (41.0 + 17.0 / 24, "0:00:41.709"), (3599.5, "0:59:59.500"), (36000, "10:00:00.000"),
        ])
    func clock(seconds: Double, text: String) {
        #expect(PreviewText.clock(seconds) == text)
    }

    @Test(
        "durations have three digits",
        arguments: [
            (0.126, "0.13 ms"), (9.994, "9.99 ms"), (9.996, "10.0 ms"), (99.94, "99.9 ms"), (99.96, "100 ms"),
            (9999, "9999 ms"), (12345, "12.3 s"),
        ])
    func milliseconds(value: Double, text: String) {
        #expect(PreviewText.milliseconds(value) == text)
    }

    @Test("shares, decibels and medians") func numbers() {
        #expect(PreviewText.percent(0.616) == "62%" && PreviewText.percent(0.004) == "0.4%")
        #expect(PreviewText.decibels(41.256) == "41.26 dB")
        #expect(PreviewText.median([3, 1, 2]) == 2 && PreviewText.median([4, 1, 2, 3]) == 2.5)
        #expect(PreviewText.median([]) == nil)
    }
}
