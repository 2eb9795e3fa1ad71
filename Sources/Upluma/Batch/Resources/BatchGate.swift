package import Foundation

/// Where workers wait while a batch is paused, or outside of the hours they may work in; asked before each frame.
///
/// Any thread may ask and cancel. State is guarded by the condition's lock, which is why the class may call itself
/// sendable.
package final class BatchGate: @unchecked Sendable {
    package enum State: Sendable, Equatable {
        case open
        case paused
        /// Outside of the hours; until when, where that can be told.
        case closed(until: Date?)
    }

    /// Seconds for which an answer is good: a worker may ask for each of hundreds of frames a second.
    static let interval = 0.1
    /// Seconds after which the clock is looked at again, which may have been set meanwhile.
    static let longestWait = 30.0

    private let mark: PauseMark
    private let hours: WorkingHours?
    private let zone: TimeZone
    private let clock: any GateClock
    private let report: @Sendable (State) -> Void
    private let condition = NSCondition()
    private var state = State.open
    private var lastLook: Date?
    private var isCancelled = false

    /// - Parameters:
    ///   - mark: that pauses the batch.
    ///   - hours: in which work may be done; nil is always.
    ///   - zone: of the hours.
    ///   - report: called when the state changes, on the thread that noticed; must not ask the gate.
    package init(
        _ mark: PauseMark, hours: WorkingHours?, zone: TimeZone = .current, clock: any GateClock = SystemGateClock(),
        report: @escaping @Sendable (State) -> Void
    ) {
        (self.mark, self.hours, self.zone, self.clock, self.report) = (mark, hours, zone, clock, report)
    }

    /// Returns when work may be done.
    ///
    /// - Returns: false when it was cancelled instead.
    package func pass() -> Bool {
        condition.lock()
        defer { condition.unlock() }
        while !isCancelled {
            let now = clock.now
            look(now)
            switch state {
            case .open: return true
            case .paused: clock.wait(on: condition, seconds: Self.interval)
            case .closed(let until):
                let seconds = until.map { $0.timeIntervalSince(now) } ?? Self.longestWait
                clock.wait(on: condition, seconds: min(max(seconds, Self.interval), Self.longestWait))
            }
        }
        return false
    }

    /// Wakes all that wait, and lets nobody through any more.
    package func cancel() {
        condition.lock()
        isCancelled = true
        condition.broadcast()
        condition.unlock()
    }

    private func look(_ now: Date) {
        // An open gate only: whoever waits has waited. A clock put back makes the answer old.
        if state == .open, let lastLook, (0..<Self.interval).contains(now.timeIntervalSince(lastLook)) { return }
        lastLook = now
        var seen = State.open
        if mark.isPaused {
            seen = .paused
        } else if let hours, !hours.isOpen(at: now, in: zone) {
            seen = .closed(until: hours.nextOpening(after: now, in: zone))
        }
        guard seen != state else { return }
        state = seen
        report(seen)
    }
}
