import Foundation
import Testing
import UplumaTestSupport

/// What a user's mistakes get: one clear sentence, the right exit code, no crash, no file under the output's name.
@Suite struct BadInputTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// Runs `upscale` on `input` and checks the whole of what must hold for a failure.
    private func expectFailure(
        _ input: String, _ more: [String] = [], output: String = "out.mkv", status: Int32, says words: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let path = output.hasPrefix("/") || output == "-" ? output : folder.file(output)
        let existed = FileManager.default.fileExists(atPath: path)
        let result = try Tool.run(["upscale", folder.file(input), "-o", path] + more)
        #expect(result.status == status, "\(result.errorText)", sourceLocation: sourceLocation)
        let lines = result.errorText.split(separator: "\n")
        #expect(lines.count == 1 || status == 64, "one line, not: \(result.errorText)", sourceLocation: sourceLocation)
        for word in words {
            #expect(result.errorText.contains(word), "\(result.errorText)", sourceLocation: sourceLocation)
        }
        #expect(result.output.isEmpty, sourceLocation: sourceLocation)
        if !existed {
            #expect(!FileManager.default.fileExists(atPath: path), sourceLocation: sourceLocation)
            #expect(!FileManager.default.fileExists(atPath: path + ".partial"), sourceLocation: sourceLocation)
        }
    }

    private func makeClip(_ name: String = "in.mkv", _ more: [String] = []) throws {
        try Clips.make(folder.file(name), more)
    }

    @Test func missing() throws {
        try expectFailure("nowhere.mp4", status: 66, says: "nowhere.mp4")
    }

    @Test func empty() throws {
        try Data().write(to: URL(fileURLWithPath: folder.file("empty.mp4")))
        try expectFailure("empty.mp4", status: 65, says: "empty.mp4", "empty")
    }

    @Test func textNamedMP4() throws {
        try Data("This is not a film.\n".utf8).write(to: URL(fileURLWithPath: folder.file("notes.mp4")))
        try expectFailure("notes.mp4", status: 65, says: "notes.mp4")
    }

    @Test("an MP4 that lost its end, with its index before or behind the pictures", arguments: [true, false])
    func truncated(indexFirst: Bool) throws {
        try makeClip("whole.mp4", indexFirst ? ["-movflags", "+faststart"] : [])
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("whole.mp4")))
        try data.prefix(data.count * 3 / 4).write(to: URL(fileURLWithPath: folder.file("cut.mp4")))
        try expectFailure("cut.mp4", status: 65, says: "cut.mp4", "cut short")
    }

    @Test func audioOnly() throws {
        try FFmpegTool.ffmpeg(["-f", "lavfi", "-i", "sine=d=0.2", folder.file("song.m4a")])
        try expectFailure("song.m4a", status: 65, says: "song.m4a", "video")
    }

    @Test func inputIsAFolder() throws {
        try expectFailure("", status: 66, says: "folder")
    }

    @Test func outputFolderMissing() throws {
        try makeClip()
        try expectFailure("in.mkv", output: "no/such/out.mkv", status: 73, says: "Create the folder")
    }

    @Test func outputNotWritable() throws {
        try makeClip()
        try expectFailure("in.mkv", output: "/proc/out.mkv", status: 73, says: "/proc/out.mkv")
    }

    @Test func outputExists() throws {
        try makeClip()
        let path = folder.file("out.mkv")
        try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
        try expectFailure("in.mkv", status: 73, says: "exists already", "--overwrite")
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "precious")
    }

    @Test func outputIsTheInput() throws {
        try makeClip()
        let before = try Data(contentsOf: URL(fileURLWithPath: folder.file("in.mkv")))
        try expectFailure("in.mkv", ["--overwrite"], output: "in.mkv", status: 64, says: "is the input itself")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("in.mkv"))) == before)
    }

    @Test(
        "a name that no list knows is answered with the list or the remedy",
        arguments: [
            (["--model", "esrgan"], "sp-vdsr"), (["--chroma", "sinc"], "lanczos3"),
            (["--chroma", "sp-vdsr"], "lanczos3"),
            (["--encoder", "x266"], "x266"), (["--encoder", "aac"], "aac"), (["--pixel-format", "yuv421"], "yuv421"),
            (["--encoder-option", "colour=red"], "colour"), (["--encoder-preset", "warp"], "warp"),
            (["--encoder", "ffv1", "--crf", "20"], "crf"), (["--model", "/dev/null"], "/dev/null"),
        ])
    func unknownNames(options: [String], word: String) throws {
        try makeClip()
        try expectFailure("in.mkv", options, status: 64, says: word)
    }

    @Test(
        "values that make no sense die before the work",
        arguments: [
            ["--scale", "5"], ["--threads", "0"], ["--threads", "300"], ["--threads", "2147483648"],
            ["--duration", "1e18"],
            ["--start", "0x10"], ["--crf", "-1"], ["--duration", "0"], ["--start", "later"],
            ["--encoder-option", "novalue"], ["--progress", "loud"],
        ])
    func values(options: [String]) throws {
        try makeClip()
        try expectFailure("in.mkv", options, status: 64, says: options[0])
    }

    @Test func startBehindTheEnd() throws {
        try makeClip()
        try expectFailure("in.mkv", ["--start", "1:00:00"], status: 65, says: "--start")
    }

    @Test func subtitlesTheContainerCannotHold() throws {
        try Clips.makeWithEverything(folder.file("rich.mkv"))
        try expectFailure("rich.mkv", output: "out.mp4", status: 64, says: "mkv", "--on-incompatible drop")
        let result = try Tool.run(
            [
                "upscale", folder.file("rich.mkv"), "-o", folder.file("out.mp4"), "--on-incompatible", "drop",
                "--progress", "none",
            ])
        #expect(result.status == 0 && result.errorText.contains("subtitle"), "\(result.errorText)")
        // MP4 keeps chapters as a data stream of its own.
        let kinds = try Probe(folder.file("out.mp4")).streams.map(\.kind).filter { $0 != "data" }
        #expect(kinds == ["video", "audio", "audio"])
    }

    @Test func unknownContainer() throws {
        try makeClip()
        try expectFailure("in.mkv", output: "out.xyz", status: 64, says: "out.xyz", ".mkv")
    }

    @Test func noArgumentsShowUsage() throws {
        let result = try Tool.run(["upscale"])
        #expect(result.status == 64)
        #expect(result.errorText.contains("<input>"))
    }

    @Test("a disk that fills up ends with a sentence, and the output's name stays free", arguments: [1, 4, 16, 40])
    func fullDisk(kilobytes: Int) throws {
        // Enough of a picture that the limit strikes in the header, in the middle, and at the very end.
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: "yuv420p", size: "128x96")
        let path = folder.file("out.mkv")
        let result = try ProcessResult.running(
            "/bin/bash",
            [
                "-c", #"ulimit -f "$1" && exec "$0" upscale "$2" -o "$3" --encoder ffv1 --progress none"#,
                Tool.url.path,
                "\(kilobytes)", folder.file("in.mkv"), path,
            ])
        #expect(result.status == 74, "\(result.status): \(result.errorText)")
        #expect(result.errorText.contains("out.mkv.partial"), "\(result.errorText)")
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("an excerpt that holds no picture says so and leaves nothing") func emptyExcerpt() throws {
        // The sound goes on after the last picture.
        try FFmpegTool.ffmpeg(
            [
                "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=0.4", "-f", "lavfi", "-i", "sine=d=2", "-c:v", "libx264",
                "-pix_fmt", "yuv420p", "-c:a", "flac", folder.file("in.mkv"),
            ])
        try expectFailure("in.mkv", ["--start", "1"], status: 65, says: "in.mkv", "No picture")
    }

    @Test("a film that ends long before it says is not taken for whole") func endsEarly() throws {
        try FFmpegTool.ffmpeg(
            [
                "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=20", "-c:v", "libx264", "-preset", "ultrafast", "-g",
                "25",
                folder.file("whole.mkv"),
            ])
        let data = try Data(contentsOf: URL(fileURLWithPath: folder.file("whole.mkv")))
        try data.prefix(data.count / 2).write(to: URL(fileURLWithPath: folder.file("cut.mkv")))
        let result = try Tool.run([
            "upscale", folder.file("cut.mkv"), "-o", folder.file("out.mkv"), "--model", "bilinear",
        ])
        #expect(result.status == 65, "\(result.errorText)")
        #expect(result.errorText.contains("cut short") && result.errorText.contains("out.mkv.partial"))
        #expect(!FileManager.default.fileExists(atPath: folder.file("out.mkv")))
        #expect(try Probe.decodedFrames(folder.file("out.mkv.partial")) > 100)
    }

    @Test("a mistake in the options leaves the partial file of an earlier run alone") func earlierPartial() throws {
        try makeClip()
        let partial = folder.file("out.mkv.partial")
        try Data("hours of work".utf8).write(to: URL(fileURLWithPath: partial))
        let result = try Tool.run(
            ["upscale", folder.file("in.mkv"), "-o", folder.file("out.mkv"), "--encoder-option", "nonsense=1"])
        #expect(result.status == 64)
        #expect(try String(contentsOfFile: partial, encoding: .utf8) == "hours of work")
    }

    @Test("a program that reads JSON gets JSON, whatever was wrong") func usageAsJSON() throws {
        for options in [["--scale", "5"], ["--model", "none"]] {
            let result = try Tool.run(["upscale", "a.mkv", "-o", "b.mkv", "--progress", "json"] + options)
            #expect(result.status == 64)
            let object = try JSONSerialization.jsonObject(with: Data(result.errorText.utf8)) as? [String: Any]
            #expect(object?["event"] as? String == "error" && object?["code"] as? Int == 64)
        }
    }
}
