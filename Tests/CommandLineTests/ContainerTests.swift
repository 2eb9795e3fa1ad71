import Foundation
import Testing
import UplumaTestSupport

/// Outputs in other containers than Matroska, through the tool.
@Suite struct ContainerTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func upscale(_ input: String, _ output: String, _ more: [String] = []) throws -> ProcessResult {
        try Tool.run(
            ["upscale", folder.file(input), "-o", folder.file(output), "--model", "bilinear", "--progress", "none"]
                + more)
    }

    @Test(
        "the encoder suits the container, and is named where it is no H.264",
        arguments: [
            ("mkv", "h264"), ("mp4", "h264"), ("mov", "h264"), ("m4v", "h264"), ("ts", "h264"), ("m2ts", "h264"),
            ("mts", "h264"), ("avi", "h264"), ("webm", "vp9"), ("mpg", "mpeg2video"), ("vob", "mpeg2video"),
        ])
    func automaticEncoder(kind: String, codec: String) throws {
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: "yuv420p")
        let result = try upscale("in.mkv", "out.\(kind)")
        try #require(result.status == 0, "\(result.errorText)")
        #expect(result.errorText.contains("The encoder is") == (codec != "h264"), "\(result.errorText)")
        #expect(try Probe(folder.file("out.\(kind)")).video?.codec == codec)
        // The clip is FFV1: all its frames, near enough to them (the usual quality is about 40 dB and more).
        #expect(try Probe.decodedFrames(folder.file("out.\(kind)")) == Probe.decodedFrames(folder.file("in.mkv")))
        #expect(try Probe.psnr(folder.file("out.\(kind)"), reducedTo: folder.file("in.mkv")) > 30)
    }

    @Test("AVCHD's packets have four bytes more") func blurayPackets() throws {
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: "yuv420p")
        for (kind, offset) in [("ts", 0), ("m2ts", 4), ("mts", 4)] {
            try #require(try upscale("in.mkv", "out.\(kind)").status == 0)
            let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("out.\(kind)")))
            #expect(data[offset] == 0x47 && data[2 * offset + 188] == 0x47, "\(kind)")
        }
    }

    @Test(
        "an encoder the container cannot hold is an error that names one that can",
        arguments: [("libx264", "webm"), ("ffv1", "mp4"), ("libvpx-vp9", "ts"), ("libx265", "avi")])
    func wrongEncoder(encoder: String, kind: String) throws {
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: "yuv420p")
        let result = try upscale("in.mkv", "out.\(kind)", ["--encoder", encoder])
        #expect(result.status == 64)
        for word in [encoder, ".mkv"] { #expect(result.errorText.contains(word), "\(result.errorText)") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["in.mkv"])
    }

    @Test("the three policies about subtitles, sound and a font", arguments: ["convert", "drop", "fail"])
    func policies(policy: String) throws {
        try GeneratedFile.named("everything.mkv").make(in: folder)
        try FFmpegTool.ffmpeg([
            "-i", folder.file("everything.mkv"), "-map", "0", "-map", "-0:t", "-map", "-0:v:1?", "-c", "copy", "-c:a:0",
            "pcm_s16le", folder.file("in.mkv"),
        ])
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let result = try upscale("in.mkv", "out.mp4", ["--on-incompatible", policy])
        if policy == "fail" {
            #expect(result.status == 64)
            for word in ["Stream 1 (audio, pcm_s16le)", "mp4", ".mkv", "convert", "drop"] {
                #expect(result.errorText.contains(word), "\(result.errorText)")
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == before)
            return
        }
        try #require(result.status == 0, "\(result.errorText)")
        let codecs = try Probe(folder.file("out.mp4")).streams.filter { $0.kind != "data" }.map(\.codec)
        #expect(codecs == (policy == "convert" ? ["h264", "alac", "ac3", "mov_text", "mov_text"] : ["h264", "ac3"]))
        let words = policy == "convert" ? "becomes" : "is left out"
        for index in [1, 3, 4] {
            #expect(
                result.errorText.split(separator: "\n").contains {
                    $0.contains("Stream \(index) (") && $0.contains(words)
                }, "\(result.errorText)")
        }
        // A font has no way into MP4.
        let font = try upscale("everything.mkv", "font.mp4", ["--on-incompatible", policy])
        #expect(font.status == (policy == "convert" ? 64 : 0))
        #expect(font.errorText.contains("attachment"), "\(font.errorText)")
    }

    @Test("the plan tells each stream's fate and writes nothing") func plan() throws {
        let path = try GeneratedFile.named("film.mp4").make(in: folder)
        let result = try Tool.run(
            ["plan", "--json", "--no-estimate", path, "-o", folder.file("out.mkv")])
        let plan = try JSONSerialization.jsonObject(with: result.output) as? [String: Any]
        let streams = plan?["streams"] as? [[String: Any]] ?? []
        #expect(
            streams.map { $0["fate"] as? String ?? "" } == ["encoded", "copied", "converted", "dropped", "cover"])
        #expect(streams[2]["becomes"] as? String == "subrip")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["film.mp4"])
        let refused = try Tool.run(["plan", path, "-o", folder.file("out.avi"), "--on-incompatible", "fail"])
        #expect(refused.status == 64 && refused.errorText.contains("Stream 2"), "\(refused.errorText)")
    }

    @Test("a timecode track survives in MOV and MP4") func timecode() throws {
        try GeneratedFile.named("tape.mov").make(in: folder)
        for kind in ["mov", "mp4"] {
            let result = try upscale("tape.mov", "out.\(kind)")
            try #require(result.status == 0, "\(result.errorText)")
            #expect(!result.errorText.contains("data"), "\(result.errorText)")
            let track = try Probe(folder.file("out.\(kind)")).streams.first { $0.kind == "data" }
            #expect(track?.tags["timecode"] == "01:02:03:04")
        }
    }

    @Test("an interrupted run closes a file with converted sound") func interrupted() throws {
        let source = folder.file("long.mkv")
        try FFmpegTool.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=120", "-f", "lavfi", "-i", "sine=d=120:r=48000", "-c:v",
            "libx264", "-preset", "ultrafast", "-c:a", "pcm_s16le", source,
        ])
        let output = folder.file("out.mp4")
        let result = try ProcessResult.running(
            Tool.url.path, ["upscale", source, "-o", output, "--encoder-preset", "ultrafast", "--progress", "json"]
        ) { process in
            DispatchQueue.global().async {
                let deadline = Date(timeIntervalSinceNow: 60)
                while Date() < deadline,
                    (try? Data(contentsOf: URL(fileURLWithPath: output + ".partial")).count) ?? 0 < 200_000
                {
                    usleep(20_000)
                }
                kill(process, SIGINT)
            }
        }
        #expect(result.status == 130, "\(result.errorText)")
        let partial = try Probe(folder.file("out.mp4.partial"))
        #expect(partial.streams.map(\.codec) == ["h264", "alac"])
        #expect(try Probe.decodedFrames(folder.file("out.mp4.partial")) > 0)
    }
}
