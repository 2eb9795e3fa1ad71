import Foundation
import Testing
import UplumaTestSupport

/// Real signals to the running tool.
@Suite(.timeLimit(.minutes(20))) struct InterruptionTests {
    @Test(
        "the first signal ends the job cleanly: code 130, a partial file that plays, no output",
        arguments: [SIGINT, SIGTERM])
    func clean(signal: Int32) throws {
        let folder = try TemporaryDirectory()
        let source = folder.file("in.mkv")
        // Long enough that it cannot end by itself before the signal.
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=120", "-c:v", "libx264", "-preset", "ultrafast", source])
        let output = folder.file("out.mkv")
        let result = try ProcessResult.running(
            Tool.url.path, ["upscale", source, "-o", output, "--encoder-preset", "ultrafast", "--progress", "json"]
        ) { process in
            DispatchQueue.global().async {
                // Once pictures have reached the file.
                let deadline = Date(timeIntervalSinceNow: 60)
                while Date() < deadline,
                    (try? Data(contentsOf: URL(fileURLWithPath: output + ".partial")).count) ?? 0 < 200_000
                {
                    usleep(20_000)
                }
                kill(process, signal)
            }
        }
        #expect(result.status == 130, "\(result.errorText)")
        let last = Data((result.errorText.split(separator: "\n").last ?? "").utf8)
        let event = try #require(JSONSerialization.jsonObject(with: last) as? [String: Any])
        #expect(event["event"] as? String == "error" && event["code"] as? Int == 130)
        #expect((event["message"] as? String)?.contains("out.mkv.partial") == true)
        #expect(!FileManager.default.fileExists(atPath: output))
        let frames = try Probe.decodedFrames(output + ".partial")
        #expect(frames > 0 && frames < 3000)
    }

    @Test("a signal that is ignored already stays ignored, as under nohup") func ignored() throws {
        let folder = try TemporaryDirectory()
        let source = folder.file("in.mkv")
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=4", "-c:v", "libx264", "-preset", "ultrafast", source])
        let script = #"trap '' HUP; "$0" upscale "$1" -o "$2" & sleep 0.3; kill -HUP $!; wait $!"#
        let result = try ProcessResult.running(
            "/bin/bash", ["-c", script, Tool.url.path, source, folder.file("out.mkv")])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(FileManager.default.fileExists(atPath: folder.file("out.mkv")))
    }

    @Test("a reader that goes away is an error, not silence") func brokenPipe() throws {
        let folder = try TemporaryDirectory()
        let source = folder.file("in.mkv")
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=320x240:r=25:d=20", "-c:v", "libx264", "-preset", "ultrafast", source])
        let result = try ProcessResult.running(
            "/bin/bash",
            [
                "-c", #"set -o pipefail; "$0" upscale "$1" -o - --progress none | head -c 100000 >/dev/null"#,
                Tool.url.path, source,
            ])
        #expect(result.status == 74, "\(result.errorText)")
        #expect(result.errorText.contains("standard output"))
    }
}
