import Foundation
import Synchronization
import UplumaMedia
import UplumaPipeline

/// Takes work out of a ledger, one piece after the other, until there is none.
///
/// Thread safety: `run` is called once; `finish` and `stop` may be called from any thread at any time.
package final class BatchWorker: Sendable {
    private struct State {
        var isFinishing = false
        var isStopped = false
        var stages: StageGroup?
    }

    /// Whether the gate is closed, for those who may not ask it.
    private final class Closure: Sendable {
        let isClosed = Mutex(false)
    }

    private let settings: WorkerSettings
    private let tell: @Sendable (WorkerMessage) -> Void
    private let state = Mutex(State())
    private let gate: BatchGate
    private let closure: Closure
    private let meter: WorkerMeter

    /// - Parameter tell: receives messages from any thread, one at a time.
    package init(_ settings: WorkerSettings, tell: @escaping @Sendable (WorkerMessage) -> Void) throws {
        self.settings = settings
        let lock = NSLock()
        let serial: @Sendable (WorkerMessage) -> Void = { message in lock.withLock { tell(message) } }
        self.tell = serial
        let meter = WorkerMeter(number: settings.number, tell: serial)
        self.meter = meter
        let closure = Closure()
        self.closure = closure
        let layout = try BatchLayout.opened(settings.folder).layout
        gate = BatchGate(PauseMark(layout), hours: settings.hours) { state in
            closure.isClosed.withLock { $0 = state != .open }
            meter.pause(state != .open)
        }
    }

    /// Ends behind the segment in hand; at once while it is paused, since that segment's end may be hours away.
    package func finish() {
        state.withLock { $0.isFinishing = true }
        if closure.isClosed.withLock({ $0 }) { stop() }
    }

    /// Ends at once; what is on the disk stays.
    package func stop() {
        let stages = state.withLock {
            ($0.isFinishing, $0.isStopped) = (true, true)
            return $0.stages
        }
        gate.cancel()
        stages?.stop(UplumaError(.interrupted, "Interrupted."))
    }

    private var isFinishing: Bool { state.withLock { $0.isFinishing } }
    private var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Seconds between two questions for work where others hold what is left.
    private static let patience = 0.25

    /// Works.
    ///
    /// - Throws: `UplumaError` when the ledger cannot be used, or `inputOutput` when the disk is full; what fails about a file
    ///   is the ledger's.
    package func run() throws {
        let (layout, ledger) = try BatchLayout.opened(settings.folder)
        let lock = try WorkerLock(path: layout.workerLock(settings.id))
        defer { withExtendedLifetime(lock) {} }
        guard let fingerprint = try ledger.optionsFingerprint() else { throw LedgerFailure.noBatch(layout.ledger) }
        try ledger.enroll(settings.id, options: fingerprint)
        let bench = try WorkBench(
            settings, layout, ledger,
            WorkBench.Hooks(
                gate: { [self] in
                    guard gate.pass() else { throw UplumaError(.interrupted, "Interrupted.") }
                },
                isToFinish: { [self] in isFinishing }, isCancelled: { [self] in isStopped },
                willStart: { [self] stages in
                    let isStopped = state.withLock {
                        $0.stages = stages
                        return $0.isStopped
                    }
                    if isStopped { stages?.stop(UplumaError(.interrupted, "Interrupted.")) }
                }, tell: tell, meter: meter))
        defer { try? ledger.retire(settings.id) }
        var last: (file: Int64, chunk: Int)?
        while !isFinishing {
            // Paused workers may be told to end, so the gate is not waited at for ever.
            switch try claim(ledger, bench, last) {
            case .nothing: return
            case .wait:
                meter.show(.waiting)
                Thread.sleep(forTimeInterval: Self.patience)
            case .work(let work):
                last = nil
                if case .chunk(let file, let chunk, of: _) = work { last = (file.id, chunk.number) }
                try bench.work(on: work)
            }
        }
    }

    private func claim(
        _ ledger: BatchLedger, _ bench: WorkBench, _ last: (file: Int64, chunk: Int)?
    ) throws -> Claim {
        guard gate.pass() else { return .nothing }
        return try ledger.claim(
            for: settings.id, roles: BatchRoles(rawValue: settings.roles), continuing: last,
            memoryBudget: settings.memoryBytes, accepts: { !bench.rejected.contains($0) })
    }
}
