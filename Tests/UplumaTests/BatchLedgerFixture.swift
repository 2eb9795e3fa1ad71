import Foundation
import Synchronization
import UplumaTestSupport

@testable import Upluma

/// A ledger in a folder of its own, and workers that live as long as a test says.
final class LedgerFixture: Sendable {
    static let options = "options-1"
    let folder: TemporaryDirectory
    let path: String
    let ledger: BatchLedger
    private let alive = Mutex<Set<String>>([])
    private let named = Mutex(0)

    init() throws {
        folder = try TemporaryDirectory()
        path = folder.file("ledger.sqlite")
        ledger = try BatchLedger(path: path, create: true) { _ in true }
    }

    /// The same ledger through another connection, whose workers die by `kill`.
    func open() throws -> BatchLedger {
        try BatchLedger(path: path, create: false) { [self] worker in alive.withLock { $0.contains(worker) } }
    }

    /// An enrolled worker with a name of its own.
    func worker(_ ledger: BatchLedger, options: String = LedgerFixture.options) throws -> String {
        let number = named.withLock {
            $0 += 1
            return $0
        }
        let worker = "worker-\(number)"
        _ = alive.withLock { $0.insert(worker) }
        try ledger.enroll(worker, options: options)
        return worker
    }

    func kill(_ worker: String) { _ = alive.withLock { $0.remove(worker) } }

    /// Plans films 0..<count: film `n` has `n` more than a thousand bytes.
    @discardableResult func plan(
        _ count: Int, options: String = LedgerFixture.options, retriesQuarantined: Bool = false
    ) throws -> BatchMerge {
        try ledger.merge(
            (0..<count).map { Self.film($0) }, options: options, retriesQuarantined: retriesQuarantined,
            exists: { _ in true })
    }

    static func film(_ number: Int, changed: Int64 = 7) -> Listed {
        Listed(
            source: "/films/\(number).avi", output: "\(number).mkv", bytes: 1000 + Int64(number), changed: changed)
    }

    /// A hundred frames and a hundred seconds a chunk, so that sums are whole numbers.
    static func survey(chunks: Int, memory: Int64 = 0, isSequential: Bool = false, execution: [String] = ["a"])
        -> BatchSurvey
    {
        BatchSurvey(
            codec: "mpeg4", width: 320, height: 240, targetWidth: 640, targetHeight: 480,
            seconds: Double(100 * chunks), frames: 100 * chunks, memoryBytes: memory, isSequential: isSequential,
            execution: execution, assumptions: ["taken for BT.601"])
    }

    static func chunks(_ count: Int) -> [BatchChunk] {
        (0..<count).map {
            BatchChunk(
                file: 0, number: $0, start: $0 == 0 ? nil : Int64($0), end: $0 == count - 1 ? nil : Int64($0 + 1))
        }
    }

    static func outcome(_ file: BatchFile) -> BatchOutcome {
        BatchOutcome(
            frames: file.survey?.frames ?? 0, outputBytes: 10 * file.sourceBytes, hash: "00ff", seconds: 2,
            warnings: ["a loss"], finished: Date(timeIntervalSince1970: 1_234_567.25))
    }

    /// What a worker makes of its work, all well.
    static func perform(
        _ work: BatchWork, in ledger: BatchLedger, by worker: String, survey: BatchSurvey, chunks count: Int
    ) throws {
        switch work {
        case .survey(let file):
            try ledger.finish(survey: survey, chunks: chunks(count), of: file, by: worker)
        case .chunk(_, var chunk, of: _):
            (chunk.frames, chunk.bytes, chunk.hash, chunk.seconds) = (100, 5000, "ab", 0.5)
            try ledger.finish(chunk, by: worker)
        case .join(let file, _):
            try ledger.aboutToName(file, outcome: outcome(file), by: worker)
            try ledger.finish(file, outcome: outcome(file), by: worker)
        }
    }

    /// Takes everything through its stages until nothing is left.
    func finishAll(survey: BatchSurvey = LedgerFixture.survey(chunks: 2), chunks: Int = 2) throws {
        let worker = try worker(ledger)
        while case .work(let work) = try ledger.claim(for: worker, roles: .all) {
            try Self.perform(work, in: ledger, by: worker, survey: survey, chunks: chunks)
        }
        try ledger.retire(worker)
    }

    var files: [BatchFile] {
        get throws {
            var files: [BatchFile] = []
            try ledger.forEachFile { files.append($0) }
            return files
        }
    }

    static func kind(_ body: () throws -> Void) -> FailureKind? {
        do {
            try body()
            return nil
        } catch {
            return (error as? UplumaError)?.kind
        }
    }
}

extension Claim {
    var work: BatchWork? { if case .work(let work) = self { work } else { nil } }
    /// "survey 3", "chunk 3.0", "join 3", "wait", "nothing".
    var text: String {
        switch self {
        case .work(let work): work.text
        case .wait: "wait"
        case .nothing: "nothing"
        }
    }
}

extension BatchWork {
    var text: String {
        switch self {
        case .survey(let file): "survey \(file.id)"
        case .chunk(let file, let chunk, of: _): "chunk \(file.id).\(chunk.number)"
        case .join(let file, _): "join \(file.id)"
        }
    }
}

/// A value that threads of a test share.
final class Shared<Value: Sendable>: Sendable {
    private let state: Mutex<Value>
    init(_ value: Value) { state = Mutex(value) }
    var value: Value { state.withLock { $0 } }
    @discardableResult func change<T: Sendable>(_ body: (inout Value) throws -> T) rethrows -> T {
        try state.withLock { try body(&$0) }
    }
}
