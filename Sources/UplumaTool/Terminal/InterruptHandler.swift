import Dispatch
import Foundation
import Synchronization

/// Turns SIGINT, SIGTERM and SIGHUP into a call, once; a second one ends the process at once.
///
/// The sources run on a queue of their own; the count is under a lock.
final class InterruptHandler {
    private static let signals = [SIGINT, SIGTERM, SIGHUP]

    private let sources: [any DispatchSourceSignal]

    /// - Parameters:
    ///   - onFirst: called on the first signal; runs on the handler's queue.
    ///   - onSecond: called on the second one, right before the process ends.
    init(
        exitStatus: Int32, onFirst: @escaping @Sendable () -> Void, onSecond: @escaping @Sendable () -> Void = {}
    ) {
        let seen = SignalCount()
        let queue = DispatchQueue(label: "upluma.signals")
        // A signal that is ignored already (nohup, a background job) stays ignored.
        let heeded = InterruptHandler.signals.filter { number in
            var action = sigaction()
            return sigaction(number, nil, &action) != 0 || !InterruptHandler.ignores(action)
        }
        sources = heeded.map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
            source.setEventHandler {
                if seen.increment() == 1 { return onFirst() }
                onSecond()
                _exit(exitStatus)
            }
            source.resume()
            return source
        }
    }

    private static func ignores(_ action: sigaction) -> Bool {
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    private final class SignalCount: Sendable {
        private let count = Mutex(0)
        func increment() -> Int {
            count.withLock {
                $0 += 1
                return $0
            }
        }
    }
}
