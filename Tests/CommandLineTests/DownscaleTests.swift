import Foundation
import Testing
import UplumaTestSupport

/// Smaller pictures by the tool: `downscale`, and `upscale --downscale`.
@Suite struct DownscaleTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// A way to another size: the command with its options, and how many times larger the result is.
    struct Way: Sendable, CustomTestStringConvertible {
        let command: [String]
        let scale: Int
        let factor: Int
        var testDescription: String { command.joined(separator: " ") }

        func size(_ count: Int) -> Int { (count * scale + factor - 1) / factor }

        static let all = [
            Way(command: ["downscale", "--model", "lanczos3-2x"], scale: 1, factor: 2),
            Way(command: ["downscale", "--model", "bicubic-4x"], scale: 1, factor: 4),
            Way(command: ["upscale", "--model", "lanczos3", "--downscale", "lanczos3-2x"], scale: 2, factor: 2),
            Way(
                command: ["upscale", "--model", "lanczos3", "--scale", "3", "--downscale", "lanczos3-2x"], scale: 3,
                factor: 2),
            Way(
                command: ["upscale", "--model", "lanczos3", "--scale", "3", "--downscale", "lanczos3-4x"], scale: 3,
                factor: 4),
        ]
    }

    /// Runs a way into a file of the folder.
    private func run(_ way: Way, _ input: String, _ output: String, _ more: [String] = []) throws -> ProcessResult {
        try Tool.run(way.command + [folder.file(input), "-o", folder.file(output)] + more)
    }

    /// Planes as FFmpeg decodes the last picture of a file.
    private func picture(_ path: String, _ format: String, bytes: Int) throws -> Data {
        try FFmpegTool.ffmpeg(["-i", path, "-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", format, "-"])
            .suffix(bytes)
    }

    /// Writes three frames of raw pictures as FFV1.
    private func make(
        _ name: String, _ format: String, _ width: Int, _ height: Int, _ data: Data, _ more: [String] = []
    )
        throws
    {
        try FFmpegTool.ffmpeg(
            ["-f", "rawvideo", "-pix_fmt", format, "-s", "\(width)x\(height)", "-r", "25", "-i", "-", "-c:v", "ffv1"]
                + more + [folder.file(name)], input: data + data + data)
    }

    @Test("a ramp of 16 bits is where it was, odd sizes too", arguments: Way.all, [(96, 80), (97, 83), (90, 79)])
    func ramp(way: Way, size: (Int, Int)) throws {
        let (width, height) = size
        func level(_ x: Double, _ y: Double) -> Double { 9000 + 400 * x + 150 * y }
        var data = Data()
        for y in 0..<height {
            for x in 0..<width {
                let code = UInt16(level(Double(x), Double(y)))
                data += [UInt8(code & 255), UInt8(code >> 8)]
            }
        }
        try make("in.mkv", "gray16le", width, height, data)
        let result = try run(way, "in.mkv", "out.mkv", ["--encoder", "ffv1", "--verify"])
        try #require(result.status == 0, "\(result.errorText)")
        let (wide, high) = (way.size(width), way.size(height))
        let video = try #require(Probe(folder.file("out.mkv")).video)
        #expect((video.width, video.height) == (wide, high))
        let found = try [UInt8](picture(folder.file("out.mkv"), "gray16le", bytes: 2 * wide * high))
        let step = Double(way.factor) / Double(way.scale)
        var worst = 0.0
        // The filters' reach at the borders left out.
        let margin = Int((16 / min(step, 1)).rounded(.up)) / way.factor + 4
        for y in margin..<high - margin {
            for x in margin..<wide - margin {
                let code = Int(found[2 * (y * wide + x)]) + 256 * Int(found[2 * (y * wide + x) + 1])
                let place = ((Double(x) + 0.5) * step - 0.5, (Double(y) + 0.5) * step - 0.5)
                worst = max(worst, abs(Double(code) - level(place.0, place.1)))
            }
        }
        // Lanczos 3 is not exact on ramps, by less than 2 % of a step of 400 a sample (of each of two steps); a phase that
        // went by the rounded size would be off by half a sample, 200, at the far end.
        #expect(worst < 17, "\(worst)")
    }

    @Test("chroma stays on its luma", arguments: Way.all, ["left", "center", "topleft"])
    func siting(way: Way, site: String) throws {
        let (width, height) = (261, 195)
        let offset =
            switch site {
            case "center": (x: 0.5, y: 0.5)
            case "topleft": (x: 0.0, y: 0.0)
            default: (x: 0.0, y: 0.5)
            }
        func grids(_ width: Int, _ height: Int) -> [SmoothSpot.Grid] {
            let chroma = SmoothSpot.Grid(
                width: (width + 1) / 2, height: (height + 1) / 2, step: (2, 2), offset: offset)
            return [SmoothSpot.Grid(width: width, height: height, step: (1, 1), offset: (0, 0)), chroma, chroma]
        }
        let spot = SmoothSpot(x: 150.3, y: 101.7, sigma: 20)
        try make(
            "in.mkv", "yuv420p", width, height, spot.bytes(grids(width, height)), ["-chroma_sample_location", site])
        let result = try run(way, "in.mkv", "out.mkv", ["--encoder", "ffv1", "--verify"])
        try #require(result.status == 0, "\(result.errorText)")
        let video = try #require(Probe(folder.file("out.mkv")).video)
        #expect((video.width, video.height) == (way.size(width), way.size(height)))
        #expect(site == "left" || video.chromaLocation == site)
        let found = grids(way.size(width), way.size(height))
        let data = try picture(
            folder.file("out.mkv"), "yuv420p", bytes: found.reduce(0) { $0 + $1.width * $1.height })
        let ratio = Double(way.scale) / Double(way.factor)
        let places = try #require(spot.places(in: data, found, scale: ratio))
        for place in places {
            // In samples of the result, where the source's coordinate lies exactly: rounding to 8 bits on both sides of the
            // spot, which has up to six samples for one of the source's chroma. Another location would be a quarter of a
            // sample away or more.
            let x = place.x - ((spot.x + 0.5) * ratio - 0.5)
            let y = place.y - ((spot.y + 0.5) * ratio - 0.5)
            #expect(abs(x) < 0.05 && abs(y) < 0.05, "off by (\(x), \(y))")
        }
    }

    @Test("everything else is kept, in every container", arguments: ["mkv", "mp4", "mov", "webm", "avi", "ts", "mpg"])
    func containers(kind: String) throws {
        try Clips.makeWithEverything(folder.file("in.mkv"))
        let way = Way.all[0]
        // The others keep neither chapters nor titles.
        let verify = ["mkv", "mp4", "webm"].contains(kind) ? ["--verify"] : []
        let options = ["--on-incompatible", kind == "mkv" ? "fail" : "drop"] + verify
        let result = try run(way, "in.mkv", "out.\(kind)", options)
        try #require(result.status == 0, "\(result.errorText)")
        #expect(!result.errorText.contains("enlarge") && !result.errorText.contains("tag that names"))
        let video = try #require(Probe(folder.file("out.\(kind)")).video)
        #expect((video.width, video.height) == (Clips.width / 2, Clips.height / 2))
        #expect(try Probe.decodedFrames(folder.file("out.\(kind)")) == Clips.frames)
        // Rounded up, and to the even size that the encoder asks for.
        let odd = try run(Way.all[1], "in.mkv", "odd.\(kind)", options + ["--verbose"])
        try #require(odd.status == 0, "\(odd.errorText)")
    }

    @Test("the encoder's even sizes, the shape of samples, a rotation") func shapes() throws {
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=98x74:r=25:d=0.2,format=yuv420p,setsar=64/45", "-c:v", "libx264"]
                + [folder.file("in.mp4")])
        try FFmpegTool.ffmpeg(
            ["-i", folder.file("in.mp4"), "-c", "copy", "-metadata:s:v", "rotate=90", folder.file("turned.mp4")])
        let plain = try run(Way.all[0], "in.mp4", "plain.mp4", ["--verify"])
        #expect(plain.status == 0 && plain.errorText.contains("the picture of 49×37 is stored as 50×38"))
        let video = try #require(Probe(folder.file("plain.mp4")).video)
        #expect((video.width, video.height, video.sampleAspect) == (50, 38, "64:45"))
        for (kind, size) in [("mp4", (50, 38)), ("mkv", (38, 50))] {
            let result = try run(Way.all[0], "turned.mp4", "turned-small.\(kind)", ["--verify"])
            try #require(result.status == 0, "\(result.errorText)")
            let video = try #require(Probe(folder.file("turned-small.\(kind)")).video)
            #expect((video.width, video.height) == size, "\(kind)")
        }
        let verified = try Tool.run(["verify", folder.file("in.mp4"), folder.file("plain.mp4"), "--json"])
        let text = String(decoding: verified.output, as: UTF8.self)
        #expect(verified.status == 0 && text.contains("padded by 1 columns and 1 rows"), "\(text)")
    }

    @Test("verify knows every ratio a job can make, and no other") func ratios() throws {
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: "yuv444p")
        for (width, height, words) in [
            (Clips.width / 2, Clips.height / 2, "1/2 of the source's"), (Clips.width / 4, Clips.height / 4, "1/4 of"),
            (Clips.width * 3 / 2, Clips.height * 3 / 2, "3/2 times"), (Clips.width, Clips.height, "1 times"),
            (Clips.width / 2, Clips.height, nil), (Clips.width * 5 / 8, Clips.height * 5 / 8, nil),
        ] as [(Int, Int, String?)] {
            try FFmpegTool.ffmpeg([
                "-i", folder.file("in.mkv"), "-vf", "scale=\(width):\(height),setsar=1", "-c:v", "ffv1",
                folder.file("out.mkv"),
            ])
            let run = try Tool.run(["verify", folder.file("in.mkv"), folder.file("out.mkv"), "--json"])
            let object = try #require(JSONSerialization.jsonObject(with: run.output) as? [String: Any])
            let items = try #require(object["items"] as? [[String: String]])
            let size = try #require(items.first { $0["item"] == "size" })
            #expect((size["status"] == "kept") == (words != nil), "\(width)×\(height): \(size)")
            if let words { #expect(size["message"]?.contains(words) == true, "\(size)") }
        }
    }

    @Test("fields, film, a picture of 2×2, pipes") func sources() throws {
        let way = Way.all[0]
        for name in ["interlaced.mpg", "woven.avi", "telecined.mpg", "pal.dv", "two.mkv"] {
            let file = try GeneratedFile.named(name)
            let input = try file.make(in: folder)
            let ending = try #require(file.results.first)
            let result = try Tool.run(
                way.command + [input, "-o", folder.file("out.\(ending)"), "--verify", "--overwrite"] + file.options)
            #expect(result.status == 0, "\(file): \(result.errorText)")
        }
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: "yuv420p")
        let pipe = try Tool.run(
            way.command + ["-", "-o", "-"], input: Data(contentsOf: URL(fileURLWithPath: folder.file("in.mkv"))))
        let header = String(decoding: pipe.output.prefix(20), as: UTF8.self)
        #expect(
            pipe.status == 0 && header.hasPrefix("YUV4MPEG2 W\(Clips.width / 2) H\(Clips.height / 2) "), "\(header)")
    }

    @Test("mistakes say what to do")
    func mistakes() throws {
        try FFmpegTool.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=40x30:r=25:d=0.2,format=yuv444p", "-c:v", "ffv1", folder.file("in.mkv"),
        ])
        try FFmpegTool.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=40x30:r=25:d=0.2,format=yuv444p,crop=3:5", "-c:v", "ffv1",
            folder.file("tiny.mkv"),
        ])
        for (arguments, words) in [
            (["downscale", "in.mkv", "--model", "nothing-2x"], ["no downscaler \"nothing-2x\"", "lanczos3-2x"]),
            (["downscale", "in.mkv", "--model", "lanczos3"], ["lanczos3 is no downscaler", "lanczos3-2x"]),
            (["upscale", "in.mkv", "--downscale", "sp-vdsr"], ["sp-vdsr is no downscaler", "upscale --model"]),
            (["upscale", "in.mkv", "--model", "car-2x"], ["car-2x is no model", "downscale --model"]),
            (["plan", "in.mkv", "--downscale", "sp-vdsr"], ["sp-vdsr is no downscaler", "upscale --model"]),
            (["downscale", "tiny.mkv", "--model", "lanczos3-4x"], ["one pixel of 4×4", "only 3×5", "smaller factor"]),
            (
                ["downscale", "in.mkv", "--model", "lanczos3-4x", "--encoder", "libx265"],
                ["libx265", "as small as the 10×8 that lanczos3-4x makes", "smaller factor", "--encoder"]
            ),
            (["downscale", "in.mkv", "--scale", "2"], ["--scale"]),
        ] {
            let result = try Tool.run(arguments + ["-o", "out.mkv"], in: folder.path)
            #expect(result.status == 64, "\(arguments)")
            for word in words { #expect(result.errorText.contains(word), "\(word): \(result.errorText)") }
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["in.mkv", "tiny.mkv"])
        // What becomes small only after it was enlarged is judged there.
        let enlarged = try Tool.run(
            [
                "upscale", "tiny.mkv", "-o", "out.mkv", "--scale", "4", "--downscale", "lanczos3-4x", "--encoder",
                "ffv1",
            ],
            in: folder.path)
        #expect(enlarged.status == 0, "\(enlarged.errorText)")
        let note = "--scale 4 and lanczos3-4x cancel out: the result has the size of the source."
        #expect(enlarged.errorText.components(separatedBy: note).count == 2, "\(enlarged.errorText)")
    }

    @Test("the plan tells both steps") func plan() throws {
        try Clips.make(folder.file("in.mkv"))
        let arguments = ["plan", folder.file("in.mkv"), "--scale", "3", "--downscale", "lanczos3-2x", "--no-estimate"]
        let text = String(decoding: try Tool.run(arguments).output, as: UTF8.self)
        #expect(text.contains("reduced by lanczos3-2x") && text.contains("96×72"), "\(text)")
        let json = try Tool.run(arguments + ["--json"])
        let object = try #require(JSONSerialization.jsonObject(with: json.output) as? [String: Any])
        let result = try #require(object["result"] as? [String: Any])
        #expect(result["downscaler"] as? String == "lanczos3-2x" && result["model"] is String)
        #expect(result["width"] as? Int == 96)
    }

    @Test("a tag that names a downscaler nobody knows is told, and not carried on") func unknownTag() throws {
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: "yuv420p")
        for kind in ["mkv", "mp4"] {
            let key = kind == "mkv" ? "DOWNSCALED_BY" : "encoding_tool"
            let coding = kind == "mkv" ? ["-c", "copy"] : ["-c:v", "libx264"]
            try FFmpegTool.ffmpeg(
                ["-i", folder.file("in.mkv")] + coding + [
                    "-metadata", "\(key)=upluma new-9x", folder.file("tag.\(kind)"),
                ])
            let result = try Tool.run(
                ["upscale", folder.file("tag.\(kind)"), "-o", folder.file("out.\(kind)"), "--verify"])
            #expect(
                result.status == 0
                    && result.errorText.contains("made smaller by new-9x, a downscaler that is not known"),
                "\(result.errorText)")
            #expect(try !Probe(folder.file("out.\(kind)")).tags.values.contains { $0.contains("upluma") })
            let plan = try Tool.run(["plan", folder.file("tag.\(kind)"), "--no-estimate"])
            #expect(String(decoding: plan.output, as: UTF8.self).contains("made smaller by new-9x"))
        }
    }
}
