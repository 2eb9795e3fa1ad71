import Foundation
import Testing
import UplumaTestSupport

/// `upscale --resume`: real runs, really killed.
@Suite(.timeLimit(.minutes(20))) struct ResumeTests {
    struct Case: Sendable, CustomStringConvertible {
        let name: String
        let source: [String]
        let ending: String
        var options: [String] = []
        var description: String { name }
    }

    private static let sound = ["-f", "lavfi", "-i", "sine=d=24"]
    private static func film(_ rate: String, _ coding: String, filter: String? = nil) -> [String] {
        ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=\(rate):d=24"] + sound + (filter.map { ["-vf", $0] } ?? [])
            + coding.split(separator: " ").map(String.init)
    }

    static let cases = [
        Case(
            name: "H.264 in Matroska", source: film("25", "-c:v mpeg2video -c:a mp2 -f mpeg"), ending: "mkv",
            options: ["--encoder-preset", "veryfast"]),
        Case(
            name: "H.264 in MP4, uneven times",
            source: film("25", "-c:v libx264 -c:a aac -f matroska", filter: "select='mod(n,7)*mod(n,11)'"),
            ending: "mp4", options: ["--encoder-preset", "ultrafast", "--encoder-option", "bf=3"]),
        Case(
            name: "H.265", source: film("25", "-c:v mpeg4 -c:a libmp3lame -f avi"), ending: "mkv",
            options: ["--encoder", "libx265", "--encoder-preset", "ultrafast"]),
        Case(name: "VP9 in WebM", source: film("12", "-c:v libvpx -c:a libvorbis -f webm"), ending: "webm"),
        Case(
            name: "FFV1", source: film("25", "-c:v ffv1 -c:a flac -f matroska"), ending: "mkv",
            options: ["--encoder", "ffv1"]),
        Case(
            name: "MPEG-2 of interlaced pictures",
            source: film(
                "50", "-c:v mpeg2video -flags +ildct+ilme -c:a mp2 -f mpegts", filter: "tinterlace=4,setfield=tff"),
            ending: "mkv", options: ["--encoder", "mpeg2video"]),
        Case(
            name: "film in NTSC video",
            source: film("24000/1001", "-c:v mpeg2video -c:a mp2 -f mpeg", filter: "telecine"),
            ending: "ts", options: ["--deinterlace", "ivtc", "--encoder-preset", "ultrafast"]),
    ]

    @Test("killed again and again, the same command ends in the same bytes as an unbroken run", arguments: cases)
    func killed(_ sample: Case) throws {
        let folder = try TemporaryDirectory()
        let source = folder.file("in")
        try FFmpegTool.ffmpeg(sample.source + [source])
        let options = ["--model", "bilinear", "--scale", "8", "--progress", "none", "--resume"] + sample.options
        let whole = folder.file("whole.\(sample.ending)")
        let unbroken = try Tool.run(["upscale", source, "-o", whole, "--verify"] + options)
        #expect(unbroken.status == 0, "\(unbroken.errorText)")

        let output = folder.file("broken.\(sample.ending)")
        let kept = output + ".resume"
        var sizes: [Int] = []
        // Killed as soon as something new is kept, twice: the places are where checkpoints fall.
        for _ in 0..<2 {
            let before = (try? FileManager.default.attributesOfItem(atPath: kept)[.size] as? Int) ?? 0
            let result = try ProcessResult.running(Tool.url.path, ["upscale", source, "-o", output] + options) {
                process in
                DispatchQueue.global().async {
                    let deadline = Date(timeIntervalSinceNow: 60)
                    while Date() < deadline, !FileManager.default.fileExists(atPath: output),
                        ((try? FileManager.default.attributesOfItem(atPath: kept)[.size] as? Int) ?? 0) <= before + 1000
                    {
                        usleep(500)
                    }
                    kill(process, SIGKILL)
                }
            }
            if result.status == 0 { break }
            sizes.append((try? FileManager.default.attributesOfItem(atPath: kept)[.size] as? Int) ?? 0)
        }
        let last = try Tool.run(["upscale", source, "-o", output] + options)
        #expect(last.status == 0 || FileManager.default.fileExists(atPath: output), "\(last.errorText)")
        #expect(!FileManager.default.fileExists(atPath: kept), "what was kept is removed at the end")
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: output)) == Data(contentsOf: URL(fileURLWithPath: whole)),
            "kept \(sizes) bytes when killed")
        #expect(try Probe.decodedFrames(output) == Probe.decodedFrames(whole))
        #expect(!sizes.isEmpty)
    }

    /// A film that takes a while.
    private func slowFilm(_ folder: TemporaryDirectory) throws -> String {
        let source = folder.file("in.mkv")
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=60", "-c:v", "libx264", "-preset", "ultrafast", source])
        return source
    }

    @Test("Ctrl-C keeps what is done and says how to go on; other options begin anew and say so") func interrupted()
        throws
    {
        let folder = try TemporaryDirectory()
        let source = try slowFilm(folder)
        let output = folder.file("out.mkv")
        let options = ["--resume", "--model", "bilinear", "--encoder-preset", "ultrafast", "--progress", "none"]
        let first = try ProcessResult.running(Tool.url.path, ["upscale", source, "-o", output] + options) { process in
            DispatchQueue.global().async {
                let deadline = Date(timeIntervalSinceNow: 60)
                // Two segments at least are kept then.
                while Date() < deadline,
                    ((try? FileManager.default.attributesOfItem(atPath: output + ".resume")[.size] as? Int) ?? 0)
                        < 14_000_000
                {
                    usleep(2000)
                }
                kill(process, SIGINT)
            }
        }
        #expect(first.status == 130, "\(first.errorText)")
        #expect(
            first.errorText.contains("frames are kept in \"\(output).resume\": the same command goes on behind them."))
        #expect(!FileManager.default.fileExists(atPath: output + ".partial"), "an empty file is not left behind")

        let other = try Tool.run(["upscale", source, "-o", output, "--duration", "2"] + options)
        #expect(other.status == 0, "\(other.errorText)")
        #expect(other.errorText.contains("is of another input or other options: everything is made anew"))
        #expect(try Probe.decodedFrames(output) == 50)
    }

    @Test("what cannot be gone on with is refused, by name") func refused() throws {
        let folder = try TemporaryDirectory()
        for arguments in [["-", "-o", folder.file("out.mkv")], [folder.file("in.mkv"), "-o", "-"]] {
            let result = try Tool.run(["upscale", "--resume"] + arguments, input: Data())
            #expect(result.status == 64, "\(result.errorText)")
            #expect(result.errorText.contains("--resume"))
        }
        let source = folder.file("in.mkv")
        try FFmpegTool.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x48:d=1", "-c:v", "ffv1", source])
        let output = folder.file("out.mkv")
        try Data("mine".utf8).write(to: URL(fileURLWithPath: output))
        let result = try Tool.run(["upscale", "--resume", source, "-o", output])
        #expect(result.status == 73 && result.errorText.contains("exists already"), "\(result.errorText)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: output)) == Data("mine".utf8))
    }
}
