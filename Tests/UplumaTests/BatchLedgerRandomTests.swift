import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma

/// Random lives of workers, held against a plain model of what a ledger promises.
@Suite struct BatchLedgerRandomTests {
    @Test("no work is given to two, none is lost, and sums are right, whatever workers do", arguments: 1...12)
    func lives(seed: UInt64) throws {
        let fixture = try LedgerFixture()
        var model = LedgerModel(files: 8, seed: seed)
        try fixture.plan(model.files.count)
        let ledgers = [try fixture.open(), try fixture.open()]
        for worker in 0..<4 { model.workers[try fixture.worker(ledgers[worker % 2])] = ledgers[worker % 2] }
        var steps = 0
        while !model.isFinished && steps < 3000 {
            steps += 1
            try model.step(fixture)
        }
        #expect(model.isFinished, "everything comes to an end")
        let totals = try fixture.ledger.totals()
        for state in BatchFileState.allCases {
            #expect(totals.files[state] == model.files.count { $0.state == state })
        }
        let done = model.files.filter { $0.state == .done }
        #expect(totals.frames == done.map { 100 * $0.chunks.count }.reduce(0, +))
        #expect(totals.secondsDone == Double(totals.frames))
        for file in try fixture.files {
            #expect(file.attempts == model.files[Int(file.id) - 1].attempts)
        }
    }

    @Test("threads with two connections finish every piece once") func threads() throws {
        let fixture = try LedgerFixture()
        let count = 30
        try fixture.plan(count)
        let held = Shared<Set<String>>([])
        let finished = Shared<[String: Int]>([:])
        let problems = Shared<[String]>([])
        let ledgers = [try fixture.open(), try fixture.open()]
        DispatchQueue.concurrentPerform(iterations: 4) { number in
            var noise = SeededNoise(seed: UInt64(number))
            let ledger = ledgers[number % 2]
            do {
                var worker = try fixture.worker(ledger)
                while true {
                    let work: BatchWork
                    switch try ledger.claim(for: worker, roles: .all) {
                    case .nothing: return
                    case .wait:
                        usleep(500)
                        continue
                    case .work(let found): work = found
                    }
                    let isNew = held.change { $0.insert(work.text).inserted }
                    if !isNew { problems.change { $0.append("\(work.text) was given to two") } }
                    // From here on it is no longer held in the test's eyes, only in the ledger's.
                    _ = held.change { $0.remove(work.text) }
                    switch Int.random(in: 0..<8, using: &noise) {
                    case 0:
                        fixture.kill(worker)
                        worker = try fixture.worker(ledger)
                    case 1: try ledger.release(work, by: worker)
                    case 2:
                        _ = try ledger.fail(work, by: worker, kind: .inputOutput, message: "no", limit: 1000)
                    default:
                        finished.change { $0[work.text, default: 0] += 1 }
                        try LedgerFixture.perform(
                            work, in: ledger, by: worker, survey: LedgerFixture.survey(chunks: 3), chunks: 3)
                    }
                }
            } catch {
                problems.change { $0.append("\(error)") }
            }
        }
        #expect(problems.value == [])
        #expect(finished.value.count == count * 5)
        #expect(finished.value.values.allSatisfy { $0 == 1 })
        #expect(try fixture.ledger.totals().files[.done] == count)
    }
}

/// What a ledger promises, without a database.
private struct LedgerModel {
    struct File {
        var state = BatchFileState.listed
        /// Whether each is done.
        var chunks: [Bool] = []
        var attempts = 0
        var failures: [Int: Int] = [:]
        let survey: BatchSurvey
    }
    struct Holding {
        let work: BatchWork
        var piece: String { work.text }
    }

    var files: [File]
    /// Living workers and the ledgers they speak to.
    var workers: [String: BatchLedger] = [:]
    private var holdings: [String: Holding] = [:]
    private var noise: SeededNoise
    private static let limit = 3

    init(files count: Int, seed: UInt64) {
        var noise = SeededNoise(seed: seed)
        files = (0..<count).map { _ in
            File(
                survey: LedgerFixture.survey(
                    chunks: Int.random(in: 1...4, using: &noise), memory: Int64.random(in: 1...50, using: &noise),
                    isSequential: Bool.random(using: &noise)))
        }
        self.noise = noise
    }

    var isFinished: Bool { files.allSatisfy(\.state.isFinal) && holdings.isEmpty }

