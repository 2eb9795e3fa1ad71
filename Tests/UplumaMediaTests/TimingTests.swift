import Testing
import UplumaFrames
import UplumaTestSupport

@testable import UplumaMedia

@Suite struct TimingTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// How a source is timed: a setpts expression, and the output kinds whose clock can hold it exactly.
    static let clocks: [(name: String, source: String, arguments: [String])] = [
        (
            "variable", "testsrc2=s=64x48:r=25:d=1,settb=1/1000,setpts='40*N+mod(N*N*7\\,33)'",
            ["-c:v", "libx264", "-bf", "2"]
        ),
        ("late start", "testsrc2=s=64x48:r=25:d=1,settb=1/1000,setpts='40*N+1500'", ["-c:v", "libx264", "-bf", "2"]),
        ("film rate", "testsrc2=s=64x48:r=24000/1001:d=1", ["-c:v", "libx264", "-bf", "3", "-g", "7"]),
        (
            "long gap", "testsrc2=s=64x48:r=25:d=1,settb=1/1000,setpts='40*N+if(gt(N\\,12)\\,9000\\,0)'",
            ["-c:v", "ffv1"]
        ),
    ]

    @Test("times are carried as integers", arguments: clocks.indices, ["libx264", "ffv1"])
    func times(index: Int, encoder: String) throws {
        let (name, source, arguments) = TimingTests.clocks[index]
        let path = try Samples.make(
            "\(index).mkv", in: folder, source: source, arguments + ["-fps_mode", "passthrough"])
        let result = folder.file("out.mkv")
        let frames = try Transcoding(settings: EncoderSettings(name: encoder)).run(path, result)
        let expected = try Probe.videoTimes(path, entries: "pts")
        #expect(try Probe.videoTimes(result, entries: "pts") == expected, "\(name)")
        #expect(frames == expected.count)
    }

    @Test("MP4 keeps its own clock, the start and the duration of the last frame", arguments: ["libx264", "mpeg4"])
    func mp4(encoder: String) throws {
        let path = try Samples.make(
            "film.mp4", in: folder, source: "testsrc2=s=64x48:r=30000/1001:d=1", ["-c:v", "libx264", "-bf", "2"])
        let result = folder.file("out.mp4")
        try Transcoding(settings: EncoderSettings(name: encoder)).run(path, result)
        #expect(try Probe.videoTimes(result) == Probe.videoTimes(path))
        let duration = [
            "-select_streams", "v", "-show_entries", "stream=duration,start_time,avg_frame_rate", "-of", "csv",
        ]
        #expect(try FFmpegTool.ffprobe(duration + [result]) == FFmpegTool.ffprobe(duration + [path]))
    }

    @Test("old files without presentation times", arguments: ["avi", "vob", "ts"])
    func oldFiles(kind: String) throws {
        let codec = kind == "avi" ? ["-c:v", "mpeg4", "-bf", "2"] : ["-c:v", "mpeg2video", "-bf", "2"]
        let path = try Samples.make("old.\(kind)", in: folder, source: "testsrc2=s=64x48:r=25:d=1", codec)
        let result = folder.file("out.mkv")
        #expect(try Transcoding().run(path, result) == 25)
        let times = try Probe.videoTimes(result, entries: "pts").compactMap { Int($0) }
        #expect(times.count == 25)
        #expect(
            zip(times, times.dropFirst()).allSatisfy { (39...41).contains($1 - $0) }, "1 tick of Matroska's 1 ms clock")
    }

    @Test("frames in, frames out, whatever the threads", arguments: [1, 2, 0])
    func drained(threads: Int) throws {
        let path = try Samples.make("film.mkv", in: folder, ["-c:v", "libx264", "-bf", "4", "-b_strategy", "0"])
        let source = try MediaSource(path: path)
        let decoder = try VideoDecoder(source, threads: threads)
        var times: [Int64] = []
        while let packet = try source.read() { try decoder.decode(packet) { times.append($0.pts) } }
        try decoder.decode(nil) { times.append($0.pts) }
        #expect(times == (0..<10).map { Int64($0) * 40 })
        #expect(decoder.frameCount == 10 && decoder.damage == DamageLog.Counts())
    }

    @Test("a part of the file starts at zero and holds its frames, sound and chapters")
    func span() throws {
        let path = try Samples.film("mkv", in: folder)
        let result = folder.file("out.mkv")
        let run = Transcoding(span: MediaWriter.Span(start: 400_000, end: 800_000))
        #expect(try run.run(path, result) == 10)
        // The sample's video begins 23 ms after its sound, whose encoder needs a run-up.
        #expect(try Probe.videoTimes(result, entries: "pts") == (0..<10).map { "\(23 + $0 * 40)" })
        let whole = try Probe.frameHashes(path)
        #expect(try Probe.frameHashes(result) == Array(whole[10..<20]))
        let chapters = try FFmpegTool.ffprobe(["-show_entries", "chapter=start,end", "-of", "csv=p=0", result])
        #expect(chapters == ["0,100000000", "100000000,400000000"])
        let sound = try FFmpegTool.ffprobe([
            "-select_streams", "a:0", "-show_entries", "packet=pts_time", "-of", "csv=p=0", result,
        ])
        .compactMap { Double($0.prefix { $0 != "," }) }
        #expect(sound.first.map { (0..<0.03).contains($0) } == true)
        #expect(sound.last.map { (0.35..<0.4).contains($0) } == true)
    }

    @Test("seeking lands on a key frame at or before the time")
    func seek() throws {
        let path = try Samples.make(
            "film.mkv", in: folder, source: "testsrc2=s=64x48:r=25:d=2", ["-c:v", "libx264", "-g", "10"])
        let source = try MediaSource(path: path)
        #expect(try source.seek(toSeconds: 1.1) == 1100)
        let packet = try #require(try source.read())
        #expect(packet.isKeyframe)
        #expect(packet.pts.map { $0 <= 1100 && $0 > 600 } == true)
    }

    @Test("times are predicted where missing and made to increase")
    func prediction() {
        var timing = FrameTiming(usualDuration: 40)
        #expect(timing.next(pts: nil, best: nil, duration: 0) == (0, 40))
        #expect(timing.next(pts: nil, best: nil, duration: 20) == (40, 20))
        #expect(timing.next(pts: nil, best: nil, duration: 0) == (60, 40))
        #expect(timing.next(pts: 60, best: 60, duration: 0) == (61, 40))
        #expect(timing.next(pts: 10, best: nil, duration: 0) == (62, 40))
        #expect(timing.next(pts: nil, best: 200, duration: 0) == (200, 40))
        #expect(timing.next(pts: 150, best: 300, duration: 0) == (201, 40))
        #expect(timing.moved == 3 && timing.predicted == 3)
    }
}
