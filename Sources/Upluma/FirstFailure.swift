import Synchronization

/// Brings the first error of several threads that work on one thing back to whoever waits for them.
final class FirstFailure: Sendable {
    private let error = Mutex<(any Error)?>(nil)

    func catching(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            self.error.withLock { $0 = $0 ?? error }
        }
    }

    /// Throws what was caught, if anything was.
    func rethrow() throws {
        if let error = error.withLock({ $0 }) { throw error }
    }
}
