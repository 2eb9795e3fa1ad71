import Foundation
import Testing
import UplumaMedia
import UplumaTestSupport

/// What is said to be lost is lost, and what is not said is kept: chapters, titles, languages, marks, tags.
@Suite struct ContainerLossTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func source(sound: String) throws -> String {
        let meta = folder.file("meta.txt")
        let text = """
            ;FFMETADATA1
            title=A film
            artist=Someone
            comment=Once
            genre=Drama
            FOO=bar
            [CHAPTER]
            TIMEBASE=1/1000
            START=0
            END=200
            title=One
            """
        try Data(text.utf8).write(to: URL(fileURLWithPath: meta))
        let path = folder.file("in.mkv")
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=0.4"]
                + ["sine=d=0.4:r=48000", "sine=f=660:d=0.4:r=48000"].flatMap { ["-f", "lavfi", "-i", $0] }
                + ["-i", meta, "-map", "0", "-map", "1", "-map", "2", "-map_metadata", "3", "-map_chapters", "3"]
                + ["-c:v", "libx264", "-c:a", sound, "-metadata:s:a:0", "language=ger"]
                + ["-metadata:s:a:1", "language=de", "-metadata:s:a:1", "title=Kommentar"]
                + ["-disposition:a:0", "default+hearing_impaired", "-disposition:a:1", "forced+comment", path])
        return path
    }

    private func fields(_ path: String, _ arguments: [String]) throws -> [String] {
        try FFmpegTool.ffprobe(arguments + ["-of", "default=nw=1", "file:" + path])
    }

    @Test("claims and files agree", arguments: ["mkv", "webm", "mp4", "m4v", "mov", "avi", "ts", "mpg"])
    func agree(kind: String) throws {
        let path = try source(sound: kind == "webm" ? "libopus" : "ac3")
        let result = folder.file("out.\(kind)")
        let run = Transcoding(
            settings: EncoderSettings(name: EncoderSettings.automatic), refusal: .convert)
        try run.run(path, result)
        let notes = run.notes.all.joined(separator: "\n")
        #expect(!notes.contains("Stream "), "all streams are held: \(notes)")

        let chapters = try fields(result, ["-show_chapters"]).contains("TAG:title=One")
        #expect(chapters == !notes.contains("no chapters"), "\(notes)")

        func audio(_ index: Int, _ entry: String) throws -> [String] {
            try fields(result, ["-select_streams", "a:\(index)", "-show_entries", entry])
        }
        let titles = try audio(1, "stream_tags=title,handler_name").contains { $0.hasSuffix("=Kommentar") }
        #expect(titles == !notes.contains("the titles"), "\(notes)")

        let languages = try [("ger", 0), ("de", 1)].map { language, index in
            try audio(index, "stream_tags=language").contains("TAG:language=\(language)")
        }
        let lost = notes.split(separator: "\n").first { $0.contains("the languages") } ?? ""
        #expect(languages == [!lost.contains("(ger)"), !lost.contains("(de)")], "\(notes)")

        let marks = notes.split(separator: "\n").first { $0.contains("the marks") } ?? ""
        for (mark, index) in [("hearing_impaired", 0), ("forced", 1), ("comment", 1)] {
            let isKept = try audio(index, "stream_disposition=\(mark)").contains("DISPOSITION:\(mark)=1")
            #expect(isKept == !marks.contains(mark), "\(mark): \(notes)")
        }

        let tags = try fields(result, ["-show_entries", "format_tags"]).joined(separator: "\n").lowercased()
        let gone = notes.split(separator: "\n").first { $0.contains("these tags") }?.lowercased() ?? ""
        for (key, value) in [("title", "a film"), ("artist", "someone"), ("comment", "once"), ("foo", "bar")] {
            #expect(tags.contains("\(key)=\(value)") == !gone.contains(key), "\(key): \(notes)")
        }
    }
}
