import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma

/// The page of a batch: what it says, and how it is in a real browser.
@Suite(.serialized) struct BatchPageTests {
    private static func page(_ layout: BatchLayout, _ files: [BatchFileReport]? = nil) -> String {
        var page = BatchPage(BatchSample.head(files: BatchSample.counts), layout: layout)
        for file in files ?? BatchSample.files(layout) { page.add(file) }
        return page.html()
    }

    private static func sample(_ folder: TemporaryDirectory) throws -> String {
        page(try BatchSample.layout(folder, pictured: 0..<2))
    }

    private static func count(_ part: String, in text: String) -> Int { text.components(separatedBy: part).count - 1 }

    @Test("needs nothing from elsewhere") func selfContained() throws {
        let html = try Self.sample(try TemporaryDirectory())
        for address in ["http:", "https:", "url(", "@import", "<link", " src=\"/", "srcset", "<iframe", "<base"] {
            #expect(!html.contains(address), "\(address)")
        }
        #expect(html.contains("default-src 'none'; img-src data:;"))
        #expect(!html.contains("eval(") && !html.contains("new Function"))
    }

    @Test("says what became of the batch and of each file") func contents() throws {
        let html = try Self.sample(try TemporaryDirectory())
        let expected = [
            "2025-11-18 21:06:40 UTC to 2025-11-18 22:30:00 UTC", "<dd>3 of 7</dd>", "<dt>Put aside</dt><dd>1</dd>",
            "<dd>4:30 <small>123\u{202F}456 frames</small></dd>",
            "<dd>1.00\u{A0}GB → 3.71\u{A0}GB <small>3.71 times as many</small></dd>", "<dd>1:12:01</dd>",
            "<dd>28.6 <small>0.06 seconds of video a second</small></dd>",
            "<dd>2 files <small>1 file lost something</small></dd>",
            "/films/broken.avi</th><td role=\"cell\" data-column=\"What\"><span>put aside</span></td>",
            "nothing can be decoded.</span></td><td role=\"cell\" data-column=\"Attempts\"><span>3</span></td>",
            "asked for. <span class=\"soft\">2 files</span>",
            "<span class=\"name\">1988/誕生日 🎂.mkv</span> <span class=\"state\">done</span>",
            "352\u{202F}×\u{202F}288 → 704\u{202F}×\u{202F}576", "mpeg4, 1:30, 2\u{202F}250 frames",
            "12.3\u{A0}MB → 45.6\u{A0}MB (3.71 times)", "1:40, 22.5 frames a second",
            "1 items kept, 1 changed as intended, 1 lost: chapters.", "1 warning, hash", "1 assumption, hash",
            "<dt>Lost</dt><dd>2 of 3 chapters</dd>", "0123456789abcdef", "Power was lost once.",
            "<dt>--crf</dt><dd>16</dd>", "Made by upluma \(UplumaVersion.current).",
        ]
        for text in expected { #expect(html.contains(text), "\(text)") }
        #expect(Self.count("data:image/jpeg;base64,", in: html) == 6)
        #expect(Self.count("<li class=\"", in: html) == 7)
        #expect(!html.contains("are listed;"))
    }

    @Test("names are text, whatever they hold") func escapes() throws {
        let nasty = "</script><!--<script>\"'& \u{2028}\"\u{301} <img src=x onerror=alert(1)>"
        let folder = try TemporaryDirectory()
        let layout = try BatchSample.layout(folder)
        func files(_ text: String) -> [BatchFileReport] {
            [BatchFileState.done, .quarantined, .skipped].map { state in
                var file = state == .done ? BatchSample.done(text) : BatchSample.failed(text, reason: text)
                file.state = state
                file.codec = text
                (file.warnings, file.assumptions) = ([text], [text])
                return file
            }
        }
        let (html, plain) = (Self.page(layout, files(nasty)), Self.page(layout, files("plain")))
        #expect(!html.contains("<img src=x"))
        for tag in ["<script", "</script>", "<!--", "<li", "<dd", " data-"] {
            #expect(Self.count(tag, in: html) == Self.count(tag, in: plain), "\(tag)")
        }
    }

    @Test("a look that cannot be read is left out") func looks() throws {
        let folder = try TemporaryDirectory()
        let layout = try BatchSample.layout(folder, pictured: 0..<1)
        var file = BatchSample.done("a")
        file.findLooks(file: 0, layout)
        try Data("no picture".utf8).write(to: URL(fileURLWithPath: layout.wholeLook(file: 0)))
        try FileManager.default.removeItem(atPath: layout.look(file: 0, isAfter: false))
        #expect(Self.count("data:image/jpeg", in: Self.page(layout, [file])) == 1)
        var other = BatchSample.done("b")
        other.findLooks(file: 1, layout)
        #expect(other.lookWhole == nil && other.lookBefore == nil && other.lookAfter == nil)
    }

    // MARK: Browser

    private func withPage(
        _ prepare: (WebDriver) async throws -> Void = { _ in }, _ body: (WebDriver) async throws -> Void
    ) async throws {
        let folder = try TemporaryDirectory()
        let file = folder.file("batch-report.html")
        try Self.sample(folder).write(toFile: file, atomically: true, encoding: .utf8)
        try await WebDriver.run(width: 1200, height: 900) { browser in
            try await prepare(browser)
            try await browser.open(file: file)
            try await body(browser)
        }
    }

    private static let hasBrowser = WebDriver.isInstalled
    private static let names =
        "return [...document.querySelectorAll('#files > li:not([hidden]) .name')].map(name => name.textContent)"
    private static let shown = "return document.getElementById('shown').textContent"

    @Test(
        "asks no network for anything and complains about nothing",
        .enabled(if: hasBrowser, "chromium and chromedriver are not on PATH"))
    func quiet() async throws {
        try await withPage { browser in
            #expect(try await browser.evaluate(Self.shown).string == "7 of 7")
            #expect(try await browser.log("browser") == [])
            let addresses = try await browser.log("performance").compactMap { line -> String? in
                let event = try JSONDecoder().decode(WebDriverValue.self, from: Data(line.utf8))["message"]
                guard event["method"].string == "Network.requestWillBeSent" else { return nil }
                return event["params"]["request"]["url"].string
            }
            #expect(addresses.contains { $0.hasPrefix("file:") && $0.hasSuffix("report.html") }, "events are there")
            let foreign = addresses.filter { address in
                !["data:", "about:", "chrome:"].contains { address.hasPrefix($0) }
                    && !(address.hasPrefix("file:") && address.hasSuffix("report.html"))
            }
            #expect(foreign.isEmpty, "\(foreign)")
            let sizes = try await browser.evaluate(
                "return [...document.images].map(image => image.naturalWidth + 'x' + image.naturalHeight)")
            #expect(sizes.array.map(\.string) == ["427x240", "320x240", "320x240", "427x240", "320x240", "320x240"])
        }
    }

    @Test(
        "files are searched, filtered and put in order",
        .enabled(if: hasBrowser, "chromium and chromedriver are not on PATH"))
    func filters() async throws {
        try await withPage { browser in
            func shown(_ script: String) async throws -> [String?] {
                try await browser.evaluate(script)
                return try await browser.evaluate(Self.names).array.map(\.string)
            }
            func set(_ id: String, _ value: String, _ event: String) -> String {
                """
                const element = document.getElementById('\(id)');
                element.value = '\(value)';
                element.dispatchEvent(new Event('\(event)'));
                """
            }
            #expect(try await shown(set("search", "SEA 1987", "input")) == ["1987/Summer at the sea.mkv"])
            #expect(try await shown(set("search", "damaged", "input")) == ["/films/broken.avi"], "reasons, too")
            _ = try await shown(set("search", "", "input"))
            #expect(try await shown(set("state", "missing", "change")) == ["/films/gone.avi"])
            #expect(try await shown(set("state", "!", "change")) == ["1988/誕生日 🎂.mkv"])
            _ = try await shown(set("state", "done", "change"))
            let bySize = ["1989/Garden.mkv", "1987/Summer at the sea.mkv", "1988/誕生日 🎂.mkv"]
            #expect(try await shown(set("order", "size", "change")) == bySize)
            #expect(try await shown(set("order", "work", "change")).first == "1989/Garden.mkv")
            #expect(try await shown(set("order", "name", "change")).first == "1987/Summer at the sea.mkv")
            #expect(try await browser.evaluate(Self.shown).string == "3 of 7")
        }
    }

    @Test(
        "follows light and dark, and its texts are legible in both",
        .enabled(if: hasBrowser, "chromium and chromedriver are not on PATH"), arguments: ["light", "dark"])
    func themes(theme: String) async throws {
        try await withPage({ browser in
            try await browser.devTools(
                "Emulation.setEmulatedMedia",
                ["features": [["name": "prefers-color-scheme", "value": .string(theme)]]])
        }) { browser in
            try Self.keep(try await browser.screenshot(), "batch-\(theme).png")
            try await browser.evaluate("document.querySelector('#files').scrollIntoView()")
            try Self.keep(try await browser.screenshot(), "batch-files-\(theme).png")
            let ground = try await browser.screenshot()[3, 3].green
            #expect(theme == "light" ? ground > 220 : ground < 40, "\(ground)")
            // Of texts with colours of their own: contrast by WCAG 2.2 against the card.
            let contrasts = try await browser.evaluate(
                """
                const light = text => {
                  const parts = text.match(/[0-9.]+/g).slice(0, 3).map(value => {
                    const part = value / 255;
                    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
                  });
                  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
                };
                const ground = light(getComputedStyle(document.querySelector('section')).backgroundColor);
                return [...document.querySelectorAll('#files .state, .reason, dt, dd, small, figcaption, summary')]
                  .map(element => light(getComputedStyle(element).color))
                  .map(value => (Math.max(value, ground) + 0.05) / (Math.min(value, ground) + 0.05));
                """)
            let worst = contrasts.array.compactMap(\.number).min() ?? 0
            #expect(worst >= 4.5, "\(worst)")
        }
    }

    @Test(
        "fits a phone: nothing is wider, everything can be hit",
        .enabled(if: hasBrowser, "chromium and chromedriver are not on PATH"), arguments: [390, 844])
    func phone(width: Int) async throws {
        try await withPage({ try await $0.setViewport(width: width, height: 1234 - width, density: 2, isPhone: true) })
        {
            browser in
            try Self.keep(try await browser.screenshot(), "batch-phone-\(width).png")
            try await browser.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
            try await browser.evaluate("document.querySelector('#files').scrollIntoView()")
            try Self.keep(try await browser.screenshot(), "batch-files-\(width).png")
            let widths = try await browser.evaluate(
                "return [document.scrollingElement.scrollWidth, innerWidth, document.documentElement.clientWidth]")
            #expect(widths.array.map(\.number) == [Double(width), Double(width), Double(width)])
            let small = try await browser.evaluate(
                """
                return [...document.querySelectorAll('button, select, input, summary')].filter(element => {
                  const box = element.getBoundingClientRect();
                  return element.checkVisibility() && (box.width < 44 || box.height < 44);
                }).map(element => element.outerHTML);
                """)
            #expect(small == [], "\(small)")
            let covered = try await browser.evaluate(
                """
                return [...document.querySelectorAll('td, th, p, li, dd, h1, h2, h3, img')].filter(element => {
                  const box = element.getBoundingClientRect();
                  return element.checkVisibility() && !element.closest('.unseen, thead') && box.right > innerWidth + 1;
                }).map(element => element.outerHTML.slice(0, 200));
                """)
            #expect(covered == [], "\(covered)")
        }
    }

    @Test(
        "without scripts all files are there, and no controls that do nothing",
        .enabled(if: hasBrowser, "chromium and chromedriver are not on PATH"))
    func withoutScripts() async throws {
        try await withPage({ browser in
            try await browser.devTools("Emulation.setScriptExecutionDisabled", ["value": true])
        }) { browser in
            let nodes = try await browser.devTools("Accessibility.getFullAXTree")["nodes"].array
                .filter { $0["ignored"].bool != true }
            let roles = nodes.compactMap { $0["role"]["value"].string }
            #expect(roles.contains("list") && !roles.contains("combobox") && !roles.contains("searchbox"))
            let texts = nodes.compactMap { $0["name"]["value"].string }
            for file in ["1987/Summer at the sea.mkv", "1989/Garden.mkv", "/films/large 2.avi"] {
                #expect(texts.contains { $0.contains(file) }, "\(file)")
            }
        }
    }

    /// Keeps a screenshot for whoever wants to see it, where the environment names a folder for that.
    private static func keep(_ shot: WebScreenshot, _ name: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["UPLUMA_SCREENSHOTS"] else { return }
        try shot.png.write(to: URL(fileURLWithPath: folder).appendingPathComponent(name))
    }
}
