import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma

/// The report's files: JSON and page, written one file after the other.
@Suite struct BatchReportTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func object(_ layout: BatchLayout) throws -> [String: Any] {
        let data = try Data(contentsOf: URL(fileURLWithPath: layout.reportJSON))
        return try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    @Test("the JSON has the head and every file, under keys that stay") func json() throws {
        let layout = try BatchSample.layout(folder, pictured: 0..<2)
        let writer = try BatchReportWriter(BatchSample.head(files: BatchSample.counts), layout: layout)
        for file in BatchSample.files(layout) { try writer.add(file) }
        try writer.finish()
        let object = try object(layout)
        #expect(Set(object.keys) == ["batch", "files"])
        let head = try #require(object["batch"] as? [String: Any])
        #expect(
            Set(head.keys) == [
                "version", "started", "ended", "seconds", "options", "files", "frames", "source_bytes", "output_bytes",
                "notes",
            ])
        #expect(head["started"] as? String == "2025-11-18T21:06:40Z")
        #expect(head["files"] as? [String: Int] == ["done": 3, "quarantined": 1, "missing": 1, "skipped": 2])
        let files = try #require(object["files"] as? [[String: Any]])
        #expect(files.count == 7)
        #expect(
            Set(files[0].keys) == [
                "source", "output", "state", "attempts", "codec", "width", "height", "result_width", "result_height",
                "video_seconds", "frames", "source_bytes", "output_bytes", "sha256", "work_seconds", "finished",
                "assumptions", "warnings", "verification", "look_whole", "look_before", "look_after",
            ])
        #expect(files[0]["source"] as? String == "/films/1987/Summer at the sea.avi")
        #expect(files[3]["state"] as? String == "quarantined" && files[3]["reason"] is String)
        let verification = try #require(files[1]["verification"] as? [String: Any])
        #expect(verification["passed"] as? Bool == false && verification["kept"] as? Int == 1)
        let items = try #require(verification["items"] as? [[String: Any]])
        #expect(items.map { $0["item"] as? String } == ["times", "chapters"])
        #expect(items.map { $0["status"] as? String } == ["changed", "lost"])
    }

    @Test("an empty batch has a report, too") func empty() throws {
        let layout = try BatchSample.layout(folder)
        try BatchReportWriter(BatchSample.head(files: [:]), layout: layout).finish()
        #expect((try object(layout)["files"] as? [Any])?.isEmpty == true)
        let page = try String(contentsOfFile: layout.reportPage, encoding: .utf8)
        #expect(page.contains("0 of 0") && !page.contains("id=\"files\">"))
    }

    @Test("an earlier report stays until the new one is complete") func replacing() throws {
        let layout = try BatchSample.layout(folder)
        let paths = [layout.reportJSON, layout.reportPage]
        for path in paths { try Data("old".utf8).write(to: URL(fileURLWithPath: path)) }
        func contents() throws -> [String] { try paths.map { try String(contentsOfFile: $0, encoding: .utf8) } }
        do {
            let writer = try BatchReportWriter(BatchSample.head(files: [.done: 1]), layout: layout)
            try writer.add(BatchSample.done("a"))
            #expect(try contents() == ["old", "old"])
            // Another run must not write the same.
            #expect {
                _ = try BatchReportWriter(BatchSample.head(files: [:]), layout: layout)
            } throws: {
                ($0 as? UplumaError)?.kind == .tryAgain
            }
        }
        // One that was given up leaves nothing that counts.
        #expect(try contents() == ["old", "old"])
        let writer = try BatchReportWriter(BatchSample.head(files: [.done: 1]), layout: layout)
        try writer.add(BatchSample.done("a"))
        try writer.finish()
        #expect(try contents().allSatisfy { $0.contains("a.mkv") })
        let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".partial") }
        #expect(left.isEmpty)
    }

    @Test("of very many files the JSON has all, the page the first, and it says so") func many() throws {
        let layout = try BatchSample.layout(folder, pictured: 0..<1)
        let (done, failed, reasons) = (BatchPage.mostRows + 50, BatchPage.mostTroubles + 7, BatchPage.mostReasons + 9)
        let head = BatchSample.head(files: [.done: done, .quarantined: failed, .skipped: reasons])
        let writer = try BatchReportWriter(head, layout: layout)
        for index in 0..<done {
            var file = BatchSample.done("film \(index)")
            file.findLooks(file: 0, layout)
            try writer.add(file)
        }
        for index in 0..<failed { try writer.add(BatchSample.failed("bad \(index)", reason: "Damaged.")) }
        for index in 0..<reasons {
            try writer.add(BatchSample.failed("left \(index)", reason: "Reason \(index).", state: .skipped))
        }
        try writer.finish()
        #expect((try object(layout)["files"] as? [Any])?.count == done + failed + reasons)
        let page = try String(contentsOfFile: layout.reportPage, encoding: .utf8)
        func count(_ part: String) -> Int { page.components(separatedBy: part).count - 1 }
        #expect(count("<li class=\"") == BatchPage.mostRows)
        #expect(count("<div class=\"looks\">") == BatchPage.mostPictured)
        #expect(count("<tr role=\"row\"><th role=\"rowheader\"") == BatchPage.mostTroubles)
        for text in [
            "The first 5\u{202F}000 of 5\u{202F}616 files are listed", "of the first 300 files that have some",
            "7 files more: see batch-report.json", "Other reasons. <span class=\"soft\">9 files</span>",
        ] {
            #expect(page.contains(text), "\(text)")
        }
        // 300 times three pictures and 5,000 rows: what browsers open without thinking.
        #expect(page.utf8.count < 40_000_000)
    }
}
