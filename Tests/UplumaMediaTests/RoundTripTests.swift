import Foundation
import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

@Suite struct RoundTripTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test("a film with all kinds of streams comes out whole", arguments: ["mkv", "mp4"])
    func everything(kind: String) throws {
        let film = try Samples.film(kind, in: folder)
        let result = folder.file("out.\(kind)")
        let run = Transcoding(settings: EncoderSettings(name: "libx264", options: ["qp": "0"]))
        let frames = try run.run(film, result)

        #expect(frames == 30)
        #expect(try Probe.copiedHashes(result) == Probe.copiedHashes(film))
        #expect(try Probe.streams(result) == Probe.streams(film))
        #expect(try Probe.chapters(result) == Probe.chapters(film))
        #expect(try Probe.videoTimes(result) == Probe.videoTimes(film))
        #expect(try Probe.frameHashes(result) == Probe.frameHashes(film))
        #expect(run.notes.all == [])
    }

    @Test("cover art crosses between containers, byte for byte")
    func coverArt() throws {
        let film = try Samples.film("mp4", in: folder)
        let (there, back) = (folder.file("there.mkv"), folder.file("back.mp4"))
        let encoder = EncoderSettings(preset: "ultrafast")
        try Transcoding(settings: encoder, refusal: .leaveOut).run(film, there)
        try Transcoding(settings: encoder, refusal: .leaveOut).run(there, back)
        let hash = ["-select_streams", "v:1", "-show_packets", "-show_data_hash", "md5", "-show_entries"]
        let entries = ["packet=data_hash:stream=codec_name:stream_disposition=attached_pic", "-of", "compact"]
        let before = try FFmpegTool.ffprobe(hash + entries + [film]).sorted()
        #expect(before.contains { $0.contains("data_hash=MD5:") } && before.contains { $0.contains("attached_pic=1") })
        #expect(try FFmpegTool.ffprobe(hash + entries + [there]).sorted() == before)
        #expect(try FFmpegTool.ffprobe(hash + entries + [back]).sorted() == before)
    }

    @Test("the same run writes the same bytes", arguments: ["mkv", "mp4"])
    func reproducible(kind: String) throws {
        let film = try Samples.film(kind, in: folder)
        let results = try ["one", "two"].map { name in
            let result = folder.file("\(name).\(kind)")
            try Transcoding(settings: EncoderSettings(preset: "ultrafast")).run(film, result)
            return try Data(contentsOf: URL(fileURLWithPath: result))
        }
        #expect(results[0] == results[1])
    }

    @Test("YUV4MPEG2 comes in through a pipe")
    func pipe() throws {
        let plain = try Samples.make("in.y4m", in: folder, [])
        let data = try Data(contentsOf: URL(fileURLWithPath: plain))
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        Thread { try? data.write(to: URL(fileURLWithPath: pipe), options: []) }.start()
        let result = folder.file("out.mkv")
        #expect(try Transcoding().run(pipe, result) == 10)
        #expect(try Probe.frameHashes(result) == Probe.frameHashes(plain))
    }

    @Test("HEVC goes into MP4 in the form all players take")
    func hevc() throws {
        let film = try Samples.make("in.mp4", in: folder, ["-c:v", "mpeg4"])
        let result = folder.file("out.mp4")
        try Transcoding(settings: EncoderSettings(name: "libx265", preset: "ultrafast")).run(film, result)
        let tag = try FFmpegTool.ffprobe(["-show_entries", "stream=codec_tag_string", "-of", "csv=p=0", result])
        #expect(tag == ["hvc1"])
    }

    @Test(
        "other containers",
        arguments: [
            ("mov", "libx264"), ("avi", "mpeg4"), ("ts", "libx264"), ("webm", "libvpx-vp9"), ("m4v", "libx264"),
        ])
    func containers(kind: String, encoder: String) throws {
        let film = try Samples.make("in.mkv", in: folder, ["-c:v", "libx264", "-bf", "2"])
        let result = folder.file("out.\(kind)")
        #expect(try Transcoding(settings: EncoderSettings(name: encoder)).run(film, result) == 10)
        #expect(try Probe.videoTimes(result).count == 10)
    }
}
