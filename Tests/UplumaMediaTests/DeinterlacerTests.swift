import Foundation
import Testing
import UplumaFrames
import UplumaTestSupport

@testable import UplumaMedia

@Suite struct DeinterlacerTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Upright stripes that move four samples a field and have no detail from row to row: all that differs between
    /// neighbouring rows is combs (and coding noise).
    private static let stripes = "format=gray,geq=lum='128+100*sin((X+4*N)*PI/32)'"

    /// PAL: 50 fields a second, a second long, in 25 MPEG-2 frames marked as interlaced.
    private func interlaced(top: Bool = true, _ more: [String] = []) throws -> String {
        try Samples.make(
            "interlaced.mpg", in: folder, source: "color=gray:s=256x96:r=50:d=1,\(Self.stripes)",
            [
                "-vf", "interlace=lowpass=off:scan=\(top ? "tff" : "bff"),format=yuv420p", "-c:v", "mpeg2video", "-q:v",
                "2", "-flags", "+ildct+ilme",
            ] + more)
    }

    /// Film of 96 frames in 120 frames of NTSC video, by the 2:3 pattern.
    private func telecined(_ more: [String] = []) throws -> String {
        try Samples.make(
            "telecined.mkv", in: folder, source: "testsrc2=s=128x96:r=24000/1001:d=4",
            [
                "-vf", "telecine=pattern=23", "-c:v", "mpeg2video", "-q:v", "2", "-flags", "+ildct+ilme",
                "-field_order",
                "tt",
            ] + more)
    }

    private func frames(_ path: String) throws -> (frames: [Frame], video: VideoFacts) {
        let source = try MediaSource(path: path)
        let decoder = try VideoDecoder(source)
        var frames: [Frame] = []
        while let packet = try source.read() {
            if packet.streamIndex == source.facts.video.index { try decoder.decode(packet) { frames.append($0) } }
        }
        try decoder.decode(nil) { frames.append($0) }
        return (frames, source.facts.video)
    }

    private func deinterlace(
        _ frames: [Frame], _ mode: Deinterlacer.Mode, _ video: VideoFacts, notes: Notes = Notes()
    ) throws -> [Frame] {
        let deinterlacer = try Deinterlacer(mode, video, notes: notes.handler)
        var result: [Frame] = []
        for frame in frames { try deinterlacer.filter(frame) { result.append($0) } }
        try deinterlacer.filter(nil) { result.append($0) }
        return result
    }

    /// The sum over all luma samples of how far each lies from the mean of the rows above and below, doubled.
    private func combing(_ frames: [Frame]) -> Int {
        frames.reduce(0) { sum, frame in
            let plane = frame.planes[0]
            return plane.withBytes { bytes in
                let sample = { (x: Int, y: Int) in Int(bytes.load(fromByteOffset: y * plane.stride + x, as: UInt8.self))
                }
                var sum = sum
                for y in 1..<plane.height - 1 {
                    for x in 0..<plane.width { sum += abs(sample(x, y - 1) + sample(x, y + 1) - 2 * sample(x, y)) }
                }
                return sum
            }
        }
    }

    /// All bytes of each plane, row after row, without padding.
    private func samples(_ frame: Frame) -> [[UInt8]] {
        frame.planes.map { plane in
            plane.withBytes { bytes in
                (0..<plane.height).flatMap { y in
                    Array(
                        UnsafeRawBufferPointer(
                            start: bytes + y * plane.stride, count: plane.width * plane.sample.byteCount))
                }
            }
        }
    }

    @Test("combs go, times and metadata stay", arguments: [Deinterlacer.Mode.auto, .bwdif], [true, false])
    func bwdif(mode: Deinterlacer.Mode, top: Bool) throws {
        let (before, video) = try frames(interlaced(top: top))
        #expect(before.count == 25 && before.allSatisfy { $0.fields == (top ? .topFirst : .bottomFirst) })
        let notes = Notes()
        let after = try deinterlace(before, mode, video, notes: notes)
        #expect(after.map(\.pts) == before.map(\.pts))
        #expect(after.map(\.duration) == before.map(\.duration))
        #expect(after.map(\.color) == before.map(\.color) && after.map(\.sampleAspect) == before.map(\.sampleAspect))
        #expect(after.allSatisfy { $0.fields == .progressive })
        // Measured: 774 times less; with the fields taken in the wrong order 197 times.
        #expect(combing(after) * 400 < combing(before))
        #expect(notes.all.count == (mode == .auto ? 1 : 0))
        #expect(mode == .bwdif || notes.contains("--deinterlace off"))
    }

    @Test("the earlier field is kept as it is, whichever it is", arguments: [true, false])
    func fieldKept(top: Bool) throws {
        let (before, video) = try frames(interlaced(top: top))
        let after = try deinterlace(before, .auto, video)
        for (a, b) in zip(before, after) {
            let (width, rows) = (a.width, stride(from: top ? 0 : 1, to: a.height, by: 2))
            let (old, new) = (samples(a)[0], samples(b)[0])
            #expect(rows.allSatisfy { old[$0 * width..<($0 + 1) * width] == new[$0 * width..<($0 + 1) * width] })
        }
    }

    @Test("progressive frames are handed on, not copied, and nothing is said")
    func progressive() throws {
        let (before, video) = try frames(
            Samples.make("in.mkv", in: folder, ["-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "2"]))
        #expect(before.count == 10 && before.allSatisfy { $0.fields == .progressive })
        let notes = Notes()
        let deinterlacer = try Deinterlacer(.auto, video, notes: notes.handler)
        for frame in before {
            var out: [Frame] = []
            try deinterlacer.filter(frame) { out.append($0) }
            #expect(out.count == 1 && out[0].pts == frame.pts, "no delay")
            #expect(zip(out[0].planes, frame.planes).allSatisfy { $0.storage === $1.storage })
        }
        try deinterlacer.filter(nil) { _ in Issue.record("a frame too many") }
        #expect(notes.all.isEmpty)
    }

    @Test("in a stream of both kinds only marked frames change", arguments: [false, true])
    func mixed(isMarkedAsWhole: Bool) throws {
        var (before, video) = try frames(interlaced())
        video.fieldOrder = isMarkedAsWhole ? .topFirst : .unknown
        for index in before.indices where index % 5 < 2 { before[index].fields = .progressive }
        let after = try deinterlace(before, .auto, video)
        #expect(after.map(\.pts) == before.map(\.pts))
        for (a, b) in zip(before, after) {
            #expect((samples(a) == samples(b)) == (a.fields == .progressive))
        }
    }

    @Test("the container's word counts where the coding has none of its own", arguments: ["tt", "bb", "progressive"])
    func container(order: String) throws {
        let path = try Samples.make(
            "in.mkv", in: folder, ["-c:v", "huffyuv", "-pix_fmt", "yuv422p", "-field_order", order])
        let expected: FieldStructure = order == "tt" ? .topFirst : order == "bb" ? .bottomFirst : .progressive
        #expect(try frames(path).frames.allSatisfy { $0.fields == expected })
    }

    @Test(
        "every depth and subsampling that the filter takes",
        arguments: [
            "gray", "gray16le", "yuv410p", "yuv411p", "yuv420p", "yuv422p", "yuv440p", "yuv444p", "yuv420p9le",
            "yuv420p10le", "yuv422p10le", "yuv444p10le", "yuv422p12le", "yuv444p12le", "yuv420p14le", "yuv420p16le",
        ])
    func formats(name: String) throws {
        let path = try Samples.make(
            "in.mkv", in: folder, source: "testsrc2=s=62x46:r=25:d=0.2", ["-pix_fmt", name, "-c:v", "ffv1"])
        let (before, video) = try frames(path)
        let after = try deinterlace(before, .bwdif, video)
        #expect(after.map(\.pts) == before.map(\.pts) && after.allSatisfy { $0.format == video.format })
    }

    @Test(
        "what a filter does not take is refused with the remedy",
        arguments: [(Deinterlacer.Mode.bwdif, "gray10le", 48), (.ivtc, "yuv420p10le", 48), (.bwdif, "gray", 2)])
    func refused(mode: Deinterlacer.Mode, format: String, height: Int) throws {
        let path = try Samples.make(
            "in.mkv", in: folder, source: "testsrc2=s=64x\(height):r=30:d=0.1", ["-pix_fmt", format, "-c:v", "ffv1"])
        let video = try MediaSource(path: path).facts.video
        let error = #expect(throws: MediaError.self) { try Deinterlacer(mode, video) }
        #expect(error?.category == .usage && error?.description.contains("--deinterlace off") == true)
    }

    @Test("film comes out of telecined video: four frames of five, at even times, as long as it was")
    func ivtc() throws {
        let (before, video) = try frames(telecined())
        #expect(before.count == 120)
        let deinterlacer = try Deinterlacer(.ivtc, video)
        #expect(deinterlacer.frameRate == Rational(24000, 1001))
        let after = try deinterlace(before, .ivtc, video)
        #expect(after.count == 96)
        let (first, last) = (try #require(before.first), try #require(before.last))
        #expect(after.first?.pts == first.pts)
        for (a, b) in zip(after, after.dropFirst()) { #expect(a.pts < b.pts && a.pts + a.duration == b.pts) }
        #expect(after.last.map { $0.pts + $0.duration } == last.pts + last.duration)
        // One tick (1 ms) for rounding; a frame is 42 of them.
        for (index, frame) in after.enumerated() {
            #expect(abs(Double(frame.pts - first.pts) - Double(index) * 1001 / 24) <= 1)
        }
        // The film's own frames, drawn again.
        let film = try frames(
            Samples.make("film.mkv", in: folder, source: "testsrc2=s=128x96:r=24000/1001:d=4", ["-c:v", "ffv1"])
        ).frames
        // What MPEG-2 loses, in levels on average: at worst 0.85 measured. A frame woven of two differs by 1.56.
        for (a, b) in zip(after, film) {
            let differences = zip(samples(a)[0], samples(b)[0]).map { abs(Int($0) - Int($1)) }
            #expect(5 * differences.reduce(0, +) < 6 * differences.count, "frame at \(a.pts)")
        }
    }

    @Test("auto hands on what the filter does not take, and says so") func notTaken() throws {
        let (before, facts) = try frames(interlaced())
        var video = facts
        // bwdif wants three rows.
        (video.height, video.format) = (2, PictureFormat(chroma: .gray, bitDepth: 8))
        let flat = before.map { frame -> Frame in
            var small = FramePool(format: video.format, width: video.width, height: 2).take()
            (small.pts, small.duration, small.fields) = (frame.pts, frame.duration, frame.fields)
            return small
        }
        let notes = Notes()
        let after = try deinterlace(flat, .auto, video, notes: notes)
        #expect(after.map(\.pts) == before.map(\.pts))
        #expect(notes.contains("stays so"))
        #expect(zip(after, flat).allSatisfy { $0.planes[0].storage === $1.planes[0].storage })
    }

    @Test("a hole in the source's times stays a hole in the film's") func ivtcGap() throws {
        var (before, video) = try frames(telecined())
        before.removeSubrange(40..<60)
        let notes = Notes()
        let after = try deinterlace(before, .ivtc, video, notes: notes)
        #expect(after.count == 80)
        #expect(zip(after, after.dropFirst()).allSatisfy { $0.pts + $0.duration == $1.pts && $0.duration > 0 })
        #expect(after.last.map { $0.pts + $0.duration } == before.last.map { $0.pts + $0.duration })
        #expect(after.contains { $0.pts == before[40].pts })
        #expect(notes.contains("left a constant frame rate 1 times"))
    }

    @Test("inverse telecine needs a frame rate, and wonders at one that is not NTSC's") func ivtcRate() throws {
        var video = try MediaSource(path: telecined()).facts.video
        video.frameRate = Rational(25, 1)
        let notes = Notes()
        _ = try Deinterlacer(.ivtc, video, notes: notes.handler)
        #expect(notes.contains("29.97"))
        video.frameRate = nil
        let error = #expect(throws: MediaError.self) { try Deinterlacer(.ivtc, video) }
        #expect(error?.category == .usage && error?.description.contains("--deinterlace ivtc") == true)
    }

    @Test(
        "pictures of another size go through filters of their own, in order and on time",
        arguments: [Deinterlacer.Mode.auto, .measured, .bwdif, .ivtc])
    func otherSize(mode: Deinterlacer.Mode) throws {
        let (wide, video) = try frames(telecined())
        var (small, _) = try frames(interlaced())
        let step = wide[1].pts - wide[0].pts
        for index in small.indices {
            small[index].pts = (wide.last?.pts ?? 0) + Int64(index + 1) * step
            small[index].duration = step
        }
        let after = try deinterlace(wide + small, mode, video)
        #expect(zip(after, after.dropFirst()).allSatisfy { $0.pts < $1.pts })
        let sizes = after.map(\.width)
        #expect(sizes == sizes.sorted(by: <), "128 columns, then 256")
        if mode == .ivtc {
            #expect(after.count == 96 + 20)
        } else {
            #expect(after.map(\.pts) == (wide + small).map(\.pts) && after.map(\.width) == (wide + small).map(\.width))
        }
    }

    @Test("frames outlive the deinterlacer, and it ends well with none") func lifetime() throws {
        let (before, video) = try frames(interlaced())
        #expect(try deinterlace([], .bwdif, video).isEmpty)
        #expect(try deinterlace([], .ivtc, video).isEmpty)
        let one = try deinterlace([before[3]], .bwdif, video)
        #expect(one.map(\.pts) == [before[3].pts])
        #expect(combing(one) > 0)
    }
}
