import Dispatch
import Synchronization

/// The stages of one run, each on Dispatch queues of its own, joined by channels.
///
/// The first error of any stage stops all of them: every channel closes, so whoever waits wakes up and ends, and `run`
/// throws that first error once all stages have returned. `stop` does the same from outside (Ctrl-C, a full disk).
///
/// Thread safety: the outcome is guarded by a lock; stages and channels are added before `run` by the thread that calls
/// it.
package final class StageGroup: Sendable {
    private struct Stage: Sendable {
        let name: String
        let workers: Int
        let body: @Sendable (_ worker: Int) throws -> Void
        let completion: @Sendable () -> Void
    }

    private struct State: Sendable {
        var stages: [Stage] = []
        var channels: [any Closable] = []
        var firstError: (any Error)?
        var isStopped = false
    }

    private let name: String
    private let state = Mutex(State())

    /// - Parameter name: prefix of the queues' labels, for debuggers.
    package init(name: String) {
        self.name = name
    }

    /// Makes a channel that closes when the run stops.
    package func channel<Element>(of: Element.Type, capacity: Int) -> Channel<Element> {
        register(Channel(capacity: capacity))
    }

    /// Makes an ordered channel that closes when the run stops.
    package func orderedChannel<Element>(of: Element.Type, window: Int) -> OrderedChannel<Element> {
        register(OrderedChannel(window: window))
    }

    private func register<C: Closable>(_ channel: C) -> C {
        state.withLock { $0.channels.append(channel) }
        return channel
    }

    /// Adds a stage.
    ///
    /// - Parameters:
    ///   - workers: how many threads run `body`, each with its own number from 0.
    ///   - body: runs once on each worker; it loops over its channels and returns when they are at their end.
    ///   - completion: runs once after the last worker returned without an error, on that worker's queue; finishes the
    ///     channels that the stage fills.
    package func addStage(
        _ name: String, workers: Int = 1, body: @escaping @Sendable (_ worker: Int) throws -> Void,
        completion: @escaping @Sendable () -> Void = {}
    ) {
        precondition(workers > 0, "a stage needs a worker")
        state.withLock { $0.stages.append(Stage(name: name, workers: workers, body: body, completion: completion)) }
    }

    /// Whether the run was stopped by an error or from outside; long loops that touch no channel ask now and then.
    package var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Stops every stage; `run` throws `error` unless another came first.
    package func stop(_ error: any Error) {
        let channels: [any Closable] = state.withLock {
            if $0.firstError == nil { $0.firstError = error }
            guard !$0.isStopped else { return [] }
            $0.isStopped = true
            return $0.channels
        }
        channels.forEach { $0.close() }
    }

    /// Runs all stages to their end and returns when the last thread has left them.
    ///
    /// - Throws: the first error of any stage, or the one given to `stop`.
    package func run() throws {
        let stages = state.withLock { $0.stages }
        let done = DispatchGroup()
        for stage in stages {
            let remaining = Mutex(stage.workers)
            let countdown: @Sendable () -> Bool = {
                remaining.withLock {
                    $0 -= 1
                    return $0 == 0
                }
            }
            for worker in 0..<stage.workers {
                let queue = DispatchQueue(label: "\(name).\(stage.name).\(worker)")
                queue.async(group: done) { [self] in
                    do {
                        try stage.body(worker)
                        if countdown() && !isStopped { stage.completion() }
                    } catch is ChannelClosed {
                        // Somebody else's error closed the channels and is the one to report.
                    } catch {
                        stop(error)
                    }
                }
            }
        }
        done.wait()
        if let error = state.withLock({ $0.firstError }) { throw error }
    }
}
