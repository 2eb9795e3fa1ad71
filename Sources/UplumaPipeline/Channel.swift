import DequeModule
import Foundation

/// A bounded first-in, first-out queue between two stages: `send` waits while it is full, `receive` while it is empty.
///
/// Thread safety: any thread may send and receive; the queue and its state are guarded by one condition lock, and
/// nothing else touches them. That is what makes the class sendable.
package final class Channel<Element: Sendable>: Closable, @unchecked Sendable {
    package let capacity: Int

    private let condition = NSCondition()
    private var elements = Deque<Element>()
    private var state = State.open

    private enum State {
        case open
        /// No more will be sent; what is queued is still delivered.
        case finished
        /// The run is over: waiting and later calls throw `ChannelClosed`.
        case closed
    }

    package init(capacity: Int) {
        precondition(capacity > 0, "a channel of capacity 0 never moves")
        self.capacity = capacity
        elements.reserveCapacity(capacity)
    }

    /// Appends an element, waiting while the channel is full.
    ///
    /// - Throws: `ChannelClosed` when the run was stopped.
    package func send(_ element: Element) throws {
        condition.lock()
        defer { condition.unlock() }
        while state == .open && elements.count >= capacity { condition.wait() }
        if state == .closed { throw ChannelClosed() }
        precondition(state == .open, "sent after finish()")
        elements.append(element)
        condition.broadcast()
    }

    /// The oldest element, waiting for one; nil once the sender has finished and all is delivered.
    ///
    /// - Throws: `ChannelClosed` when the run was stopped.
    package func receive() throws -> Element? {
        condition.lock()
        defer { condition.unlock() }
        while state == .open && elements.isEmpty { condition.wait() }
        if state == .closed { throw ChannelClosed() }
        guard let element = elements.popFirst() else { return nil }
        condition.broadcast()
        return element
    }

    /// Says that nothing more will be sent. Does nothing on a closed channel.
    package func finish() {
        condition.lock()
        defer { condition.unlock() }
        if state == .open { state = .finished }
        condition.broadcast()
    }

    /// Stops the channel at once: its elements are dropped, everybody who waits wakes with `ChannelClosed`.
    package func close() {
        condition.lock()
        let dropped = elements
        elements = []
        state = .closed
        condition.broadcast()
        condition.unlock()
        // Elements may own frames whose release takes other locks: they go after this one is free.
        _ = dropped
    }
}

/// Thrown by channels of a run that was stopped: the stage that sees it has nothing to report, only to end.
package struct ChannelClosed: Error {
    package init() {}
}

/// What a stage group can stop from outside.
package protocol Closable: Sendable {
    func close()
}
