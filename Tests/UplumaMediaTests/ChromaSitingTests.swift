import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

@Suite struct ChromaSitingTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    @Test(
        "where chroma is taken to sit, by source or by coding",
        arguments: [
            ("flv1.flv", ChromaLocation.center, true), ("mpeg1.mpg", .center, false), ("pal-wide.vob", .left, false),
            ("xvid.avi", .left, false), ("divx3.avi", .left, true), ("wmv2.asf", .left, true),
            ("jpeg.avi", .center, false),
            ("theora.ogv", .center, false), ("vp8.webm", .left, true), ("vp9.webm", .left, true),
            ("raw.avi", .left, true),
            ("svq1.mov", .center, true), ("pal-dv.avi", .topLeft, false), ("gray.mkv", .unspecified, false),
            ("rgb.avi", .unspecified, false), ("hlg.mkv", .topLeft, false),
        ])
    func sources(name: String, location: ChromaLocation, isAssumed: Bool) throws {
        let video = try MediaSource(path: GeneratedFile.named(name).make(in: folder)).facts.video
        #expect(video.siting.location == location && video.siting.isAssumed == isAssumed)
        #expect(video.siting.isSplit == (name == "pal-dv.avi"))
    }

    @Test(
        "frames say the same as the stream", arguments: ["flv1.flv", "mpeg1.mpg", "xvid.avi", "pal-dv.avi", "vp8.webm"])
    func frames(name: String) throws {
        let source = try MediaSource(path: GeneratedFile.named(name).make(in: folder))
        let decoder = try VideoDecoder(source)
        var found: Set<ChromaLocation> = []
        while let packet = try source.read() { try decoder.decode(packet) { found.insert($0.color.chromaLocation) } }
        try decoder.decode(nil) { found.insert($0.color.chromaLocation) }
        #expect(found == [source.facts.video.siting.location])
    }

    @Test(
        "what an output is said to tell is what is read from it, and what it cannot tell is moved",
        arguments: ["libx264", "libx265", "ffv1", "libvpx-vp9", "mpeg4", "mjpeg", "mpeg2video"], ["mkv", "mp4"])
    func outputs(encoder: String, kind: String) throws {
        let input = try Samples.make("in.mkv", in: folder, ["-c:v", "ffv1", "-pix_fmt", "yuv420p"])
        let settings = EncoderSettings(name: encoder, threads: 1)
        let container = try MediaContainer(outputName: "out.\(kind)")
        guard let choice = try? EncoderChoice(settings, container: container) else { return }  // ffv1 in MP4, by design
        let format = PictureFormat(chroma: .yuv420, bitDepth: 8)
        for wanted in ChromaLocation.allCases where wanted != .unspecified {
            let siting = choice.siting(
                ChromaSiting(codec: "ffv1", format: format, declared: wanted, range: .limited), format: format,
                range: .limited)
            #expect((siting.location == wanted) == (siting.note == nil))
            let result = folder.file("out.\(kind)")
            var run = Transcoding(settings: settings)
            run.location = siting.tag
            try run.run(input, result)
            let read = try MediaSource(path: result).facts.video.siting.location
            #expect(read == siting.location, "\(encoder) in \(kind) was given \(wanted)")
        }
    }

    @Test("an assumption is written down only where silence would mean something else")
    func assumed() throws {
        let format = PictureFormat(chroma: .yuv420, bitDepth: 8)
        let choice = try EncoderChoice(EncoderSettings(), container: MediaContainer(outputName: "out.mkv"))
        for (codec, tag) in [("flv1", ChromaLocation.center), ("vp9", .unspecified), ("wmv2", .unspecified)] {
            let source = ChromaSiting(codec: codec, format: format, declared: .unspecified, range: .unspecified)
            #expect(choice.siting(source, format: format, range: .unspecified).tag == tag)
        }
    }
}