    /// Pieces that a worker may get.
    private func available(to worker: String, _ roles: BatchRoles, _ budget: Int64?) -> Set<String> {
        let others = holdings.filter { $0.key != worker }
        let held = Set(others.map(\.value.piece))
        let used = others.map { memory(of: Int($0.value.work.file.id)) }.reduce(0, +)
        var pieces: Set<String> = []
        for (index, file) in files.enumerated() {
            let id = index + 1
            let isHeld = others.contains { $0.value.work.file.id == Int64(id) }
            let fits = budget.map { others.isEmpty || used + file.survey.memoryBytes <= $0 } ?? true
            if file.state == .listed && roles.contains(.survey) && !isHeld { pieces.insert("survey \(id)") }
            guard file.state == .ready, fits else { continue }
            let waiting = file.chunks.indices.filter { !file.chunks[$0] }
            if waiting.isEmpty && !isHeld && roles.contains(.join) { pieces.insert("join \(id)") }
            guard roles.contains(.chunks), !(file.survey.isSequential && isHeld) else { continue }
            let open = file.survey.isSequential ? Array(waiting.prefix(1)) : waiting
            pieces.formUnion(open.map { "chunk \(id).\($0)" }.filter { !held.contains($0) })
        }
        return pieces
    }

    /// A file counts from its survey on.
    private func memory(of id: Int) -> Int64 { files[id - 1].chunks.isEmpty ? 0 : files[id - 1].survey.memoryBytes }

    /// One random worker does one random thing.
    mutating func step(_ fixture: LedgerFixture) throws {
        guard let worker = workers.keys.sorted().randomElement(using: &noise), let ledger = workers[worker] else {
            return
        }
        guard let holding = holdings[worker] else { return try claim(worker, ledger) }
        let work = holding.work
        switch Int.random(in: 0..<10, using: &noise) {
        case 0:
            fixture.kill(worker)
            (holdings[worker], workers[worker]) = (nil, nil)
            workers[try fixture.worker(ledger)] = ledger
        case 1:
            try ledger.release(work, by: worker)
            holdings[worker] = nil
        case 2: try fail(work, worker, ledger)
        case 3: try checkpoint(work, worker, ledger)
        default:
            let survey = files[Int(work.file.id) - 1].survey
            let count = Int(survey.seconds ?? 0) / 100
            try LedgerFixture.perform(work, in: ledger, by: worker, survey: survey, chunks: count)
            holdings[worker] = nil
            finish(work, chunks: count)
        }
        let held = try ledger.holdings().filter { workers[$0.worker] != nil }
        #expect(Set(held.map(\.worker)) == Set(holdings.keys))
    }

    private mutating func claim(_ worker: String, _ ledger: BatchLedger) throws {
        let roles = [BatchRoles.all, .all, .survey, .chunks, .join].randomElement(using: &noise) ?? .all
        let budget = Bool.random(using: &noise) ? nil : Int64.random(in: 1...150, using: &noise)
        let available = available(to: worker, roles, budget)
        switch try ledger.claim(for: worker, roles: roles, memoryBudget: budget) {
        case .work(let work):
            #expect(available.contains(work.text), "\(work.text) is not free")
            holdings[worker] = Holding(work: work)
        case .wait:
            #expect(available.isEmpty)
            #expect(!holdings.isEmpty, "there is somebody to wait for")
        case .nothing:
            #expect(available.isEmpty)
            if roles == .all { #expect(files.allSatisfy { $0.state.isFinal }) }
        }
    }

    private mutating func fail(_ work: BatchWork, _ worker: String, _ ledger: BatchLedger) throws {
        let failure = try ledger.fail(
            work, by: worker, kind: .inputOutput, message: "no", limit: Self.limit)
        holdings[worker] = nil
        let (index, piece) = (Int(work.file.id) - 1, work.chunkNumber)
        files[index].attempts += 1
        files[index].failures[piece, default: 0] += 1
        let count = files[index].failures[piece] ?? 0
        if count >= Self.limit { files[index].state = .quarantined }
        let isAside = files[index].state == .quarantined
        #expect(failure == (isAside ? .quarantined : .willRetry(attempt: count)))
    }

    private mutating func checkpoint(_ work: BatchWork, _ worker: String, _ ledger: BatchLedger) throws {
        guard case .chunk(_, var chunk, of: _) = work else { return }
        chunk.frames = Int.random(in: 0...99, using: &noise)
        try ledger.checkpoint(chunk, by: worker)
        #expect(try ledger.chunks(of: chunk.file)[chunk.number].frames == chunk.frames)
    }

    private mutating func finish(_ work: BatchWork, chunks count: Int) {
        let index = Int(work.file.id) - 1
        switch work {
        case .survey:
            files[index].chunks = Array(repeating: false, count: count)
            files[index].failures[LedgerSchema.wholeFile] = nil
            if files[index].state == .listed { files[index].state = .ready }
        case .chunk(_, let chunk, of: _):
            #expect(!files[index].chunks[chunk.number], "a chunk is finished once")
            files[index].chunks[chunk.number] = true
        case .join:
            #expect(files[index].state != .done, "a file is joined once")
            files[index].state = .done
        }
    }
}
