import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma

/// The page of a preview for everybody: themes, phones, assistive technology, no scripts, no network.
@Suite(.serialized, .enabled(if: WebDriver.isInstalled, "chromium and chromedriver are not on PATH"))
struct PreviewPageAccessTests {
    private typealias Sample = PreviewPageSample

    private func withFile(moments: Int = 3, _ body: (WebDriver, String) async throws -> Void) async throws {
        let folder = try TemporaryDirectory()
        let file = folder.file("page.html")
        try Sample.html(moments: moments).write(toFile: file, atomically: true, encoding: .utf8)
        try await WebDriver.run { try await body($0, file) }
    }

    private func withPage(moments: Int = 3, _ body: (WebDriver) async throws -> Void) async throws {
        try await withFile(moments: moments) { browser, file in
            try await browser.open(file: file)
            try await browser.wait(until: "document.getElementById('stage').dataset.ready")
            try await body(browser)
        }
    }

    @Test("follows light and dark") func themes() async throws {
        try await withPage { browser in
            var grounds: [Int] = []
            for theme in ["light", "dark"] {
                try await browser.devTools(
                    "Emulation.setEmulatedMedia",
                    ["features": [["name": "prefers-color-scheme", "value": .string(theme)]]])
                let shot = try await browser.screenshot()
                grounds.append(shot[3, 3].green)
                #expect(Sample.Seen(shot[500, 400]).moment == 0)
            }
            #expect(grounds[0] > 220 && grounds[1] < 40, "\(grounds)")
        }
    }

    @Test("fits a phone: nothing is wider, everything can be hit", arguments: [(360, 740), (740, 360)])
    func phone(width: Int, height: Int) async throws {
        // More small pictures than fit beside each other.
        try await withPage(moments: 9) { browser in
            try await browser.setViewport(width: width, height: height, density: 2, isPhone: true)
            try await browser.evaluate("for (const part of document.querySelectorAll('details')) part.open = true")
            let widths = try await browser.evaluate(
                "return [document.scrollingElement.scrollWidth, innerWidth, document.documentElement.clientWidth]")
            #expect(widths.array.map(\.number) == [Double(width), Double(width), Double(width)])
            let small = try await browser.evaluate(
                """
                return [...document.querySelectorAll('button, select, summary, label.check, [role=slider]')].filter(element => {
                  const box = element.getBoundingClientRect();
                  return element.checkVisibility() && (box.width < 44 || box.height < 44);
                }).map(element => element.outerHTML);
                """)
            #expect(small == [], "\(small)")
            let covered = try await browser.evaluate(
                """
                                return [...document.querySelectorAll('td, th, p, li, h1, h2')].filter(element => {
                  const box = element.getBoundingClientRect();
                  return element.checkVisibility() && !element.closest('.unseen, thead, .strip') && box.right > innerWidth + 1;
                }).map(element => element.textContent);
                """)
            #expect(covered == [], "\(covered)")
        }
    }

    /// Roles that somebody can act on.
    private static let interactive: Set<String> = [
        "button", "combobox", "slider", "checkbox", "link", "textbox", "menuitem", "option", "DisclosureTriangle",
    ]

    /// What an assistive technology is told of an element.
    private struct Node {
        let role: String
        let name: String
    }

    private static func nodes(_ tree: WebDriverValue) -> [Node] {
        tree.array.filter { $0["ignored"].bool != true }
            .map { Node(role: $0["role"]["value"].string ?? "", name: $0["name"]["value"].string ?? "") }
    }

    @Test("everything that can be acted on has a name, and there are landmarks") func names() async throws {
        try await withPage { browser in
            let nodes = Self.nodes(try await browser.devTools("Accessibility.getFullAXTree")["nodes"])
            let acted = nodes.filter { Self.interactive.contains($0.role) }
            for node in acted { #expect(!node.name.isEmpty, "\(node)") }
            for (kind, least) in [("button", 10), ("combobox", 2), ("slider", 1), ("option", 6)] {
                #expect(acted.filter { $0.role == kind }.count >= least, "\(kind)")
            }
            let roles = Set(nodes.map(\.role))
            for landmark in ["banner", "main", "contentinfo", "navigation", "region", "heading", "status", "table"] {
                #expect(roles.contains(landmark), "\(landmark)")
            }
            // Only the two pictures on the stage, by their names; small ones are described by their buttons.
            let pictures = nodes.filter { $0.role == "image" }.map(\.name).sorted()
            #expect(pictures == ["lanczos3 at 0:12.345, frame 0", "sp-vdsr at 0:12.345, frame 0"])
        }
    }

    @Test("asks no network for anything and complains about nothing") func quiet() async throws {
        try await withPage { browser in
            for key in ["n", "n", "+", "x", "2"] { try await browser.press([key]) }
            try await browser.wait(until: "document.getElementById('place').textContent.startsWith('3 of')")
            #expect(try await browser.log("browser") == [])
            let addresses = try await browser.log("performance").compactMap { line -> String? in
                let event = try JSONDecoder().decode(WebDriverValue.self, from: Data(line.utf8))["message"]
                guard event["method"].string == "Network.requestWillBeSent" else { return nil }
                return event["params"]["request"]["url"].string
            }
            #expect(addresses.contains { $0.hasPrefix("file:") && $0.hasSuffix("page.html") }, "events are there")
            let foreign = addresses.filter { address in
                !["data:", "blob:", "about:", "chrome:"].contains { address.hasPrefix($0) }
                    && !(address.hasPrefix("file:") && address.hasSuffix("page.html"))
            }
            #expect(foreign.isEmpty, "\(foreign)")
        }
    }

    @Test("without scripts the first moment's pictures are shown, one below the other") func withoutScripts()
        async throws
    {
        try await withFile { browser, file in
            try await browser.devTools("Emulation.setScriptExecutionDisabled", ["value": true])
            try await browser.setViewport(width: 700, height: 1600)
            try await browser.open(file: file)
            let shot = try await browser.screenshot()
            // The versions that a line down the page runs through; red and blue of other parts are equal.
            let column = (0..<shot.height).map { shot[250, $0] }.filter {
                $0.green > 90 && $0.green < 140 && $0.red != $0.blue
            }
            let runs = column.map { Sample.Seen($0).version }
            for version in Sample.versions.indices {
                #expect(runs.filter { $0 == version }.count >= 250, "\(version)")
            }
        }
    }
}
