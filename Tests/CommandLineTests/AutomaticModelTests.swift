import Foundation
import Testing
import UplumaTestSupport

/// `--model auto`, the default: what the tool takes for files made here, and what it says.
@Suite struct AutomaticModelTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func clip(_ name: String, _ coding: [String]) throws -> String {
        let path = folder.file(name)
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=1", "-pix_fmt", "yuv420p"] + coding + [path])
        return path
    }

    private func log(_ input: String, _ more: [String] = [], fed: Data? = nil) throws -> String {
        let result = try Tool.run(
            ["upscale", input, "-o", folder.file("out.mkv"), "--overwrite", "--encoder-preset", "ultrafast"] + more,
            input: fed)
        try #require(result.status == 0, "\(result.errorText)")
        return result.errorText
    }

    @Test("strong coding gets the film model") func film() throws {
        let names = try ModelListing.names()
        let film = names.contains("sp-vdsr-film") ? "sp-vdsr-film" : "sp-vdsr"
        for (input, codec) in [
            (try clip("low.avi", ["-c:v", "mpeg4", "-q:v", "20", "-bf", "2"]), "MPEG-4"),
            (try clip("low.mpg", ["-c:v", "mpeg2video", "-q:v", "20"]), "MPEG-2"),
            (try clip("low.mp4", ["-c:v", "libx264", "-crf", "40"]), "H.264"),
        ] {
            let text = try log(input, ["-v"])
            let sentence = #/The source is (\S+) at 0\.\d+ bits per pixel: (\S+) is used \(--model NAME overrides\)\./#
            let match = try #require(text.firstMatch(of: sentence), "\(text)")
            #expect(match.1 == codec && match.2 == film)
            #expect(text.contains("luma by \(film),"))
            // Told without being asked when another model than the usual one is taken.
            #expect(try log(input).contains("is used") == (film != "sp-vdsr"))
        }
    }

    @Test("little coding and none get the clean one, without a word") func clean() throws {
        for (input, words) in [
            (try clip("raw.mkv", ["-c:v", "ffv1"]), "The source is ffv1: sp-vdsr"),
            (try clip("high.mp4", ["-c:v", "libx264", "-crf", "0"]), "bits per pixel: sp-vdsr is used"),
            (try clip("still.png", ["-frames:v", "1"]), "The source is png: sp-vdsr"),
        ] {
            #expect(try log(input, ["-v"]).contains(words))
            #expect(try !log(input).contains("is used"))
        }
    }

    @Test("a pipe's rate is not known") func pipe() throws {
        let raw = try Data(contentsOf: URL(fileURLWithPath: clip("raw.y4m", [])))
        #expect(try log("-", ["-v"], fed: raw).contains("The source is rawvideo: sp-vdsr is used"))
        let coded = try Data(contentsOf: URL(fileURLWithPath: clip("low.ts", ["-c:v", "mpeg2video", "-q:v", "20"])))
        #expect(try log("-", ["-v"], fed: coded).contains("The source is MPEG-2 at an unknown rate: sp-vdsr is used"))
    }

    @Test("a model that is named is not argued with") func named() throws {
        let input = try clip("low.avi", ["-c:v", "mpeg4", "-q:v", "20"])
        let text = try log(input, ["-v", "--model", "lanczos3"])
        #expect(!text.contains("is used") && text.contains("luma by lanczos3"))
        #expect(try log(input, ["-v", "--model", "auto"]).contains("The source is MPEG-4"))
    }

    @Test("the listing says what auto takes") func listing() throws {
        let all = String(decoding: try Tool.run(["models"]).output, as: UTF8.self)
        let one = String(decoding: try Tool.run(["models", "auto"]).output, as: UTF8.self)
        #expect(one.hasPrefix("auto takes the model") && all.hasSuffix("\n" + one))
    }
}
