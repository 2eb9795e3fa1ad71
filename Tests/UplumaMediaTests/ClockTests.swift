import Foundation
import Testing
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
        clock.mend(stream: 0, time: 100_000)
        #expect(clock.breaks == 1)
        #expect(pass(0, 100_000) == 14_040_000)
        #expect(pass(1, 13_990_000) == 13_990_000, "still the clock before the break")
        #expect(pass(1, 90_000) == 14_030_000)
        #expect(clock.nearestShift(time: 14_000_000) == 0 && clock.nearestShift(time: 80_000) == 13_940_000)
        #expect(pass(0, 90_000_000_000) == nil, "a clock that was set forward, or came around")
    }
}
