package import Foundation

/// What a gate tells the time by, and waits with.
package protocol GateClock: Sendable {
    var now: Date { get }
    /// Waits until the condition is signalled, at most so many seconds; called with the condition locked.
    func wait(on condition: NSCondition, seconds: Double)
}

/// The system's.
package struct SystemGateClock: GateClock {
    package init() {}
    package var now: Date { Date() }
    package func wait(on condition: NSCondition, seconds: Double) {
        _ = condition.wait(until: Date(timeIntervalSinceNow: seconds))
    }
}
