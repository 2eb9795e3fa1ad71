import Foundation
import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

@testable import Upluma

/// A frame reached by searching is the frame that a whole job meets: same time, same samples.
struct FrameSeekerTests {
    @Test("every generated file: frames by time and by number", arguments: GeneratedFile.all)
    func generated(_ file: GeneratedFile) throws {
        let folder = try TemporaryDirectory()
        try check(try file.make(in: folder), most: 4)
    }

    @Test("files of several groups of pictures, in every container", arguments: SearchedFile.all)
    func searched(_ file: SearchedFile) throws {
        let folder = try TemporaryDirectory()
        try check(try file.make(in: folder), most: 9)
    }

    /// Holds some frames of a file, first and last among them, against those of a run from the beginning.
    private func check(_ path: String, most: Int) throws {
        var options = UpscaleOptions(input: path, output: "result.mkv")
        options.incompatibleStreams = .drop
        let plan = try UpscalePlan(options, report: { _ in }, isCancelled: { false })
        let whole = try WholeRun(path, plan.fields)
        try #require(!whole.frames.isEmpty, "\(path) has frames")
        let count = whole.frames.count
        let numbers = Set((0..<most).map { $0 * (count - 1) / (most - 1) }).sorted()
        let shared = try FrameSeeker(
            UpscalePlan(options, report: { _ in }, isCancelled: { false }), notes: { _ in }, isCancelled: { false })
        for number in numbers where whole.frames[number].condition != .standIn {
            let expected = whole.frames[number]
            let fresh = try FrameSeeker(
                UpscalePlan(options, report: { _ in }, isCancelled: { false }), notes: { _ in }, isCancelled: { false })
            let time = fresh.seconds(expected.pts)
            for (way, found) in [
                ("by time", try fresh.frame(onScreenAt: time)),
                ("by the time as it is written", try fresh.frame(onScreenAt: (time * 1000).rounded() / 1000)),
                ("by number", try fresh.frame(number: number)),
                ("one after the other", try shared.frame(onScreenAt: time)),
            ] {
                let what = "frame \(number) of \(count), \(way)"
                // Times count in milliseconds: of frames nearer to each other only numbers tell which is meant.
                if way != "by number", whole.isCrowded(number) { continue }
                #expect(found.frame.pts == expected.pts, "\(what): its time")
                #expect(WholeRun.digest(found.frame) == expected.digest, "\(what): its samples")
                if let own = found.number { #expect(own == number, "\(what): its number") }
            }
        }
    }
}

/// What a job makes of a source before it enlarges anything, from the first frame to the last.
struct WholeRun {
    struct Entry {
        let pts: Int64
        let condition: PictureCondition
        let digest: [Int]
    }

    private(set) var frames: [Entry] = []
    private let tick: Double

    init(_ path: String, _ fields: FieldTreatment) throws {
        let source = try MediaSource(path: path)
        tick = source.facts.video.timeBase.doubleValue
        let decoder = try VideoDecoder(source)
        let deinterlacer = try fields.deinterlacer(for: source.facts.video, notes: { _ in })
        var entries: [Entry] = []
        let deliver = { (frame: Frame) in
            entries.append(Entry(pts: frame.pts, condition: frame.condition, digest: WholeRun.digest(frame)))
        }
        let take: (Frame) throws -> Void = { frame in
            if let deinterlacer { try deinterlacer.filter(frame, each: deliver) } else { deliver(frame) }
        }
        while let packet = try source.read() {
            if packet.streamIndex == source.facts.video.index { try decoder.decode(packet, each: take) }
        }
        try decoder.decode(nil, each: take)
        try deinterlacer?.filter(nil, each: deliver)
        frames = entries
    }

    /// Whether another frame is shown within the same millisecond, so that a time in milliseconds does not tell them apart.
    func isCrowded(_ number: Int) -> Bool {
        let near = [number - 1, number + 1].filter(frames.indices.contains)
        return near.contains { abs(Double(frames[$0].pts - frames[number].pts) * tick) < 0.0011 }
    }

    /// One number for the samples of each plane.
    static func digest(_ frame: Frame) -> [Int] {
        frame.planes.map { plane in
            plane.withBytes { base in
                var hasher = Hasher()
                for y in 0..<plane.height {
                    hasher.combine(
                        bytes: UnsafeRawBufferPointer(
                            start: base + y * plane.stride, count: plane.width * plane.sample.byteCount))
                }
                return hasher.finalize()
            }
        }
    }
}

/// Files long enough that a search has something to find: several groups of pictures, eight seconds.
struct SearchedFile: Sendable, CustomStringConvertible {
    let name: String
    let about: String
    private let arguments: [String]
    /// The same file once more behind itself, byte by byte.
    private var isDoubled = false

    var description: String { "\(name) (\(about))" }

    func make(in folder: TemporaryDirectory) throws -> String {
        let path = folder.file(name)
        try FFmpegTool.ffmpeg(arguments + ["file:" + path])
        if isDoubled {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            try (bytes + bytes).write(to: URL(fileURLWithPath: path))
        }
        return path
    }

    private static func file(
        _ name: String, _ about: String, source: String = "testsrc2=s=96x64:r=25:d=8", filter: String? = nil,
        doubled: Bool = false, _ coding: String
    ) -> SearchedFile {
        SearchedFile(
            name: name, about: about,
            arguments: ["-f", "lavfi", "-i", source] + (filter.map { ["-vf", $0] } ?? [])
                + coding.split(separator: " ").map(String.init),
            isDoubled: doubled)
    }

