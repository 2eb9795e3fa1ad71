import Foundation
import Testing
import UplumaMedia
import UplumaTestSupport

/// What becomes of each stream in each container, decided without a file being written.
@Suite struct StreamPlanTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// A source's streams beside the picture, and what each becomes: "copied", "cover", "-" (left out), "rewritten", a
    /// codec, "~codec" for one that loses something, or "!" where the job may not begin.
    struct Row: Sendable, CustomTestStringConvertible {
        let file: String
        let container: String
        let fates: String
        var testDescription: String { "\(file) to \(container)" }
    }

    static let rows = [
        ("everything.mkv", "mkv", "copied copied copied copied copied cover"), ("everything.mkv", "mp4", "!"),
        ("everything.mkv", "avi", "!"), ("film.mp4", "mkv", "copied subrip - cover"),
        ("film.mp4", "mp4", "copied copied - cover"), ("film.mp4", "m4v", "copied copied - cover"),
        ("film.mp4", "mov", "copied copied - -"), ("film.mp4", "webm", "~opus webvtt - -"),
        ("film.mp4", "avi", "!"), ("film.mp4", "ts", "!"), ("tape.mov", "mov", "copied rewritten"),
        ("tape.mov", "mp4", "alac rewritten"), ("tape.mov", "mkv", "copied -"), ("tape.mov", "ts", "~ac3 -"),
        ("tape.mov", "mpg", "pcm_s16be -"), ("sound.mkv", "mp4", "alac copied copied copied"),
        ("sound.mkv", "m4v", "alac alac ~alac ~alac"), ("sound.mkv", "mov", "copied copied ~alac copied"),
        ("sound.mkv", "webm", "~opus ~opus copied copied"), ("sound.mkv", "avi", "copied copied copied ~pcm_s16le"),
        ("sound.mkv", "ts", "~ac3 ~ac3 ~ac3 copied"), ("bluray.mkv", "mkv", "copied copied"),
        ("bluray.mkv", "mp4", "!"), ("bluray.mkv", "webm", "!"), ("bluray.mkv", "ts", "copied copied"),
        ("broadcast.ts", "avi", "copied copied"), ("web.webm", "mkv", "copied copied"),
        ("web.webm", "mp4", "copied mov_text"), ("web.webm", "avi", "!"), ("disc.mpg", "mpg", "copied copied"),
        ("disc.mpg", "m4v", "alac copied"),
    ].map { Row(file: $0.0, container: $0.1, fates: $0.2) }

    private func plan(_ row: Row, _ refusal: MediaWriter.Refusal) throws -> StreamPlan {
        let path = try GeneratedFile.named(row.file).make(in: folder)
        let plan = try StreamPlan.make(
            MediaSource(path: path), container: MediaContainer(outputName: "x." + row.container), onRefusal: refusal)
        return plan
    }

    private func words(_ plan: StreamPlan) -> [String] {
        plan.fates.compactMap { fate in
            switch fate.outcome {
            case .encoded: nil
            case .copied: "copied"
            case .cover: "cover"
            case .rewritten: "rewritten"
            case .dropped: "-"
            case .converted(let codec, let isLossless): (isLossless ? "" : "~") + codec
            }
        }
    }

    @Test("each stream has its fate, under each policy", arguments: rows)
    func fates(row: Row) throws {
        let file = try GeneratedFile.named(row.file)
        if row.fates == "!" {
            let error = try #require(throws: MediaError.self) { try plan(row, .convert) }
            #expect(error.category == .usage)
            let container = try MediaContainer(outputName: "x." + row.container).name
            for word in ["Stream ", container, "Use an .", "--on-incompatible drop"] {
                #expect(error.description.contains(word), "\(error)")
            }
            #expect(throws: MediaError.self) { try plan(row, .fail) }
        } else {
            let converted = try plan(row, .convert)
            #expect(words(converted) == row.fates.split(separator: " ").map(String.init))
            for fate in converted.fates {
                // Each change is told in a line that names the stream; chapter tracks are no loss.
                if case .converted(let codec, _) = fate.outcome {
                    let note = converted.notes.first { $0.hasPrefix("Stream \(fate.index) (") }
                    #expect(note?.contains("becomes") == true, "\(fate.index) to \(codec): \(converted.notes)")
                }
            }
            let changes = words(converted).contains { !["copied", "cover", "rewritten", "-"].contains($0) }
            if changes {
                let error = try #require(throws: MediaError.self) { try plan(row, .fail) }
                #expect(error.description.contains("--on-incompatible convert"), "\(error)")
            }
        }
        let dropped = try plan(row, .leaveOut)
        #expect(words(dropped).allSatisfy { ["copied", "cover", "rewritten", "-"].contains($0) })
        #expect(dropped.fates.count == (try MediaSource(path: folder.file(file.name)).facts.streams.count))
    }

    @Test("pictures cannot become text, and that is said") func bitmaps() throws {
        let error = try #require(throws: MediaError.self) {
            try plan(Row(file: "bluray.mkv", container: "mp4", fates: ""), .convert)
        }
        for word in ["Stream 2 (subtitle, hdmv_pgs_subtitle)", "mp4", "cannot be turned into text", ".mkv"] {
            #expect(error.description.contains(word), "\(error)")
        }
    }

    @Test("a rate that varies is told before it goes into AVI, and refused by the strict policy") func variableRate()
        throws
    {
        let path = try Samples.make(
            "in.mp4", in: folder,
            source: "testsrc2=s=64x48:r=25:d=1,settb=1/1000,setpts='40*N+mod(N*N*7\\,33)'",
            ["-c:v", "libx264", "-fps_mode", "passthrough"])
        let avi = try MediaContainer(outputName: "x.avi")
        let notes = try StreamPlan.make(MediaSource(path: path), container: avi).notes
        #expect(notes.contains { $0.contains("constant frame rate") }, "\(notes)")
        let error = try #require(throws: MediaError.self) {
            try StreamPlan.make(MediaSource(path: path), container: avi, onRefusal: .fail)
        }
        #expect(error.description.contains("--on-incompatible convert"))
        let even = try Samples.make("even.mkv", in: folder, ["-c:v", "libx264"])
        #expect(try StreamPlan.make(MediaSource(path: even), container: avi, onRefusal: .fail).notes == [])
    }

    @Test("chapters into AVI are a line, or a reason not to begin") func chapters() throws {
        let path = folder.file("in.mkv")
        try Data(";FFMETADATA1\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=300\ntitle=One\n".utf8).write(
            to: URL(fileURLWithPath: folder.file("c.txt")))
        let film = try Samples.make("plain.mkv", in: folder, ["-c:v", "libx264"])
        try FFmpegTool.ffmpeg(["-i", film, "-i", folder.file("c.txt"), "-map_chapters", "1", "-c", "copy", path])
        let avi = try MediaContainer(outputName: "x.avi")
        let notes = try StreamPlan.make(MediaSource(path: path), container: avi).notes
        #expect(notes == ["AVI has no chapters: the chapter of the source is lost."])
        let error = try #require(throws: MediaError.self) {
            try StreamPlan.make(MediaSource(path: path), container: avi, onRefusal: .fail)
        }
        #expect(error.description.contains("chapter") && error.description.contains(".mkv"))
    }
}
