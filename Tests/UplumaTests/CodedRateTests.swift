import Foundation
import Testing
import UplumaMedia
import UplumaTestSupport

@testable import Upluma

/// Bits per pixel, against the packets that ffprobe lists.
@Suite struct CodedRateTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func measured(_ path: String) throws -> Double? {
        try CodedRate.bitsPerPixel(of: MediaSource(path: path).facts, isCancelled: { false })
    }

    /// Mean of all video packets, in bits per pixel of 64×48.
    private func listed(_ path: String) throws -> Double {
        let sizes = try FFmpegTool.ffprobe(
            ["-select_streams", "v:0", "-show_entries", "packet=size", "-of", "default=nw=1:nk=1", path])
        let bytes = sizes.compactMap(Int.init)
        return Double(bytes.reduce(0, +)) * 8 / Double(bytes.count * 64 * 48)
    }

    private func make(_ name: String, seconds: Int, _ coding: [String]) throws -> String {
        let path = folder.file(name)
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=\(seconds)", "-f", "lavfi", "-i", "sine=d=\(seconds)"]
                + ["-pix_fmt", "yuv420p"] + coding + [path])
        return path
    }

    @Test(
        "sound and headers do not count, whatever the container",
        arguments: [
            ("a.mpg", ["-c:v", "mpeg2video", "-b:v", "200k", "-maxrate", "8000k", "-bufsize", "1835k", "-c:a", "mp2"]),
            ("a.ts", ["-c:v", "mpeg2video", "-b:v", "150k", "-c:a", "mp2", "-b:a", "384k"]),
            ("a.avi", ["-c:v", "mpeg4", "-bf", "2", "-c:a", "pcm_s16le"]),
            ("a.mp4", ["-c:v", "libx264", "-c:a", "aac"]), ("a.mkv", ["-c:v", "libx264", "-c:a", "flac"]),
            ("a.flv", ["-c:v", "flv", "-c:a", "pcm_s16le", "-ar", "44100"]),
        ])
    func containers(name: String, coding: [String]) throws {
        let path = try make(name, seconds: 2, coding)
        // The same packets counted twice: only rounding may differ.
        #expect(abs(try #require(try measured(path)) / listed(path) - 1) < 1e-9)
    }

    @Test("of a long file five places are enough", arguments: ["mpg", "mkv", "avi"])
    func places(kind: String) throws {
        let codec = kind == "mpg" ? "mpeg2video" : "mpeg4"
        let path = try make("long.\(kind)", seconds: 120, ["-c:v", codec, "-q:v", "6", "-g", "24"])
        let (part, all) = (try #require(try measured(path)), try listed(path))
        // The picture repeats itself, so a sample that is not biased to key frames is within a few percent.
        #expect(abs(part / all - 1) < 0.06, "\(part) of \(all) bits per pixel")
        #expect(part != all, "the file was read whole")
    }

    @Test func pipe() throws {
        let path = folder.file("pipe")
        try #require(mkfifo(path, 0o600) == 0)
        let clip = try make("b.mkv", seconds: 1, ["-c:v", "mpeg4"])
        let data = try Data(contentsOf: URL(fileURLWithPath: clip))
        Thread.detachNewThread { try? data.write(to: URL(fileURLWithPath: path), options: []) }
        let facts = try MediaSource(path: path).facts
        #expect(!facts.isSeekable)
        #expect(try CodedRate.bitsPerPixel(of: facts, isCancelled: { false }) == nil)
    }
}
