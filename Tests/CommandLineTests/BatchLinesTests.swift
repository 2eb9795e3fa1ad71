import Foundation
import Synchronization
import Testing
import Upluma
import UplumaTestSupport

@testable import UplumaTool

/// What a batch tells without a terminal: lines, JSON, nothing; its status and its end.
@Suite struct BatchLinesTests {
    /// What a screen writes into a file, with a clock that goes on by `step` seconds an event.
    private func written(_ style: ProgressStyle, step: Double, _ body: (BatchScreen) -> Void) throws -> String {
        let folder = try TemporaryDirectory()
        let path = folder.file("log")
        let descriptor = open(path, O_WRONLY | O_CREAT, 0o600)
        try #require(descriptor >= 0)
        defer { close(descriptor) }
        let time = Mutex(0.0)
        body(
            BatchScreen(style: style, console: Console(descriptor: descriptor)) {
                time.withLock {
                    $0 += step
                    return $0
                }
            })
        return try String(contentsOfFile: path, encoding: .utf8)
    }

    private static let events: [BatchEvent] = [
        .note("2 files were changed and are done again."), .progress(BatchExamples.progress()),
        .ended(BatchExamples.done("a")), .ended(BatchExamples.ended("b.avi", .skipped, "It is done already.")),
        .willRetry(source: "/films/c.avi", reason: "The disk is full.", attempt: 1, of: 3),
        .ended(BatchExamples.ended("d\u{1B}[2J\n.avi", .quarantined, "It is damaged.")),
        .ended(BatchExamples.ended("e.avi", .missing, "It is no longer there.")),
    ]

