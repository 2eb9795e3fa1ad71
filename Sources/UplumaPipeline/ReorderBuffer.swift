/// Puts elements that arrive in any order back in the order of their numbers: the pure part of `OrderedChannel`.
///
/// Numbers start at 0 and leave no gap. At most `window` elements may be ahead of the one that is due, so the buffer is
/// bounded however slow a single worker is.
package struct ReorderBuffer<Element> {
    package let window: Int
    /// The number that leaves next.
    package private(set) var next = 0
    private var slots: [Element?]

    package init(window: Int) {
        precondition(window > 0, "a window of 0 admits nothing")
        self.window = window
        slots = Array(repeating: nil, count: window)
    }

    /// Whether element `number` may enter now, or its sender must wait.
    package func admits(_ number: Int) -> Bool { number < next + window }

    /// Takes in element `number`, which must be admitted and new.
    package mutating func insert(_ element: Element, number: Int) {
        precondition(number >= next && admits(number), "number \(number) is outside \(next)..<\(next + window)")
        precondition(slots[number % window] == nil, "number \(number) came twice")
        slots[number % window] = element
    }

    /// The element that is due, if it has come.
    package mutating func popNext() -> Element? {
        guard let element = slots[next % window] else { return nil }
        slots[next % window] = nil
        next += 1
        return element
    }

    package var isEmpty: Bool { slots.allSatisfy { $0 == nil } }
}
