import Foundation
import Testing
import UplumaTestSupport

/// Every kind of picture of the catalog, from file to file.
@Suite struct PictureFilesTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test(
        "every file of pictures comes out with all its frames, in its shape",
        arguments: GeneratedFile.pictures)
    func complete(file: GeneratedFile) throws {
        let input = try file.make(in: folder)
        let output = folder.file("out." + (file.results.first ?? "mkv"))
        let run = try Tool.run(["upscale", input, "-o", output, "--progress", "none"] + file.options)
        try #require(run.status == 0, "\(run.errorText)")
        let (before, after) = (try #require(Probe(input).video), try #require(Probe(output).video))
        // Where MPEG-2 changes its size or shape, FFmpeg's own tool loses a frame; packets tell how many there are.
        let frames =
            try ["size.ts", "shape.ts"].contains(file.name)
            ? Probe(input).videoPackets().count : Probe.decodedFrames(input)
        #expect(try Probe.decodedFrames(output) == frames)
        let slack = file.options.contains("ffv1") ? 0 : 1  // H.264 wants even sizes.
        #expect((0...slack).contains(after.width - 2 * before.width))
        #expect((0...slack).contains(after.height - 2 * before.height))
        #expect((before.sampleAspect ?? "1:1") == (after.sampleAspect ?? "1:1"))
    }

    @Test("a picture of another shape gets bars and keeps its own, and the log says when")
    func shape() throws {
        let input = try GeneratedFile.named("shape.ts").make(in: folder)
        let output = folder.file("out.mkv")
        let run = try Tool.run(["upscale", input, "-o", output, "--encoder", "ffv1", "--model", "lanczos3"])
        try #require(run.status == 0, "\(run.errorText)")
        #expect(
            run.errorText.contains("fitted into the picture of the beginning (Lanczos 3), with black bars above and"))
        #expect(run.errorText.contains("changes back to 72×56"))
        // 4:3 first (samples 16:15), so 64:45 makes it wider: three quarters of the height are left.
        let hidden = try columnOfLuma(output, frame: 8)
        let first = try columnOfLuma(output, frame: 1)
        #expect(hidden.count == 112 && first.count == 112)
        #expect(hidden.prefix(13).allSatisfy { $0 == 16 } && hidden.suffix(13).allSatisfy { $0 == 16 })
        #expect(!hidden[15..<97].allSatisfy { $0 == 16 } && !first.prefix(13).allSatisfy { $0 == 16 })
    }

    /// The codes of one column, from the top, in the middle of the picture.
    private func columnOfLuma(_ path: String, frame: Int) throws -> [UInt8] {
        Array(
            try FFmpegTool.ffmpeg([
                "-i", path, "-vf", "select=eq(n\\,\(frame)),extractplanes=y,crop=1:ih:72:0", "-frames:v", "1", "-f",
                "rawvideo", "-",
            ]))
    }
}
