import Synchronization

/// Checks that calls on an FFmpeg handle never overlap: what lets a handle move between queues.
///
/// An FFmpeg context may be used by any thread, one at a time. The classes that own one are sendable because every call
/// runs inside `callAsFunction`, which traps when another call is still inside; entering and leaving also orders memory
/// between the threads.
final class ExclusiveUse: Sendable {
    private let busy = Atomic(false)
    private let owner: StaticString

    init(_ owner: StaticString) { self.owner = owner }

    func callAsFunction<Result>(_ body: () throws -> Result) rethrows -> Result {
        let (entered, _) = busy.compareExchange(expected: false, desired: true, ordering: .acquiring)
        precondition(entered, "\(owner) is used by two callers at once; confine it to one serial queue")
        defer { busy.store(false, ordering: .releasing) }
        return try body()
    }
}
