import Foundation
import Testing
import UplumaMedia
import UplumaTestSupport

@testable import Upluma

/// Audits: everything that may happen to an archive is named, and nothing else is.
@Suite struct BatchAuditTests {
    /// One thing that happens to a whole archive of `a` and `b`, and what is to be said of it.
    struct Mishap: Sendable, CustomStringConvertible {
        let description: String
        /// Path and verdict, in the order of the audit.
        let found: [String]
        let happen: @Sendable (ArchiveSample) throws -> Void

        init(_ description: String, _ found: [String], _ happen: @escaping @Sendable (ArchiveSample) throws -> Void) {
            (self.description, self.found, self.happen) = (description, found, happen)
        }
    }

    private static func remove(_ sample: ArchiveSample, _ name: String) throws {
        try FileManager.default.removeItem(atPath: sample.path(name))
    }

    private static func cut(_ sample: ArchiveSample, _ name: String) throws {
        let url = URL(fileURLWithPath: sample.path(name))
        let bytes = try Data(contentsOf: url)
        try bytes.prefix(bytes.count * 2 / 3).write(to: url)
    }

    /// Writes the bag's lists anew after something changed, as whoever hides a change would.
    private static func list(_ sample: ArchiveSample) throws {
        for name in [Bag.manifest, Bag.tagManifest] { try remove(sample, name) }
        try sample.writeBag()
    }

    static let mishaps = [
        Mishap("nothing", []) { _ in },
        Mishap("a flipped bit in a result", ["data/a.mkv altered", "data/a.mkv damaged"]) {
            try $0.flip("data/a.mkv")
        },
        Mishap(
            "a flipped bit that the manifest was made to fit", ["data/a.mkv altered", "data/a.mkv damaged"]
        ) {
            try $0.flip("data/a.mkv")
            try list($0)
        },
        Mishap(
            "a flipped bit in the checksums of frames",
            ["data/b.source.framemd5 contradicted", "data/b.source.framemd5 altered"]
        ) {
            try $0.flip("data/b.source.framemd5")
        },
        Mishap("a record that is no longer JSON", ["data/a.mkv.json unreadable", "data/a.mkv.json altered"]) {
            try $0.flip("data/a.mkv.json", at: 0)
        },
        Mishap(
            "results renamed",
            [
                "data/a.mkv missing", "data/c.mkv unlisted",
            ]
        ) { try FileManager.default.moveItem(atPath: $0.path("data/a.mkv"), toPath: $0.path("data/c.mkv")) },
        Mishap(
            "two results exchanged",
            [
                "data/a.mkv altered", "data/a.mkv contradicted", "data/b.mkv altered", "data/b.mkv contradicted",
            ]
        ) {
            try FileManager.default.moveItem(atPath: $0.path("data/a.mkv"), toPath: $0.path("data/c"))
            try FileManager.default.moveItem(atPath: $0.path("data/b.mkv"), toPath: $0.path("data/a.mkv"))
            try FileManager.default.moveItem(atPath: $0.path("data/c"), toPath: $0.path("data/b.mkv"))
        },
        Mishap("a result is gone", ["data/b.mkv missing", "bag-info.txt contradicted"]) {
            try remove($0, "data/b.mkv")
        },
        Mishap("a record is gone", ["data/b.mkv.json missing", "bag-info.txt contradicted"]) {
            try remove($0, "data/b.mkv.json")
        },
        Mishap("checksums are gone", ["data/b.result.framemd5 missing", "bag-info.txt contradicted"]) {
            try remove($0, "data/b.result.framemd5")
        },
        Mishap("a file too many", ["data/z.txt unlisted", "bag-info.txt contradicted"]) {
            try Data("z".utf8).write(to: URL(fileURLWithPath: $0.path("data/z.txt")))
        },
        Mishap("an unfinished file", ["data/a/x.mkv.partial unlisted", "bag-info.txt contradicted"]) {
            try $0.makeFolder(of: $0.path("data/a/x"))
            try Data("z".utf8).write(to: URL(fileURLWithPath: $0.path("data/a/x.mkv.partial")))
        },
        Mishap(
            "a result cut short",
            ["data/a.mkv altered", "data/a.mkv contradicted", "bag-info.txt contradicted"]
        ) { try cut($0, "data/a.mkv") },
        Mishap("the manifest is gone", ["manifest-sha256.txt missing"]) { try remove($0, Bag.manifest) },
        Mishap("the tag manifest is gone", ["tagmanifest-sha256.txt missing"]) { try remove($0, Bag.tagManifest) },
        Mishap("bagit.txt is gone", ["bagit.txt missing"]) { try remove($0, Bag.declaration) },
        Mishap("bag-info.txt says another sum", ["bag-info.txt altered", "bag-info.txt contradicted"]) {
            let text = try $0.text(Bag.information).replacingOccurrences(of: "Payload-Oxum: ", with: "Payload-Oxum: 1")
            try Data(text.utf8).write(to: URL(fileURLWithPath: $0.path(Bag.information)))
        },
        Mishap("a line of the manifest is noise", ["manifest-sha256.txt altered", "manifest-sha256.txt unreadable"]) {
            let text = try "noise\n" + $0.text(Bag.manifest)
            try Data(text.utf8).write(to: URL(fileURLWithPath: $0.path(Bag.manifest)))
        },
        Mishap("the manifest is in another order", ["manifest-sha256.txt altered"]) {
            let text = try $0.text(Bag.manifest).split(separator: "\n").reversed().joined(separator: "\n")
            try Data(text.utf8).write(to: URL(fileURLWithPath: $0.path(Bag.manifest)))
        },
    ]

