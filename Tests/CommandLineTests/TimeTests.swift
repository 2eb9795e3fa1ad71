import Foundation
import Testing
import UplumaTestSupport

/// Every frame of odd clocks, in its time.
@Suite struct TimeTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// A generated file, how many frames it has and when each is shown.
    struct Case: Sendable, CustomStringConvertible {
        let name: String
        let frames: Int
        var results = ["mkv", "mp4"]
        /// Seconds of frame `i`: what the file was made with, on its container's clock.
        let time: @Sendable (_ i: Int) -> Double
        var description: String { name }

        init(
            _ name: String, _ frames: Int, results: [String] = ["mkv", "mp4"], time: @escaping @Sendable (Int) -> Double
        ) {
            (self.name, self.frames, self.results, self.time) = (name, frames, results, time)
        }

        /// A constant rate.
        init(
            _ name: String, _ frames: Int, from first: Double = 0, rate: Double = 25,
            results: [String] = ["mkv", "mp4"]
        ) {
            self.init(name, frames, results: results) { first + Double($0) / rate }
        }
    }

    static let cases = [
        Case("variable.mkv", 25) { Double(40 * $0 + $0 * $0 * 7 % 33) / 1000 },
        Case("variable.mp4", 25) { Double(40 * $0 + $0 * $0 * 7 % 33) / 1000 },
        Case("gap.mkv", 20) { Double(40 * $0 + ($0 > 7 ? 900 : 0)) / 1000 },
        // The second of two frames at the same time is moved by a tick, so that both are there.
        Case("twins.mkv", 10) { Double($0 / 2 * 80 + $0 % 2) / 1000 },
        Case("durationless.mov", 10),
        Case("late.mkv", 12, from: 5.25), Case("late.mp4", 12, from: 5.25), Case("late.ts", 12, from: 6.65),
        // What FFmpeg reads as times before zero is moved behind it, or players would hide it.
        Case("wrapped.ts", 25),
        // The two frames before zero are not part of the film.
        Case("negative.mp4", 10), Case("negative-offsets.mp4", 12), Case("cut-by-edit.mp4", 22, results: ["mp4"]),
        Case("film-rate.mp4", 12, rate: 24000 / 1001), Case("sixty.mp4", 29, rate: 60000 / 1001),
        // AVI has no presentation times: FFmpeg counts from the packet with which a frame leaves the decoder.
        Case("ntsc.avi", 15, from: 1001 / 30000, rate: 30000 / 1001), Case("h264.avi", 12, from: 0.08),
        Case("packed.avi", 12, from: 0.04),
        Case("fields-50.ts", 12, from: 1.44), Case("fast.mkv", 30, rate: 120),
        Case("raw.h264", 12), Case("film.h264", 12, rate: 24000 / 1001), Case("raw.hevc", 12), Case("raw.m2v", 12),
        Case("raw.m4v", 12), Case("raw.ivf", 12), Case("deep.mkv", 25), Case("single.mkv", 1),
        // The sound's encoder delay comes before the picture.
        Case("long-sound.mkv", 12, from: 0.021), Case("long-picture.mkv", 35, from: 0.021),
        Case("sound.flv", 12, from: 0.08),
        softTelecine("soft-telecine.m2v", from: 0), softTelecine("soft-telecine.mpg", from: 0.55),
        // FFmpeg, which makes the file, stamps its last frame a field early.
        softTelecine("soft-telecine.ts", from: 1.45, lastIsEarlyBy: 1),
    ]

    /// Two seconds of film, shown for three fields and for two in turn.
    private static func softTelecine(_ name: String, from first: Double, lastIsEarlyBy fields: Int = 0) -> Case {
        Case(name, 48) { first + Double((5 * $0 + 1) / 2 - ($0 == 47 ? fields : 0)) * 1001 / 60000 }
    }

    @Test("every frame comes out, each in its time", arguments: cases)
    func times(_ file: Case) throws {
        let path = try GeneratedFile.named(file.name).make(in: folder)
        for kind in file.results {
            let output = folder.file("out.\(kind)")
            let result = try Tool.run([
                "upscale", path, "-o", output, "--model", "nearest", "--encoder", kind == "mkv" ? "ffv1" : "libx264",
                "--progress", "none",
            ])
            #expect(result.status == 0, "\(result.errorText)")
            let times = try Probe(output).videoPackets().map(\.time)
            #expect(times.count == file.frames, "\(kind): \(times)")
            #expect(try Probe.decodedFrames(output) == file.frames, "\(kind)")
            for (index, time) in times.enumerated() {
                // Half a millisecond of Matroska's clock at the source, half at the result.
                #expect(abs(time - file.time(index)) < 0.0011, "\(kind), frame \(index)")
            }
        }
    }

    @Test(
        "a stream without time stamps says at what rate it is counted",
        arguments: [("raw.h264", "25.0"), ("film.h264", "23.976"), ("raw.m2v", "25.0"), ("raw.hevc", "25.0")])
    func countedRate(name: String, rate: String) throws {
        let path = try GeneratedFile.named(name).make(in: folder)
        let result = try Tool.run([
            "upscale", path, "-o", folder.file("out.mkv"), "--model", "nearest", "--encoder", "ffv1", "--progress",
            "none",
        ])
        let line = "has no time stamps; counted at \(rate) frames a second, as its header says."
        #expect(result.errorText.contains(line), "\(result.errorText)")
    }

    @Test("packed pictures are those of the same stream unpacked, and none is taken for damage") func packed() throws {
        let path = try GeneratedFile.named("packed.avi").make(in: folder)
        let plain = folder.file("plain.avi")
        try FFmpegTool.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=0.48", "-c:v", "mpeg4", "-bf", "1", "-g", "100", plain,
        ])
        for name in [path, plain] {
            let result = try Tool.run([
                "upscale", name, "-o", name + ".mkv", "--model", "nearest", "--encoder", "ffv1", "--strict",
                "--progress", "none",
            ])
            #expect(result.status == 0, "\(result.errorText)")
        }
        #expect(try Probe.frameHashes(path + ".mkv") == Probe.frameHashes(plain + ".mkv"))
    }

    @Test("a name of the catalog means one file") func names() {
        let names = GeneratedFile.all.map(\.name)
        #expect(Dictionary(grouping: names) { $0 }.filter { $1.count > 1 }.keys.sorted().isEmpty)
    }

    /// Long and open groups of pictures, in every kind of container, 75 frames at 25 a second.
    static let excerptSources: [(name: String, codec: [String])] = {
        let h264 = [
            "-c:v", "libx264", "-preset", "fast", "-g", "60", "-x264-params", "open-gop=1", "-pix_fmt", "yuv420p",
        ]
        let mpeg2 = ["-c:v", "mpeg2video", "-g", "15", "-bf", "2"]
        return [
            ("a.mp4", h264), ("a.mkv", h264), ("a.ts", h264), ("a.h264", h264), ("b.ts", mpeg2), ("b.mpg", mpeg2),
            ("b.m2v", mpeg2), ("c.avi", ["-c:v", "mpeg4", "-g", "40", "-bf", "2"]),
        ]
    }()

    @Test("an excerpt is cut at the exact frames, which are those of the whole", arguments: excerptSources.indices)
    func excerpt(index: Int) throws {
        let (name, codec) = TimeTests.excerptSources[index]
        let path = folder.file(name)
        try FFmpegTool.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=3"] + codec + [path])
        func upscaled(_ more: [String]) throws -> [String] {
            let result = try Tool.run(
                [
                    "upscale", path, "-o", folder.file("out.mkv"), "--model", "nearest", "--encoder", "ffv1",
                    "--overwrite", "--progress", "none",
                ] + more)
            #expect(result.status == 0, "\(result.errorText)")
            return try Probe.frameHashes(folder.file("out.mkv"))
        }
        let whole = try upscaled([])
        #expect(whole.count == 75)
        // Times are counted from the beginning of the file, which is not always that of the picture.
        let firstFrame = try Probe.firstFrame(path)
        for (start, duration) in [(1.3, 0.5), (2.42, 0.2), (0.04, 0.04), (2.8, 9)] {
            let wanted = whole.indices.filter {
                let time = firstFrame + Double($0) * 0.04
                // A microsecond: start and end are rounded to the source's ticks.
                return time > start - 1e-6 && time < start + duration - 1e-6
            }
            let part = try upscaled(["--start", "\(start)", "--duration", "\(duration)"])
            #expect(part == wanted.map { whole[$0] }, "\(name), \(start), \(duration)")
        }
    }
}

extension Probe {
    /// Seconds from the beginning of a file to its first picture; 0 where it has no clock.
    fileprivate static func firstFrame(_ path: String) throws -> Double {
        let times = try FFmpegTool.ffprobe([
            "-select_streams", "v:0", "-show_entries", "frame=best_effort_timestamp_time", "-of", "csv=p=0", path,
        ])
        let start = try FFmpegTool.ffprobe(["-show_entries", "format=start_time", "-of", "csv=p=0", path]).first
        let isElementary = path.hasSuffix(".m2v") || path.hasSuffix(".h264")
        guard !isElementary, let first = times.first.flatMap({ Double($0.prefix { $0 != "," }) }) else { return 0 }
        return first - (start.flatMap { Double($0) } ?? 0)
    }
}
