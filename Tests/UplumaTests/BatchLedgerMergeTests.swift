import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma

/// What listing files again does to a ledger.
@Suite struct BatchLedgerMergeTests {
    @Test("a first listing is taken in order, each source once") func first() throws {
        let fixture = try LedgerFixture()
        let films = (0..<5).map { LedgerFixture.film($0) }
        let merge = try fixture.ledger.merge(films + [films[2]], options: "a")
        #expect(merge.listed == 5 && merge.new == 5 && merge.same == 0)
        #expect(merge.sentences.isEmpty)
        #expect(try fixture.files.map(\.source) == films.map(\.source))
        #expect(try fixture.ledger.optionsFingerprint() == "a")
        let file = try #require(try fixture.files.first)
        #expect(file.fingerprint == (try BatchFingerprint.file(bytes: 1000, changed: 7, options: "a")))
    }

    /// What is listed again, and what is to become of five films of which the first two were done.
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let listing: [Listed]
        var options = LedgerFixture.options
        var absent: Set<String> = []
        let states: [BatchFileState]
        let counts: [Int]

        /// New, same, changed files, changed options, renamed, moved, missing.
        static func counts(_ merge: BatchMerge) -> [Int] {
            [
                merge.new, merge.same, merge.changedFiles.files, merge.changedOptions.files, merge.renamed.files,
                merge.moved, merge.missing,
            ]
        }
    }

    private static let films = (0..<5).map { LedgerFixture.film($0) }
    private static func films(_ change: (inout [Listed]) -> Void) -> [Listed] {
        var films = films
        change(&films)
        return films
    }
    private static let start: [BatchFileState] = [.done, .done, .listed, .listed, .listed]
    private static let cases = [
        Case(testDescription: "the same", listing: films, states: start, counts: [0, 5, 0, 0, 0, 0, 0]),
        Case(
            testDescription: "one more", listing: films + [LedgerFixture.film(9)], states: start + [.listed],
            counts: [1, 5, 0, 0, 0, 0, 0]),
        Case(
            testDescription: "a done one changed", listing: films { $0[1].changed = 8 },
            states: [.done, .listed, .listed, .listed, .listed], counts: [0, 4, 1, 0, 0, 0, 0]),
        Case(
            testDescription: "one that nobody began changed", listing: films { $0[4].bytes = 1 }, states: start,
            counts: [1, 4, 0, 0, 0, 0, 0]),
        Case(
            testDescription: "other options", listing: films, options: "options-2",
            states: Array(repeating: .listed, count: 5), counts: [3, 0, 0, 2, 0, 0, 0]),
        Case(
            testDescription: "two change names", listing: films { ($0[0].output, $0[1].output) = ("1.mkv", "0.mkv") },
            states: Array(repeating: .listed, count: 5), counts: [0, 3, 0, 0, 2, 0, 0]),
        Case(
            testDescription: "one is not named and gone", listing: Array(films[..<4]), absent: ["/films/4.avi"],
            states: [.done, .done, .listed, .listed, .missing], counts: [0, 4, 0, 0, 0, 0, 1]),
        Case(
            testDescription: "a done one is gone", listing: Array(films[1...]), absent: ["/films/0.avi"],
            states: start, counts: [0, 4, 0, 0, 0, 0, 0]),
        Case(
            testDescription: "one is not named and still there, under other options", listing: Array(films[..<4]),
            options: "options-2", states: Array(repeating: .listed, count: 5), counts: [3, 0, 0, 2, 0, 0, 0]),
        Case(
            testDescription: "the folder has another name",
            listing: films { for index in $0.indices { $0[index].source = "/old" + $0[index].source } },
            absent: Set(films.map(\.source)), states: start, counts: [0, 5, 0, 0, 0, 5, 0]),
        Case(
            testDescription: "another file wants the name of one that is gone",
            listing: films { $0[0] = Listed(source: "/new.avi", output: "0.mkv", bytes: 5, changed: 5) },
            absent: ["/films/0.avi"], states: [.done, .listed, .listed, .listed, .listed],
            counts: [1, 4, 0, 0, 0, 0, 0]),
    ]

    @Test("what is the same stays, what is not is begun anew", arguments: cases) func again(_ test: Case) throws {
        let fixture = try LedgerFixture()
        try fixture.ledger.merge(Self.films, options: LedgerFixture.options)
        let worker = try fixture.worker(fixture.ledger)
        for number in 0..<2 {
            for _ in 0..<3 {
                let work = try #require(try fixture.ledger.claim(for: worker, roles: .all).work)
                #expect(work.file.id == Int64(number + 1))
                try LedgerFixture.perform(
                    work, in: fixture.ledger, by: worker, survey: LedgerFixture.survey(chunks: 1), chunks: 1)
            }
        }
        let merge = try fixture.ledger.merge(
            test.listing, options: test.options, exists: { !test.absent.contains($0) })
        #expect(Case.counts(merge) == test.counts)
        let files = try fixture.files
        #expect(files.map(\.state) == test.states)
        // Ids of what is begun anew were never used before.
        for file in files where file.state == .listed && file.result == nil && file.id <= 5 { #expect(file.id > 2) }
        let again = try fixture.ledger.merge(
            test.listing, options: test.options, exists: { !test.absent.contains($0) })
        #expect(again.new == 0 && again.missing == 0 && again.moved == 0 && again.sentences.isEmpty)
        #expect(try fixture.files == files)
    }

    @Test("a source that is away keeps its chunks for when it is there again") func back() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(1)
        let worker = try fixture.worker(fixture.ledger)
        let work = try #require(try fixture.ledger.claim(for: worker, roles: .all).work)
        try LedgerFixture.perform(
            work, in: fixture.ledger, by: worker, survey: LedgerFixture.survey(chunks: 2), chunks: 2)
        #expect(try fixture.ledger.merge([], options: LedgerFixture.options, exists: { _ in false }).missing == 1)
        #expect(try fixture.ledger.claim(for: worker, roles: .all) == .nothing)
        var notes: [String] = []
        let merge = try fixture.ledger.merge(
            [], options: LedgerFixture.options, exists: { _ in true }, note: { notes.append($0) })
        #expect(merge.back == 1)
        #expect(notes == ["1 file that could not be found can be found again."])
        #expect(try fixture.ledger.claim(for: worker, roles: .all).text == "chunk 1.0")
    }

    @Test("files that were put aside or left out stay so, until they are asked for again") func askedAgain() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(2)
        let worker = try fixture.worker(fixture.ledger)
        let works = try (0..<2).compactMap { _ in try fixture.ledger.claim(for: worker, roles: .survey).work }
        _ = try fixture.ledger.fail(works[0], by: worker, kind: .badInput, message: "broken", limit: 3)
        try fixture.ledger.skip(
            works[1].file, reason: "above 720p", survey: LedgerFixture.survey(chunks: 1), by: worker)
        func plan(_ quarantined: Bool, _ skipped: Bool) throws -> [Int] {
            let merge = try fixture.ledger.merge(
                (0..<2).map { LedgerFixture.film($0) }, options: LedgerFixture.options,
                retriesQuarantined: quarantined, reconsidersSkipped: skipped)
            return [merge.same, merge.retried, merge.reconsidered, merge.sentences.count]
        }
        #expect(try plan(false, false) == [2, 0, 0, 0])
        #expect(try fixture.files.map(\.state) == [.quarantined, .skipped])
        #expect(try plan(true, true) == [2, 1, 1, 2])
        #expect(try fixture.files.map(\.state) == [.listed, .listed])
        #expect(try fixture.files.allSatisfy { $0.reason == nil && $0.survey == nil && $0.attempts == 0 })
    }

    @Test("two sources of one result are named, and nothing is changed", arguments: ["listing", "ledger"])
    func collision(_ place: String) throws {
        let fixture = try LedgerFixture()
        try fixture.plan(2)
        let before = try fixture.files
        let other = Listed(source: "/other/0.avi", output: "0.mkv", bytes: 1, changed: 1)
        let films = place == "listing" ? [LedgerFixture.film(0), LedgerFixture.film(9), other] : [other]
        do {
            try fixture.ledger.merge(films, options: "options-2", exists: { _ in true })
            Issue.record("it was taken")
        } catch let error as UplumaError {
            #expect(error.kind == .usage)
            #expect(error.message.contains("\"/films/0.avi\" and \"/other/0.avi\" would both become \"0.mkv\""))
        }
        #expect(try fixture.files == before)
        #expect(try fixture.ledger.optionsFingerprint() == LedgerFixture.options)
    }

    @Test("a worker whose file is begun anew, or whose options are no longer those, learns it at its next call")
    func replanned() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(2)
        let worker = try fixture.worker(fixture.ledger)
        let work = try #require(try fixture.ledger.claim(for: worker, roles: .all).work)
        try fixture.plan(2, options: "options-2")
        func finish() throws {
            try LedgerFixture.perform(
                work, in: fixture.ledger, by: worker, survey: LedgerFixture.survey(chunks: 1), chunks: 1)
        }
        #expect(LedgerFixture.kind(finish) == .tryAgain)
        #expect(LedgerFixture.kind { _ = try fixture.ledger.claim(for: worker, roles: .all) } == .tryAgain)
        try fixture.ledger.release(work, by: worker)
        #expect(LedgerFixture.kind { _ = try fixture.worker(fixture.ledger) } == .tryAgain)
        let successor = try fixture.worker(fixture.ledger, options: "options-2")
        #expect(try fixture.ledger.claim(for: successor, roles: .all).text == "survey 3")
        #expect(try fixture.ledger.forgotten(of: [1, 2, 3, 4]) == [1, 2])
    }

    @Test("while a listing is drawn, others read and write; what they do counts") func drawnLazily() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(10)
        let other = try fixture.open()
        let worker = try fixture.worker(other)
        var drawn = 0
        let listing = (0..<10_000).lazy.map { number in
            drawn += 1
            if drawn == 9000 {
                let claim = try? other.claim(for: worker, roles: .all)
                #expect(claim?.text == "survey 1")
                if let work = claim?.work {
                    #expect(
                        throws: Never.self,
                        performing: {
                            try LedgerFixture.perform(
                                work, in: other, by: worker, survey: LedgerFixture.survey(chunks: 1), chunks: 1)
                        })
                }
            }
            return LedgerFixture.film(number)
        }
        let merge = try fixture.ledger.merge(listing, options: LedgerFixture.options)
        #expect(merge.new == 9990 && merge.same == 10)
        #expect(try fixture.ledger.file(1).state == .ready)
    }

    @Test("a hundred thousand files are planned, and planned again, in memory that does not grow with them")
    func manyFiles() throws {
        let variable = "UPLUMA_LEDGER_MEMORY"
        if let answer = ProcessInfo.processInfo.environment[variable] {
            try Self.planManyFiles(answer)
            return
        }
        // In a process of its own: what other tests take at the same time must not count.
        let folder = try TemporaryDirectory()
        let answer = folder.file("bytes")
        let result = try ProcessResult.running(
            "/proc/self/exe",
            ["--testing-library", "swift-testing", "--filter", "BatchLedgerMergeTests/manyFiles"],
            environment: [variable: answer])
        #expect(result.status == 0, "\(result.errorText)")
        let grown = try #require(Int(try String(contentsOfFile: answer, encoding: .utf8)))
        // SQLite's pages take at most 16 MiB for a merge and 2 MB for each of three other connections, the lists of a portion
        // (4096 files of 300 bytes) 1 MB: 23 MB, and not as much again for what the allocator keeps between two merges. A
        // listing held in memory takes two strings of 80 bytes in blocks of 96 and a value of 48 bytes a file: 24 MB more.
        #expect(grown < 40 << 20)
    }

    /// - Parameter answer: gets how many bytes the peak of memory grew by.
    private static func planManyFiles(_ answer: String) throws {
        let fixture = try LedgerFixture()
        try fixture.plan(5000)
        let before = try peak()
        let count = 100_000
        func listing() -> some Sequence<Listed> {
            (0..<count).lazy.map { number in
                let folder = "/archive/tapes of the year \(1950 + number % 60)/box \(number % 977)/reel \(number)"
                return Listed(
                    source: "\(folder)/film number \(number).avi", output: "\(folder.dropFirst())/\(number).mkv",
                    bytes: 1000, changed: 1)
            }
        }
        let first = try fixture.ledger.merge(listing(), options: LedgerFixture.options, exists: { _ in false })
        #expect(first.new == count && first.missing == 5000)
        let again = try fixture.ledger.merge(listing(), options: LedgerFixture.options, exists: { _ in false })
        #expect(again.new == 0 && again.same == count && again.sentences.isEmpty)
        try Data("\(try peak() - before)".utf8).write(to: URL(fileURLWithPath: answer))
    }

    /// Bytes of memory that this process had at most.
    private static func peak() throws -> Int {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        return try #require(Int(line.split(whereSeparator: \.isWhitespace)[1])) * 1024
    }
}
