import Foundation
import Testing
import UplumaTestSupport

/// `upluma verify` on results damaged on purpose, and what it prints.
@Suite struct VerifyTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private struct Report {
        let status: Int32
        let object: [String: Any]
        let text: String

        var items: [[String: Any]] { object["items"] as? [[String: Any]] ?? [] }
        func items(_ status: String) -> [String] {
            items.filter { $0["status"] as? String == status }.compactMap { $0["item"] as? String }
        }
    }

    private func verify(_ source: String, _ result: String, _ more: [String] = []) throws -> Report {
        let run = try Tool.run(["verify", source, result, "--json"] + more)
        let object = try JSONSerialization.jsonObject(with: run.output) as? [String: Any] ?? [:]
        return Report(
            status: run.status, object: object, text: String(decoding: run.output, as: UTF8.self) + run.errorText)
    }

    @Test("each damage is named, and nothing else", arguments: Damage.all)
    func damaged(_ damage: Damage) throws {
        let pair = try VerifiedPair.of(damage.pair)
        let whole = try verify(pair.source, pair.result)
        #expect(whole.status == 0 && whole.items("lost").isEmpty, "\(whole.text)")
        let target = folder.file("damaged." + (pair.result as NSString).pathExtension)
        try damage.make(pair.result, target)
        let report = try verify(pair.source, target)
        #expect(report.status == 65)
        #expect(report.items("lost") == damage.lost, "\(report.text)")
    }

    @Test(
        "a copy by ffmpeg, the means of many damages, loses nothing by itself",
        arguments: [VerifiedPair.Kind.tape, .phone])
    func copied(_ kind: VerifiedPair.Kind) throws {
        let pair = try VerifiedPair.of(kind)
        let target = folder.file("copy." + (pair.result as NSString).pathExtension)
        let passthrough = kind == .tape ? ["-default_mode", "passthrough"] : []
        try FFmpegTool.ffmpeg(["-i", pair.result, "-map", "0", "-c", "copy"] + passthrough + [target])
        let report = try verify(pair.source, target)
        #expect(report.status == 0, "\(report.text)")
    }

    @Test("JSON has the agreed keys") func json() throws {
        let pair = try VerifiedPair.of(.tape)
        let report = try verify(pair.source, pair.result)
        #expect(Set(report.object.keys) == ["source", "result", "passed", "items"])
        #expect(report.object["passed"] as? Bool == true && report.object["source"] as? String == pair.source)
        #expect(report.items.count == 22)
        for item in report.items { #expect(Set(item.keys) == ["item", "status", "message"]) }
    }

    @Test("on a screen: a line for each loss, and the sum") func screen() throws {
        let pair = try VerifiedPair.of(.tape)
        let target = folder.file("damaged.mkv")
        try FFmpegTool.ffmpeg(
            ["-i", pair.result, "-map", "0", "-c", "copy", "-default_mode", "passthrough"]
                + ["-bsf:v", "setts=ts=if(gte(N\\,5)*lt(N\\,8)\\,TS+13\\,TS)", "-map", "-0:s", target])
        let run = try Tool.run(["verify", pair.source, target])
        let lines = String(decoding: run.output, as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(run.status == 65 && run.errorText.isEmpty && lines.count == 3, "\(lines)")
        #expect(lines.first?.contains("frame 5: 0.200 s became 0.213 s; 3 differ in all") == true, "\(lines)")
        #expect(lines.dropFirst().first?.contains("subtitle stream 3 (subrip) is missing") == true, "\(lines)")
        #expect(lines.last == "20 items kept, 2 lost: times, streams.")
    }

    @Test("an excerpt is held against its part of the source") func excerpt() throws {
        let pair = try VerifiedPair.of(.tape)
        let part = ["--start", "0.1", "--duration", "0.2"]
        let run = try Tool.run(
            [
                "upscale", pair.source, "-o", folder.file("part.mkv"), "--model", "bilinear", "--encoder", "ffv1",
                "--verify",
            ]
                + part)
        #expect(run.status == 0, "\(run.errorText)")
        #expect(try verify(pair.source, folder.file("part.mkv"), part).status == 0)
        let wrong = try verify(pair.source, folder.file("part.mkv"))
        #expect(wrong.status == 65 && wrong.items("lost").contains("frames"))
    }

    @Test("film is held to four frames of five") func film() throws {
        let source = folder.file("in.mkv")
        try FFmpegTool.ffmpeg([
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=24000/1001:d=1", "-vf", "telecine=pattern=23", "-c:v",
            "mpeg2video", "-q:v", "2", "-flags", "+ildct+ilme", "-field_order", "tt", source,
        ])
        let run = try Tool.run(
            ["upscale", source, "-o", folder.file("out.mkv"), "--model", "bilinear", "--encoder", "ffv1"]
                + ["--deinterlace", "ivtc", "--verify"])
        #expect(run.status == 0, "\(run.errorText)")
        // Asked for, and found in the source.
        for how in ["ivtc", "auto"] {
            let check = try verify(source, folder.file("out.mkv"), ["--deinterlace", how])
            #expect(check.items("changed").contains("frames"), "\(how)")
        }
        let other = try verify(source, folder.file("out.mkv"), ["--deinterlace", "bwdif"])
        #expect(other.items("lost").contains("frames"))
    }

    @Test("a result that lost something keeps its partial name, and the loss is told") func failedRun() throws {
        // FFV1 has no place for captions.
        let source = try VerifiedPair.of(.broadcast).source
        let options = ["--model", "bilinear", "--encoder", "ffv1", "--verify"]
        let run = try Tool.run(["upscale", source, "-o", folder.file("out.mkv")] + options)
        #expect(
            run.status == 65 && run.errorText.contains("captions (frame 0: its captions are gone; 12 differ in all)"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out.mkv.partial"])
        let machine = try Tool.run(
            ["upscale", source, "-o", folder.file("out.mkv"), "--progress", "json"] + options)
        let objects = try machine.errorText.split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let events = objects.compactMap { $0["event"] as? String }
        #expect(machine.status == 65 && events.suffix(2) == ["verified", "error"])
        let verified = try #require(objects.first { $0["event"] as? String == "verified" })
        #expect(verified["passed"] as? Bool == false && (verified["items"] as? [Any])?.count == 22)
    }

    @Test("a result that kept everything says so before it is done") func passedRun() throws {
        let source = try VerifiedPair.of(.tape).source
        let run = try Tool.run(
            ["upscale", source, "-o", folder.file("out.mkv"), "--model", "bilinear", "--encoder", "ffv1", "--verify"]
                + ["--progress", "json"])
        let events = try run.errorText.split(separator: "\n").compactMap {
            (try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])?["event"] as? String
        }
        #expect(run.status == 0 && events.last == "done")
        #expect(events.filter { $0 == "verified" }.count == 1)
    }

    @Test("what cannot be compared is refused with a sentence") func refused() throws {
        let source = try VerifiedPair.of(.tape).source
        let none = try Tool.run(["verify", source, folder.file("none.mkv")])
        #expect(none.status == 66 && none.errorText.contains("none.mkv"))
        try Data("no video".utf8).write(to: URL(fileURLWithPath: folder.file("text.mkv")))
        #expect(try Tool.run(["verify", source, folder.file("text.mkv")]).status == 65)
        let pipe = try Tool.run(["verify", "-", source])
        #expect(pipe.status == 64 && pipe.errorText.contains("pipe"))
        let out = try Tool.run(["upscale", source, "-o", "-", "--on-incompatible", "drop", "--verify"])
        #expect(out.status == 64 && out.errorText.contains("Name a file with -o"))
        let input = try Tool.run(
            ["upscale", "-", "-o", folder.file("out.mkv"), "--verify"],
            input: try Data(contentsOf: URL(fileURLWithPath: source)))
        #expect(input.status == 64 && input.errorText.contains("Name a file"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["text.mkv"])
    }
}
