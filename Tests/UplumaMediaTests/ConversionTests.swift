import Foundation
import Testing
import UplumaMedia
import UplumaTestSupport

/// Streams that the container cannot hold, converted: samples, words and times stay.
@Suite struct ConversionTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private static let ffv1 = ["-c:v", "ffv1"]
    /// Noise on a tone, so that every bit matters; in two channels, or six.
    private static func noise(_ channels: Int = 2, rate: Int = 48_000, seconds: Double = 1.3) -> [String] {
        let signal = (0..<channels).map { "0.4*sin((440+100*\($0))*2*PI*t)+0.3*(random(\($0))-0.5)" }
        let layout = channels == 6 ? ":c=5.1" : ""
        return ["-f", "lavfi", "-i", "aevalsrc=\(signal.joined(separator: "|")):d=\(seconds):s=\(rate)\(layout)"]
    }

    private func film(_ name: String, _ sound: [String], _ codec: [String]) throws -> String {
        let path = folder.file(name)
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1.4"] + sound + ConversionTests.ffv1 + codec + [path])
        return path
    }

    private func settings(for kind: String) -> EncoderSettings {
        EncoderSettings(name: EncoderSettings.automatic, preset: ["webm", "mpg"].contains(kind) ? nil : "ultrafast")
    }

    private func samples(_ path: String, _ format: String = "s32le") throws -> Data {
        try FFmpegTool.ffmpeg(["-i", "file:" + path, "-map", "0:a:0", "-f", format, "-"])
    }

    /// When sound begins after the picture, in seconds; below zero when it begins before.
    private func lag(_ path: String) throws -> Double {
        let times = try ["v:0", "a:0"].map { stream in
            let lines = try FFmpegTool.ffprobe([
                "-select_streams", stream, "-show_frames", "-show_entries", "frame=best_effort_timestamp_time", "-of",
                "csv=p=0",
                "file:" + path,
            ])
            return lines.compactMap { Double($0.split(separator: ",").first ?? "") }.first ?? .nan
        }
        return times[1] - times[0]
    }

    private func codec(_ stream: String, of path: String) throws -> String? {
        try FFmpegTool.ffprobe([
            "-select_streams", stream, "-show_entries", "stream=codec_name", "-of", "csv=p=0", path,
        ])
        .first.map { $0.trimmingCharacters(in: ["\n", ","]) }
    }

    static let exact: [(codec: [String], channels: Int, rate: Int, kind: String, becomes: String)] = [
        (["-c:a", "pcm_s16le"], 2, 48_000, "mp4", "alac"), (["-c:a", "pcm_s24le"], 2, 44_100, "mp4", "alac"),
        (["-c:a", "pcm_u8"], 1, 22_050, "mp4", "alac"), (["-c:a", "pcm_s24le"], 6, 48_000, "mp4", "alac"),
        (["-c:a", "adpcm_ms"], 2, 44_100, "mp4", "alac"), (["-c:a", "flac"], 2, 44_100, "m4v", "alac"),
        (["-c:a", "alac", "-sample_fmt:a", "s16p"], 2, 48_000, "avi", "pcm_s16le"),
        (["-c:a", "pcm_s16le"], 2, 48_000, "mpg", "pcm_dvd"),
    ]

    @Test("sound goes from lossless to lossless, sample by sample, from the same time on", arguments: exact.indices)
    func losslessSound(index: Int) throws {
        let row = ConversionTests.exact[index]
        let path = try film("in.mkv", ConversionTests.noise(row.channels, rate: row.rate), row.codec)
        let result = folder.file("out.\(row.kind)")
        try Transcoding(settings: settings(for: row.kind), refusal: .convert).run(path, result)
        #expect(try codec("a:0", of: result) == row.becomes)
        #expect(try samples(result) == samples(path))
        // One sample, and the microsecond that is printed.
        #expect(try abs(lag(result) - lag(path)) <= 1 / Double(row.rate) + 1e-6)
    }

    @Test(
        "sound that must lose something stays in step with the picture", arguments: [("webm", "opus"), ("ts", "ac3")])
    func lossySound(kind: String, becomes: String) throws {
        let tones = "0.3*sin(3000*2*PI*t)*(1+0.9*sin(9*t))"
        let sound = ["-f", "lavfi", "-i", "aevalsrc=\(tones)|\(tones):d=1.3:s=48000"]
        let path = try film("in.mkv", sound, ["-c:a", "pcm_s16le"])
        let result = folder.file("out.\(kind)")
        let run = Transcoding(settings: settings(for: kind), refusal: .convert)
        try run.run(path, result)
        #expect(try codec("a:0", of: result) == becomes)
        #expect(run.notes.contains("loses a little"))
        let (before, after) = (try samples(path, "f32le"), try samples(result, "f32le"))
        // AC-3's decoder begins with the encoder's run-in, at a time before the picture.
        let early = Int((-(try lag(result)) * 48_000).rounded())
        let (first, second) = (floats(before), floats(after).dropFirst(2 * max(0, early)))
        #expect(abs(second.count - first.count) < 2 * 2048)
        var (signal, noise) = (0.0, 0.0)
        for (x, y) in zip(first, second) {
            signal += Double(x * x)
            noise += Double((x - y) * (x - y))
        }
        // A 3 kHz tone that is one sample off is at 8 dB; these rates reach more than 20.
        #expect(10 * log10(signal / noise) > 15)
    }

    private func floats(_ data: Data) -> [Float] {
        data.withUnsafeBytes { bytes in
            (0..<data.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
        }
    }

    @Test("a gap in the sound stays a gap, filled with silence") func gap() throws {
        let whole = try film("whole.mkv", ConversionTests.noise(seconds: 1.4), ["-c:a", "pcm_s16le"])
        let path = folder.file("gap.mkv")
        let cut = "aselect='not(between(t,0.5,0.9))'"
        try FFmpegTool.ffmpeg(["-i", whole, "-c:v", "copy", "-af", cut, "-c:a", "pcm_s16le", path])
        let result = folder.file("out.mp4")
        try Transcoding(settings: settings(for: "mp4"), refusal: .convert).run(path, result)
        let (before, after) = (try samples(path, "s16le"), try samples(result, "s16le"))
        let full = try samples(whole, "s16le")
        // Matroska's clock is a millisecond: 48 samples of 4 bytes.
        #expect(abs(after.count - full.count) <= 48 * 4)
        #expect(before.count < full.count - 4 * 48_000 * 3 / 10)
        let silence = after[(4 * 48_000 * 6 / 10)..<(4 * 48_000 * 8 / 10)]
        #expect(silence.allSatisfy { $0 == 0 })
        #expect(after.prefix(4 * 20_000) == full.prefix(4 * 20_000))
    }

    @Test("sound that begins late begins as late") func lateSound() throws {
        let path = folder.file("late.mkv")
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-itsoffset", "0.4"]
                + ConversionTests.noise(seconds: 0.5) + ConversionTests.ffv1 + ["-c:a", "pcm_s24le", path])
        let result = folder.file("out.mp4")
        try Transcoding(settings: settings(for: "mp4"), refusal: .convert).run(path, result)
        #expect(try abs(lag(result) - lag(path)) <= 1.0 / 48_000 + 1e-6)
        #expect(try abs(lag(path) - 0.4) < 0.002)
        #expect(try samples(result) == samples(path))
    }

    /// Lines that do not overlap, with emphasis and a line break.
    private static let words = """
        1
        00:00:00,120 --> 00:00:00,480
        Hello, <i>you</i>
        there

        2
        00:00:00,600 --> 00:00:01,080
        Größe: 50 %, {brackets}

        """

    /// Times and words of subtitles, marks of emphasis aside.
    private func lines(_ path: String) throws -> [String] {
        let text = String(
            decoding: try FFmpegTool.ffmpeg(["-i", path, "-map", "0:s:0", "-f", "srt", "-"]), as: UTF8.self)
        // FFmpeg's reader of WebVTT hands braces on with a backslash before each; the file has none.
        return text.replacingOccurrences(of: "\\", with: "").replacingOccurrences(
            of: "<[^>]*>", with: "", options: .regularExpression
        ).split(
            whereSeparator: \.isNewline
        )
        .map(String.init)
    }

    @Test(
        "words and times of subtitles stay, whatever becomes what",
        arguments: [("srt", "mkv"), ("ass", "mkv"), ("mov_text", "mp4"), ("webvtt", "webm")], ["mkv", "mp4", "webm"])
    func subtitles(from: (codec: String, kind: String), to kind: String) throws {
        let words = folder.file("words.srt")
        try Data(ConversionTests.words.utf8).write(to: URL(fileURLWithPath: words))
        let path = folder.file("in.\(from.kind)")
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1.4", "-i", words, "-c:v"]
                + (from.kind == "webm"
                    ? ["libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"] : ["libx264", "-bf", "0"])
                + ["-c:s", from.codec, "-metadata:s:s:0", "language=ger", path])
        let result = folder.file("out.\(kind)")
        try Transcoding(settings: settings(for: kind), refusal: .convert).run(path, result)
        let held = ["mkv": ["subrip", "ass", "webvtt"], "mp4": ["mov_text"], "webm": ["webvtt"]]
        #expect(held[kind]?.contains(try codec("s:0", of: result) ?? "") == true)
        #expect(try lines(result) == lines(path))
        #expect(try lines(result).contains("there"))
        let language = try FFmpegTool.ffprobe([
            "-select_streams", "s", "-show_entries", "stream_tags=language", "-of", "csv=p=0", result,
        ])
        #expect(language == ["ger"])
    }

    @Test("MP4's subtitles follow one another: those that overlap are cut and joined") func overlap() throws {
        let words = folder.file("words.srt")
        try Data(
            "1\n00:00:00,100 --> 00:00:00,500\nlong\n\n2\n00:00:00,200 --> 00:00:00,300\nshort\n".utf8
        ).write(to: URL(fileURLWithPath: words))
        let path = try Samples.make("in.mkv", in: folder, ["-i", words, "-c:v", "libx264", "-c:s", "srt"])
        let result = folder.file("out.mp4")
        try Transcoding(settings: settings(for: "mp4"), refusal: .convert).run(path, result)
        #expect(
            try lines(result) == [
                "1", "00:00:00,100 --> 00:00:00,200", "long", "2", "00:00:00,200 --> 00:00:00,300", "long", "short",
                "3", "00:00:00,300 --> 00:00:00,500", "long",
            ])
    }

    @Test("a copy of Opus is not earlier than its source", arguments: ["mkv", "webm"]) func opus(kind: String) throws {
        let path = folder.file("in.\(kind)")
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-f", "lavfi", "-i", "sine=d=1:r=48000", "-c:v"]
                + ["libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus", path])
        // FFmpeg's own file has the fault that copying is not to add to.
        let (once, twice) = (folder.file("1.\(kind)"), folder.file("2.\(kind)"))
        try Transcoding(settings: settings(for: "webm")).run(path, once)
        try Transcoding(settings: settings(for: "webm")).run(once, twice)
        // One tick of Matroska's clock.
        #expect(try abs(lag(once) - lag(path)) <= 0.001)
        #expect(try abs(lag(twice) - lag(path)) <= 0.001)
    }
}
