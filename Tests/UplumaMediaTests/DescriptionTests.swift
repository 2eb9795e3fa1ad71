import Foundation
import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

/// What is said about pictures and files beside the pixels: colour, shape, names.
@Suite struct DescriptionTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    static let tags: [(arguments: [String], color: ColorDescription)] = [
        ([], ColorDescription(chromaLocation: .left)),
        (
            ["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"],
            ColorDescription(range: .limited, primaries: 1, transfer: 1, matrix: 1, chromaLocation: .left)
        ),
        (
            ["-color_primaries", "bt470bg", "-color_trc", "gamma28", "-colorspace", "bt470bg", "-color_range", "pc"],
            ColorDescription(range: .full, primaries: 5, transfer: 5, matrix: 5, chromaLocation: .left)
        ),
        (
            [
                "-color_primaries", "bt2020", "-color_trc", "smpte2084", "-colorspace", "bt2020nc",
                "-color_range", "tv", "-chroma_sample_location", "topleft",
            ], ColorDescription(range: .limited, primaries: 9, transfer: 16, matrix: 9, chromaLocation: .topLeft)
        ),
    ]

    @Test(
        "colour tags and chroma location are carried, and absence stays absence", arguments: tags.indices,
        ["mkv", "mp4"])
    func color(index: Int, kind: String) throws {
        let (arguments, color) = DescriptionTests.tags[index]
        // The scale filter would tag the range; the format filter before the encoder leaves it unsaid.
        let path = try Samples.make(
            "in.\(kind)", in: folder, source: "testsrc2=s=64x48:r=25:d=0.4,format=yuv420p",
            ["-c:v", "libx264"] + arguments)
        let result = folder.file("out.\(kind)")
        try Transcoding(settings: EncoderSettings(preset: "ultrafast")).run(path, result)
        let (before, after) = (try MediaSource(path: path).facts.video, try MediaSource(path: result).facts.video)
        #expect(before.color == color)
        #expect(after.color == color)
    }

    @Test(
        "sample aspect ratios are carried as fractions", arguments: ["64/45", "8/9", "40/33", "1/1"], ["mkv", "mp4"])
    func aspect(ratio: String, kind: String) throws {
        let path = try Samples.make(
            "in.\(kind)", in: folder, source: "testsrc2=s=72x48:r=25:d=0.4,setsar=\(ratio)", ["-c:v", "libx264"])
        let result = folder.file("out.\(kind)")
        try Transcoding(settings: EncoderSettings(preset: "ultrafast")).run(path, result)
        let parts = ratio.split(separator: "/").compactMap { Int32($0) }
        #expect(try MediaSource(path: path).facts.video.sampleAspect == Rational(parts[0], parts[1]))
        #expect(try MediaSource(path: result).facts.video.sampleAspect == Rational(parts[0], parts[1]))
    }

    @Test("the container's aspect ratio wins over the codec's")
    func containerAspect() throws {
        let plain = try Samples.make(
            "plain.mkv", in: folder, source: "testsrc2=s=64x48:r=25:d=0.4,setsar=1", ["-c:v", "libx264"])
        let path = folder.file("wide.mkv")
        try FFmpegTool.ffmpeg(["-i", plain, "-c", "copy", "-aspect", "16:9", path])
        #expect(try MediaSource(path: path).facts.video.sampleAspect == Rational(4, 3))
    }

    @Test("rotation is read, and kept by MP4", arguments: [90.0, 180, 270])
    func rotation(degrees: Double) throws {
        let plain = try Samples.make("plain.mp4", in: folder, ["-c:v", "libx264"])
        let path = folder.file("turned.mp4")
        // FFmpeg 5.1 counts this tag counterclockwise.
        try FFmpegTool.ffmpeg(["-i", plain, "-c", "copy", "-metadata:s:v", "rotate=\(Int(360 - degrees))", path])
        let before = try MediaSource(path: path).facts.video
        #expect(before.rotation == 360 - degrees || before.rotation == degrees)
        let result = folder.file("out.mp4")
        try Transcoding(settings: EncoderSettings(preset: "ultrafast")).run(path, result)
        #expect(try MediaSource(path: result).facts.video.rotation == before.rotation)
    }

    @Test(
        "any file name works, in and out",
        arguments: [
            "with space", "a%d", "%03d", "a:b", "-dash", "it's \"quoted\"", "schön 雪 🎞", "http:x", "file:x",
            "back\\slash",
        ], ["mkv", "mp4"])
    func names(name: String, kind: String) throws {
        let path = try Samples.make("\(name).\(kind)", in: folder, ["-c:v", "libx264"])
        let result = folder.file("\(name) out.\(kind).partial")
        let run = Transcoding(settings: EncoderSettings(preset: "ultrafast"))
        #expect(try run.run(path, result, named: "\(name).\(kind)") == 10)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                "\(name) out.\(kind).partial", "\(name).\(kind)",
            ])
    }

    @Test(
        "YUV4MPEG2 says format, rate, shape and chroma site",
        arguments: [
            ("yuv420p", "left", "C420mpeg2"), ("yuv420p", "center", "C420jpeg"), ("yuv420p", "topleft", "C420paldv"),
            ("yuv422p", "left", "C422"), ("yuv444p10le", "left", "C444p10"), ("yuv420p10le", "left", "C420p10"),
            ("gray", "left", "Cmono"), ("gray12le", "left", "Cmono12"),
        ])
    func y4m(format: String, site: String, tag: String) throws {
        let path = try Samples.make(
            "in.mkv", in: folder, source: "testsrc2=s=64x48:r=24000/1001:d=0.4,setsar=8/9",
            [
                "-pix_fmt", format, "-c:v", format == "yuv420p" ? "libx264" : "ffv1", "-strict", "-1",
                "-chroma_sample_location", site,
            ])
        let result = folder.file("out.y4m")
        let frames = try Transcoding().run(path, result, named: "-")
        let bytes = try Data(contentsOf: URL(fileURLWithPath: result))
        let header = String(decoding: bytes.prefix { $0 != 10 }, as: UTF8.self).split(separator: " ").map(String.init)
        #expect(header.prefix(4) == ["YUV4MPEG2", "W64", "H48", "F24000:1001"])
        #expect(header.contains("A8:9") && header.contains(tag), "\(header)")
        #expect(try Probe.frameHashes(result) == Probe.frameHashes(path))
        #expect(frames == 10)
    }

    @Test("YUV4MPEG2 leaves sound and the rest out, and says so once")
    func y4mNote() throws {
        let film = try Samples.film("mkv", in: folder)
        let run = Transcoding()
        #expect(try run.run(film, folder.file("out.y4m")) == 30)
        #expect(
            run.notes.all.count == 1 && run.notes.contains("0 (audio), 2 (audio), 3 (subtitle)"), "\(run.notes.all)")
    }

    @Test("what is attached to pictures reaches the encoder")
    func attachments() throws {
        let bare = try Samples.make("bare.mkv", in: folder, ["-c:v", "libx264"])
        let path = folder.file("in.mkv")
        let filter = "h264_metadata=sei_user_data=086f3693-b7b3-4f2c-9653-21492feee5b8+upluma-was-here"
        try FFmpegTool.ffmpeg(["-i", bare, "-c", "copy", "-bsf:v", filter, path])
        let result = folder.file("out.mkv")
        try Transcoding(settings: EncoderSettings(options: ["udu_sei": "1"])).run(path, result)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: result))
        #expect(bytes.range(of: Data("upluma-was-here".utf8)) != nil)
    }

    @Test("mastering display and light level of an HDR file stay in the container")
    func hdr() throws {
        let bare = try Samples.make(
            "bare.mkv", in: folder,
            [
                "-pix_fmt", "yuv420p10le", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params",
                "log-level=error:hdr10=1:max-cll=1000,400:master-display=G(13250,34500)B(7500,3000)R(34000,16000)"
                    + "WP(15635,16450)L(10000000,1)",
            ])
        let path = folder.file("hdr.mkv")
        try FFmpegTool.run(
            "mkvmerge",
            [
                "-q", "-o", path, "--max-content-light", "0:1000", "--max-frame-light", "0:400", "--max-luminance",
                "0:1000",
                "--min-luminance", "0:0.01", "--chromaticity-coordinates", "0:0.68,0.32,0.265,0.69,0.15,0.06",
                "--white-colour-coordinates", "0:0.3127,0.329", bare,
            ])
        let result = folder.file("out.mkv")
        try Transcoding().run(path, result)
        let ask = ["-select_streams", "v", "-show_entries", "stream_side_data", "-of", "compact"]
        let before = try FFmpegTool.ffprobe(ask + [path]).filter { $0.contains("Mastering") || $0.contains("light") }
        #expect(!before.isEmpty)
        #expect(
            try FFmpegTool.ffprobe(ask + [result]).filter { $0.contains("Mastering") || $0.contains("light") } == before
        )
    }
}
