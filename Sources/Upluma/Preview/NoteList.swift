import Synchronization

/// Remarks, each once, in the order they came in.
///
/// Thread safety: behind a lock.
final class NoteList: Sendable {
    private let texts = Mutex<[String]>([])

    var all: [String] { texts.withLock { $0 } }

    func add(_ text: String) { texts.withLock { if !$0.contains(text) { $0.append(text) } } }
}
