import Foundation
import Testing
import UplumaTestSupport

/// `upluma upscale` from file to file, checked with FFmpeg's own tools.
@Suite struct UpscaleTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    @discardableResult
    private func upscale(_ input: String, _ output: String, _ more: [String] = []) throws -> ProcessResult {
        let result = try Tool.run(
            ["upscale", folder.file(input), "-o", folder.file(output), "--progress", "none"] + more)
        try #require(result.status == 0, "\(result.errorText)")
        #expect(!FileManager.default.fileExists(atPath: folder.file(output) + ".partial"))
        return result
    }

    private func video(_ name: String) throws -> Probe.Stream { try #require(Probe(folder.file(name)).video) }

    @Test("every frame, every stamp, every audio packet arrives", arguments: ["mp4", "mkv"], ["mp4", "mkv", "mov"])
    func intact(from source: String, to target: String) throws {
        try Clips.make(folder.file("in.\(source)"))
        try upscale("in.\(source)", "out.\(target)")
        let (before, after) = (try Probe(folder.file("in.\(source)")), try Probe(folder.file("out.\(target)")))
        let (old, new) = (try #require(before.video), try #require(after.video))
        #expect(new.width == 2 * old.width && new.height == 2 * old.height)
        #expect(new.pixelFormat == old.pixelFormat)
        #expect(new.codec == "h264")
        let (oldTimes, newTimes) = (try before.videoPackets(), try after.videoPackets())
        #expect(oldTimes.count == Clips.frames && newTimes.count == Clips.frames)
        // Matroska has no times below zero: when the sound's encoder delay begins there, the whole file moves, sound and
        // picture alike. Its clock ticks in milliseconds; a tick is what a stamp may move by.
        let tick = source == "mkv" || target == "mkv" ? 0.001 : 1e-6
        let shift = try after.firstTime("a:0") - before.firstTime("a:0")
        #expect(shift == 0 || (target == "mkv" && abs(shift) < 0.03))
        for (a, b) in zip(oldTimes, newTimes) { #expect(abs(b.time - a.time - shift) <= tick) }
        #expect(
            try Probe.packetHashes(folder.file("in.\(source)"), "a")
                == Probe.packetHashes(folder.file("out.\(target)"), "a"))
        #expect(try Probe.decodedFrames(folder.file("out.\(target)")) == Clips.frames)
    }

    @Test("variable frame durations are carried as integers, in the source's own ticks", arguments: [0, 2])
    func variableFrameRate(bFrames: Int) throws {
        // Stamps 0, 1, 4, 9, 16, … in steps of a 1/90000 clock that no frame rate divides.
        try Clips.make(
            folder.file("in.mp4"),
            [
                "-vf", "settb=1/90000,setpts=1501*N*N+7*N", "-fps_mode", "passthrough", "-enc_time_base", "1/90000",
                "-video_track_timescale", "90000", "-bf", "\(bFrames)",
            ])
        try upscale("in.mp4", "out.mp4", ["--encoder-option", "bf=\(bFrames)"])
        let before = try Probe(folder.file("in.mp4")).videoPackets()
        let after = try Probe(folder.file("out.mp4")).videoPackets()
        #expect(before.map(\.pts) == (0..<Clips.frames).map { 1501 * $0 * $0 + 7 * $0 })
        #expect(after.map(\.pts) == before.map(\.pts))
        guard bFrames == 0 else { return }
        // Without reordering the track's length is the last stamp and the last frame's duration.
        let length = try #require(try video("in.mp4").durationTicks)
        #expect(length > before[Clips.frames - 1].pts)
        #expect(try video("out.mp4").durationTicks == length)
    }

    @Test("each stream keeps its start") func start() throws {
        try Clips.make(folder.file("in.mkv"), ["-output_ts_offset", "5.25"])
        try upscale("in.mkv", "out.mkv")
        let (before, after) = (try Probe(folder.file("in.mkv")), try Probe(folder.file("out.mkv")))
        #expect(before.streams.map(\.startTime) == after.streams.map(\.startTime))
        #expect(try #require(after.video?.startTime) > 5.2)
    }

    @Test("sizes by every scale", arguments: [2, 3, 4, 8])
    func scale(factor: Int) throws {
        try Clips.make(folder.file("in.mkv"))
        try upscale("in.mkv", "out.mkv", ["--scale", "\(factor)"])
        let stream = try video("out.mkv")
        #expect(stream.width == Clips.width * factor && stream.height == Clips.height * factor)
        #expect(try Probe.decodedFrames(folder.file("out.mkv")) == Clips.frames)
    }

    @Test(
        "depth and subsampling stay",
        arguments: [
            "gray", "gray10le", "gray12le", "yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le",
            "yuv444p10le",
            "yuv420p12le", "yuv422p12le", "yuv444p12le", "yuv411p", "yuv440p", "yuv420p16le",
        ])
    func formats(pixelFormat: String) throws {
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: pixelFormat)
        try #require(try video("in.mkv").pixelFormat == pixelFormat)
        try upscale("in.mkv", "out.mkv", ["--encoder", "ffv1"])
        #expect(try video("out.mkv").pixelFormat == pixelFormat)
        // Reduced again, the result is the source within what the reduction blurs: colours and levels have not moved.
        let quality = try Probe.psnr(folder.file("out.mkv"), reducedTo: folder.file("in.mkv"))
        #expect(quality > 30, "\(quality) dB; a wrong plane, range or depth gives less than 20")
    }

    @Test("what the encoder cannot hold becomes the nearest it can, and is said") func negotiated() throws {
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: "yuv444p12le")
        let result = try upscale("in.mkv", "out.mkv")
        #expect(try video("out.mkv").pixelFormat == "yuv444p10le")
        #expect(result.errorText.contains("12 bit"), "\(result.errorText)")
    }

    @Test("another pixel format on request", arguments: ["yuv420p10le", "yuv444p", "gray"])
    func requested(pixelFormat: String) throws {
        try Clips.make(folder.file("in.mkv"))
        // FFV1, because FFmpeg's H.264 decoder gives grey out as 4:2:0.
        try upscale("in.mkv", "out.mkv", ["--pixel-format", pixelFormat, "--encoder", "ffv1"])
        #expect(try video("out.mkv").pixelFormat == pixelFormat)
    }

    @Test("shape and colour tags are carried") func tags() throws {
        try Clips.make(
            folder.file("in.mkv"),
            [
                "-vf", "setsar=64/45", "-color_primaries", "bt470bg", "-color_trc", "smpte170m", "-colorspace",
                "bt470bg",
                "-color_range", "tv", "-chroma_sample_location", "topleft",
            ])
        try upscale("in.mkv", "out.mkv")
        let (before, after) = (try video("in.mkv"), try video("out.mkv"))
        #expect(before.sampleAspect == "64:45" && before.colorSpace == "bt470bg" && before.chromaLocation == "topleft")
        #expect(after.sampleAspect == before.sampleAspect && after.displayAspect == before.displayAspect)
        #expect(after.colorTags == before.colorTags)
    }

    @Test("what the source does not say, the result does not say") func untagged() throws {
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: "yuv420p")
        try upscale("in.mkv", "out.mkv", ["--encoder", "ffv1"])
        #expect(try video("out.mkv").colorTags == video("in.mkv").colorTags)
    }

    @Test(
        "odd sizes work, with one column or row more where the encoder needs it",
        arguments: [(33, 21, 2), (33, 21, 3), (1, 1, 2), (2, 5, 3)])
    func oddSizes(width: Int, height: Int, scale: Int) throws {
        try Clips.makeLossless(folder.file("in.mkv"), pixelFormat: "yuv420p", size: "\(width)x\(height)")
        try upscale("in.mkv", "exact.mkv", ["--scale", "\(scale)", "--encoder", "ffv1"])
        var stream = try video("exact.mkv")
        #expect(stream.width == width * scale && stream.height == height * scale)
        try upscale("in.mkv", "even.mkv", ["--scale", "\(scale)"])
        stream = try video("even.mkv")
        #expect(stream.width == (width * scale + 1) / 2 * 2 && stream.height == (height * scale + 1) / 2 * 2)
    }

    @Test("everything beside the picture is kept") func everything() throws {
        try Clips.makeWithEverything(folder.file("in.mkv"))
        try upscale("in.mkv", "out.mkv")
        let (before, after) = (try Probe(folder.file("in.mkv")), try Probe(folder.file("out.mkv")))
        #expect(before.streams.count == 6)
        #expect(after.streams.map(\.kindCodecAndTags) == before.streams.map(\.kindCodecAndTags))
        #expect(after.streams.map(\.dispositions) == before.streams.map(\.dispositions))
        #expect(after.chapters == before.chapters && before.chapters.count == 2)
        #expect(after.tags["title"] == before.tags["title"] && before.tags["title"] != nil)
        for kind in ["a:0", "a:1", "s:0"] {
            #expect(
                try Probe.packetHashes(folder.file("in.mkv"), kind) == Probe.packetHashes(folder.file("out.mkv"), kind))
        }
    }

    @Test("cover art stays cover art and is not taken for the film") func coverArt() throws {
        try Clips.makeWithCover(folder.file("in.mp4"))
        try upscale("in.mp4", "out.mp4")
        let streams = try Probe(folder.file("out.mp4")).streams
        #expect(streams.filter { $0.dispositions.contains("attached_pic") }.map(\.width) == [16])
        #expect(streams.first { $0.codec == "h264" }?.width == 2 * Clips.width)
    }

    @Test("YUV4MPEG2 through standard input and output", arguments: ["yuv420p", "yuv422p10le", "gray"])
    func standardStreams(pixelFormat: String) throws {
        let path = folder.file("in.y4m")
        try FFmpegTool.ffmpeg(
            [
                "-f", "lavfi", "-i", "testsrc2=s=\(Clips.width)x\(Clips.height):r=25:d=0.2", "-pix_fmt", pixelFormat,
                "-strict", "-1", path,
            ])
        let result = try Tool.run(
            ["upscale", "-", "-o", "-", "--progress", "none"], input: try Data(contentsOf: URL(fileURLWithPath: path)))
        try #require(result.status == 0, "\(result.errorText)")
        try result.output.write(to: URL(fileURLWithPath: folder.file("out.y4m")))
        #expect(try Probe.decodedFrames(folder.file("out.y4m")) == 5)
        let stream = try video("out.y4m")
        #expect(
            stream.width == 2 * Clips.width && stream.height == 2 * Clips.height && stream.pixelFormat == pixelFormat)
        // The same frames as from file to file.
        try upscale("in.y4m", "file.y4m")
        #expect(try Data(contentsOf: URL(fileURLWithPath: folder.file("file.y4m"))) == result.output)
    }

    @Test("the number of threads changes nothing") func threads() throws {
        try Clips.make(folder.file("in.mkv"))
        let hashes = try [1, 2, 5].map { count -> [String] in
            try upscale("in.mkv", "out\(count).mkv", ["--encoder", "ffv1", "--threads", "\(count)"])
            return try Probe.frameHashes(folder.file("out\(count).mkv"))
        }
        #expect(hashes[0].count == Clips.frames)
        #expect(hashes[0] == hashes[1] && hashes[0] == hashes[2])
    }

    @Test(
        "instruction sets change nothing but what auto chooses", arguments: ["portable", "avx2"],
        ["f32", "bf16", "int8"])
    func instructionSets(level: String, precision: String) throws {
        try Clips.make(folder.file("in.mkv"))
        let options = ["--encoder", "ffv1", "--precision", precision, "--model", "sp-vdsr"]
        try upscale("in.mkv", "best.mkv", options)
        let result = try Tool.run(
            ["upscale", folder.file("in.mkv"), "-o", folder.file("lower.mkv")] + options,
            environment: ["UPLUMA_CPU": level])
        #expect(result.status == 0)
        #expect(try Probe.frameHashes(folder.file("best.mkv")) == Probe.frameHashes(folder.file("lower.mkv")))
    }

    @Test("every model and filter of the catalog runs") func models() throws {
        try Clips.make(folder.file("in.mkv"))
        for name in try ModelListing.names() {
            try upscale("in.mkv", "out-\(name).mkv", ["--model", name, "--encoder", "ffv1"])
            #expect(try Probe.decodedFrames(folder.file("out-\(name).mkv")) == Clips.frames)
        }
    }

    @Test(
        "an excerpt holds exactly the frames of its time", arguments: [("0.2", "0.2", 5..<10), ("0.37", "10", 10..<12)])
    func excerpt(start: String, duration: String, frames: Range<Int>) throws {
        // One key frame only, so that the excerpt begins between key frames.
        try Clips.make(folder.file("in.mkv"), ["-g", "100", "-an"])
        try upscale("in.mkv", "all.mkv", ["--encoder", "ffv1"])
        try upscale("in.mkv", "part.mkv", ["--encoder", "ffv1", "--start", start, "--duration", duration])
        #expect(
            try Probe.frameHashes(folder.file("part.mkv")) == Array(Probe.frameHashes(folder.file("all.mkv"))[frames]))
        let times = try Probe(folder.file("part.mkv")).videoPackets().map(\.time)
        // The excerpt's clock begins at its start.
        #expect(abs(try #require(times.first) - (Double(frames.lowerBound) / 25 - (Double(start) ?? 0))) <= 0.001)
    }

    @Test(
        "names are names",
        arguments: ["with space.mkv", "per%d%%cent.mkv", "a:b.mkv", "-dash.mkv", "qu'o\"te.mkv", "Grüße 漢字.mkv"])
    func names(name: String) throws {
        try Clips.make(folder.file("in.mkv"))
        try FileManager.default.moveItem(atPath: folder.file("in.mkv"), toPath: folder.file(name))
        let result = try Tool.run(
            ["upscale", "--progress", "none", "--output=2x " + name, "--", name], in: folder.path)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try Probe.decodedFrames(folder.file("2x " + name)) == Clips.frames)
    }

    @Test("an existing result is replaced on request") func overwrite() throws {
        try Clips.make(folder.file("in.mkv"))
        try Data("old".utf8).write(to: URL(fileURLWithPath: folder.file("out.mkv")))
        try upscale("in.mkv", "out.mkv", ["--overwrite"])
        #expect(try Probe.decodedFrames(folder.file("out.mkv")) == Clips.frames)
    }

    @Test("a damaged packet costs no frame's time and does not end the run") func damaged() throws {
        try Clips.make(folder.file("in.mkv"))
        var data = try Data(contentsOf: URL(fileURLWithPath: folder.file("in.mkv")))
        let middle = data.count / 2
        for index in middle..<middle + 40 { data[index] ^= 0x5A }
        try data.write(to: URL(fileURLWithPath: folder.file("bad.mkv")))
        try upscale("bad.mkv", "out.mkv")
        #expect(try Probe.decodedFrames(folder.file("out.mkv")) > Clips.frames / 2)
    }
}
