import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

@Suite struct EncoderTests {
    /// Settings that cannot work, and what the message must name.
    static let refused: [(settings: EncoderSettings, words: [String])] = [
        (EncoderSettings(name: "libx999"), ["no encoder named \"libx999\""]),
        (EncoderSettings(name: "aac"), ["\"aac\" is not a video encoder"]),
        (EncoderSettings(options: ["nonsense": "1"]), ["\"libx264\" has no option \"nonsense\""]),
        (EncoderSettings(options: ["g": "often"]), ["does not take \"often\"", "encoder option g"]),
        (EncoderSettings(preset: "warp"), ["\"libx264\" has no preset \"warp\"", "medium"]),
        (EncoderSettings(name: "ffv1", crf: 16), ["\"ffv1\" has no option \"crf\""]),
        (EncoderSettings(name: "ffv1", preset: "slow"), ["\"ffv1\" has no option \"preset\""]),
    ]

    @Test("settings that cannot work are refused before decoding, by name", arguments: refused.indices)
    func refusedSettings(index: Int) throws {
        let (settings, words) = EncoderTests.refused[index]
        let error = try #require(throws: MediaError.self) {
            _ = try open(settings, .init(chroma: .yuv420, bitDepth: 8))
        }
        #expect(error.category == .usage)
        for word in words { #expect(error.description.contains(word), "\(error)") }
    }

    @Test("the default quality is left out where there is none", arguments: ["ffv1", "mpeg4"])
    func noQuality(name: String) throws {
        #expect(try open(EncoderSettings(name: name), .init(chroma: .yuv420, bitDepth: 8)).name == name)
    }

    /// Encoder, wanted format, format used, words of the remark (none: taken as it is).
    static let negotiations: [(String, PictureFormat, PictureFormat, [String])] = [
        ("libx264", .init(chroma: .yuv420, bitDepth: 8), .init(chroma: .yuv420, bitDepth: 8), []),
        ("libx264", .init(chroma: .yuv422, bitDepth: 10), .init(chroma: .yuv422, bitDepth: 10), []),
        ("libx264", .init(chroma: .gray, bitDepth: 8), .init(chroma: .gray, bitDepth: 8), []),
        (
            "libx264", .init(chroma: .yuv420, bitDepth: 12), .init(chroma: .yuv420, bitDepth: 10),
            ["10 bits", "libx265, ffv1"]
        ),
        (
            "libx264", .init(chroma: .yuv411, bitDepth: 8), .init(chroma: .yuv422, bitDepth: 8),
            ["loses nothing", "ffv1"]
        ),
        (
            "libx264", .init(chroma: .yuv440, bitDepth: 8), .init(chroma: .yuv444, bitDepth: 8),
            ["loses nothing", "ffv1"]
        ),
        ("libx265", .init(chroma: .yuv444, bitDepth: 12), .init(chroma: .yuv444, bitDepth: 12), []),
        (
            "mpeg4", .init(chroma: .yuv422, bitDepth: 10), .init(chroma: .yuv420, bitDepth: 8),
            ["8 bits", "chroma detail"]
        ),
        ("ffv1", .init(chroma: .yuv422, bitDepth: 16), .init(chroma: .yuv422, bitDepth: 16), []),
    ]

    @Test("formats an encoder takes, and the nearest where it does not", arguments: negotiations.indices)
    func negotiation(index: Int) throws {
        let (name, wanted, expected, words) = EncoderTests.negotiations[index]
        let choice = try EncoderChoice(EncoderSettings(name: name), container: MediaContainer(outputName: "o.mkv"))
        let (format, note) = try choice.negotiate(wanted, range: .limited)
        #expect(format == expected)
        #expect((note == nil) == words.isEmpty)
        for word in words { #expect(note?.contains(word) == true, "\(note ?? "")") }
    }

    @Test("no encoder takes all colour away")
    func colorLost() throws {
        let container = try MediaContainer(outputName: "o.mkv")
        for name in ["alias_pix", "pam"] {  // Their colour is RGB.
            let choice = try EncoderChoice(EncoderSettings(name: name), container: container)
            let error = try #require(throws: MediaError.self) {
                _ = try choice.negotiate(.init(chroma: .yuv420, bitDepth: 8), range: .limited)
            }
            #expect(error.category == .usage && error.description.contains(name), "\(error)")
            #expect(error.description.contains("libx264"), "\(error)")
        }
    }

    @Test("Motion JPEG keeps limited range, and says that this is unusual")
    func motionJPEG() throws {
        let folder = try TemporaryDirectory()
        let film = try Samples.make("in.mkv", in: folder, ["-c:v", "libx264", "-color_range", "tv"])
        let run = Transcoding(settings: EncoderSettings(name: "mjpeg"))
        for kind in ["mkv", "avi"] {
            let result = folder.file("out.\(kind)")
            #expect(try run.run(film, result) == 10)
            let range = ["-show_entries", "stream=color_range", "-of", "csv=p=0", result]
            #expect(try FFmpegTool.ffprobe(range) == ["tv"])
        }
        #expect(run.notes.contains("limited range"))
    }

