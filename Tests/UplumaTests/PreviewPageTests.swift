import Foundation
import Testing
import UplumaFrames

@testable import Upluma

/// The page as text; what it does is tested in a browser (`PreviewPageBrowserTests`).
@Suite struct PreviewPageTests {
    /// Stands in for a PNG file: no two pictures of the sample have the same one.
    private static func png(_ picture: RGBPicture) -> [UInt8] {
        Array("PNG \(picture.width)x\(picture.height) \(picture.samples[0])".utf8)
    }

    private static func page(_ moments: [PreviewedMoment], _ report: PreviewReport) throws -> String {
        var page = PreviewPage()
        for moment in moments { try page.add(moment, png: png) }
        return try page.html(report)
    }

    private static func sample() throws -> String {
        try page((0..<3).map { try PreviewPageSample.moment($0) }, PreviewPageSample.report())
    }

    private static func count(_ part: String, in text: String) -> Int { text.components(separatedBy: part).count - 1 }

    @Test("needs nothing from elsewhere") func selfContained() throws {
        let html = try Self.sample()
        for address in ["http:", "https:", "url(", "@import", "<link", " src=\"/", "srcset", "<iframe", "<base"] {
            #expect(!html.contains(address), "\(address)")
        }
        #expect(html.contains("default-src 'none'; img-src data: blob:;"))
        #expect(!html.contains("eval(") && !html.contains("new Function"))
    }

    @Test("has every picture once, and a small one a moment") func pictures() throws {
        let html = try Self.sample()
        for moment in 0..<3 {
            for version in PreviewPageSample.versions.indices {
                let png = Self.png(PreviewPageSample.picture(version: version, moment: moment))
                #expect(Self.count(PreviewPage.base64(png), in: html) == 1, "\(version) at \(moment)")
                #expect(Self.count("id=\"picture-\(moment)-\(version)\"", in: html) == 1)
            }
        }
        // Of the others there is only text until they are looked at.
        #expect(Self.count("<img ", in: html) == PreviewPageSample.versions.count + 3)
        #expect(Self.count("<button type=\"button\" data-moment=", in: html) == 3)
        let single = try Self.page([PreviewPageSample.moment(0)], PreviewPageSample.report())
        #expect(!single.contains("data-moment=") && single.contains("class=\"alone\""))
    }

