import Foundation
import Testing
import UplumaFrames
import UplumaTestSupport

@testable import UplumaMedia

/// Transport and program streams: clocks that jump, places that are hard to find.
@Suite struct ClockTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func recording(_ kind: String, seconds: Int, codec: [String]) throws -> String {
        let path = folder.file("part.\(kind)")
        try FFmpegTool.ffmpeg(
            [
                "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=\(seconds)", "-f", "lavfi", "-i",
                "sine=f=440:d=\(seconds)",
            ] + codec + ["-c:a", "mp2", path])
        return path
    }

    private func ticks(_ path: String, stream: String) throws -> [Double] {
        try FFmpegTool.ffprobe([
            "-select_streams", stream, "-show_entries", "packet=pts_time", "-of", "csv=p=0", path,
        ]).compactMap { Double($0.prefix { $0 != "," }) }
    }

    @Test(
        "recordings joined end to end play on one clock",
        arguments: [
            ("ts", ["-c:v", "mpeg2video", "-bf", "2", "-g", "12"]),
            ("vob", ["-c:v", "mpeg2video", "-bf", "2", "-g", "12"]),
            ("ts", ["-c:v", "libx264", "-bf", "3", "-g", "12"]),
        ])
    func joined(kind: String, codec: [String]) throws {
        let part = try Data(contentsOf: URL(fileURLWithPath: try recording(kind, seconds: 2, codec: codec)))
        let path = folder.file("joined.\(kind)")
        try (part + part + part).write(to: URL(fileURLWithPath: path))
        let result = folder.file("out.mkv")
        let run = Transcoding()
        #expect(try run.run(path, result) == 150)
        let times = try Probe.videoTimes(result).compactMap { Double($0) }
        #expect(times.count == 150)
        #expect(
            zip(times, times.dropFirst()).allSatisfy { (0.0389...0.0411).contains($1 - $0) },
            "1 tick of Matroska's 1 ms clock")
        let sound = try ticks(result, stream: "a:0")
        #expect(zip(sound, sound.dropFirst()).allSatisfy { (0.005...0.06).contains($1 - $0) }, "a frame lasts 26 ms")
        // The sound of a part is up to a frame of sound and one of the picture longer or shorter than its picture.
        #expect(abs((sound.last ?? 0) - (times.last ?? 0)) < 0.08)
        #expect(run.notes.contains("jumps 2 times"), "\(run.notes.all)")
    }

    @Test("a stream that pauses for long is no jump of the clock", arguments: ["a", "v"])
    func pause(stream: String) throws {
        let path = folder.file("pause.ts")
        let hole = "select='lt(t,3)+gt(t,16)'"
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=20", "-f", "lavfi", "-i", "sine=d=20:r=48000"]
                + (stream == "a" ? ["-af", "a" + hole] : ["-vf", hole, "-fps_mode", "passthrough"])
                + ["-c:v", "mpeg2video", "-c:a", "mp2", path])
        let result = folder.file("out.mkv")
        let run = Transcoding()
        _ = try run.run(path, result)
        #expect(!run.notes.contains("jumps"), "\(run.notes.all)")
        for kind in ["v:0", "a:0"] {
            let (before, after) = (try ticks(path, stream: kind).sorted(), try ticks(result, stream: kind).sorted())
            #expect(before.count == after.count && before.count > 100)
            // A tick of Matroska's clock is 1 ms.
            #expect(zip(before, after).allSatisfy { abs($0 - $1) <= 0.001 })
        }
        let paused = try ticks(result, stream: stream + ":0").sorted()
        #expect(zip(paused, paused.dropFirst()).contains { $1 - $0 > 12 })
    }

    @Test(
        "a part of a transport or program stream begins with the right picture",
        arguments: [
            ("ts", ["-c:v", "mpeg2video", "-bf", "2", "-g", "12"]),
            ("vob", ["-c:v", "mpeg2video", "-bf", "2", "-g", "12"]),
            ("mpg", ["-c:v", "mpeg2video", "-bf", "2", "-g", "12", "-flags", "+ilme+ildct"]),
            ("ts", ["-c:v", "libx264", "-bf", "3", "-g", "12", "-x264-params", "open-gop=1"]),
            ("mp4", ["-c:v", "libx264", "-bf", "3", "-g", "12"]),
        ])
    func parts(kind: String, codec: [String]) throws {
        let path = try recording(kind, seconds: 6, codec: codec)
        let whole = try decoded(path, from: nil)
        let begin = try MediaSource(path: path).facts
        for second in [0.04, 0.3, 0.48, 0.52, 1.0, 1.93, 2.4, 2.44, 3.7, 5.0, 5.9] {
            let micros = begin.startMicroseconds + Int64(second * 1_000_000)
            let first = Int64((Double(micros) / 1_000_000 / begin.video.timeBase.doubleValue).rounded())
            let expected = whole.filter { $0.pts >= first }
            let part = try decoded(path, from: second).filter { $0.pts >= first }
            #expect(part.map(\.pts) == expected.map(\.pts), "from \(second)")
            #expect(part.map(\.sum) == expected.map(\.sum), "from \(second)")
        }
    }

    /// Time and a checksum of the luma of every frame.
    private func decoded(_ path: String, from second: Double?) throws -> [(pts: Int64, sum: UInt64)] {
        let notes = Notes()
        let source = try MediaSource(path: path, notes: notes.handler)
        let decoder = try VideoDecoder(source, threads: 1, notes: notes.handler)
        if let second { try source.seek(toSeconds: second) }
        var frames: [(pts: Int64, sum: UInt64)] = []
        let take: (Frame) -> Void = { frame in
            let plane = frame.planes[0]
            var sum: UInt64 = 0
            plane.withBytes { bytes in
                for row in 0..<plane.height {
                    for column in 0..<plane.width {
                        let value = bytes.load(fromByteOffset: row * plane.stride + column, as: UInt8.self)
                        sum = sum &* 31 &+ UInt64(value)
                    }
                }
            }
            frames.append((frame.pts, sum))
        }
        while let packet = try source.read() {
            if packet.streamIndex == source.facts.video.index { try decoder.decode(packet, each: take) }
        }
        try decoder.decode(nil, each: take)
        return frames
    }

    @Test("a stream that begins too late to be planned is left out by name", arguments: [true, false])
    func lateStream(isPipe: Bool) throws {
        // Two seconds of picture, padded to more than is looked at before the start, then picture and sound.
        let silent = folder.file("silent.ts")
        try FFmpegTool.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=2", "-c:v", "mpeg2video", "-muxrate", "100M", silent,
        ])
        let sound = try recording("ts", seconds: 1, codec: ["-c:v", "mpeg2video"])
        let data =
            try Data(contentsOf: URL(fileURLWithPath: silent)) + Data(contentsOf: URL(fileURLWithPath: sound))
        let path = folder.file("late.ts")
        if isPipe {
            #expect(mkfifo(path, 0o600) == 0)
            Thread { try? data.write(to: URL(fileURLWithPath: path), options: []) }.start()
        } else {
            try data.write(to: URL(fileURLWithPath: path))
        }
        let run = Transcoding()
        #expect(try run.run(path, folder.file("out.mkv")) == 75)
        #expect(run.notes.all.count { $0.contains("Stream 1 (audio, mp") && $0.contains("left out") } == 1)
    }

    @Test("a late start does not move sound and picture apart in AVI")
    func lateStart() throws {
        let path = try recording("ts", seconds: 2, codec: ["-c:v", "mpeg2video"])
        let result = folder.file("out.avi")
        #expect(try Transcoding(settings: EncoderSettings(name: "ffv1")).run(path, result) == 50)
        let (picture, sound) = (try ticks(result, stream: "v:0"), try ticks(result, stream: "a:0"))
        #expect((picture.first ?? 9) < 0.08 && (sound.first ?? 9) < 0.08, "\(picture.first ?? 9) \(sound.first ?? 9)")
    }

    @Test("a subtitle that is on screen where a part begins or ends is cut to it")
    func subtitles() throws {
        let path = try Samples.film("mkv", in: folder)  // Subtitles at 0.123...0.423 and 0.623...1.123.
        let result = folder.file("out.mkv")
        try Transcoding(span: MediaWriter.Span(start: 200_000, end: 800_000)).run(path, result)
        let lines = try FFmpegTool.ffprobe([
            "-select_streams", "s", "-show_entries", "packet=pts_time,duration_time", "-of", "csv=p=0", result,
        ])
        #expect(lines == ["0.000000,0.223000", "0.423000,0.177000"])
    }

    @Test("only statistics are dropped, not what is named like them")
    func tags() {
        #expect(Muxer.isTag("BPS", "BPS") && Muxer.isTag("BPS-eng", "BPS") && Muxer.isTag("Encoder", "encoder"))
        #expect(!Muxer.isTag("ENCODER-NOTES", "encoder") && !Muxer.isTag("DURATION-original", "DURATION"))
        #expect(!Muxer.isTag("encoder-eng", "encoder"))
    }

    @Test("a clock of several parts is made one, whichever side of a break a packet belongs to")
    func repair() {
        var clock = ClockRepair()
        let frame: Int64 = 40_000
        func pass(_ stream: Int, _ time: Int64) -> Int64? {
            guard let shift = clock.shift(stream: stream, time: time) else { return nil }
            clock.passed(stream: stream, time: time + shift, duration: frame)
            return time + shift
        }
        #expect(pass(0, 5_000_000) == 5_000_000)
        #expect(pass(1, 4_990_000) == 4_990_000)
        #expect(pass(0, 5_040_000) == 5_040_000)
        #expect(pass(0, 14_000_000) == 14_000_000, "a gap of nine seconds is a gap")
        #expect(pass(0, 100_000) == nil)
        clock.mend(clock.mendingShift(stream: 0, time: 100_000))
        #expect(clock.breaks == 1)
        #expect(pass(0, 100_000) == 14_040_000)
        #expect(pass(1, 13_990_000) == 13_990_000, "still the clock before the break")
        #expect(pass(1, 90_000) == 14_030_000)
        #expect(clock.nearestShift(time: 14_000_000) == 0 && clock.nearestShift(time: 80_000) == 13_940_000)
        #expect(pass(0, 90_000_000_000) == nil, "a clock that was set forward, or came around")
    }
}