    private static let x264 = "-c:v libx264 -preset fast -pix_fmt yuv420p -g 24 -bf 2"
    private static let mpeg2 = "-c:v mpeg2video -q:v 4 -g 15 -bf 2"
    private static let fields = "-c:v mpeg2video -q:v 4 -g 15 -flags +ildct+ilme"
    private static let film = "smptebars=s=160x128:r=24000/1001:d=8,scroll=horizontal=0.0125"
    private static let video = "smptebars=s=160x128:r=50:d=8,scroll=horizontal=0.0125"
    private static let woven = "interlace=lowpass=off:scan=tff"

    static let all = [
        file("h264.mp4", "H.264 with B-frames", x264),
        file("h264.mkv", "H.264 with B-frames", x264),
        file("h264.mov", "H.264, no B-frames", "-c:v libx264 -preset fast -pix_fmt yuv420p -g 50 -bf 0"),
        file("h264.ts", "H.264 without an index", x264),
        file("h264.flv", "H.264 in FLV", x264),
        file("h264.avi", "H.264 with B-frames and no presentation times", x264),
        file("h264.h264", "an elementary stream", x264),
        file("cueless.mkv", "Matroska without an index", x264 + " -f matroska -cues_to_front 0 -live 1"),
        file("fragmented.mp4", "fragments", x264 + " -movflags frag_keyframe+empty_moov"),
        file("open.mkv", "H.264 with open groups", x264 + " -x264-params open-gop=1:b-adapt=0"),
        file("open.ts", "H.264 with open groups, no index", x264 + " -x264-params open-gop=1:b-adapt=0"),
        file("refresh.mkv", "H.264 that refreshes bit by bit", x264 + " -bf 0 -x264-params intra-refresh=1"),
        file("refresh.ts", "H.264 that refreshes, no index", x264 + " -bf 0 -x264-params intra-refresh=1"),
        file(
            "hevc.mkv", "HEVC with open groups",
            "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -x265-params log-level=none:open-gop=1:keyint=24:bframes=3"
        ),
        file("xvid.avi", "MPEG-4 part 2 with B-frames", "-c:v mpeg4 -vtag XVID -q:v 4 -g 30 -bf 2"),
        file("divx.avi", "MPEG-4 version 3", "-c:v msmpeg4v3 -q:v 4 -g 30"),
        file("mpeg4.mp4", "MPEG-4 part 2", "-c:v mpeg4 -q:v 4 -g 30 -bf 2"),
        file("mpeg2.mpg", "a program stream", mpeg2),
        file("mpeg2.vob", "a DVD's program stream", mpeg2),
        file("mpeg2.ts", "a transport stream", mpeg2),
        file("mpeg1.mpg", "MPEG-1", "-c:v mpeg1video -q:v 4 -g 15 -bf 2"),
        file("mpeg2.m2v", "an elementary stream", mpeg2),
        file("late.ts", "begins at 95441.9 s: the clock wraps on the way", mpeg2 + " -output_ts_offset 95441.9"),
        file("joined.ts", "two recordings joined: the clock jumps back", doubled: true, mpeg2),
        file("joined.mpg", "two recordings joined: the clock jumps back", doubled: true, mpeg2),
        file("h263.flv", "Sorenson H.263", "-c:v flv1 -q:v 4 -g 30"),
        file("wmv.wmv", "Windows Media", "-c:v wmv2 -q:v 4 -g 30"),
        file("vp8.webm", "VP8 with hidden pictures", "-c:v libvpx -g 30 -b:v 300k -auto-alt-ref 1 -lag-in-frames 16"),
        file(
            "vp9.webm", "VP9 with hidden pictures",
            "-c:v libvpx-vp9 -g 30 -b:v 200k -deadline good -cpu-used 8 -auto-alt-ref 1 -lag-in-frames 16"),
        file("theora.ogv", "Theora", "-c:v libtheora -q:v 5 -g 30"),
        file("mjpeg.mov", "every picture by itself", "-c:v mjpeg -q:v 4 -pix_fmt yuvj420p"),
        file("ffv1.mkv", "lossless", "-c:v ffv1 -level 3 -g 10"),
        file("raw.y4m", "uncompressed", "-pix_fmt yuv420p"),
        file("gif.gif", "an animation", source: "testsrc2=s=96x64:r=25:d=2", "-c:v gif"),
        file("mpeg2.mxf", "MXF", "-c:v mpeg2video -q:v 4 -g 15 -bf 2"),
        file(
            "variable.mkv", "a variable frame rate",
            source: "testsrc2=s=96x64:r=25:d=8,settb=1/1000,setpts='40*N+mod(N*N*7\\,33)'",
            x264 + " -fps_mode passthrough"),
        file(
            "paff.ts", "H.264 fields in packets of their own", source: video, filter: woven,
            x264 + " -x264-params tff=1"),
        file("fields.mpg", "interlaced, marked so", source: video, filter: woven, fields),
        file("fields.ts", "interlaced, marked so, no index", source: video, filter: woven, fields),
        file(
            "woven.mkv", "interlaced, marked as progressive", source: video, filter: woven + ",setfield=prog", x264),
        file(
            "resting.mkv", "interlaced, unmarked, and at rest for seconds",
            source: "smptebars=s=160x128:r=50:d=1.2,scroll=horizontal=0.0125,tpad=stop=240:stop_mode=clone",
            filter: woven + ",setfield=prog", x264),
        file("telecined.mpg", "film in NTSC video", source: film, filter: "telecine=pattern=23", fields),
        file("telecined.ts", "film in NTSC video, no index", source: film, filter: "telecine=pattern=23", fields),
        file(
            "telecined.avi", "film in NTSC video, marked as progressive", source: film,
            filter: "telecine=pattern=23,setfield=prog", "-c:v mpeg4 -vtag XVID -q:v 3 -g 30"),
    ]
}
