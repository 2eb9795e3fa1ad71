import Foundation
import Synchronization
import Testing
import UplumaTestSupport

@testable import Upluma

/// Workers that wait: nothing here takes time but the test of the system's clock.
@Suite struct BatchGateTests {
    /// A clock that goes on when it is waited for, and then does what a test wants.
    private final class Clock: GateClock {
        private let time = Mutex(Date(timeIntervalSince1970: 1_000_000_000))
        let waits = Mutex<[Double]>([])
        let afterWait = Mutex<(@Sendable (Int) -> Void)?>(nil)

        var now: Date { time.withLock { $0 } }
        func advance(_ seconds: Double) { time.withLock { $0 += seconds } }

        func wait(on condition: NSCondition, seconds: Double) {
            condition.unlock()
            advance(seconds)
            let count = waits.withLock { waits in
                waits.append(seconds)
                return waits.count
            }
            afterWait.withLock { $0 }?(count)
            condition.lock()
        }
    }

    private final class Reports: Sendable {
        let states = Mutex<[BatchGate.State]>([])
        func add(_ state: BatchGate.State) { states.withLock { $0.append(state) } }
        var all: [BatchGate.State] { states.withLock { $0 } }
    }

    private let folder: TemporaryDirectory
    private let layout: BatchLayout
    private let clock = Clock()
    private let reports = Reports()
    private let greenwich = TimeZone(secondsFromGMT: 0)

    init() throws {
        folder = try TemporaryDirectory()
        layout = BatchLayout(root: folder.path, isArchive: false)
        try FileManager.default.createDirectory(atPath: layout.state, withIntermediateDirectories: true)
    }

    private func gate(hours: String? = nil) throws -> BatchGate {
        let reports = reports
        return BatchGate(
            PauseMark(layout), hours: try hours.map { try WorkingHours([$0]) }, zone: try #require(greenwich),
            clock: clock
        ) { reports.add($0) }
    }

    @Test("an open gate lets through and says nothing")
    func open() throws {
        let gate = try gate()
        for _ in 0..<3 { #expect(gate.pass()) }
        #expect(reports.all.isEmpty && clock.waits.withLock { $0.isEmpty })
    }

    @Test("a paused gate waits until the mark is gone, and tells both once")
    func paused() throws {
        let (gate, mark) = (try gate(), PauseMark(layout))
        #expect(gate.pass() && !mark.isPaused)
        try mark.set()
        try mark.set()
        #expect(mark.isPaused)
        // The last answer is good for a tenth of a second.
        #expect(gate.pass() && reports.all.isEmpty)
        clock.advance(1)
        clock.afterWait.withLock { $0 = { count in if count == 5 { _ = try? mark.remove() } } }
        #expect(gate.pass())
        #expect(reports.all == [.paused, .open])
        #expect(clock.waits.withLock { $0 } == Array(repeating: BatchGate.interval, count: 5))
        #expect(try !mark.remove())
    }

    @Test("outside of the hours it waits for the next, and tells until when")
    func hours() throws {
        // 2001-09-09 01:46:40 in Greenwich.
        let gate = try gate(hours: "02:00-03:00")
        #expect(gate.pass())
        let opening = Date(timeIntervalSince1970: 1_000_000_800)
        #expect(reports.all == [.closed(until: opening), .open] && clock.now == opening)
        #expect(clock.waits.withLock { $0.max() ?? 0 } <= BatchGate.longestWait)
        clock.advance(3599.95)
        #expect(gate.pass())
        clock.advance(1)
        #expect(gate.pass())
        #expect(reports.all.count == 4 && reports.all.last == .open)
        #expect(clock.now == opening.addingTimeInterval(86400))
    }

    @Test("a clock that was put back makes no answer last longer")
    func clockPutBack() throws {
        let gate = try gate(hours: "01:00-02:00")
        #expect(gate.pass())
        clock.advance(-3600)
        clock.afterWait.withLock { $0 = { _ in gate.cancel() } }
        #expect(!gate.pass() && reports.all == [.closed(until: Date(timeIntervalSince1970: 999_997_200))])
    }

    @Test("cancelling lets nobody through, waiting or not")
    func cancelled() throws {
        let gate = try gate()
        try PauseMark(layout).set()
        clock.afterWait.withLock { $0 = { _ in gate.cancel() } }
        #expect(!gate.pass() && !gate.pass())
        #expect(clock.waits.withLock { $0.count } == 1)
    }

    @Test("a thread that waits for the system's clock wakes when it is cancelled", .timeLimit(.minutes(5)))
    func woken() async throws {
        let mark = PauseMark(layout)
        try mark.set()
        let told = AsyncStream<BatchGate.State>.makeStream()
        let gate = BatchGate(mark, hours: nil) { told.continuation.yield($0) }
        let passed = Task.detached { gate.pass() }
        for await state in told.stream {
            #expect(state == .paused)
            break
        }
        gate.cancel()
        #expect(await !passed.value)
    }

    @Test("a mark needs a batch")
    func noBatch() {
        let mark = PauseMark(BatchLayout(root: folder.file("none"), isArchive: false))
        let error = #expect(throws: UplumaError.self) { try mark.set() }
        #expect(error?.kind == .noInput && error?.message.contains(folder.file("none")) == true && !mark.isPaused)
    }
}
