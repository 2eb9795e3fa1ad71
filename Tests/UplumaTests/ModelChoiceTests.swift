import Foundation
import Testing
import UplumaNetworks

@testable import Upluma

/// What `--model auto` picks, from the table of rules.
@Suite struct ModelChoiceTests {
    private static let catalog = ["lanczos3", "sp-vdsr", "sp-vdsr-film"]

    @Test(
        "below its rate every codec of a rule gets the film model, from it on the clean one",
        arguments: ModelChoice.rules)
    func threshold(rule: ModelChoice.Rule) {
        for codec in rule.codecs {
            let (below, at) = (rule.filmBelow.nextDown, rule.filmBelow)
            #expect(ModelChoice(codec: codec, bitsPerPixel: below, catalog: Self.catalog).model == "sp-vdsr-film")
            #expect(ModelChoice(codec: codec, bitsPerPixel: at, catalog: Self.catalog).model == "sp-vdsr")
            #expect(ModelChoice(codec: codec, bitsPerPixel: nil, catalog: Self.catalog).model == "sp-vdsr")
            #expect(ModelChoice(codec: codec, bitsPerPixel: 0.01, catalog: ["sp-vdsr"]).model == "sp-vdsr")
        }
    }

    @Test(
        "what is not in the table is taken as clean", arguments: ["rawvideo", "ffv1", "png", "mjpeg", "dvvideo", "av1"])
    func unknown(codec: String) {
        #expect(ModelChoice(codec: codec, bitsPerPixel: 0.01, catalog: Self.catalog).model == "sp-vdsr")
    }

    @Test("no codec has two rules, and every choice but a film model is in the catalog") func table() throws {
        let codecs = ModelChoice.rules.flatMap(\.codecs)
        #expect(Set(codecs).count == codecs.count)
        for rule in ModelChoice.rules { #expect(rule.filmBelow > 0 && rule.filmBelow < 8) }
        #expect(try ModelCatalog.model(ModelChoice.clean).name == ModelChoice.clean)
    }

    @Test(
        "the sentences",
        arguments: [
            (
                "mpeg4", 0.0823,
                "The source is MPEG-4 at 0.082 bits per pixel: sp-vdsr-film is used (--model NAME overrides)."
            ),
            (
                "mpeg2video", 1.234,
                "The source is MPEG-2 at 1.23 bits per pixel: sp-vdsr is used (--model NAME overrides)."
            ),
            (
                "msmpeg4v3", 0.1,
                "The source is msmpeg4v3 at 0.1 bits per pixel: sp-vdsr-film is used (--model NAME overrides)."
            ),
            ("h264", nil, "The source is H.264 at an unknown rate: sp-vdsr is used (--model NAME overrides)."),
            ("ffv1", nil, "The source is ffv1: sp-vdsr is used (--model NAME overrides)."),
        ] as [(String, Double?, String)])
    func sentence(codec: String, rate: Double?, expected: String) {
        let choice = ModelChoice(codec: codec, bitsPerPixel: rate, catalog: Self.catalog)
        #expect(choice.reason == expected)
        #expect(choice.isNotable == expected.contains("film"))
    }

    @Test("the documentation has the table as it is") func documentation() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../Docs/Models.md")
        let text = try String(contentsOf: file, encoding: .utf8)
        for rule in ModelChoice.rules {
            let row = "| \(rule.name) | \(rule.codecs.joined(separator: ", ")) | \(rule.filmBelow) |"
            #expect(text.contains(row), "Docs/Models.md lacks: \(row)")
        }
    }

    @Test func summary() {
        let sentence = ModelChoice.summary(catalog: Self.catalog)
        for rule in ModelChoice.rules { #expect(sentence.contains("\(rule.name) below \(rule.filmBelow)")) }
        #expect(
            ModelChoice.summary(catalog: ["sp-vdsr"])
                == "auto takes the model that belongs to the downscaler a file names, else sp-vdsr.")
    }
}
