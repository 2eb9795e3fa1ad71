import CFFmpeg
import Foundation
import Testing
import UplumaFrames
import UplumaTestSupport

@testable import UplumaMedia

@Suite struct PictureTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test(
        "pixels survive bit for bit in every format",
        arguments: [
            "gray", "gray10le", "gray12le", "gray16le", "yuv420p", "yuv422p", "yuv444p", "yuv440p", "yuv411p",
            "yuv410p",
            "yuv420p9le", "yuv420p10le", "yuv422p10le", "yuv444p10le", "yuv420p12le", "yuv422p12le", "yuv444p12le",
            "yuv420p16le", "yuv444p16le",
        ], [(64, 48), (37, 23)])
    func exact(format: String, size: (Int, Int)) throws {
        let path = try Samples.make(
            "\(format).mkv", in: folder, source: "testsrc2=s=\(size.0)x\(size.1):r=25:d=0.12,noise=alls=40:all_seed=7",
            ["-pix_fmt", format, "-c:v", "ffv1", "-strict", "-1"])
        let source = try MediaSource(path: path)
        #expect(source.facts.video.pixelFormatName == format)
        #expect(source.facts.video.format == (try EncoderChoice.pictureFormat(named: format)))
        let result = folder.file("out.mkv")
        try Transcoding().run(path, result)
        #expect(try Probe.frameHashes(result) == Probe.frameHashes(path))
        #expect(try Probe.videoTimes(result, entries: "pix_fmt") == Probe.videoTimes(path, entries: "pix_fmt"))
    }

    @Test(
        "encoders of several depths lose nothing they are not told to lose",
        arguments: [
            ("libx264", "yuv420p", "qp=0"), ("libx264", "yuv422p10le", "qp=0"), ("libx265", "yuv420p", "lossless=1"),
            ("libx265", "yuv420p10le", "lossless=1"), ("libx265", "yuv444p12le", "lossless=1"),
        ])
    func lossless(encoder: String, format: String, option: String) throws {
        let path = try Samples.make("in.mkv", in: folder, ["-pix_fmt", format, "-c:v", "ffv1", "-strict", "-1"])
        var settings = EncoderSettings(name: encoder, preset: "ultrafast")
        if encoder == "libx265" {
            settings.options["x265-params"] = option
        } else {
            settings.options["qp"] = "0"
        }
        let result = folder.file("out.mkv")
        try Transcoding(settings: settings).run(path, result)
        #expect(try Probe.frameHashes(result) == Probe.frameHashes(path))
    }

    /// Source format, the planar format it becomes, and whether FFmpeg's own conversion must give the same samples.
    static let conversions: [(source: String, codec: String, planar: String, isExact: Bool)] = [
        ("rgb24", "rawvideo", "yuv444p", false), ("bgr0", "ffv1", "yuv444p", false),
        ("gbrp10le", "ffv1", "yuv444p10le", false),
        ("yuyv422", "rawvideo", "yuv422p", true), ("nv12", "rawvideo", "yuv420p", true),
        ("yuv420p10be", "rawvideo", "yuv420p10le", true), ("yuva420p", "ffv1", "yuv420p", true),
        ("rgb555le", "rawvideo", "yuv444p", false), ("bgra", "rawvideo", "yuv444p", false),
    ]

    @Test("other formats are converted, with a remark", arguments: conversions.indices)
    func converted(index: Int) throws {
        let (source, codec, planar, isExact) = PictureTests.conversions[index]
        let path = try Samples.make("in.nut", in: folder, ["-pix_fmt", source, "-c:v", codec])
        let run = Transcoding()
        let result = folder.file("out.mkv")
        #expect(try run.run(path, result) == 10)
        let wanted = try EncoderChoice.pictureFormat(named: planar)
        #expect(try MediaSource(path: path).facts.video.format == wanted)
        #expect(try Probe.videoTimes(result, entries: "pix_fmt").first == planar)
        #expect(run.notes.all.filter { $0.contains(source) && $0.contains("converted to") }.count == 1)
        if isExact {
            #expect(try Probe.frameHashes(result) == Probe.frameHashes(path, as: planar))
        } else {
            #expect(run.notes.contains("smpte170m, limited range"))
            #expect(try Probe.videoTimes(result, entries: "color_space").first == "smpte170m")
            #expect(
                try worstDifference(path, result) <= 10, "RGB levels of 255 there and back; rounding to 5 bits is 8")
        }
    }

    /// The largest difference of any 8-bit RGB sample between the first frames of two files, seen through ffmpeg.
    private func worstDifference(_ one: String, _ other: String) throws -> Int {
        let samples = try [one, other].map { path in
            try FFmpegTool.ffmpeg([
                "-i", path, "-frames:v", "1", "-vf", "scale=in_color_matrix=bt601:flags=accurate_rnd+full_chroma_int",
                "-pix_fmt", "rgb24", "-f", "rawvideo", "-",
            ])
        }
        #expect(samples[0].count == samples[1].count)
        return zip(samples[0], samples[1]).map { abs(Int($0) - Int($1)) }.max() ?? 255
    }

    @Test("by rule, exactly the planar Y'CbCr and grey formats count as such")
    func rule() {
        let plain = Set(PixelFormats.all().filter { PixelFormats.pictureFormat($0) != nil }.map(PixelFormats.name))
        for name in ["yuv420p", "yuvj420p", "yuv444p16le", "gray", "gray14le", "yuv440p12le", "yuv410p"] {
            #expect(plain.contains(name))
        }
        for name in [
            "nv12", "rgb24", "gbrp", "pal8", "monow", "yuva420p", "yuv420p10be", "p010le", "ya8", "grayf32le",
            "xyz12le",
            "yuyv422", "vaapi", "bayer_rggb8", "yuv444p10msble",
        ] {
            #expect(!plain.contains(name))
        }
        for chroma in ChromaFormat.allCases {
            let format = PictureFormat(chroma: chroma, bitDepth: 8)
            #expect(PixelFormats.pixelFormat(format).flatMap(PixelFormats.pictureFormat) == format)
        }
    }

    @Test("planes are lent, not copied, and outlive the decoder")
    func lifetime() throws {
        let path = try Samples.make(
            "in.mkv", in: folder, source: "color=c=white:s=64x48:r=25:d=0.4", ["-c:v", "libx264"])
        var frames: [Frame] = []
        do {
            let source = try MediaSource(path: path)
            let decoder = try VideoDecoder(source)
            while let packet = try source.read() { try decoder.decode(packet) { frames.append($0) } }
            try decoder.decode(nil) { frames.append($0) }
        }
        #expect(frames.count == 10)
        for frame in frames {
            let luma = frame.planes[0]
            let sample = luma.withBytes { $0.load(fromByteOffset: 47 * luma.stride + 63, as: UInt8.self) }
            #expect(sample == 235)
        }
    }
}