    @Test("says what was made, how pictures are and what the job would take") func figures() throws {
        let html = try Self.sample()
        let expected = [
            "<h1>An old film.avi</h1>", "Enlarged ×2 to 480\u{202F}×\u{202F}320 pixels, 4:2:0, 8 bits.",
            "Made by upluma \(UplumaVersion.current).", "0:12.345, frame 0", "1:02, frame 100",
            "1:02:03.040, frame 200",
            "<span>44.7</span>", "<span>48.12</span>", "<span>41.75</span>",
            "<span>2:00:00 <small>1:49:03 to 2:13:21</small></span>", "<span>9.50 to 12.2</span>",
            "<span>1.23 GB</span>", "<span>412 MB <small>99.0 MB are pictures</small></span>",
            "<span>99.0 MB <small>pictures alone</small></span>", "72000 frames.", "48 frames that were made",
            "<li>Taken for BT.601.</li>", "Self-consistency: ", "Kept by the encoder: ",
        ]
        for text in expected { #expect(html.contains(text), "\(text)") }
        // Nothing was compared with a reference.
        #expect(!html.contains("SSIM") && !html.contains("To reference"))
    }

    @Test("without figures, jobs and notes there are no empty parts") func bare() throws {
        let moment = try PreviewPageSample.moment(0)
        let bare = PreviewedMoment(
            seconds: 0, frameNumber: nil,
            pictures: moment.pictures.prefix(1).map {
                PreviewedPicture(
                    version: $0.version, frame: $0.frame, picture: $0.picture, milliseconds: nil, quality: .init())
            })
        var report = PreviewPageSample.report(notes: [])
        report.jobs = []
        let html = try Self.page([bare], report)
        for part in ["This frame", "The whole job", "Notes on the source", "frame 0", "–"] {
            #expect(!html.contains(part), "\(part)")
        }
    }

    private static let nasty = "</script><!--<script>\"'& \u{2028}\"\u{301} <img src=x onerror=alert(1)>"

    @Test("names are text, whatever they hold") func escapes() throws {
        let version = PreviewVersion(kind: .model, name: Self.nasty, label: Self.nasty)
        let versions = [PreviewPageSample.versions[0], version]
        let plain = try Self.page(
            [PreviewPageSample.moment(0), PreviewPageSample.moment(1)], PreviewPageSample.report())
        let moments = try (0..<2).map { try PreviewPageSample.moment($0, versions: versions) }
        var report = PreviewPageSample.report(input: "/x/" + Self.nasty.replacing("/", with: ""), notes: [Self.nasty])
        report.format = Self.nasty
        report.jobs[0].model = Self.nasty
        let html = try Self.page(moments, report)
        #expect(!html.contains("<img src=x"))
        // The same elements as with names that hold nothing, but for the pictures of the missing version.
        for tag in ["<script", "</script>", "<!--"] {
            let missing = tag == "<!--" ? 0 : 1
            #expect(Self.count(tag, in: html) == Self.count(tag, in: plain) - missing, "\(tag)")
        }
        let start = try #require(html.range(of: "id=\"data\">"))
        let end = try #require(html[start.upperBound...].range(of: "</script>"))
        struct Labels: Decodable {
            struct Version: Decodable { let label: String }
            let versions: [Version]
        }
        let json = html[start.upperBound..<end.lowerBound]
        #expect(!json.unicodeScalars.contains("\u{2028}"))
        let labels = try JSONDecoder().decode(Labels.self, from: Data(json.utf8)).versions.map(\.label)
        #expect(labels == versions.map(\.label))
    }

    @Test("pictures have the shape that the source's pixels give them")
    func shape() throws {
        let html = try Self.page(
            [PreviewPageSample.moment(0, pixelAspect: Rational(32, 27))], PreviewPageSample.report())
        #expect(html.contains("width=\"568.9\" height=\"320.0\"") && html.contains("--shape: 568.9 / 320.0"))
    }

    @Test(
        "a small picture is the mean over areas",
        arguments: [
            (480, 320, nil as Rational?, 160, 107), (480, 320, Rational(32, 27), 160, 90), (90, 160, nil, 90, 160),
            (100, 1000, nil, 16, 160), (3, 3, Rational(1, 2), 2, 3), (1, 5000, nil, 1, 160),
        ])
    func thumbnail(width: Int, height: Int, aspect: Rational?, smallWidth: Int, smallHeight: Int) {
        // A ramp to the right and one downwards, and the ceiling.
        var samples: [UInt16] = []
        for y in 0..<height { for x in 0..<width { samples += [UInt16(x * 8), UInt16(y * 8), 65_535] } }
        let small = RGBPicture(width: width, height: height, depth: 16, samples: samples, pixelAspect: aspect)
            .thumbnail()
        #expect(small.width == smallWidth && small.height == smallHeight && small.depth == 16)
        #expect(small.pixelAspect == nil)
        var worst = 0.0
        for y in 0..<small.height {
            for x in 0..<small.width {
                let place = 3 * (y * small.width + x)
                let expected = [
                    Self.meanOfRamp(x, of: small.width, from: width),
                    Self.meanOfRamp(y, of: small.height, from: height),
                    65_535,
                ]
                for channel in 0..<3 {
                    worst = max(worst, abs(Double(small.samples[place + channel]) - expected[channel]))
                }
            }
        }
        // Rounding is half a code; weights are Float, of sums up to 65535.
        #expect(worst < 0.6)
    }

    /// The mean of samples 0, 8, 16, … over one of `count` equal parts of their line, by its integral.
    private static func meanOfRamp(_ part: Int, of count: Int, from length: Int) -> Double {
        let integral = { (end: Double) -> Double in
            let whole = end.rounded(.down)
            return 8 * (whole * (whole - 1) / 2 + (end - whole) * whole)
        }
        let step = Double(length) / Double(count)
        return (integral(Double(part + 1) * step) - integral(Double(part) * step)) / step
    }

    // MARK: Colours

    /// Variables of the style, by theme.
    private static let themes: [[String: String]] = {
        let parts = PreviewPage.style.components(separatedBy: ":root {").dropFirst()
        return parts.map { part in
            let block = part.prefix { $0 != "}" }
            return Dictionary(
                block.matches(of: /--([a-z-]+): #([0-9a-f]{6});/).map { (String($0.1), String($0.2)) }
            ) { $1 }
        }
    }()

    /// Relative luminance (WCAG 2.2).
    private static func luminance(_ hex: String) throws -> Double {
        let code = try #require(Int(hex, radix: 16))
        let linear = [16, 8, 0].map { shift -> Double in
            let value = Double(code >> shift & 255) / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    @Test("texts are legible and controls have edges in both themes", arguments: 0..<2)
    func contrast(theme: Int) throws {
        try #require(Self.themes.count == 2)
        let colors = Self.themes[theme]
        let contrast = { (a: String, b: String) -> Double in
            let values = try [a, b].map { try Self.luminance(#require(colors[$0], "\($0)")) }.sorted()
            return (values[1] + 0.05) / (values[0] + 0.05)
        }
        for text in ["ink", "soft", "accent"] {
            for ground in ["paper", "card", "surround"] {
                #expect(try contrast(text, ground) >= 4.5, "\(text) on \(ground)")
            }
        }
        #expect(try contrast("on-accent", "accent") >= 4.5)
        for ground in ["card", "surround"] { #expect(try contrast("edge", ground) >= 3, "edge on \(ground)") }
    }
}
