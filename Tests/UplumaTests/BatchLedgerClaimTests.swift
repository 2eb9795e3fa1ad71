import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma

/// Who gets which work, and what becomes of it.
@Suite struct BatchLedgerClaimTests {
    /// Opens the first `count` files, with chunks as said.
    private func open(
        _ fixture: LedgerFixture, _ count: Int, survey: BatchSurvey = LedgerFixture.survey(chunks: 2), chunks: Int = 2
    ) throws {
        let worker = try fixture.worker(fixture.ledger)
        for _ in 0..<count {
            let work = try #require(try fixture.ledger.claim(for: worker, roles: .survey).work)
            try LedgerFixture.perform(work, in: fixture.ledger, by: worker, survey: survey, chunks: chunks)
        }
        try fixture.ledger.retire(worker)
    }

    private func finish(_ claim: Claim, _ fixture: LedgerFixture, by worker: String) throws {
        try LedgerFixture.perform(
            try #require(claim.work), in: fixture.ledger, by: worker, survey: LedgerFixture.survey(chunks: 2),
            chunks: 2)
    }

    @Test("the next chunk, a file to be joined, an untouched file, a file to be opened, a share of another's")
    func order()
        throws
    {
        let fixture = try LedgerFixture()
        try fixture.plan(3)
        try open(fixture, 2)
        let ledger = fixture.ledger
        let (one, two) = (try fixture.worker(ledger), try fixture.worker(ledger))
        let first = try ledger.claim(for: one, roles: .all)
        #expect(first.text == "chunk 1.0")
        #expect(try ledger.claim(for: two, roles: .all).text == "chunk 2.0")
        try finish(first, fixture, by: one)
        let next = try ledger.claim(for: one, roles: .all, continuing: (1, 0))
        #expect(next.text == "chunk 1.1")
        try finish(next, fixture, by: one)
        let join = try ledger.claim(for: one, roles: .all, continuing: (1, 1))
        #expect(join.text == "join 1")
        let survey = try ledger.claim(for: one, roles: .all)
        #expect(survey.text == "survey 3", "a worker may hold several things")
        let shared = try ledger.claim(for: one, roles: .all)
        #expect(shared.text == "chunk 2.1")
        #expect(try ledger.claim(for: one, roles: .all) == .wait)
        for claim in [join, survey, shared] { try finish(claim, fixture, by: one) }
        #expect(try ledger.claim(for: one, roles: .join) == .wait, "file 2 may still be finished by the other")
        try ledger.retire(two)
        #expect(try ledger.claim(for: one, roles: .join) == .nothing)
        #expect(try ledger.claim(for: one, roles: .survey) == .nothing)
        #expect(try ledger.claim(for: one, roles: .chunks).text == "chunk 2.0")
    }

