import Foundation
import Synchronization
import Testing
import UplumaMedia
import UplumaResampling
import UplumaTestSupport

@testable import Upluma
@testable import UplumaNetworks

/// The tag of a downscaler that has a model to undo it: written by the job that reduces, found by the one that enlarges. A
/// catalog made for the test stands in for one with networks.
@Suite struct DownscalerTagTests {
    private static func downscaler(_ name: String, _ factor: Int, upscaler: String?) -> Downscaler {
        Downscaler(
            name: name, family: "fir", summary: "", kind: .filter(.lanczos3), factor: factor, upscaler: upscaler)
    }

    static let catalog = [
        downscaler("pair-2x", 2, upscaler: "sp-vdsr-medium"), downscaler("pair-4x", 4, upscaler: "sp-vdsr-lineart"),
        downscaler("odd-2x", 2, upscaler: "not-here"), downscaler("plain-2x", 2, upscaler: nil),
    ]

    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=96x80:r=25:d=0.2,format=yuv420p", "-metadata", "title=A film"]
                + ["-metadata", "comment=Once", "-c:v", "ffv1", folder.file("in.mkv")])
    }

    /// Runs a job and returns its notes.
    private func run(_ input: String, _ output: String, _ change: (inout UpscaleOptions) -> Void) throws -> [String] {
        var options = UpscaleOptions(input: folder.file(input), output: folder.file(output))
        options.overwrite = true
        options.encoder.preset = output.hasSuffix("mkv") ? "ultrafast" : nil
        // Others lose the title.
        options.verifies = ["mkv", "mp4"].contains { output.hasSuffix($0) }
        change(&options)
        let notes = Mutex<[String]>([])
        _ = try UpscaleJob(options, downscalers: Self.catalog).run { event in
            if case .note(let text) = event { notes.withLock { $0.append(text) } }
        }
        return notes.withLock { $0 }
    }

    private func downscale(_ input: String, _ output: String, by name: String) throws -> [String] {
        try run(input, output) { ($0.scale, $0.downscaler) = (1, name) }
    }

    private func tag(_ name: String) throws -> String? { try MediaSource(path: folder.file(name)).facts.makerTag }

    @Test(
        "a text is read in one place",
        arguments: [
            ("upluma car-2x", "car-2x"), ("upluma car-2x later words", "car-2x"), ("upluma  x", "x"), ("upluma ", nil),
            ("upluma", nil), ("Lavf59.27.100", nil), ("", nil), ("uplumacar-2x", nil),
        ] as [(String, String?)])
    func parsing(text: String, name: String?) {
        #expect(DownscalerTag(text: text)?.name == name)
    }

    @Test("downscalers with a model have a tag that reads as it was written, filters have none")
    func tags() throws {
        for downscaler in Self.catalog {
            let tag = DownscalerTag(downscaler)
            #expect((tag != nil) == (downscaler.upscaler != nil))
            if let tag { #expect(DownscalerTag(text: tag.text) == tag && tag.name == downscaler.name) }
        }
        for downscaler in DownscalerCatalog.downscalers where downscaler.family == "fir" {
            #expect(DownscalerTag(downscaler) == nil, "\(downscaler.name)")
        }
        let network = Downscaler(
            name: "net-2x", family: "car", summary: "", kind: .network(.file("")), factor: 2, upscaler: nil)
        #expect(DownscalerTag(network)?.text == "upluma net-2x")
    }

    @Test(
        "what a tag leads to",
        arguments: [
            (
                "pair-2x", 2, "sp-vdsr-medium",
                "The source was made smaller by pair-2x: sp-vdsr-medium, which belongs to it, is used (--model NAME overrides)."
            ),
            (
                "pair-4x", 2, "sp-vdsr-lineart",
                "The source was made smaller by pair-4x, 4 times, and is to be enlarged 2 times: sp-vdsr-lineart, which "
                    + "belongs to it, is used (--model NAME overrides)."
            ),
            (
                "new-2x", 2, nil,
                "The source was made smaller by new-2x, a downscaler that is not known here: the model is chosen as for any "
                    + "other source."
            ),
            (
                "odd-2x", 2, nil,
                "The source was made smaller by odd-2x, whose model not-here is missing here: the model is chosen as for any "
                    + "other source."
            ), ("plain-2x", 2, nil, nil),
        ] as [(String, Int, String?, String?)])
    func choice(name: String, scale: Int, model: String?, sentence: String?) throws {
        let tag = try #require(DownscalerTag(text: "upluma \(name)"))
        let choice = ModelChoice(
            tag: tag, scale: scale, downscalers: Self.catalog, catalog: ModelCatalog.models.map(\.name))
        #expect(choice?.model == model && (choice == nil || choice?.isNotable == true))
        let words = choice?.reason ?? ModelChoice.remark(on: tag, downscalers: Self.catalog)
        #expect(words == sentence)
    }

    @Test(
        "from file to file, in every container that can hold it", arguments: ["mkv", "webm", "mp4", "mov", "avi", "ts"])
    func containers(kind: String) throws {
        let notes = try downscale("in.mkv", "small.\(kind)", by: "pair-2x")
        #expect(try tag("small.\(kind)") == "upluma pair-2x" && !notes.contains { $0.contains("the tag") }, "\(notes)")
        let enlarged = try run("small.\(kind)", "large.mkv") { _ in }
        #expect(enlarged.contains { $0.contains("smaller by pair-2x: sp-vdsr-medium") }, "\(enlarged)")
        // What is enlarged is not small any more, what is reduced again was reduced by another.
        #expect(try tag("large.mkv") == nil)
        _ = try downscale("small.\(kind)", "smaller.\(kind)", by: "pair-4x")
        #expect(try tag("smaller.\(kind)") == "upluma pair-4x")
        _ = try downscale("small.\(kind)", "plain.\(kind)", by: "plain-2x")
        #expect(try tag("plain.\(kind)") == nil)
        // A model that is named is not argued with.
        let named = try run("small.\(kind)", "large.mkv") { $0.model = "bilinear" }
        #expect(!named.contains { $0.contains("smaller by") }, "\(named)")
    }

    @Test("where it cannot be said, that is told", arguments: ["mpg", "y4m"])
    func notes(kind: String) throws {
        let notes = try downscale("in.mkv", "small.\(kind)", by: "pair-2x")
        let sentences = notes.filter { $0.contains("has no place for the tag that names pair-2x") }
        #expect(sentences.count == 1 && sentences[0].hasSuffix("enlarge it with --model sp-vdsr-medium."), "\(notes)")
        #expect(try tag("small.\(kind)") == nil)
        #expect(try !downscale("in.mkv", "small.\(kind)", by: "plain-2x").contains { $0.contains("the tag") })
    }

    @Test("another scale than the tag's, and a tag nobody knows") func others() throws {
        _ = try downscale("in.mkv", "small.mkv", by: "pair-4x")
        let notes = try run("small.mkv", "large.mkv") { _ in }
        #expect(notes.contains { $0.contains("by pair-4x, 4 times, and is to be enlarged 2 times") }, "\(notes)")
        _ = try downscale("in.mkv", "small.mkv", by: "odd-2x")
        let odd = try run("small.mkv", "large.mkv") { _ in }
        #expect(odd.contains { $0.contains("whose model not-here is missing") }, "\(odd)")
        var options = UpscaleOptions(input: folder.file("small.mkv"), output: folder.file("x.mkv"))
        let plan = try JobPlan(
            UpscalePlan(options, downscalers: Self.catalog, report: { _ in }, isCancelled: { false }), notes: [],
            estimate: nil)
        #expect(plan.result.model == "sp-vdsr" && plan.result.downscaler == nil)
        (options.scale, options.downscaler) = (1, "pair-2x")
        let reduced = try JobPlan(
            UpscalePlan(options, downscalers: Self.catalog, report: { _ in }, isCancelled: { false }), notes: [],
            estimate: nil)
        #expect(reduced.result.model == nil && reduced.result.downscaler == "pair-2x")
    }
}
