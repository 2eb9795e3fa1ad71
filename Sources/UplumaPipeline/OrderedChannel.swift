import Foundation

/// A bounded queue that many workers fill in any order and one consumer empties in the order of the numbers.
///
/// A worker whose element is too far ahead of the one that is due waits; the worker that holds the due element never
/// does, so the channel cannot lock up.
///
/// Thread safety: as `Channel`, everything is guarded by one condition lock.
package final class OrderedChannel<Element: Sendable>: Closable, @unchecked Sendable {
    private let condition = NSCondition()
    private var buffer: ReorderBuffer<Element>
    private var isFinished = false
    private var isClosed = false

    /// - Parameter window: how many elements, from the due one on, may be waiting here.
    package init(window: Int) {
        buffer = ReorderBuffer(window: window)
    }

    /// Hands in element `number`, waiting while it is too far ahead.
    ///
    /// - Throws: `ChannelClosed` when the run was stopped.
    package func send(_ element: Element, number: Int) throws {
        condition.lock()
        defer { condition.unlock() }
        while !isClosed && !buffer.admits(number) { condition.wait() }
        if isClosed { throw ChannelClosed() }
        buffer.insert(element, number: number)
        condition.broadcast()
    }

    /// The next element in order, waiting for it; nil when the workers have finished and all is delivered.
    ///
    /// - Throws: `ChannelClosed` when the run was stopped.
    package func receive() throws -> Element? {
        condition.lock()
        defer { condition.unlock() }
        while true {
            if isClosed { throw ChannelClosed() }
            if let element = buffer.popNext() {
                condition.broadcast()
                return element
            }
            if isFinished {
                precondition(buffer.isEmpty, "the workers finished with number \(buffer.next) missing")
                return nil
            }
            condition.wait()
        }
    }

    /// Says that every worker has handed in its last element.
    package func finish() {
        condition.lock()
        defer { condition.unlock() }
        isFinished = true
        condition.broadcast()
    }

    package func close() {
        condition.lock()
        let dropped = buffer
        buffer = ReorderBuffer(window: buffer.window)
        isClosed = true
        condition.broadcast()
        condition.unlock()
        _ = dropped
    }
}
