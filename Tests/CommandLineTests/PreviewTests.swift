import Foundation
import Testing
import UplumaTestSupport

@testable import UplumaTool

/// `upluma preview` as a user runs it.
@Suite struct PreviewTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Eight seconds of a moving test picture, 160×128, a key frame every second.
    private func clip(_ name: String = "in.mkv", _ more: [String] = []) throws -> String {
        let path = folder.file(name)
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=160x128:r=25:d=8", "-c:v", "libx264", "-preset", "fast", "-g", "25"]
                + (more.isEmpty ? ["-pix_fmt", "yuv420p"] : more) + [path])
        return path
    }

    private func preview(_ arguments: [String], estimate: Bool = false) throws -> ProcessResult {
        try Tool.run(["preview"] + arguments + (estimate ? [] : ["--no-estimate"]), in: folder.path)
    }

    private func json(_ arguments: [String], estimate: Bool = false) throws -> [String: Any] {
        let result = try preview(arguments + ["--json"], estimate: estimate)
        try #require(result.status == 0, "\(result.errorText)")
        return try #require(JSONSerialization.jsonObject(with: result.output) as? [String: Any])
    }

    /// Runs it in vain: a sentence, the right code, no picture.
    private func expectFailure(
        _ arguments: [String], status: Int32, says words: String..., sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let output = folder.file("out.png")
        let result = try preview(arguments + (arguments.contains("-o") ? [] : ["-o", output]))
        #expect(result.status == status, "\(result.errorText)", sourceLocation: sourceLocation)
        for word in words {
            #expect(result.errorText.contains(word), "\(result.errorText)", sourceLocation: sourceLocation)
        }
        for name in [output, output + ".partial"] {
            #expect(!FileManager.default.fileExists(atPath: name), sourceLocation: sourceLocation)
        }
    }

    // MARK: What is made

    @Test("without more than a name, the most detailed frame beside Lanczos, as NAME-preview.png") func plain() throws {
        let input = try clip()
        let result = try preview([input])
        #expect(result.status == 0, "\(result.errorText)")
        let text = String(decoding: result.output, as: UTF8.self)
        #expect(text.hasPrefix("in-preview.png: a frame, 320×256 yuv420 8 bit\nat 0:00:0"), "\(text)")
        #expect(text.contains("\n  lanczos3 ") && text.contains("\n  sp-vdsr ") && text.contains("dB to its source"))
        let picture = try #require(try Probe(folder.file("in-preview.png")).video)
        #expect(picture.codec == "png" && picture.width > 640 && picture.height > 256)
        let again = try preview([input])
        #expect(again.status == 73 && again.errorText.contains("--overwrite"))
    }

    @Test("the view single is the result's picture alone, of 16 bits and tagged where the source is")
    func single() throws {
        let tags = ["-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc"]
        let input = try clip("hdr.mkv", ["-pix_fmt", "yuv420p10le", "-vf", "setsar=4/3"] + tags)
        let output = folder.file("one.png")
        let result = try preview([input, "--frame", "30", "--view", "single", "--model", "bilinear", "-o", output])
        #expect(result.status == 0, "\(result.errorText)")
        let picture = try #require(try Probe(output).video)
        #expect(picture.width == 320 && picture.height == 256 && picture.pixelFormat == "rgb48be")
        let file = try #require(PNGFile([UInt8](Data(contentsOf: URL(fileURLWithPath: output)))))
        let isIntact = file.chunks.allSatisfy { $0.isIntact }
        #expect(isIntact)
        #expect(file["cICP"] == [9, 16, 0, 1], "BT.2020, PQ, RGB, full range")
        #expect(file["pHYs"].map { Array($0.prefix(8)) } == [0, 0, 0, 3, 0, 0, 0, 4], "pixels 4:3 wide: 3 by 4 a unit")
        // The same at 8 bits, and of a source that says nothing.
        let small = folder.file("small.png")
        let bare = try preview([try clip(), "--frame", "30", "--view", "single", "--depth", "16", "-o", small])
        #expect(bare.status == 0)
        let plain = try #require(PNGFile([UInt8](Data(contentsOf: URL(fileURLWithPath: small)))))
        #expect(plain["cICP"] == nil && plain["IHDR"]?[8] == 16)
    }

    @Test("frames by time, number, interval and scene; the report says which")
    func moments() throws {
        let input = try clip()
        let output = ["-o", folder.file("out.png"), "--overwrite", "--model", "nearest"]
        func times(_ arguments: [String]) throws -> [Double] {
            let moments = try json([input] + arguments + output)["moments"] as? [[String: Any]]
            return try #require(moments).compactMap { $0["seconds"] as? Double }
        }
        #expect(try times(["--at", "1.5,0:00:02,7.99"]) == [1.48, 2, 7.96], "what is on the screen then")
        #expect(try times(["--frame", "0,199"]) == [0, 7.96])
        #expect(try times(["--every", "3s"]) == [0, 3, 6])
        let scenes = try times(["--scenes", "3"])
        #expect(scenes.count == 3 && scenes == scenes.sorted() && Set(scenes).count == 3)
        let report = try json([input, "--frame", "30"] + output)
        let moment = try #require((report["moments"] as? [[String: Any]])?.first)
        #expect(moment["frame"] as? Int == 30)
        let pictures = try #require(moment["pictures"] as? [[String: Any]])
        #expect(pictures.map { $0["kind"] as? String } == ["baseline", "model"])
        #expect(pictures.map { $0["name"] as? String } == ["lanczos3", "nearest"])
        #expect(pictures.allSatisfy { ($0["milliseconds"] as? Double ?? 0) > 0 })
        // Every second row and column of the result is a source sample: reduced by an antialiased filter, nearly the same.
        let quality = try #require(pictures[1]["quality"] as? [String: Double])
        #expect(try #require(quality["self_consistency_psnr_y"]) > 25)
    }

    @Test("the estimate: time, size and memory of each model's job, each with its spread") func estimate() throws {
        let input = try clip()
        let report = try json(
            [input, "--at", "1", "--model", "bilinear,sp-vdsr", "-o", folder.file("out.png")], estimate: true)
        let jobs = try #require(report["jobs"] as? [[String: Any]])
        #expect(jobs.map { $0["model"] as? String } == ["bilinear", "sp-vdsr"])
        for job in jobs {
            #expect(job["encoder"] as? String == "libx264" && job["frames"] as? Int == 200)
            #expect(try #require(job["peak_bytes"] as? Int) > (try #require(job["pictures_bytes"] as? Int)))
            let estimate = try #require(job["estimate"] as? [String: Any])
            let numbers = try [
                "least_seconds", "seconds", "most_seconds", "least_output_bytes", "output_bytes", "most_output_bytes",
            ].map { try #require(estimate[$0] as? Double, "\($0)") }
            #expect(numbers[0] <= numbers[1] && numbers[1] <= numbers[2] && numbers[0] > 0)
            #expect(numbers[3] <= numbers[4] && numbers[4] <= numbers[5] && numbers[3] > 0)
        }
    }

    @Test("a page holds pictures and estimate, and asks for nothing from elsewhere") func page() throws {
        let input = try clip()
        let output = folder.file("out.html")
        let result = try preview([input, "--scenes", "2", "--encode", "-o", output], estimate: true)
        #expect(result.status == 0, "\(result.errorText)")
        let page = try String(contentsOfFile: output, encoding: .utf8)
        #expect(page.hasPrefix("<!DOCTYPE html>") && page.contains("in.mkv"))
        #expect(page.contains("sp-vdsr, libx264") && page.contains("The whole job"))
        for address in ["http:", "https:", "src=\"/", "url(/"] { #expect(!page.contains(address), "\(address)") }
    }

    @Test("what a turned source shows stands upright") func turned() throws {
        let file = try #require(GeneratedFile.all.first { $0.name.hasPrefix("turned-") && $0.name.contains("90") })
        let input = try file.make(in: folder)
        let stored = try #require(try Probe(input).video)
        let output = folder.file("up.png")
        let report = try json([input, "--frame", "2", "--model", "bilinear", "--view", "single", "-o", output])
        #expect(report["width"] as? Int == 2 * stored.width, "the job's result is turned by players")
        let picture = try #require(try Probe(output).video)
        #expect(picture.width == 2 * stored.height && picture.height == 2 * stored.width)
    }

    @Test(
        "an encoder that is opened and gets nothing to encode is no reason to wait",
        arguments: ["libx264", "libsvtav1"])
    func idleEncoder(name: String) throws {
        let output = folder.file("out.png")
        let result = try preview([try clip(), "--at", "1", "--model", "bilinear", "--encoder", name, "-o", output])
        #expect(result.status == 0, "\(result.errorText)")
    }

    @Test("what becomes of sound and subtitles is not told: nothing of them is shown") func otherStreams() throws {
        let input = try GeneratedFile.named("film.mp4").make(in: folder)
        let result = try preview([input, "--frame", "2", "--model", "bilinear", "-o", folder.file("out.png")])
        #expect(result.status == 0 && !result.errorText.contains("Stream"), "\(result.errorText)")
    }

    // MARK: Standard input and output

    @Test("a pipe is read once, times in rising order") func pipe() throws {
        let stream = try FFmpegTool.ffmpeg(["-i", try clip(), "-f", "yuv4mpegpipe", "-"])
        let output = folder.file("out.png")
        let arguments = ["--model", "bilinear", "-o", output, "--json", "--no-estimate"]
        let result = try Tool.run(["preview", "-", "--at", "1,3"] + arguments, input: stream)
        #expect(result.status == 0, "\(result.errorText)")
        let report = try #require(JSONSerialization.jsonObject(with: result.output) as? [String: Any])
        let frames = (report["moments"] as? [[String: Any]])?.compactMap { $0["frame"] as? Int }
        #expect(frames == [25, 75])
        for (wrong, word) in [
            (["--at", "3,1"], "rising order"), (["--scenes", "2"], "--at"), (["--every", "1s"], "--at"),
            (["--at", "1", "--encode"], "--encode"),
        ] {
            let refused = try Tool.run(["preview", "-"] + wrong + arguments + ["--overwrite"], input: stream)
            #expect(refused.status == 64 && refused.errorText.contains(word), "\(refused.errorText)")
        }
    }

    @Test("standard output that is no terminal is refused, unless the form is named") func standardOutput() throws {
        let input = try clip()
        let refused = try preview([input, "--at", "1", "-o", "-"])
        #expect(refused.status == 64 && refused.output.isEmpty)
        #expect(refused.errorText.contains("no terminal") && refused.errorText.contains("--terminal"))
        let starts: [(String, [UInt8])] = [
            ("png", [0x89, 0x50, 0x4E, 0x47]), ("kitty", Array("\u{1B}_Ga=T,f=100,".utf8)),
            ("iterm2", Array("\u{1B}]1337;File=".utf8)), ("sixel", Array("\u{1B}P".utf8)),
        ]
        for (format, start) in starts {
            let shown = try preview([input, "--at", "1", "-o", "-", "--terminal", format])
            #expect(shown.status == 0 && [UInt8](shown.output.prefix(start.count)) == start, "\(format)")
            #expect(shown.errorText.contains("a frame, 320×256"), "words go to standard error")
        }
        #expect(try preview([input, "-o", "-", "--json"]).status == 64)
        #expect(try preview([input, "-o", folder.file("x.png"), "--terminal", "sixel"]).status == 64)
    }

    // MARK: Mistakes

    @Test(
        "times are seconds, clocks, or numbers with letters",
        arguments: [
            ("90", 90), ("12.5", 12.5), ("1:30", 90), ("1:00:00.5", 3600.5), ("5m", 300), ("1h", 3600),
            ("1h2m3s", 3723),
            ("2.5s", 2.5), ("1h30s", 3630), (".5m", 30), ("m", nil), ("5x", nil), ("5m5m", nil), ("1s2m", nil),
            ("-5m", nil), ("5 m", nil), ("1:30m", nil), ("", nil), ("9999999h", nil),
        ] as [(String, Double?)])
    func times(text: String, seconds: Double?) { #expect(TimeValue(argument: text)?.seconds == seconds) }

    @Test("a time or number past the end names the last one") func pastTheEnd() throws {
        let input = try clip()
        try expectFailure([input, "--at", "8"], status: 65, says: "8 s", "7.96 s")
        try expectFailure([input, "--at", "1:00:00"], status: 65, says: "3600 s", "7.96 s")
        try expectFailure([input, "--frame", "200"], status: 65, says: "Frame 200", "number 199")
        // The same in files that have no index and no stated length.
        let bare = folder.file("bare.ts")
        try FFmpegTool.ffmpeg(["-i", input, "-c", "copy", bare])
        try expectFailure([bare, "--at", "9"], status: 65, says: "9 s", "s. Give that time")
    }

    @Test("where nothing can be decoded, the nearest good frames are named", arguments: ["mkv", "mp4", "mov"])
    func damaged(ending: String) throws {
        let path = try clip("whole.\(ending)")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        // A tenth of the file, more than a group of pictures, is lost in the middle.
        let hole = bytes.count * 45 / 100..<bytes.count * 60 / 100
        bytes.replaceSubrange(hole, with: Data(count: hole.count))
        let damaged = folder.file("damaged.\(ending)")
        try bytes.write(to: URL(fileURLWithPath: damaged))
        try expectFailure(
            [damaged, "--at", "4.2", "--model", "bilinear"], status: 65, says: "4.2 s", "cannot be decoded",
            "The nearest good frames are at 3.", " s and ")
        let result = try preview([damaged, "--at", "1", "--model", "bilinear", "-o", folder.file("good.png")])
        #expect(result.status == 0, "\(result.errorText)")
    }

    @Test("where no other picture comes for long, the one before is shown, as in the job, and the gap is told")
    func gap() throws {
        let input = try GeneratedFile.named("gap.mkv").make(in: folder)
        let shown = try preview([input, "--at", "0.7", "--model", "bilinear", "-o", folder.file("gap.png")])
        #expect(shown.status == 0)
        #expect(shown.errorText.contains("Between 0.28 s and 1.22 s") && shown.errorText.contains("no other picture"))
        let near = try preview([input, "--at", "0.3", "--model", "bilinear", "-o", folder.file("near.png")])
        #expect(near.status == 0 && !near.errorText.contains("no other picture"))
    }

    @Test("what cannot be shown is told in a sentence") func mistakes() throws {
        let input = try clip()
        let sound = folder.file("sound.mp3")
        try FFmpegTool.ffmpeg(["-f", "lavfi", "-i", "sine=d=1", sound])
        try expectFailure([sound], status: 65, says: "sound.mp3", "no video")
        try expectFailure([folder.file("nowhere.mkv")], status: 66, says: "nowhere.mkv")
        try expectFailure([input, "-o", folder.file("out.jpg")], status: 64, says: "out.jpg", ".png or .html")
        try expectFailure([input, "-o", folder.file("none/out.png")], status: 73, says: "none")
        try expectFailure([input, "--model", "nothing"], status: 64, says: "nothing", "sp-vdsr")
        try expectFailure([input, "--at", "1", "--every", "1m"], status: 64, says: "--at and --every")
        try expectFailure([input, "--every", "0.01"], status: 64, says: "801 frames", "0.04 s")
        try expectFailure([input, "--scenes", "0"], status: 64, says: "--scenes 0")
        try expectFailure([input, "--at", "1,2", "--view", "single"], status: 64, says: "single")
        try expectFailure([input, "--view", "nice"], status: 64, says: "nice")
        try expectFailure([input, "--depth", "10"], status: 64, says: "8 or 16")
        try expectFailure(
            [input, "--view", "sides", "-o", folder.file("out.html")], status: 64, says: "--view")
        try expectFailure([input, "--at", "1", "--reference", input], status: 64, says: "160×128", "320×256")
        // The input is not to be overwritten, by whatever name.
        try expectFailure([input, "-o", "in.mkv"], status: 64, says: ".png or .html")
    }

    @Test("the first signal ends it: code 130, and the picture that was made stays") func interrupted() throws {
        let input = try clip()
        let output = folder.file("out.png")
        // The estimate of a network of seconds a frame lasts long enough to be interrupted once the picture is there.
        let result = try ProcessResult.running(
            Tool.url.path, ["preview", input, "--at", "1", "--model", "vdsr", "--scale", "2", "-o", output]
        ) { process in
            DispatchQueue.global().async {
                let deadline = Date(timeIntervalSinceNow: 60)
                while Date() < deadline, !FileManager.default.fileExists(atPath: output) { usleep(10_000) }
                kill(process, SIGINT)
            }
        }
        #expect(result.status == 130, "\(result.errorText)")
        #expect(try #require(try Probe(output).video).width > 320)
        #expect(!FileManager.default.fileExists(atPath: output + ".partial"))
    }
}
