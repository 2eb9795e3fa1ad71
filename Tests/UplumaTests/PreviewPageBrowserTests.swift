import Foundation
import Testing
import UplumaFrames
import UplumaTestSupport

@testable import Upluma

/// What the page of a preview does, in a real browser: pixels of screenshots, moved by what hands do.
@Suite(.serialized, .enabled(if: WebDriver.isInstalled, "chromium and chromedriver are not on PATH"))
struct PreviewPageBrowserTests {
    private typealias Sample = PreviewPageSample

    /// The stage as it was on the screen at one moment.
    private struct Look {
        let left: Double
        let top: Double
        let width: Double
        let height: Double
        let shot: WebScreenshot

        init(_ browser: WebDriver) async throws {
            let box = try await browser.evaluate(
                """
                const box = document.getElementById('stage').getBoundingClientRect();
                return [box.left, box.top, box.width, box.height];
                """)
            let numbers = box.array.compactMap(\.number)
            try #require(numbers.count == 4)
            (left, top, width, height) = (numbers[0], numbers[1], numbers[2], numbers[3])
            shot = try await browser.screenshot()
        }

        /// A place by its parts of the stage's width and height.
        func point(_ x: Double, _ y: Double) -> WebDriver.Point { .init(left + x * width, top + y * height) }

        /// What lies there.
        func seen(_ x: Double, _ y: Double) -> Sample.Seen {
            let place = point(x, y)
            return Sample.Seen(shot[Int(place.x), Int(place.y)])
        }

        /// How many columns of the picture lie between two places at the same height.
        func columns(from start: Double, to end: Double) -> Int { seen(end, 0.35).x - seen(start, 0.35).x }

        /// The versions in a line that no label or handle covers, each hundredth of the width; without the divider, which
        /// is grey.
        private var row: [(x: Double, version: Int)] {
            stride(from: 0.005, to: 1, by: 0.01).compactMap { x in
                let color = shot[Int(point(x, 0.5).x), Int(point(x, 0.5).y)]
                let isGray = color.red == color.green && color.green == color.blue
                return isGray ? nil : (x, seen(x, 0.5).version)
            }
        }

        /// From left to right, without repetitions.
        var versions: [Int] {
            let row = row.map(\.version)
            return row.enumerated().filter { $0.offset == 0 || row[$0.offset - 1] != $0.element }.map(\.element)
        }

        /// Where the versions change, as a part of the width; to a hundredth.
        var divider: Double? {
            zip(row, row.dropFirst()).first { $0.version != $1.version }.map { ($0.x + $1.x) / 2 }
        }
    }

    /// Opens a page of the sample in a window in which pictures fill the stage, and waits until its pictures are shown.
    private func withPage(
        moments: Int = 3, width: Int = 800, height: Int = 900, pixelAspect: Rational? = nil,
        prepare: (WebDriver) async throws -> Void = { _ in }, _ body: (WebDriver) async throws -> Void
    ) async throws {
        let folder = try TemporaryDirectory()
        let file = folder.file("page.html")
        try Sample.html(moments: moments, pixelAspect: pixelAspect).write(
            toFile: file, atomically: true, encoding: .utf8)
        try await WebDriver.run(width: width, height: height) { browser in
            try await prepare(browser)
            try await browser.open(file: file)
            try await browser.wait(until: "document.getElementById('stage').dataset.ready")
            try await body(browser)
        }
    }

    private func text(_ selector: String, _ browser: WebDriver) async throws -> String {
        try await browser.evaluate("return document.querySelector(\"\(selector)\").textContent").string ?? ""
    }

    // MARK: Divider

    @Test("left of the divider is the left picture, right of it the right one, at the same place") func halves()
        async throws
    {
        try await withPage { browser in
            let look = try await Look(browser)
            #expect(look.versions == [0, 1])
            #expect(try abs(#require(look.divider) - 0.5) < 0.011)
            let scale = min(look.width / 480, look.height / 320)
            let corner = (x: (look.width - 480 * scale) / 2, y: (look.height - 320 * scale) / 2)
            for (x, y, version) in [(0.3, 0.25, 0), (0.45, 0.7, 0), (0.55, 0.3, 1), (0.7, 0.6, 1)] {
                let seen = look.seen(x, y)
                #expect(seen.version == version && seen.moment == 0)
                // Two pixels share a code.
                #expect(abs(Double(seen.x) - (x * look.width - corner.x) / scale) <= 2.5, "\(seen)")
                #expect(abs(Double(seen.y) - (y * look.height - corner.y) / scale) <= 2.5, "\(seen)")
            }
        }
    }

