import Foundation
import Testing
import UplumaTestSupport

/// What travels with pictures where the output cannot say it: rotation, closed captions.
@Suite struct CarriedWithPicturesTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func upscale(_ input: String, _ output: String, _ more: [String] = []) throws -> ProcessResult {
        try Tool.run(
            ["upscale", input, "-o", folder.file(output), "--model", "nearest", "--encoder", "ffv1"] + more)
    }

    /// Luma of every frame, as players show it.
    private func luma(_ path: String, _ filter: String) throws -> Data {
        try FFmpegTool.ffmpeg(["-i", path, "-vf", filter, "-f", "rawvideo", "-"])
    }

    @Test("the samples are turned as players turn them", arguments: DisplayMatrix.all.map(\.name), ["mkv", "avi"])
    func turned(name: String, ending: String) throws {
        let input = try GeneratedFile.named("turned-\(name).mp4").make(in: folder)
        let result = try upscale(input, "out.\(ending)", ["--verify"])
        try #require(result.status == 0, "\(result.errorText)")
        #expect(result.errorText.contains("does not keep the rotation of the source: the picture itself is "))
        // FFmpeg turns by the matrix before its first filter; nearest doubles each sample.
        let expected = try luma(input, "extractplanes=y,scale=2*iw:2*ih:flags=neighbor")
        #expect(try luma(folder.file("out.\(ending)"), "extractplanes=y") == expected)
        #expect(
            try Probe(folder.file("out.\(ending)")).video?.width
                == (["180", "mirrored", "upside-down"].contains(name) ? 128 : 96))
    }

    @Test("closed captions that an encoder cannot carry are told", arguments: [("libx264", false), ("ffv1", true)])
    func captions(encoder: String, isTold: Bool) throws {
        let input = try GeneratedFile.named("captions.mkv").make(in: folder)
        let plan = try Tool.run(["plan", "--no-estimate", input, "--encoder", encoder])
        let words = "The encoder \(encoder) cannot carry the closed captions"
        #expect(plan.status == 0 && String(decoding: plan.output, as: UTF8.self).contains(words) == isTold)
    }

    @Test("--on-incompatible decides") func policies() throws {
        let input = try GeneratedFile.named("turned-90.mp4").make(in: folder)
        let dropped = try upscale(input, "drop.mkv", ["--on-incompatible", "drop"])
        #expect(dropped.status == 0 && dropped.errorText.contains("players will show it as it is stored"))
        #expect(try Probe(folder.file("drop.mkv")).video?.width == 2 * Clips.width)
        let refused = try upscale(input, "fail.mkv", ["--on-incompatible", "fail"])
        #expect(refused.status == 64 && refused.errorText.contains("Use an .mp4 output"), "\(refused.errorText)")
        let kept = try Tool.run(["upscale", input, "-o", folder.file("kept.mp4"), "--model", "nearest"])
        #expect(kept.status == 0 && !kept.errorText.contains("rotation"))
        #expect(try Probe(folder.file("kept.mp4")).video?.width == 2 * Clips.width)
    }
}