    @Test(
        "encoders that do not take the source's clock keep its times",
        arguments: [
            ("mkv", "mpeg2video", "mkv"), ("ts", "mpeg2video", "mkv"), ("mkv", "mpeg1video", "mkv"),
            ("ts", "mpeg4", "mkv"), ("ts", "mpeg4", "mp4"), ("ts", "mpeg4", "avi"), ("mkv", "mpeg2video", "mxf"),
            ("ts", "mpeg2video", "ts"),
        ], ["25", "30000/1001"])
    func constantRates(files: (from: String, encoder: String, to: String), rate: String) throws {
        let folder = try TemporaryDirectory()
        let film = try Samples.make(
            "in.\(files.from)", in: folder, source: "testsrc2=s=64x48:r=\(rate):d=1", ["-c:v", "libx264", "-bf", "2"])
        let result = folder.file("out.\(files.to)")
        // AVI holds no presentation times, so that B-frames would hide them.
        let options = ["bf": files.to == "avi" ? "0" : "2"]
        let run = Transcoding(settings: EncoderSettings(name: files.encoder, options: options))
        let frames = try run.run(film, result)
        let before = try Probe.videoTimes(film).compactMap { Double($0) }
        let after = try Probe.videoTimes(result).compactMap { Double($0) }
        #expect(before.count == frames && after.count == frames)
        // Containers may begin elsewhere; the distances stay, to a tick of Matroska's 1 ms clock.
        let shift = (after.first ?? 0) - (before.first ?? 0)
        #expect(zip(before, after).allSatisfy { abs($1 - $0 - shift) < 0.0015 }, "\(after)")
        #expect(run.notes.all == [])
    }

    @Test("a frame rate that an encoder cannot say is refused by name")
    func oddRate() throws {
        let folder = try TemporaryDirectory()
        let film = try Samples.make(
            "in.mkv", in: folder, source: "testsrc2=s=64x48:r=17:d=1", ["-c:v", "libx264"])
        let error = try #require(throws: MediaError.self) {
            _ = try Transcoding(settings: EncoderSettings(name: "mpeg2video")).run(film, folder.file("out.mkv"))
        }
        #expect(error.category == .usage && error.description.contains("only takes constant frame rates"), "\(error)")
        #expect(error.description.contains("not 17"), "\(error)")
    }

    @Test("YUV4MPEG2 takes what its header can say")
    func y4mFormats() throws {
        let choice = try EncoderChoice(EncoderSettings(), container: MediaContainer(outputName: "-"))
        let deep = PictureFormat(chroma: .yuv422, bitDepth: 12)
        #expect(try choice.negotiate(deep, range: .limited).format == deep)
        let odd = PictureFormat(chroma: .yuv410, bitDepth: 8)
        #expect(try choice.negotiate(odd, range: .limited).format.chroma != .yuv410)
    }

    @Test("pixel formats by name")
    func names() throws {
        #expect(try EncoderChoice.pictureFormat(named: "yuv420p10le") == .init(chroma: .yuv420, bitDepth: 10))
        #expect(try EncoderChoice.pictureFormat(named: "yuv422p10") == .init(chroma: .yuv422, bitDepth: 10))
        #expect(try EncoderChoice.pictureFormat(named: "gray") == .init(chroma: .gray, bitDepth: 8))
        for name in ["nonsense", "rgb24", "nv12", "yuva420p", "pal8"] {
            let error = try #require(throws: MediaError.self) { try EncoderChoice.pictureFormat(named: name) }
            #expect(error.category == .usage && error.description.contains("\"\(name)\""), "\(error)")
        }
    }

    @Test("odd sizes: who takes them")
    func sizes() throws {
        let container = try MediaContainer(outputName: "o.mkv")
        let x264 = try EncoderChoice(EncoderSettings(), container: container)
        #expect(x264.sizeMultiple(.init(chroma: .yuv420, bitDepth: 8)) == (2, 2))
        #expect(x264.sizeMultiple(.init(chroma: .yuv422, bitDepth: 8)) == (2, 1))
        #expect(x264.sizeMultiple(.init(chroma: .yuv444, bitDepth: 8)) == (1, 1))
        let ffv1 = try EncoderChoice(EncoderSettings(name: "ffv1"), container: container)
        #expect(ffv1.sizeMultiple(.init(chroma: .yuv420, bitDepth: 8)) == (1, 1))
    }

    @Test("encoder and container must fit")
    func misfit() throws {
        let webm = try MediaContainer(outputName: "o.webm")
        let error = try #require(throws: MediaError.self) { try EncoderChoice(EncoderSettings(), container: webm) }
        #expect(error.category == .usage && error.description.contains("webm") && error.description.contains(".mkv"))
    }

    private func open(_ settings: EncoderSettings, _ format: PictureFormat) throws -> VideoEncoder {
        let container = try MediaContainer(outputName: "o.mkv")
        let choice = try EncoderChoice(settings, container: container)
        let picture = OutputPicture(
            width: 64, height: 48, format: format, color: ColorDescription(), sampleAspect: nil,
            timeBase: Rational(1, 1000), frameRate: Rational(25, 1))
        return try VideoEncoder(choice, settings: settings, picture: picture, container: container)
    }
}