    @Test("the divider is a slider for the keyboard") func keyboard() async throws {
        try await withPage { browser in
            // By the Tab key: choices, swap, stage, divider.
            try await browser.evaluate("document.getElementById('stage').focus()")
            try await browser.press(.tab)
            #expect(try await browser.evaluate("return document.activeElement.id").string == "divider")
            try await browser.press(.right, times: 5)
            #expect(try await abs(#require(Look(browser).divider) - 0.6) < 0.011)
            let value = try await browser.evaluate(
                "return [divider.getAttribute('aria-valuenow'), divider.getAttribute('aria-valuetext')]")
            #expect(value.array.map(\.string) == ["60", "60 % lanczos3, 40 % sp-vdsr"])
            try await browser.press(.left, times: 3, with: .shift)
            #expect(try await abs(#require(Look(browser).divider) - 0.3) < 0.011)
            try await browser.press(.home)
            #expect(try await Look(browser).versions == [1])
            try await browser.press(.end)
            #expect(try await Look(browser).versions == [0])
        }
    }

    @Test(
        "dragging moves the divider, by its handle and anywhere while the whole picture is shown",
        arguments: WebDriver.Pointer.allCases)
    func drag(pointer: WebDriver.Pointer) async throws {
        try await withPage { browser in
            let start = try await Look(browser)
            try await browser.drag(pointer, [[start.point(0.5, 0.8), start.point(0.7, 0.8)]])
            #expect(try await abs(#require(Look(browser).divider) - 0.7) < 0.011)
            try await browser.drag(pointer, [[start.point(0.3, 0.3), start.point(0.4, 0.35)]])
            #expect(try await abs(#require(Look(browser).divider) - 0.4) < 0.011)
            // Outside of the stage it stays at the edge.
            try await browser.drag(pointer, [[start.point(0.4, 0.8), .init(798, start.point(0, 0.8).y)]])
            #expect(try await Look(browser).versions == [0])
        }
    }

    // MARK: Choices

    @Test("any two versions, by choice, by key, swapped") func choices() async throws {
        try await withPage { browser in
            try await browser.click("#right option[value='2']")
            #expect(try await Look(browser).versions == [0, 2])
            // The other side gives up what this one takes.
            try await browser.click("#left option[value='2']")
            #expect(try await Look(browser).versions == [2, 0])
            try await browser.click("#swap")
            #expect(try await Look(browser).versions == [0, 2])
            try await browser.evaluate("document.getElementById('stage').focus()")
            try await browser.press(["2"])
            #expect(try await Look(browser).versions == [0, 1])
            try await browser.press(["3"], with: .shift)
            #expect(try await Look(browser).versions == [2, 1])
            try await browser.press(["x"])
            #expect(try await Look(browser).versions == [1, 2])
            // Held down longer than a click, it is for looking only.
            try await browser.hold("x", milliseconds: 500) {
                let held = try await Look(browser)
                #expect(held.versions == [2, 1])
            }
            #expect(try await Look(browser).versions == [1, 2])
            #expect(try await text("#left-tag", browser) == "sp-vdsr")
            #expect(try await text("tr[data-version='2'] .shown", browser).contains("right"))
            #expect(try await text("#status", browser).hasSuffix("left sp-vdsr, right sp-vdsr, libx264 crf 16"))
        }
    }

    private static func isShown(_ moment: Int) -> String {
        "document.getElementById('place').textContent.startsWith('\(moment) of')"
    }

    @Test("moments change by key, by button and by small picture; what else is set stays") func moments() async throws {
        try await withPage { browser in
            try await browser.click("#zoom-in")
            try await browser.click("#right option[value='2']")
            let before = try await Look(browser)
            // Letters would choose in the list that has the focus now.
            try await browser.evaluate("document.getElementById('stage').focus()")
            try await browser.press(["n"])
            try await browser.wait(until: Self.isShown(2))
            let after = try await Look(browser)
            for (x, y) in [(0.2, 0.3), (0.45, 0.6), (0.6, 0.4), (0.9, 0.7)] {
                let (old, new) = (before.seen(x, y), after.seen(x, y))
                #expect(old.moment == 0 && new.moment == 1)
                #expect(old.version == new.version && old.x == new.x && old.y == new.y, "\(old) \(new)")
            }
            #expect(try await text("#status", browser).hasPrefix("Moment 2 of 3, 1:02, frame 100"))
            let tables = try await browser.evaluate(
                "return [...document.querySelectorAll('.figures')].map(table => table.hidden)")
            #expect(tables.array.map(\.bool) == [true, false, true])
            try await browser.click(".strip button[data-moment='2']")
            try await browser.wait(until: Self.isShown(3))
            #expect(try await Look(browser).seen(0.2, 0.5).moment == 2)
            #expect(try await text(".strip [aria-current]", browser).contains("1:02:03.040"))
            try await browser.click("#previous")
            try await browser.wait(until: Self.isShown(2))
            try await browser.press(["p", "p", "p"])
            try await browser.wait(until: Self.isShown(1))
            #expect(try await Look(browser).seen(0.2, 0.5).moment == 0)
        }
    }

    // MARK: Zoom and place

