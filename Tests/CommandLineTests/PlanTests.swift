import Foundation
import Testing
import UplumaTestSupport

/// `upluma plan`, and that a run says what the plan says.
@Suite struct PlanTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func plan(_ arguments: [String]) throws -> [String: Any] {
        let result = try Tool.run(["plan", "--json"] + arguments, in: folder.path)
        try #require(result.status == 0 && result.errorText.isEmpty, "\(result.errorText)")
        return try #require(JSONSerialization.jsonObject(with: result.output) as? [String: Any])
    }

    private func messages(_ plan: [String: Any]) -> [String] {
        (plan["assumptions"] as? [[String: String]] ?? []).compactMap { $0["message"] }
    }

    @Test(
        "the plan is what the run does, and every assumption is a line of the run's log", arguments: GeneratedFile.all)
    func agrees(file: GeneratedFile) throws {
        let input = try file.make(in: folder)
        let ending = try #require(file.results.first)
        let options = ["-o", folder.file("out.\(ending)"), "--model", "bilinear"] + file.options
        let plan = try plan(["--no-estimate", input] + options)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [file.name], "nothing is written")
        let run = try Tool.run(["upscale", input] + options)
        try #require(run.status == 0, "\(run.errorText)")
        let lines = run.errorText.split(separator: "\n").map { String($0.dropFirst("upluma: ".count)) }
        for message in messages(plan) + (plan["notes"] as? [String] ?? []) {
            #expect(lines.filter { $0 == message }.count == 1, "\(message) in \(lines)")
        }
        let result = try #require(plan["result"] as? [String: Any])
        let video = try #require(try Probe(folder.file("out.\(ending)")).video)
        #expect(result["width"] as? Int == video.width && result["height"] as? Int == video.height)
        #expect(plan["estimate"] == nil)
    }

    @Test("what the source says is not assumed, what it leaves open is")
    func assumptions() throws {
        let tags = ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"]
        for (name, more, expected) in [
            ("tagged.mkv", tags + ["-chroma_sample_location", "left"], []),
            ("bare.mkv", [], ["range", "color"]),
            // H.264 says its range wherever it names colours.
            ("part.mkv", Array(tags.dropLast(4)), ["color"]),
        ] {
            try FFmpegTool.ffmpeg(
                ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=0.2,format=yuv420p,setsar=1", "-c:v", "libx264"] + more
                    + [folder.file(name)])
            let plan = try plan(["--no-estimate", name])
            let about = (plan["assumptions"] as? [[String: String]] ?? []).compactMap { $0["about"] }
            #expect(about == expected, "\(name)")
        }
        let text = try messages(plan(["--no-estimate", "part.mkv"])).joined()
        #expect(text.contains("(matrix)") && !text.contains("primaries"), "only what is missing: \(text)")
    }

    @Test("time, speed, size and memory are measured") func estimate() throws {
        try Clips.make(folder.file("in.mkv"))
        // FFV1, whose packets Matroska stores as they are; it writes H.264 with other start codes.
        let ffv1 = ["--encoder", "ffv1"]
        let estimate = try #require(try plan(["in.mkv"] + ffv1)["estimate"] as? [String: Any])
        let number = { (key: String) in (estimate[key] as? NSNumber)?.doubleValue ?? .nan }
        #expect(number("measured_frames") == Double(Clips.frames), "a short film is made wholly")
        #expect(number("slowest_fps") > 0 && number("fastest_fps") >= number("slowest_fps"))
        #expect(number("least_seconds") <= number("seconds") && number("seconds") <= number("most_seconds"))
        try FFmpegTool.ffmpeg(["-i", folder.file("in.mkv"), "-map", "0:v", "-c", "copy", folder.file("video.mkv")])
        let result = try Tool.run(["upscale", folder.file("in.mkv"), "-o", folder.file("out.mkv")] + ffv1)
        try #require(result.status == 0, "\(result.errorText)")
        let sizes = try JSONSerialization.jsonObject(
            with: FFmpegTool.run(
                "ffprobe",
                ["-v", "error", "-of", "json", "-select_streams", "v", "-show_packets", folder.file("out.mkv")]))
        let packets = (sizes as? [String: Any])?["packets"] as? [[String: Any]] ?? []
        let bytes = packets.compactMap { ($0["size"] as? String).flatMap { Int($0) } }.reduce(0, +)
        #expect(number("output_bytes") == Double(bytes), "all frames were coded, so their size is exact")
        let memory = try #require(try plan(["in.mkv"])["memory"] as? [String: Any])
        #expect((memory["peak_bytes"] as? Int ?? 0) > (memory["pictures_bytes"] as? Int ?? .max))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                "in.mkv", "out.mkv", "video.mkv",
            ])
    }

    @Test("an existing output is no hindrance, and stays") func existing() throws {
        try Clips.make(folder.file("in.mkv"))
        try Data("precious".utf8).write(to: URL(fileURLWithPath: folder.file("out.mp4")))
        let plan = try plan(["in.mkv", "-o", "out.mp4"])
        #expect((plan["result"] as? [String: Any])?["container"] as? String == "mp4")
        #expect(try String(contentsOfFile: folder.file("out.mp4"), encoding: .utf8) == "precious")
    }

    @Test("a part, another scale, a pipe") func options() throws {
        try Clips.make(folder.file("in.mkv"))
        let part = try plan(["in.mkv", "--start", "0.2", "--duration", "0.12", "--scale", "3", "--no-estimate"])
        let result = try #require(part["result"] as? [String: Any])
        #expect(result["width"] as? Int == 3 * Clips.width)
        // By the length of the file, which is that of its sound; measuring the excerpt counts.
        #expect((3...4).contains(result["frames"] as? Int ?? 0))
        let counted = try plan(["in.mkv", "--start", "0.2", "--duration", "0.12"])
        #expect((counted["result"] as? [String: Any])?["frames"] as? Int == 3)
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("in.mkv")))
        let piped = try Tool.run(["plan", "-", "--json"], input: data)
        let object = try #require(JSONSerialization.jsonObject(with: piped.output) as? [String: Any])
        #expect(piped.status == 0 && object["estimate"] == nil)
    }

    @Test("people get lines") func screen() throws {
        try Clips.make(folder.file("in.mkv"))
        let result = try Tool.run(["plan", folder.file("in.mkv")])
        let text = String(decoding: result.output, as: UTF8.self)
        for label in ["source", "result", "luma", "chroma", "fields", "assumed", "memory", "expected"] {
            #expect(text.contains("\n\(label)") || text.hasPrefix(label), "\(label): \(text)")
        }
        #expect(text.contains("h264 64×48 yuv420p") && text.contains("128×96"))
    }

    @Test("mistakes are told as by upscale") func mistakes() throws {
        try Clips.make(folder.file("in.mkv"))
        for (arguments, status) in [
            (["nowhere.mkv"], 66), (["in.mkv", "--model", "esrgan"], 64), (["in.mkv", "--start", "1:00"], 65),
            (["in.mkv", "--duration", "0"], 64), (["in.mkv", "-o", "out.txt"], 64),
        ] as [([String], Int32)] {
            let result = try Tool.run(["plan"] + arguments, in: folder.path)
            #expect(result.status == status && result.output.isEmpty && !result.errorText.isEmpty, "\(arguments)")
        }
    }
}
