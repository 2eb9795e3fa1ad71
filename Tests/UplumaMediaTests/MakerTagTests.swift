import Foundation
import Testing
import UplumaMedia
import UplumaTestSupport

/// What Upluma says in a file of how it was made: claimed, written and read back, without harm to other tags.
@Suite struct MakerTagTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private static let text = "upluma test-2x"

    private func source(_ more: [String] = []) throws -> String {
        try Samples.make(
            "in.mkv", in: folder,
            ["-c:v", "ffv1", "-metadata", "title=A film", "-metadata", "comment=Once", "-metadata", "artist=Someone"]
                + more)
    }

    private func tags(_ path: String) throws -> [String] {
        try FFmpegTool.ffprobe(
            ["-show_entries", "format_tags:stream_tags", "-of", "default=nw=1", "file:" + path]
        ).filter { !$0.contains(Self.text) && !$0.lowercased().hasPrefix("tag:encoder=") }
    }

    private func convert(_ input: String, _ output: String, maker: String?) throws {
        try Transcoding(
            settings: EncoderSettings(name: EncoderSettings.automatic), refusal: .convert, maker: maker
        ).run(input, output)
    }

    @Test(
        "claims and files agree",
        arguments: [
            ("mkv", true), ("webm", true), ("mp4", true), ("m4v", true), ("mov", true), ("avi", true), ("ts", true),
            ("m2ts", true), ("flv", true), ("nut", true), ("ogv", true), ("f4v", true), ("mpg", false), ("vob", false),
            ("3gp", false), ("y4m", false),
        ])
    func agree(kind: String, isHeld: Bool) throws {
        let (path, output) = (try source(), folder.file("out.\(kind)"))
        let container = try MediaContainer(outputName: output)
        #expect(try container.holdsMakerTag(beside: MediaSource(path: path)) == isHeld)
        try convert(path, output, maker: nil)
        let others = try tags(output)
        #expect(try MediaSource(path: output).facts.makerTag == nil)
        try convert(path, output, maker: Self.text)
        #expect(try MediaSource(path: output).facts.makerTag == (isHeld ? Self.text : nil))
        #expect(try tags(output) == others, "no other tag is touched")
        guard isHeld else { return }
        // It speaks of this file alone.
        for next in ["mkv", kind] {
            let copy = folder.file("copy.\(next)")
            try convert(output, copy, maker: nil)
            #expect(try MediaSource(path: copy).facts.makerTag == nil)
            #expect(
                try !FFmpegTool.ffprobe(["-show_format", "-show_streams", copy]).contains { $0.contains("upluma ") })
        }
    }

    @Test("somebody else's tag in its place stays", arguments: [("mkv", "DOWNSCALED_BY"), ("ts", "service_provider")])
    func taken(kind: String, key: String) throws {
        let (path, output) = (try source(["-metadata", "\(key)=me and my scissors"]), folder.file("out.\(kind)"))
        let container = try MediaContainer(outputName: output)
        #expect(try !container.holdsMakerTag(beside: MediaSource(path: path)))
        try convert(path, output, maker: Self.text)
        let found = try FFmpegTool.ffprobe(["-show_format", "-show_programs", output])
        #expect(found.contains { $0.lowercased() == "tag:\(key.lowercased())=me and my scissors" }, "\(found)")
        #expect(try MediaSource(path: output).facts.makerTag == nil)
    }

    @Test("other programs' names are no such text") func others() throws {
        let path = try source(["-metadata", "DOWNSCALED_BY=ffmpeg", "-metadata", "SOFTWARE=uplumatic"])
        #expect(try MediaSource(path: path).facts.makerTag == nil)
    }
}
