import Foundation
import Testing
import UplumaTestSupport

/// `--deinterlace`, from file to file.
@Suite struct DeinterlaceTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func upscale(_ input: String, _ output: String, _ more: [String]) throws -> String {
        let result = try Tool.run(
            ["upscale", folder.file(input), "-o", folder.file(output), "--model", "bilinear", "--encoder", "ffv1"]
                + more)
        try #require(result.status == 0, "\(result.errorText)")
        return result.errorText
    }

    private func makeInterlaced() throws {
        try FFmpegTool.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=50:d=0.48", "-vf", "interlace", "-c:v", "mpeg2video", "-flags",
            "+ildct+ilme", folder.file("in.mpg"),
        ])
    }

    private func makeTelecined() throws {
        try FFmpegTool.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=24000/1001:d=2", "-vf", "telecine=pattern=23", "-c:v",
            "mpeg2video", "-q:v", "2", "-flags", "+ildct+ilme", "-field_order", "tt", folder.file("in.mkv"),
        ])
    }

    @Test("interlaced frames are deinterlaced unless told otherwise, and the log says so") func interlaced() throws {
        try makeInterlaced()
        let automatic = try upscale("in.mpg", "auto.mkv", [])
        #expect(automatic.components(separatedBy: "deinterlaced with bwdif; --deinterlace off").count == 2)
        let off = try upscale("in.mpg", "off.mkv", ["--deinterlace", "off"])
        #expect(off.contains("fields are resampled as one picture") && !off.contains("bwdif"))
        let all = try upscale("in.mpg", "bwdif.mkv", ["--deinterlace", "bwdif"])
        #expect(!all.contains("fields"))
        let hashes = try ["auto", "off", "bwdif"].map { try Probe.frameHashes(folder.file("\($0).mkv")) }
        #expect(hashes[0].count == Clips.frames && hashes[0] == hashes[2] && hashes[1].count == Clips.frames)
        #expect(zip(hashes[0], hashes[1]).allSatisfy { $0 != $1 })
        let times = try ["auto", "off"].map { try Probe(folder.file("\($0).mkv")).videoPackets().map(\.pts) }
        #expect(times[0] == times[1])
    }

    @Test("pictures that a file says were made smaller are whole, whatever they look like") func reduced() throws {
        try FFmpegTool.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=256x192:r=50:d=1.2", "-vf", "interlace,setfield=prog", "-c:v", "ffv1",
            folder.file("woven.mkv"),
        ])
        try FFmpegTool.ffmpeg([
            "-i", folder.file("woven.mkv"), "-c", "copy", "-metadata", "DOWNSCALED_BY=upluma car-2x",
            folder.file("tagged.mkv"),
        ])
        for (name, isKept) in [("woven", false), ("tagged", true)] {
            let plan = try Tool.run(["plan", folder.file("\(name).mkv"), "--no-estimate"])
            #expect(plan.status == 0, "\(plan.errorText)")
            #expect(
                String(decoding: plan.output, as: UTF8.self).contains("bwdif") != isKept,
                "\(name): \(String(decoding: plan.output, as: UTF8.self))")
        }
        // Who asks for the filter gets it.
        let asked = try Tool.run(["plan", folder.file("tagged.mkv"), "--no-estimate", "--deinterlace", "bwdif"])
        #expect(String(decoding: asked.output, as: UTF8.self).contains("bwdif"))
    }

    @Test("progressive sources come out bit for bit as without the filter") func progressive() throws {
        try Clips.make(folder.file("in.mkv"))
        let automatic = try upscale("in.mkv", "auto.mkv", [])
        #expect(!automatic.contains("interlace"))
        _ = try upscale("in.mkv", "off.mkv", ["--deinterlace", "off"])
        #expect(try Probe.frameHashes(folder.file("auto.mkv")) == Probe.frameHashes(folder.file("off.mkv")))
        #expect(
            try Probe(folder.file("auto.mkv")).videoPackets().map(\.pts)
                == Probe(folder.file("off.mkv")).videoPackets().map(\.pts))
    }

    @Test("telecined film becomes film again") func telecined() throws {
        try makeTelecined()
        let log = try upscale("in.mkv", "out.y4m", ["--deinterlace", "ivtc"])
        #expect(log.contains("60 frames went in, 48 came out"))
        #expect(log.contains("out.y4m: 48 frames"), "what comes out is counted: \(log)")
        #expect(try Probe.decodedFrames(folder.file("out.y4m")) == 48)
        let header = try #require(FileHandle(forReadingAtPath: folder.file("out.y4m"))?.readData(ofLength: 64))
        #expect(String(decoding: header, as: UTF8.self).contains("F24000:1001"))
    }

    @Test("an excerpt is cut by the times that come out, with its neighbours' help", arguments: ["auto", "ivtc"])
    func excerpt(how: String) throws {
        let input = how == "ivtc" ? "in.mkv" : "in.mpg"
        if how == "ivtc" { try makeTelecined() } else { try makeInterlaced() }
        let length = how == "ivtc" ? "1" : "0.2"
        _ = try upscale(input, "all.mkv", ["--deinterlace", how])
        _ = try upscale(input, "part.mkv", ["--deinterlace", how, "--duration", length])
        let part = try Probe.frameHashes(folder.file("part.mkv"))
        #expect(part.count == (how == "ivtc" ? 24 : 5))
        #expect(try part == Array(Probe.frameHashes(folder.file("all.mkv")).prefix(part.count)))
    }

    @Test(
        "what auto does follows the pictures, and the log says so",
        arguments: [
            ("woven.mkv", 30, "marked as progressive, but its pictures are interlaced, bottom field first"),
            ("marked-progressive.mpg", 30, "marked as interlaced, but its pictures are not"),
            ("telecined.avi", 48, "telecined film (2:3"), ("film-and-video.avi", 96, "partly telecined film"),
        ])
    func found(name: String, frames: Int, words: String) throws {
        _ = try GeneratedFile.named(name).make(in: folder)
        let log = try upscale(name, "auto.mkv", [])
        #expect(log.contains(words) && log.contains("auto.mkv: \(frames) frames"), "\(log)")
        #expect(log.components(separatedBy: "bwdif").count <= 3, "said once: \(log)")
        let off = try upscale(name, "off.mkv", ["--deinterlace", "off"])
        let isProgressive = name == "marked-progressive.mpg"
        #expect(off.contains("fields are resampled as one picture") == !isProgressive, "\(off)")
        if isProgressive {
            #expect(try Probe.frameHashes(folder.file("auto.mkv")) == Probe.frameHashes(folder.file("off.mkv")))
        }
    }

    @Test("what cannot be is refused before anything is written") func refused() throws {
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: "gray10le")
        for (value, words) in [("bwdif", "--deinterlace off"), ("weave", "ivtc")] {
            let result = try Tool.run(
                ["upscale", folder.file("in.mkv"), "-o", folder.file("out.mkv"), "--deinterlace", value])
            #expect(result.status == 64 && result.errorText.contains(words), "\(result.errorText)")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["in.mkv"])
    }
}
