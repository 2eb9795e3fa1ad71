import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

@Suite struct FactsTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test("the inventory of a film")
    func inventory() throws {
        let facts = try MediaSource(path: Samples.film("mkv", in: folder)).facts
        #expect(facts.container == "matroska,webm" && facts.isSeekable && facts.fileSize.map { $0 > 1000 } == true)
        #expect(facts.streams.map(\.kind) == [.audio, .video, .audio, .subtitle, .attachment, .video])
        #expect(facts.streams.map(\.language) == ["fre", nil, "ger", "eng", nil, nil])
        #expect(facts.streams.map(\.isMainVideo) == [false, true, false, false, false, false])
        #expect(facts.streams.map(\.isAttachedPicture) == [false, false, false, false, false, true])
        #expect(facts.streams[2].title == "Commentary")
        let video = facts.video
        #expect(video.index == 1 && video.codec == "h264" && video.width == 64 && video.height == 48)
        #expect(video.timeBase == Rational(1, 1000) && video.frameRate == Rational(25, 1))
        #expect(video.frameCount.map { (30...31).contains($0) } == true && !video.frameCountIsStated)
        #expect(video.fieldOrder == .progressive && video.rotation == 0)
    }

    @Test("MP4 and AVI state how many frames there are", arguments: ["mp4", "avi"])
    func frameCount(kind: String) throws {
        let path = try Samples.make("in.\(kind)", in: folder, ["-c:v", "mpeg4"])
        let video = try MediaSource(path: path).facts.video
        #expect(video.frameCount == 10 && video.frameCountIsStated)
    }

    @Test("interlaced video is known from the stream and seen in the frames", arguments: [1, 0])
    func interlaced(top: Int) throws {
        let path = try Samples.make(
            "in.mpg", in: folder, source: "testsrc2=s=64x64:r=50:d=0.4,interlace=scan=\(top == 1 ? "tff" : "bff")",
            ["-c:v", "mpeg2video", "-flags", "+ildct+ilme", "-top", "\(top)"])
        let source = try MediaSource(path: path)
        #expect(source.facts.video.fieldOrder == (top == 1 ? .topFirst : .bottomFirst))
        let decoder = try VideoDecoder(source)
        var fields: [FieldStructure] = []
        while let packet = try source.read() { try decoder.decode(packet) { fields.append($0.fields) } }
        try decoder.decode(nil) { fields.append($0.fields) }
        #expect(fields == Array(repeating: top == 1 ? .topFirst : .bottomFirst, count: 10))
    }
}