    @Test("both pictures are magnified about the same place: keys, wheel, pan") func zoom() async throws {
        try await withPage { browser in
            try await browser.evaluate("document.getElementById('stage').focus()")
            try await browser.press(["0"])
            #expect(try await text("#percent", browser) == "100 %")
            try await browser.press(["+", "+", "+", "+", "+", "+"])
            #expect(try await text("#percent", browser) == "600 %")
            let large = try await Look(browser)
            // Each picture pixel is 6 of the screen; what was in the middle still is, and the sides join there.
            let (left, right) = (large.seen(0.4, 0.5), large.seen(0.6, 0.5))
            #expect(left.version == 0 && right.version == 1)
            #expect(abs(Double(right.x - left.x) - 0.2 * large.width / 6) <= 3 && left.y == right.y)
            #expect(abs(left.y - 160) <= 3 && abs((left.x + right.x) / 2 - 240) <= 4)
            // Nearest neighbour: only codes of pixels, in runs of twelve (two pixels share a code).
            let row = (0..<120).map {
                large.shot[Int(large.point(0.2, 0.3).x) + $0, Int(large.point(0.2, 0.3).y)].green
            }
            let steps = zip(row, row.dropFirst()).enumerated().filter { $0.element.0 != $0.element.1 }.map(\.offset)
            #expect(zip(steps, steps.dropFirst()).allSatisfy { $1 - $0 == 12 } && steps.count >= 9, "\(steps)")

            // A tenth of the stage to the right.
            try await browser.press(.right)
            let panned = try await Look(browser)
            #expect(abs(Double(panned.seen(0.4, 0.5).x - left.x) - 0.1 * large.width / 6) <= 3)
            #expect(abs(Double(panned.seen(0.6, 0.5).x - right.x) - 0.1 * large.width / 6) <= 3)
            // Dragging takes the picture along, not the divider.
            try await browser.drag(.mouse, [[panned.point(0.2, 0.2), panned.point(0.3, 0.3)]])
            let dragged = try await Look(browser)
            #expect(try abs(#require(dragged.divider) - 0.5) < 0.011)
            for (x, y) in [(0.2, 0.4), (0.7, 0.4)] {
                let (old, new) = (panned.seen(x, y), dragged.seen(x + 0.1, y + 0.1))
                #expect(abs(new.x - old.x) <= 2 && abs(new.y - old.y) <= 2, "\(old) \(new)")
            }

            // What is under the pointer stays under it.
            try await browser.press(["f"])
            let whole = try await Look(browser)
            try await browser.wheel(whole.point(0.75, 0.3), by: -400)
            let wheeled = try await Look(browser)
            let (old, new) = (whole.seen(0.75, 0.3), wheeled.seen(0.75, 0.3))
            // Two pixels share a code, and places are whole pixels of the screen.
            #expect(abs(new.x - old.x) <= 4 && abs(new.y - old.y) <= 4, "\(old) \(new)")
            let (wide, near) = (whole.columns(from: 0.75, to: 0.85), wheeled.columns(from: 0.75, to: 0.85))
            #expect(abs(wide - 2 * near) <= 6, "\(wide) \(near)")
        }
    }

    @Test("two fingers zoom about what is between them") func pinch() async throws {
        try await withPage { browser in
            let whole = try await Look(browser)
            try await browser.drag(
                .touch,
                [[whole.point(0.25, 0.4), whole.point(0.2, 0.4)], [whole.point(0.35, 0.4), whole.point(0.5, 0.4)]])
            let large = try await Look(browser)
            // Three times as far apart, about a point that moved from 0.3 to 0.35.
            let (old, new) = (whole.seen(0.3, 0.4), large.seen(0.35, 0.4))
            #expect(abs(new.x - old.x) <= 4 && abs(new.y - old.y) <= 4, "\(old) \(new)")
            #expect(abs(whole.columns(from: 0.3, to: 0.35) - large.columns(from: 0.3, to: 0.45)) <= 5)
            #expect(try abs(#require(large.divider) - 0.5) < 0.011, "pinching leaves the divider alone")
        }
    }

    @Test("100 % is a pixel of the screen, also where one of the page has two") func density() async throws {
        try await withPage(
            moments: 1, prepare: { try await $0.setViewport(width: 600, height: 700, density: 2) }
        ) { browser in
            try await browser.press(["0"])
            let look = try await Look(browser)
            let (x, y) = (Int(2 * look.point(0.3, 0).x), Int(2 * look.point(0, 0.5).y))
            let places = (0..<100).map { Sample.Seen(look.shot[x + $0, y]).x }
            #expect(abs((places[99] - places[0]) - 99) <= 1)
        }
    }

    @Test("pixels that are not square are shown wide") func shape() async throws {
        try await withPage(moments: 1, pixelAspect: Rational(2, 1)) { browser in
            let look = try await Look(browser)
            #expect(abs(look.width / look.height - 3) < 0.01)
            for (x, y) in [(0.1, 0.3), (0.9, 0.6)] {
                let seen = look.seen(x, y)
                #expect(abs(Double(seen.x) - 480 * x) <= 2.5 && abs(Double(seen.y) - 320 * y) <= 2.5, "\(seen)")
            }
        }
    }
}
