import Foundation
import Synchronization

/// What a worker does at the moment, told a few times a second.
///
/// Thread safety: under one lock.
package final class WorkerMeter: Sendable {
    private struct State {
        var progress: WorkerProgress
        var isPaused = false
        /// Frames made since the worker began.
        var frames = 0
        var meter: ProgressMeter?
        var lastTold = -Double.infinity
        var lastFrame: Int?
    }

    private let state: Mutex<State>
    private let tell: @Sendable (WorkerMessage) -> Void
    private static let interval = 0.25

    init(number: Int, tell: @escaping @Sendable (WorkerMessage) -> Void) {
        state = Mutex(State(progress: WorkerProgress(number: number, activity: .waiting)))
        self.tell = tell
    }

    private static var now: Double { ProcessInfo.processInfo.systemUptime }

    /// Another activity begins.
    func show(
        _ activity: WorkerProgress.Activity, file: String? = nil, chunk: Int? = nil, chunks: Int? = nil,
        frames: Int? = nil
    ) {
        update(isForced: true) { state in
            var progress = WorkerProgress(number: state.progress.number, activity: activity)
            (progress.file, progress.chunk, progress.chunks, progress.frames) = (file, chunk, chunks, frames)
            let isSame = progress.activity == .waiting && state.progress == progress
            state.progress = progress
            state.meter = ProgressMeter(frames: frames, startingAt: Self.now)
            state.lastFrame = nil
            return !isSame
        }
    }

    /// Frames of the activity so far; those of chunks count as made.
    func advance(to frame: Int, isMade: Bool) {
        update(isForced: false) { state in
            if isMade { state.frames += max(0, frame - (state.lastFrame ?? frame)) }
            state.lastFrame = frame
            state.progress.frame = frame
            state.progress.fps = state.meter?.update(frame: frame, outputBytes: 0, at: Self.now).fps
            return true
        }
    }

    /// Where an activity goes on from, which nobody made now.
    func begin(at frame: Int) {
        update(isForced: true) { state in
            state.lastFrame = frame
            state.progress.frame = frame
            return true
        }
    }

    func pause(_ isPaused: Bool) {
        update(isForced: true) { state in
            state.isPaused = isPaused
            return true
        }
    }

    private func update(isForced: Bool, _ change: (inout State) -> Bool) {
        let message: WorkerMessage? = state.withLock { state in
            guard change(&state), isForced || Self.now - state.lastTold >= Self.interval else { return nil }
            state.lastTold = Self.now
            var progress = state.progress
            if state.isPaused { progress.activity = .paused }
            return .progress(progress, frames: state.frames)
        }
        if let message { tell(message) }
    }
}