    @Test("a file that is read from its beginning has one worker at a time, and its chunks come in order")
    func sequential() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(1)
        try open(fixture, 1, survey: LedgerFixture.survey(chunks: 3, isSequential: true), chunks: 3)
        let ledger = fixture.ledger
        let (one, two) = (try fixture.worker(ledger), try fixture.worker(ledger))
        let first = try ledger.claim(for: one, roles: .all)
        #expect(first.text == "chunk 1.0")
        #expect(try ledger.claim(for: two, roles: .all) == .wait)
        let failed = try #require(first.work)
        #expect(
            try ledger.fail(failed, by: one, kind: .inputOutput, message: "no", limit: 3) == .willRetry(attempt: 1))
        #expect(try ledger.claim(for: two, roles: .all, continuing: (1, 0)).text == "chunk 1.0", "1.1 must wait for it")
        #expect(try ledger.claim(for: one, roles: .all, continuing: (1, 0)) == .wait)
    }

    @Test("files of all workers fit into the memory, but one may always be worked on") func memory() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(3)
        let sizes: [Int64] = [60, 60, 30]
        let opener = try fixture.worker(fixture.ledger)
        for size in sizes {
            let work = try #require(try fixture.ledger.claim(for: opener, roles: .survey).work)
            try LedgerFixture.perform(
                work, in: fixture.ledger, by: opener, survey: LedgerFixture.survey(chunks: 2, memory: size), chunks: 2)
        }
        let workers = try (0..<3).map { _ in try fixture.worker(fixture.ledger) }
        func claim(_ worker: Int, _ budget: Int64?) throws -> String {
            try fixture.ledger.claim(for: workers[worker], roles: .all, memoryBudget: budget).text
        }
        #expect(try claim(0, 50) == "chunk 1.0", "nobody else holds anything")
        #expect(try claim(1, 100) == "chunk 3.0", "60 and 30 fit, 60 and 60 do not")
        #expect(try claim(2, 100) == "wait")
        #expect(try claim(1, 100) == "chunk 3.1", "its file counts once")
        #expect(try claim(2, 120) == "wait")
        #expect(try claim(2, 150) == "chunk 2.0")
    }

    @Test("chunks that this processor would make otherwise are left to others, joining is not") func execution() throws
    {
        let fixture = try LedgerFixture()
        try fixture.plan(2)
        try open(fixture, 1, survey: LedgerFixture.survey(chunks: 1, execution: ["bf16"]), chunks: 1)
        try open(fixture, 1, survey: LedgerFixture.survey(chunks: 1, execution: ["f32"]), chunks: 1)
        let worker = try fixture.worker(fixture.ledger)
        var asked: [[String]] = []
        func claim() throws -> Claim {
            try fixture.ledger.claim(
                for: worker, roles: .all,
                accepts: {
                    asked.append($0)
                    return $0 == ["f32"]
                })
        }
        let chunk = try claim()
        #expect(chunk.text == "chunk 2.0")
        #expect(asked == [["bf16"], ["f32"]])
        try finish(chunk, fixture, by: worker)
        let join = try claim()
        #expect(join.text == "join 2")
        try finish(join, fixture, by: worker)
        #expect(try claim() == .nothing)
        #expect(try fixture.ledger.totals().files[.ready] == 1)
    }

    /// Kinds of failure, whether the caller says more, and after how many failures a file is put aside (limit 3).
    @Test(
        "what cannot pass is put aside at once, the rest after so many failures of the same piece",
        arguments: FailureKind.allCases, [nil, true, false])
    func failures(kind: FailureKind, mayPass: Bool?) throws {
        let fixture = try LedgerFixture()
        try fixture.plan(2)
        try open(fixture, 1)
        let worker = try fixture.worker(fixture.ledger)
        let isFatal = !(mayPass ?? ![.usage, .badInput, .noInput].contains(kind))
        var failures = 0
        while true {
            let claim = try fixture.ledger.claim(for: worker, roles: .chunks)
            #expect(claim.text == "chunk 1.0")
            let failure = try fixture.ledger.fail(
                try #require(claim.work), by: worker, kind: kind, message: "broken", mayPass: mayPass, limit: 3)
            failures += 1
            guard failure != .quarantined else { break }
            #expect(failure == .willRetry(attempt: failures))
        }
        #expect(failures == (isFatal ? 1 : 3))
        let file = try fixture.ledger.file(1)
        #expect(file.state == .quarantined && file.reason == "broken" && file.attempts == failures)
        #expect(try fixture.ledger.claim(for: worker, roles: .all).text == "survey 2", "the rest goes on")
        #expect(try fixture.ledger.retryQuarantined() == 1)
        #expect(try fixture.ledger.file(1).state == .ready)
        #expect(try fixture.ledger.file(1).attempts == 0)
    }

    @Test("a file that failed waits until the others had their turn") func failedLast() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(3)
        let worker = try fixture.worker(fixture.ledger)
        let work = try #require(try fixture.ledger.claim(for: worker, roles: .survey).work)
        _ = try fixture.ledger.fail(work, by: worker, kind: .inputOutput, message: "disk", limit: 3)
        let order = try (0..<3).map { _ in try fixture.ledger.claim(for: worker, roles: .survey).text }
        #expect(order == ["survey 2", "survey 3", "survey 1"])
    }

    @Test("what a dead worker held is free again, from its last checkpoint; what it says later does not count")
    func death() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(1)
        try open(fixture, 1)
        let ledger = try fixture.open()
        let (dead, heir) = (try fixture.worker(ledger), try fixture.worker(ledger))
        guard case .chunk(_, var chunk, of: _) = try #require(try ledger.claim(for: dead, roles: .all).work) else {
            throw UplumaError(.internal, "no chunk")
        }
        chunk.frames = 40
        try ledger.checkpoint(chunk, by: dead)
        fixture.kill(dead)
        guard case .chunk(let file, let again, of: _) = try #require(try ledger.claim(for: heir, roles: .all).work)
        else { throw UplumaError(.internal, "no chunk") }
        #expect(again.number == 0 && again.frames == 40)
        #expect(file.attempts == 0, "nobody is to blame")
        chunk.frames = 90
        for call in [{ try ledger.checkpoint(chunk, by: dead) }, { try ledger.finish(chunk, by: dead) }] {
            #expect(LedgerFixture.kind(call) == .tryAgain)
        }
        #expect(
            LedgerFixture.kind {
                _ = try ledger.fail(
                    .chunk(file, chunk, of: 2), by: dead, kind: .badInput, message: "no", limit: 1)
            } == .tryAgain)
        try ledger.release(.chunk(file, chunk, of: 2), by: dead)
        #expect(try ledger.holdings().map(\.worker) == [heir])
        #expect(try ledger.chunks(of: 1)[0].frames == 40)
        #expect(LedgerFixture.kind { _ = try ledger.claim(for: dead, roles: .all) } == .tryAgain)
    }

    @Test("a file on which one worker after the other is lost is put aside, unless it gets further each time")
    func murder() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(2)
        try open(fixture, 2, survey: LedgerFixture.survey(chunks: 1), chunks: 1)
        let ledger = try fixture.open()
        // Chunk 1.0 advances by a frame a life, chunk 2.0 never.
        for life in 1...(2 * BatchLedger.mostInterruptions) {
            let worker = try fixture.worker(ledger)
            for _ in 0..<2 {
                guard let work = try ledger.claim(for: worker, roles: .chunks).work else { continue }
                guard case .chunk(let file, var chunk, of: _) = work else { continue }
                if file.id == 1 {
                    chunk.frames += 1
                    try ledger.checkpoint(chunk, by: worker)
                }
            }
            fixture.kill(worker)
            // Another worker finds them.
            let finder = try fixture.worker(ledger)
            try ledger.retire(finder)
            let file = try ledger.file(2)
            #expect((file.state == .quarantined) == (life >= BatchLedger.mostInterruptions))
        }
        #expect(try ledger.file(1).state == .ready)
        #expect(try ledger.chunks(of: 1)[0].frames == 2 * BatchLedger.mostInterruptions)
        #expect(try ledger.file(2).reason?.contains("25 workers were lost") == true)
        #expect(try ledger.file(2).attempts == 0)
    }

    @Test("whoever joins a file after its joiner died knows what the result was to be") func namedAndDead() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(1)
        try open(fixture, 1)
        let ledger = try fixture.open()
        let dead = try fixture.worker(ledger)
        for _ in 0..<2 { try finish(try ledger.claim(for: dead, roles: .chunks), fixture, by: dead) }
        guard case .join(let file, let chunks) = try #require(try ledger.claim(for: dead, roles: .all).work) else {
            throw UplumaError(.internal, "no joining")
        }
        #expect(file.result == nil && chunks.count == 2 && chunks.allSatisfy { $0.state == .done && $0.hash == "ab" })
        let outcome = LedgerFixture.outcome(file)
        try ledger.aboutToName(file, outcome: outcome, by: dead)
        fixture.kill(dead)
        let heir = try fixture.worker(ledger)
        let work = try #require(try ledger.claim(for: heir, roles: .all).work)
        #expect(work.text == "join 1" && work.file.result == outcome && work.file.state == .ready)
        try ledger.finish(work.file, outcome: outcome, by: heir)
        #expect(try ledger.file(1).state == .done)
        #expect(LedgerFixture.kind { try ledger.finish(file, outcome: outcome, by: dead) } == .tryAgain)
        #expect(try ledger.claim(for: heir, roles: .all) == .nothing)
    }

    @Test("chunks that turn out to be damaged are made again, not for ever") func reopened() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(1)
        try open(fixture, 1)
        let ledger = fixture.ledger
        let worker = try fixture.worker(ledger)
        for _ in 0..<2 { try finish(try ledger.claim(for: worker, roles: .chunks), fixture, by: worker) }
        for attempt in 1...3 {
            let join = try #require(try ledger.claim(for: worker, roles: .join).work)
            let failure = try ledger.reopen([1], of: join.file, reason: "gone", limit: 3, by: worker)
            #expect(failure == (attempt < 3 ? .willRetry(attempt: attempt) : .quarantined))
            #expect(try ledger.totals().frames == (attempt < 3 ? 100 : 0))
            let claim = try ledger.claim(for: worker, roles: .all)
            #expect(claim.text == (attempt < 3 ? "chunk 1.1" : "nothing"))
            if attempt < 3 { try finish(claim, fixture, by: worker) }
        }
    }

    @Test("a file that is to be done again begins under a new id") func redo() throws {
        let fixture = try LedgerFixture()
        try fixture.plan(2)
        try fixture.finishAll()
        #expect(try fixture.ledger.redo(1) == 3)
        let file = try fixture.ledger.file(3)
        #expect(file.state == .listed && file.source == "/films/0.avi" && file.result == nil)
        #expect(try fixture.ledger.totals().files[.done] == 1)
        #expect(LedgerFixture.kind { try fixture.ledger.redo(1) } == .usage)
    }
}