    @Test("every mishap is named, and every file besides is intact", arguments: mishaps)
    func table(mishap: Mishap) throws {
        let sample = try ArchiveSample()
        for name in ["a", "b"] { try sample.add(name, size: name == "a" ? "48x32" : "64x48") }
        try sample.writeBag()
        let files = try sample.files.count
        try mishap.happen(sample)
        let report = try sample.audit()
        let found = report.failures.map { "\($0.path) \($0.verdict.rawValue)" }
        #expect(Set(found) == Set(mishap.found), "\(report.failures.map(\.line))")
        #expect(report.passed == mishap.found.isEmpty && report.failureCount == found.count)
        #expect((report.failure?.kind == .badInput) != report.passed)
        if report.passed {
            // The tag manifest lists everything but itself.
            #expect(report.verdicts == ["intact": files - 1] && report.decoded == 2)
        }
    }

    @Test("a damaged slice is named with its frame") func slice() throws {
        let sample = try ArchiveSample()
        try sample.add("a")
        try sample.writeBag()
        let packets = try FFmpegTool.ffprobe(
            ["-show_entries", "packet=pos,size", "-of", "csv=p=0", sample.path("data/a.mkv")]
        ).map { $0.split(separator: ",").compactMap { Int($0) } }.filter { $0.count == 2 }
        let (size, position) = (packets[6][0], packets[6][1])
        let url = URL(fileURLWithPath: sample.path("data/a.mkv"))
        var bytes = try Data(contentsOf: url)
        // A byte of the last slice, before its footer.
        bytes[position + size - 20] ^= 1
        try bytes.write(to: url)
        let damaged = try #require(try sample.audit().failures.first { $0.verdict == .damaged })
        #expect(damaged.message == "the CRC does not fit in frame 6 (slice 3)")
        #expect(try sample.audit { $0.decodes = false }.failures.map(\.verdict) == [.altered])
    }

    @Test("sources are looked at where asked, and only while they are there") func sources() throws {
        let sample = try ArchiveSample()
        let work = try sample.add("a")
        try sample.writeBag()
        #expect(try sample.audit { $0.checksSources = true }.passed)
        let source = work.file.source
        let bytes = try Data(contentsOf: URL(fileURLWithPath: source))
        var changed = bytes
        changed[bytes.count / 2] ^= 1
        for other in [changed, bytes.dropLast()] {
            try other.write(to: URL(fileURLWithPath: source))
            let report = try sample.audit { $0.checksSources = true }
            #expect(report.failures.map(\.path) == [source] && report.failures.map(\.verdict) == [.altered])
            #expect(try sample.audit().passed)
        }
        try FileManager.default.removeItem(atPath: source)
        let report = try sample.audit { $0.checksSources = true }
        #expect(report.passed && report.notes.count == 1)
    }

    @Test("a batch that is no archive is checked by its ledger's hashes") func ledger() throws {
        let folder = try TemporaryDirectory()
        var files: [BatchFileReport] = []
        for name in ["a.mkv", "b.mkv", "c.mkv", "d.mkv"] {
            try Data(name.utf8).write(to: URL(fileURLWithPath: folder.file(name)))
            var file = BatchFileReport(source: "/s/" + name, output: name, state: .done, sourceBytes: 1)
            (file.sha256, file.outputBytes) = (try ContentHash.ofFile(folder.file(name)), 5)
            files.append(file)
        }
        files.append(BatchFileReport(source: "/s/q", output: "q.mkv", state: .quarantined, sourceBytes: 1))
        let all = files
        let options = BatchAuditOptions(folder: folder.path)
        #expect(try BatchAudit(options).run(results: { try all.forEach($0) }, report: { _ in }).passed)
        try Data("x".utf8).write(to: URL(fileURLWithPath: folder.file("b.mkv")))
        try FileManager.default.removeItem(atPath: folder.file("c.mkv"))
        var items: [String] = []
        let report = try BatchAudit(options).run(results: { try all.forEach($0) }) { event in
            if case .item(let item) = event { items.append("\(item.path) \(item.verdict.rawValue)") }
        }
        #expect(items == ["a.mkv intact", "b.mkv altered", "c.mkv missing", "d.mkv intact"])
        #expect(report.summary.hasPrefix("3 files, ") && report.summary.hasSuffix(": 2 intact, 1 missing, 1 altered."))
        let json = try report.json()
        #expect(json.contains("\"is_bag\" : false") && json.contains("\"verdict\" : \"missing\""))
        #expect(throws: UplumaError.self) { try BatchAudit(options).run { _ in } }
    }

    @Test("it can be stopped") func cancelling() throws {
        let sample = try ArchiveSample()
        try sample.add("a")
        try sample.writeBag()
        let audit = BatchAudit(BatchAuditOptions(folder: sample.layout.root))
        let error = #expect(throws: UplumaError.self) {
            try audit.run { event in
                if case .item = event { audit.cancel() }
            }
        }
        #expect(error?.kind == .interrupted)
    }
}