    @Test("lines for a log: every file, and how far all is twice a minute") func lines() throws {
        let text = try written(.auto, step: 10) { screen in
            for event in Self.events { screen.report(event) }
            for _ in 0..<6 { screen.report(.progress(BatchExamples.progress())) }
            screen.finish()
        }
        let overall = "upluma:  48.2%  412/1200 files  48.1 fps  ETA 3:12:04  412 GB free"
        #expect(
            text.split(separator: "\n").map(String.init) == [
                "upluma: 2 files were changed and are done again.",
                "upluma: done: a.mkv: 704×576, 12.3 MB to 45.6 MB, 2:03",
                "upluma: skipped: /films/b.avi: It is done already.",
                "upluma: /films/c.avi failed and will be tried again (1 of 3): The disk is full.",
                "upluma: put aside: /films/d�[2J�.avi: It is damaged.",
                "upluma: missing: /films/e.avi: It is no longer there.", overall, overall,
            ])
    }

    @Test("--progress none is silent but for notes") func silent() throws {
        let text = try written(.none, step: 10) { screen in
            for event in Self.events { screen.report(event) }
            screen.finish(BatchExamples.ending(troubles: 2))
        }
        #expect(text == "upluma: 2 files were changed and are done again.\n")
    }

    @Test("one JSON object a line, under keys that stay") func json() throws {
        let text = try written(.json, step: 0.3) { screen in
            for event in Self.events { screen.report(event) }
            for _ in 0..<3 { screen.report(.progress(BatchExamples.progress())) }
            screen.finish(BatchExamples.ending(troubles: 2))
        }
        let objects = try text.split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let kinds = objects.map { $0["event"] as? String ?? "" }
        // Twice a second at most, and once more at the end.
        #expect(
            kinds == [
                "note", "progress", "file", "file", "retry", "file", "file", "progress", "progress", "done",
            ])
        func keys(_ kind: String) -> Set<String> {
            objects.filter { $0["event"] as? String == kind }.reduce(into: []) { $0.formUnion($1.keys) }
        }
        #expect(keys("note") == ["event", "message"])
        #expect(
            keys("progress") == [
                "event", "files", "total", "ended", "seconds_done", "seconds_total", "percent", "frames", "fps",
                "eta_seconds", "output_bytes", "free_bytes", "is_paused", "workers",
            ])
        #expect(
            keys("file") == [
                "event", "source", "output", "state", "reason", "attempts", "result_width", "result_height", "frames",
                "source_bytes", "output_bytes", "work_seconds", "assumptions", "warnings",
            ])
        #expect(keys("retry") == ["event", "source", "reason", "attempt", "of"])
        #expect(
            keys("done") == [
                "event", "files", "frames", "seconds", "source_bytes", "output_bytes", "report", "page",
            ])
        #expect(objects[1]["files"] as? [String: Int] == ["done": 400, "skipped": 10, "quarantined": 2, "listed": 788])
        #expect(objects[1]["percent"] as? Double == 48.2 && objects[1]["is_paused"] as? Bool == false)
        let workers = try #require(objects[1]["workers"] as? [[String: Any]])
        #expect(Set(workers[0].keys) == ["number", "activity", "file", "chunk", "chunks", "frame", "frames", "fps"])
        #expect(Set(workers[3].keys) == ["number", "activity"] && workers[1]["activity"] as? String == "joining")
        #expect(objects[5]["source"] as? String == "/films/d\u{1B}[2J\n.avi", "names are as they are")
    }

    @Test("long spans are told in days", arguments: [(12.34, "12.3 s"), (3723, "1:02:03"), (172_799, "47:59:59")])
    func shortSpans(seconds: Double, text: String) { #expect(BatchText.span(seconds) == text) }

    @Test("spans of days", arguments: [(172_800.0, "2 d 0 h"), (273_600, "3 d 4 h"), (1e15, "36500 d 0 h")])
    func longSpans(seconds: Double, text: String) { #expect(BatchText.span(seconds) == text) }

    // MARK: Status and end

    private static func status(troubles: Int, report: String? = "/out/batch-report.json") -> BatchStatus {
        BatchStatus(
            folder: "/out", progress: BatchExamples.progress(),
            troubles: (0..<min(troubles, 25)).map {
                BatchExamples.ended("bad \($0).avi", .quarantined, "It is damaged.")
            }, troubleCount: troubles, reportJSON: report)
    }

    @Test("the status as a screen") func status() {
        #expect(
            BatchStatusText.screen(Self.status(troubles: 2)) == """
                batch      /out
                files      1200: 400 done, 10 skipped, 2 put aside, 788 not opened yet
                video      13:23:20 of 27:46:40 (48.2%)
                results    3.21 GB, 412 GB free
                workers    1  enlarging  1987/summer at the sea.avi  chunk 3/12   45.0%  24.0 fps
                           2  joining    1988/birthday.mpg                       100.0%
                           3  opening    1988/誕生日の朝.avi
                           4  waiting
                speed      48.1 fps, ETA 3:12:04
                put aside  /films/bad 0.avi: It is damaged. (3 attempts)
                           /films/bad 1.avi: It is damaged. (3 attempts)

                """)
        var plain = Self.status(troubles: 0)
        plain.progress = BatchProgress()
        plain.progress.files = [.listed: 3]
        #expect(
            BatchStatusText.screen(plain) == """
                batch    /out
                files    3: 3 not opened yet
                results  0 B
                workers  none

                """)
    }

    @Test("twenty files are named, the others counted", arguments: [19, 20, 21, 40]) func troubles(count: Int) {
        for text in [
            BatchStatusText.screen(Self.status(troubles: count)),
            BatchStatusText.ending(BatchExamples.ending(troubles: count)),
        ] {
            let lines = text.split(separator: "\n")
            #expect(lines.filter { $0.contains("It is damaged.") }.count == min(count, 20))
            let rest = lines.filter { $0.hasSuffix("and \(count - 20) more, listed in /out/batch-report.json") }
            #expect(rest.count == (count > 20 ? 1 : 0))
        }
        #expect(
            BatchStatusText.screen(Self.status(troubles: 21, report: nil)).hasSuffix(" and 1 more\n"))
    }

    @Test("the status as JSON") func statusAsJSON() throws {
        let text = try BatchStatusText.json(Self.status(troubles: 2))
        let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(
            Set(object.keys) == [
                "folder", "files", "total", "ended", "seconds_done", "seconds_total", "percent", "frames", "fps",
                "eta_seconds", "output_bytes", "free_bytes", "is_paused", "workers", "troubles", "trouble_count",
            ])
        #expect(object["folder"] as? String == "/out" && object["trouble_count"] as? Int == 2)
        let troubles = try #require(object["troubles"] as? [[String: Any]])
        #expect(troubles.map { $0["reason"] as? String } == ["It is damaged.", "It is damaged."])
    }

    @Test("the end of a run in which nothing was done") func emptyEnding() {
        let head = BatchReportHead(version: "1", started: Date(), ended: Date())
        #expect(
            BatchStatusText.ending(BatchEnding(head: head, troubles: [], troubleCount: 0))
                == "upluma: 0 of 0 files done\n")
    }
}
