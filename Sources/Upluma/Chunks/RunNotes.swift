import Synchronization

/// Remarks of a run that reads the same file several times: each is told and kept once.
final class RunNotes: Sendable {
    private struct State {
        var known: Set<String> = []
        var fresh: [String] = []
    }

    private let state = Mutex(State())
    private let tell: @Sendable (String) -> Void
    /// Remarks kept of one file. A damaged one would have thousands, and its counts say the rest.
    private static let most = 100

    init(tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

    func add(_ note: String) {
        let isNew = state.withLock { state in
            guard state.known.count < Self.most, state.known.insert(note).inserted else { return false }
            state.fresh.append(note)
            return true
        }
        if isNew { tell(note) }
    }

    /// Those that came since it was last asked.
    func take() -> [String] {
        state.withLock { state in
            defer { state.fresh = [] }
            return state.fresh
        }
    }
}
