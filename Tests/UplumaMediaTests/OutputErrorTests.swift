import Foundation
import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

@Suite struct OutputErrorTests {
    @Test("finishing twice, or what never began, is harmless")
    func finishing() throws {
        let folder = try TemporaryDirectory()
        let path = try Samples.make("in.mkv", in: folder, ["-c:v", "ffv1"])
        let source = try MediaSource(path: path)
        let video = source.facts.video
        let container = try MediaContainer(outputName: "o.mkv")
        let settings = EncoderSettings(name: "ffv1")
        let encoder = try VideoEncoder(
            EncoderChoice(settings, container: container), settings: settings,
            picture: OutputPicture(
                width: video.width, height: video.height, format: video.format, color: video.color, sampleAspect: nil,
                timeBase: video.timeBase, frameRate: video.frameRate), container: container)
        let writer = try MediaWriter(path: folder.file("o.mkv"), container: container, source: source, encoder: encoder)
        try writer.finish()
        try writer.start()
        try writer.finish()
        try writer.finish()
    }

    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test("a full disk stops the run at once", .enabled(if: FileManager.default.fileExists(atPath: "/dev/full")))
    func fullDisk() throws {
        let film = try Samples.make("film.mkv", in: folder, ["-c:v", "ffv1"])
        let error = try #require(throws: MediaError.self) { try Transcoding().run(film, "/dev/full", named: "out.mkv") }
        #expect(error.category == .ioError)
        #expect(error.description.contains("The disk is full: writing \"/dev/full\" stopped after about"), "\(error)")
    }

    @Test("outputs that cannot be created", arguments: ["absent/out.mkv", "folder"])
    func cannotCreate(name: String) throws {
        try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: true)
        try expectRefusal(of: folder.file(name))
    }

    @Test("a folder without write permission", .enabled(if: getuid() != 0, "root may write everywhere"))
    func unwritable() throws {
        try FileManager.default.createDirectory(atPath: folder.file("locked"), withIntermediateDirectories: true)
        try FileManager.default.setAttributes([.posixPermissions: 0o500], ofItemAtPath: folder.file("locked"))
        try expectRefusal(of: folder.file("locked/out.mkv"))
    }

    private func expectRefusal(of path: String) throws {
        let film = try Samples.make("film.mkv", in: folder, ["-c:v", "ffv1"])
        let error = try #require(throws: MediaError.self) { try Transcoding().run(film, path, named: "out.mkv") }
        #expect(error.category == .cannotCreate)
        #expect(error.subject == path && error.description.contains(path))
        #expect(error.remedy != nil)
    }

    @Test(
        "names that say no video container",
        arguments: ["out", "out.txt", "out.xyz", "out.wav", "out.png", "out%03d.png"])
    func badName(name: String) throws {
        let error = try #require(throws: MediaError.self) { try MediaContainer(outputName: name) }
        #expect(error.category == .usage)
        #expect(error.description.contains("\"\(name)\"") && error.description.contains(".mkv"), "\(error)")
    }

    /// A stream, made by these ffmpeg arguments, that the container of the output cannot hold.
    static let refused: [(arguments: [String], output: String, words: [String])] = [
        (
            ["-f", "lavfi", "-i", "sine=d=0.4", "-c:a", "pcm_s16le"], "out.mp4",
            ["Stream 1 (audio, pcm_s16le)", "mp4", ".mkv"]
        ),
        (["-f", "lavfi", "-i", "sine=d=0.4", "-c:a", "aac"], "out.webm", ["Stream 1 (audio, aac)", "webm", ".mkv"]),
        (["-i", "SRT", "-c:s", "srt"], "out.mp4", ["Stream 1 (subtitle, subrip)", "mp4", ".mkv"]),
        (
            ["-attach", "FONT", "-metadata:s:t:0", "mimetype=font/ttf"], "out.mp4",
            ["Stream 1 (attachment", "mp4", ".mkv"]
        ),
    ]

    @Test("streams the container cannot hold are named before anything is written", arguments: refused.indices)
    func refusedStream(index: Int) throws {
        let (arguments, output, words) = OutputErrorTests.refused[index]
        let film = try source(arguments)
        let encoder = EncoderSettings(name: output.hasSuffix("webm") ? "libvpx-vp9" : "libx264")
        let path = folder.file(output)
        let error = try #require(throws: MediaError.self) { try Transcoding(settings: encoder).run(film, path) }
        #expect(error.category == .usage)
        for word in words { #expect(error.description.contains(word), "\(error)") }
        #expect(!FileManager.default.fileExists(atPath: path))

        let lenient = Transcoding(settings: encoder, refusal: .leaveOut)
        #expect(try lenient.run(film, path) == 10)
        #expect(lenient.notes.contains("Stream 1") && lenient.notes.contains("left out"))
    }

    private func source(_ arguments: [String]) throws -> String {
        let subtitles = folder.file("s.srt")
        try Data("1\n00:00:00,100 --> 00:00:00,300\nHello\n".utf8).write(to: URL(fileURLWithPath: subtitles))
        try Data("not really a font".utf8).write(to: URL(fileURLWithPath: folder.file("f.ttf")))
        let real = arguments.map { $0 == "SRT" ? subtitles : $0 == "FONT" ? folder.file("f.ttf") : $0 }
        return try Samples.make("film.mkv", in: folder, real + ["-c:v", "ffv1"])
    }

    @Test("a pipe whose reader went away is an error, not an end")
    func brokenPipe() throws {
        signal(SIGPIPE, SIG_IGN)
        let film = try Samples.make("film.mkv", in: folder, source: "testsrc2=s=640x480:r=25:d=0.4", ["-c:v", "ffv1"])
        let pipe = folder.file("pipe")
        #expect(mkfifo(pipe, 0o600) == 0)
        let reader = open(pipe, O_RDONLY | O_NONBLOCK)
        let closer = Thread {
            var byte: UInt8 = 0
            while read(reader, &byte, 1) != 1 { usleep(1000) }
            close(reader)
        }
        closer.start()
        let error = try #require(throws: MediaError.self) { try Transcoding().run(film, pipe, named: "-") }
        #expect(error.category == .ioError, "\(error)")
    }
}
