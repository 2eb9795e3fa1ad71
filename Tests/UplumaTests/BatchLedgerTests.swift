import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma

/// Opening, settings, reading, and ledgers that something happened to.
@Suite struct BatchLedgerTests {
    @Test("a folder without a batch, another's file, another's database and a newer ledger are told apart")
    func opening() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("ledger.sqlite")
        func kind(create: Bool = false) -> FailureKind? {
            LedgerFixture.kind { _ = try BatchLedger(path: path, create: create) { _ in true } }
        }
        #expect(kind() == .noInput)
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(kind() == .noInput, "an empty file is a ledger whose maker was stopped at once")
        try Data(repeating: 65, count: 9000).write(to: URL(fileURLWithPath: path))
        #expect(kind() == .badInput)
        #expect(kind(create: true) == .badInput)
        try FileManager.default.removeItem(atPath: path)
        try sqlite(path, "CREATE TABLE bookmarks (id INTEGER)")
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        #expect(kind() == .badInput)
        #expect(kind(create: true) == .badInput)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before, "another's database is not touched")
        try FileManager.default.removeItem(atPath: path)
        #expect(kind(create: true) == nil)
        #expect(kind() == nil)
        try sqlite(path, "INSERT INTO grdb_migrations VALUES ('999')")
        #expect(kind() == .usage)
    }

    @Test("the folder of a batch is made when a ledger is begun in it, and only then") func layout() throws {
        let folder = try TemporaryDirectory()
        let layout = BatchLayout(root: folder.file("out"), isArchive: false)
        #expect(LedgerFixture.kind { _ = try BatchLedger(layout: layout, create: false) } == .noInput)
        #expect(!FileManager.default.fileExists(atPath: layout.root))
        let ledger = try BatchLedger(layout: layout, create: true)
        let lock = try WorkerLock(path: layout.workerLock("a"))
        #expect(ledger.isAlive("a"))
        #expect(!ledger.isAlive("b"))
        withExtendedLifetime(lock) {}
    }

    @Test("a ledger that many open for the first time at once is made once") func openedAtOnce() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("ledger.sqlite")
        let failures = Shared<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 8) { number in
            do {
                let ledger = try BatchLedger(path: path, create: true) { _ in true }
                try ledger.set(.version, to: "\(number)")
            } catch {
                failures.change { $0.append("\(error)") }
            }
        }
        #expect(failures.value == [])
        let ledger = try BatchLedger(path: path, create: false) { _ in true }
        #expect(try ledger.setting(.version, as: String.self) != nil)
        try ledger.check()
    }

    @Test("settings come back as they went in") func settings() throws {
        let fixture = try LedgerFixture()
        #expect(try fixture.ledger.setting(.options, as: UpscaleOptions.self) == nil)
        var options = UpscaleOptions(input: "a", output: "b")
        options.start = 0.1
        try fixture.ledger.set(.options, to: options)
        options.scale = 4
        try fixture.ledger.set(.options, to: options)
        let read = try #require(try fixture.open().setting(.options, as: UpscaleOptions.self))
        #expect(read.scale == 4)
        #expect(read.start == 0.1)
        #expect(LedgerFixture.kind { _ = try fixture.ledger.setting(.options, as: Int.self) } == .badInput)
    }

    @Test("what files, chunks and outcomes hold comes back as it went in, and sums are those of the rows")
    func values() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(3)
        let worker = try fixture.worker(fixture.ledger)
        #expect(try fixture.ledger.totals().secondsTotal == nil, "nothing is known before the first file is opened")
        let work = try #require(try fixture.ledger.claim(for: worker, roles: .survey).work)
        try LedgerFixture.perform(
            work, in: fixture.ledger, by: worker, survey: LedgerFixture.survey(chunks: 2), chunks: 2)
        // 200 s in 1000 bytes; 1001 and 1002 bytes are not opened.
        let estimate = try #require(try fixture.ledger.totals().secondsTotal)
        #expect(abs(estimate - 200 * 3003 / 1000) < 1e-9)
        guard
            case .chunk(let file, var chunk, of: 2) = try #require(
                try fixture.ledger.claim(for: worker, roles: .chunks).work)
        else { throw UplumaError(.internal, "no chunk of 2") }
        #expect(file.survey == LedgerFixture.survey(chunks: 2))
        (chunk.frames, chunk.bytes, chunk.hash, chunk.seconds) = (25, 77, "cd", 1.5)
        try fixture.ledger.checkpoint(chunk, by: worker)
        #expect(try fixture.ledger.chunks(of: file.id) == [chunk, LedgerFixture.second(of: file.id)])
        let totals = try fixture.ledger.totals()
        #expect(totals.frames == 25)
        #expect(totals.secondsDone == 25)
        let holding = try #require(try fixture.ledger.holdings().first)
        #expect(holding.worker == worker && holding.chunk == 0 && holding.frames == 25 && holding.chunks == 2)
        try fixture.ledger.retire(worker)
        try fixture.finishAll()
        let done = try #require(try fixture.ledger.file(source: "/films/1.avi"))
        #expect(done.state == .done)
        #expect(done.result == LedgerFixture.outcome(done))
        let end = try fixture.ledger.totals()
        #expect(end.files[.done] == 3)
        #expect(end.secondsDone == 600 && end.secondsTotal == 600 && end.frames == 600)
        #expect(end.sourceBytes == 3003 && end.outputBytes == 30030)
    }

    @Test("reports name what became of each file, in order, and looks that are there") func reports() throws {
        let fixture = try LedgerFixture()
        let layout = BatchLayout(root: fixture.folder.path, isArchive: false)
        try fixture.plan(600)
        let worker = try fixture.worker(fixture.ledger)
        guard case .survey(let first) = try #require(try fixture.ledger.claim(for: worker, roles: .all).work) else {
            throw UplumaError(.internal, "no survey")
        }
        try fixture.ledger.skip(
            first, reason: "above 720p", survey: LedgerFixture.survey(chunks: 1), by: worker)
        try FileManager.default.createDirectory(atPath: layout.looks, withIntermediateDirectories: true)
        try Data().write(to: URL(fileURLWithPath: layout.look(file: first.id, isAfter: false)))
        var reports: [BatchFileReport] = []
        try fixture.ledger.forEachReport(layout: layout) { reports.append($0) }
        #expect(reports.map(\.source) == (0..<600).map { "/films/\($0).avi" })
        let report = try #require(reports.first)
        #expect(report.state == .skipped && report.reason == "above 720p" && report.codec == "mpeg4")
        #expect(report.lookBefore == layout.look(file: first.id, isAfter: false) && report.lookAfter == nil)
        #expect(try fixture.ledger.report(of: first.id, layout: layout) == report)
        var listed = 0
        try fixture.ledger.forEachReport(state: .listed, after: 300, layout: layout) { _ in listed += 1 }
        #expect(listed == 300)
    }

    @Test("runs that overlap count once") func runs() throws {
        let fixture = try LedgerFixture()
        func at(_ seconds: Double) -> Date { Date(timeIntervalSince1970: seconds) }
        for (start, end) in [(100.0, 200.0), (150, 160), (190, 250), (400, 390), (500, 501)] {
            try fixture.ledger.markRun(try fixture.ledger.beginRun(at: at(start)), at: at(end))
        }
        #expect(try fixture.ledger.runs().count == 5)
        #expect(try fixture.ledger.secondsOfRuns() == 151)
    }

    @Test("a ledger whose log was cut anywhere opens, whole, as some call had left it") func cutLog() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(40)
        let worker = try fixture.worker(fixture.ledger)
        for _ in 0..<30 {
            let work = try #require(try fixture.ledger.claim(for: worker, roles: .all).work)
            try LedgerFixture.perform(
                work, in: fixture.ledger, by: worker, survey: LedgerFixture.survey(chunks: 2), chunks: 2)
        }
        // Copied by another process: closing a descriptor here would take the ledger's locks away.
        let copy = fixture.folder.file("copy.sqlite")
        let names = [(fixture.path, copy), (fixture.path + "-wal", copy + "-log")]
        for (from, to) in names { #expect(try ProcessResult.running("/bin/cp", [from, to]).status == 0) }
        let log = try Data(contentsOf: URL(fileURLWithPath: copy + "-log"))
        let base = try Data(contentsOf: URL(fileURLWithPath: copy))
        #expect(log.count > 100_000)
        var noise = SeededNoise(seed: 9)
        var states: Set<Int> = []
        for cut in [0, 31, log.count] + (0..<20).map({ _ in Int.random(in: 0..<log.count, using: &noise) }) {
            try base.write(to: URL(fileURLWithPath: copy))
            try log.prefix(cut).write(to: URL(fileURLWithPath: copy + "-wal"))
            try? FileManager.default.removeItem(atPath: copy + "-shm")
            do {
                let ledger = try BatchLedger(path: copy, create: false) { _ in false }
                try ledger.check()
                let totals = try ledger.totals()
                var files: [BatchFileState: Int] = [:]
                try ledger.forEachFile { files[$0.state, default: 0] += 1 }
                #expect(totals.files.filter { $0.value > 0 } == files)
                states.insert(totals.frames)
            } catch let error as UplumaError where error.kind == .noInput {
                states.insert(-1)
            }
        }
        #expect(states.count > 5, "cuts fall between many calls")
    }

    @Test("a full disk is told, and nothing is lost") func fullDisk() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(10)
        let before = try fixture.files
        func limit(pages: Int) throws {
            try fixture.ledger.write { try $0.execute(sql: "PRAGMA max_page_count = \(pages)") }
        }
        // No less than there are.
        try limit(pages: 1)
        let large = String(repeating: "x", count: 1 << 20)
        #expect(LedgerFixture.kind { try fixture.ledger.set(.selection, to: large) } == .inputOutput)
        #expect(try fixture.ledger.setting(.selection, as: String.self) == nil)
        #expect(try fixture.files == before)
        try limit(pages: 1 << 20)
        try fixture.ledger.set(.selection, to: large)
        #expect(try fixture.ledger.setting(.selection, as: String.self) == large)
    }

    @Test("damage is told, with what to do") func damage() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(500)
        let copy = fixture.folder.file("copy.sqlite")
        try sqlite(fixture.path, "VACUUM INTO '\(copy)'")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: copy))
        // All but the first pages, which say what tables there are.
        bytes.replaceSubrange(50_000..<bytes.count, with: Data(repeating: 0xA5, count: bytes.count - 50_000))
        try bytes.write(to: URL(fileURLWithPath: copy))
        do {
            let ledger = try BatchLedger(path: copy, create: false) { _ in true }
            try ledger.check()
            Issue.record("nothing was found")
        } catch let error as UplumaError {
            #expect(error.kind == .badInput)
            #expect(error.message.contains("is damaged") && error.message.contains("finished results are not touched"))
        }
    }

    private func sqlite(_ path: String, _ sql: String) throws {
        let script = """
            import sqlite3, sys
            sqlite3.connect(sys.argv[1], isolation_level=None).execute(sys.argv[2])
            """
        let result = try ProcessResult.running("/usr/bin/python3", ["-c", script, path, sql])
        #expect(result.status == 0, "\(result.errorText)")
    }
}

extension LedgerFixture {
    static func second(of file: Int64) -> BatchChunk {
        var chunk = chunks(2)[1]
        chunk.file = file
        return chunk
    }
}
