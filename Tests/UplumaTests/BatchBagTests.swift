import Foundation
import Testing
import UplumaMedia
import UplumaTestSupport

@testable import Upluma

/// Bags: what is listed, in which order, and what is not hashed again.
@Suite struct BatchBagTests {
    private let folder: TemporaryDirectory
    private let layout: BatchLayout

    init() throws {
        folder = try TemporaryDirectory()
        layout = BatchLayout(root: folder.path, isArchive: true)
        try put("data/film.mkv", "film")
    }

    private func put(_ name: String, _ text: String) throws {
        let url = URL(fileURLWithPath: folder.file(name))
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOfFile: folder.file(name), encoding: .utf8)
    }

    private func hash(_ text: String) throws -> String {
        let hash = try ContentHash()
        hash.add(Array(text.utf8))
        return hash.finish()
    }

    @discardableResult
    private func write(_ known: (String) -> String? = { _ in nil }) throws -> Bag.Summary {
        try Bag(layout).write(
            description: "Films\nof a test", date: Date(timeIntervalSince1970: 86400), knownHash: known)
    }

    /// The paths of the manifest, as they stand there.
    private func listed() throws -> [String] {
        try text("manifest-sha256.txt").split(separator: "\n").map { String($0.dropFirst(66)) }
    }

    @Test("the bag's own files say what RFC 8493 asks") func ownFiles() throws {
        try put("batch-report.json", "{}")
        try put(".upluma/ledger.sqlite", "ledger")
        try put("data/a/words.txt", "word")
        let summary = try write()
        #expect(summary == Bag.Summary(files: 2, bytes: 8, hashed: 2))
        #expect(try text("bagit.txt") == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
        #expect(
            try text("bag-info.txt") == """
                Bag-Software-Agent: Upluma \(UplumaVersion.current)
                Bagging-Date: 1970-01-02
                External-Description: Films of a test
                Payload-Oxum: 8.2

                """)
        #expect(
            try text("manifest-sha256.txt") == "\(hash("word"))  data/a/words.txt\n\(hash("film"))  data/film.mkv\n")
        let tags = try ["bag-info.txt", "bagit.txt", "batch-report.json", "manifest-sha256.txt"].map {
            try "\(hash(text($0)))  \($0)\n"
        }
        #expect(try text("tagmanifest-sha256.txt") == tags.joined())
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == [
                ".upluma", "bag-info.txt", "bagit.txt", "batch-report.json", "data", "manifest-sha256.txt",
                "tagmanifest-sha256.txt",
            ])
    }

    @Test("paths are in the order of their bytes, and ends of lines in them are written otherwise") func order() throws
    {
        for name in [
            "film/b.mkv", "film-2.mkv", "film/a.mkv", "Zoo.mkv", "100%.mkv", "two\nlines.mkv", "e\u{301}.mkv", "é.mkv",
        ] {
            try put("data/" + name, name)
        }
        try write()
        #expect(
            try listed() == [
                "data/100%25.mkv", "data/Zoo.mkv", "data/e\u{301}.mkv", "data/film-2.mkv", "data/film.mkv",
                "data/film/a.mkv", "data/film/b.mkv", "data/two%0Alines.mkv", "data/é.mkv",
            ])
        // Written once more, all are found in the old manifest.
        try age()
        #expect(try write().hashed == 0)
        #expect(try BatchAudit(BatchAuditOptions(folder: folder.path)).run { _ in }.verdicts["altered"] == nil)
    }

    /// Lets all files be older than whatever is written now.
    private func age() throws {
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSince1970: name.hasPrefix("data") ? 1000 : 2000)],
                ofItemAtPath: folder.file(name))
        }
    }

    @Test("what is listed is not hashed again, so that its old hash tells what became of it") func growing() throws {
        for number in 0..<50 { try put("data/\(number).framemd5", "\(number)") }
        #expect(try write().hashed == 51)
        try age()
        try put("data/new.mkv", "new")
        try put("data/7.framemd5", "other")
        // Changed without a new time, as failing disks do.
        try put("data/8.framemd5", "rotten")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1000)], ofItemAtPath: folder.file("data/8.framemd5"))
        let summary = try write { $0 == "new.mkv" ? try? hash("new") : nil }
        #expect(summary.files == 52 && summary.hashed == 1)
        let manifest = try text("manifest-sha256.txt")
        #expect(manifest.contains(try "\(hash("other"))  data/7.framemd5\n"))
        #expect(manifest.contains(try "\(hash("8"))  data/8.framemd5\n"))
        #expect(manifest.contains(try "\(hash("new"))  data/new.mkv\n"))
    }

    @Test("what the ledger knows goes before what was listed") func known() throws {
        try write()
        try age()
        try write { $0 == "film.mkv" ? String(repeating: "a", count: 64) : nil }
        #expect(try text("manifest-sha256.txt").hasPrefix(String(repeating: "a", count: 64)))
    }

    @Test("unfinished files and links are left out, and said") func leftOut() throws {
        try put("data/b.mkv.partial", "half")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("data/link.mkv"), withDestinationPath: folder.file("data/film.mkv"))
        let summary = try write()
        #expect(summary.notes.count == 2 && summary.files == 1)
        #expect(try listed() == ["data/film.mkv"])
    }

    @Test("stopped, it leaves the bag as it was") func cancelled() throws {
        try write()
        let before = try text("manifest-sha256.txt")
        try put("data/new.mkv", "new")
        let error = #expect(throws: UplumaError.self) {
            try Bag(layout).write(description: "", isCancelled: { true })
        }
        #expect(error?.kind == .interrupted)
        #expect(try text("manifest-sha256.txt") == before)
    }

    @Test(
        "lines of a manifest are read as others write them, too",
        arguments: [
            ("ab  data/x", "data/x"), ("AB *data/x y", "data/x y"), ("ab\tdata/%0a%25%zz", "data/\n%%zz"),
            ("ab ./data/x", "data/x"), ("ab", nil), ("xy  data/x", nil), ("  data/x", nil),
        ] as [(String, String?)])
    func lines(text: String, path: String?) {
        #expect(ManifestLine(text) == path.map { ManifestLine(hash: "ab", path: $0) })
    }

    private static let hasChecksumTool =
        (try? ProcessResult.running("/usr/bin/env", ["sha256sum", "--version"]))?.status == 0

    @Test("sha256sum agrees", .enabled(if: hasChecksumTool, "sha256sum is not installed")) func otherProgram() throws {
        for name in ["a b.mkv", "ö/ä.mkv", "-x.mkv"] { try put("data/" + name, name) }
        try write()
        for (manifest, isGood) in [("manifest-sha256.txt", true), ("tagmanifest-sha256.txt", true)] {
            let result = try ProcessResult.running(
                "/usr/bin/env", ["sha256sum", "--strict", "-c", manifest], currentDirectory: folder.path)
            #expect((result.status == 0) == isGood, "\(result.errorText)")
        }
        try put("data/a b.mkv", "other")
        let result = try ProcessResult.running(
            "/usr/bin/env", ["sha256sum", "-c", "manifest-sha256.txt"], currentDirectory: folder.path)
        #expect(result.status != 0)
    }
}
