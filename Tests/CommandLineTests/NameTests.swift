import Foundation
import Testing
import UplumaTestSupport

/// Names are taken literally, whatever they look like, and nothing but files is opened unless that is asked for.
@Suite struct NameTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
        try Clips.make(folder.file("plain.mkv"))
    }

    /// Runs `upscale` in the folder.
    private func upscale(_ input: String, _ output: String, _ more: [String] = []) throws -> ProcessResult {
        try Tool.run(
            ["upscale", "--output=" + output, "--model", "nearest", "--encoder", "ffv1", "--progress", "none"] + more
                + ["--", input], in: folder.path)
    }

    private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: folder.file(name)) }

    static let names = [
        "two words", " leading and trailing ", "it's", "\"quoted\"", "new\nline", "tab\there", "50%", "shot%03d", "%d",
        "-dash", "--output", "日本語", "🎞️", "star*", "a?b", "[brackets]", "back\\slash", "colon:name", "http:x",
        "concat:a|b",
        "a,b=c;d", "$HOME", "`date`", "ünïcödé",
    ]

    @Test("any name is a file's", arguments: names)
    func literal(name: String) throws {
        try FileManager.default.copyItem(atPath: folder.file("plain.mkv"), toPath: folder.file(name + ".mkv"))
        let result = try upscale(name + ".mkv", name + " large.mkv")
        #expect(result.status == 0, "\(result.errorText)")
        #expect(exists(name + " large.mkv") && !exists(name + " large.mkv.partial"))
    }

    @Test("names that differ only in how Unicode composes a letter are two files") func compositions() throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        // Swift takes the two for equal, so the bytes are given by hand.
        for (name, seconds) in [(composed, "0.2"), (decomposed, "0.4")] {
            try FFmpegTool.ffmpeg([
                "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=\(seconds)", "-c:v", "ffv1",
                "file:" + folder.file("\(name).mkv"),
            ])
        }
        for name in [composed, decomposed] { #expect(try upscale("\(name).mkv", "\(name) large.mkv").status == 0) }
        let entries = try FFmpegTool.run("ls", [folder.path])
        for name in [composed, decomposed] {
            #expect(entries.range(of: Data("\(name) large.mkv\n".utf8)) != nil)
        }
        #expect(try Probe.decodedFrames(folder.file("\(composed) large.mkv")) == 5)
        #expect(try Probe.decodedFrames(folder.file("\(decomposed) large.mkv")) == 10)
    }

    @Test("a name of 255 bytes leaves room for that of the unfinished file", arguments: ["n", "é", "日"])
    func longest(letter: String) throws {
        let room = 255 - ".mkv".utf8.count
        let name =
            String(repeating: letter, count: room / letter.utf8.count)
            + String(repeating: "x", count: room % letter.utf8.count) + ".mkv"
        #expect(name.utf8.count == 255)
        let result = try upscale("plain.mkv", name)
        #expect(result.status == 0, "\(result.errorText)")
        #expect(exists(name))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).allSatisfy { !$0.hasSuffix(".partial") })
    }

    @Test("an address is opened only when that is allowed") func address() throws {
        let server = try FileServer(Data(contentsOf: URL(fileURLWithPath: folder.file("plain.mkv"))), name: "film.mkv")
        defer { server.stop() }
        let refused = try upscale(server.address, "out.mkv")
        #expect(refused.status == 66 && refused.errorText.contains("--allow-network"), "\(refused.errorText)")
        #expect(server.connections == 0 && !exists("out.mkv"))
        let allowed = try upscale(server.address, "out.mkv", ["--allow-network"])
        #expect(allowed.status == 0, "\(allowed.errorText)")
        #expect(server.connections > 0)
        #expect(try Probe.decodedFrames(folder.file("out.mkv")) == Clips.frames)
    }

    /// Files that name an address, where FFmpeg would follow it.
    static let references: [(name: String, text: @Sendable (String) -> String)] = [
        ("list.m3u8", { "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n\($0)\n#EXT-X-ENDLIST\n" }),
        ("list.ffconcat", { "ffconcat version 1.0\nfile \($0)\n" }),
        (
            "film.mpd",
            {
                """
                <?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" \
                mediaPresentationDuration="PT1S"><Period><AdaptationSet mimeType="video/mp4">\
                <Representation id="a" bandwidth="1"><BaseURL>\($0)</BaseURL></Representation></AdaptationSet></Period></MPD>
                """
            }
        ),
        (
            "live.sdp",
            { _ in
                "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
            }
        ),
    ]

    @Test("a playlist does not reach into the network", arguments: references.indices)
    func playlist(index: Int) throws {
        let server = try FileServer(Data(contentsOf: URL(fileURLWithPath: folder.file("plain.mkv"))), name: "film.ts")
        defer { server.stop() }
        let (name, text) = NameTests.references[index]
        try Data(text(server.address).utf8).write(to: URL(fileURLWithPath: folder.file(name)))
        let result = try upscale(name, "out.mkv")
        #expect(result.status == 65, "\(result.errorText)")
        #expect(result.errorText.contains(name), "\(result.errorText)")
        #expect(server.connections == 0 && !exists("out.mkv"))
    }

    @Test(
        "addresses of other kinds stay closed even then",
        arguments: [
            "file:///etc/passwd", "concat:plain.mkv|plain.mkv", "data://x", "subfile,,start,0,end,9,,:plain.mkv",
        ])
    func otherKinds(address: String) throws {
        let result = try upscale(address, "out.mkv", ["--allow-network"])
        #expect(result.status == 66, "\(result.errorText)")
        #expect(!exists("out.mkv"))
    }
}
