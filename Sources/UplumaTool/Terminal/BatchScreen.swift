import Foundation
import Synchronization
import Upluma

/// Shows what a batch tells, in one of the styles, on standard error: a live block on a terminal (`BatchBlock`), with what
/// ended in lines above it; lines elsewhere; or JSON (`BatchLine`).
///
/// Between two writes the terminal is always as a shell wants it: the cursor is shown and stands below the block, lines wrap.
/// So whatever ends the process, nothing has to be put right.
///
/// Thread safety: events may come from several threads; everything that changes is under one lock.
final class BatchScreen: Sendable {
    private enum Presentation { case block, lines, json, silent }

    private struct State {
        /// When something was last shown, on the system's clock; nil until then.
        var lastShown: Double?
        /// What the block shows.
        var progress: BatchProgress?
        /// Columns of each line of the block on the terminal, from the top.
        var block: [Int] = []
        /// Lines that are to appear above the block.
        var waiting: [String] = []
    }

    /// Seconds between two refreshes of the block, two objects, and two lines.
    private static let blockInterval = 0.1
    private static let jsonInterval = 0.5
    private static let lineInterval = 30.0

    private let presentation: Presentation
    private let console: Console
    private let clock: @Sendable () -> Double
    private let state = Mutex(State())

    /// - Parameter clock: seconds from any origin.
    init(
        style: ProgressStyle, console: Console = .standardError,
        clock: @escaping @Sendable () -> Double = { ProcessInfo.processInfo.systemUptime }
    ) {
        self.console = console
        self.clock = clock
        presentation =
            switch style {
            case .auto: console.isTerminal ? .block : .lines
            case .bar: .block
            case .json: .json
            case .none: .silent
            }
    }

    /// Whether a program reads standard error, so that every line there is JSON.
    var isMachineReadable: Bool { presentation == .json }

    func report(_ event: BatchEvent) {
        state.withLock { state in
            switch presentation {
            case .block: showInBlock(event, &state)
            case .lines: showAsLine(event, &state)
            case .json: showAsJSON(event, &state)
            case .silent: if case .note(let message) = event { console.write(BatchText.note(message) + "\n") }
            }
        }
    }

    /// Takes the block away; what follows is written as if there had been none.
    ///
    /// A program still sees the last state of everything.
    func finish() {
        state.withLock { state in
            switch presentation {
            case .block:
                draw(nil, &state)
                state.progress = nil
            case .json:
                if let progress = state.progress { console.write(BatchLine.progress(progress)) }
                state.progress = nil
            case .lines, .silent: break
            }
        }
    }

    /// Ends, and tells what a run came to.
    func finish(_ ending: BatchEnding) {
        finish()
        switch presentation {
        case .block, .lines: console.write(BatchStatusText.ending(ending))
        case .json: console.write(BatchLine.done(ending))
        case .silent: break
        }
    }

    // MARK: Lines and objects

    private func showAsLine(_ event: BatchEvent, _ state: inout State) {
        switch event {
        case .progress(let progress):
            // The first comes after an interval: a batch of seconds tells its files and its end.
            guard isDue(Self.lineInterval, &state, isLateFirst: true) else { return }
            console.write(BatchText.overall(progress) + "\n")
        case let event: if let line = Self.line(event) { console.write(line + "\n") }
        }
    }

    private func showAsJSON(_ event: BatchEvent, _ state: inout State) {
        switch event {
        case .note(let message): console.write(BatchLine.note(message))
        case .ended(let file): console.write(BatchLine.file(file))
        case .willRetry(let source, let reason, let attempt, let attempts):
            console.write(BatchLine.retry(source, reason, attempt: attempt, of: attempts))
        case .progress(let progress):
            state.progress = progress
            guard isDue(Self.jsonInterval, &state) else { return }
            console.write(BatchLine.progress(progress))
            state.progress = nil
        }
    }

    /// What scrolls away; nil for what is only counted.
    private static func line(_ event: BatchEvent) -> String? {
        switch event {
        case .note(let message): BatchText.note(message)
        case .ended(let file): BatchText.line(file)
        case .willRetry(let source, let reason, let attempt, let attempts):
            BatchText.retry(source, reason, attempt: attempt, of: attempts)
        case .progress: nil
        }
    }

    /// Whether an interval has passed; it begins anew if so.
    private func isDue(_ interval: Double, _ state: inout State, isLateFirst: Bool = false) -> Bool {
        let now = clock()
        guard let last = state.lastShown else {
            state.lastShown = now
            return !isLateFirst
        }
        guard now - last >= interval else { return false }
        state.lastShown = now
        return true
    }

    // MARK: Block

    private func showInBlock(_ event: BatchEvent, _ state: inout State) {
        var isUrgent = false
        switch event {
        case .progress(let progress): state.progress = progress
        case .note:
            // There may be nothing after it for long.
            isUrgent = true
            state.waiting += [Self.line(event)].compactMap { $0 }
        case .ended(let file) where file.state == .skipped:
            // The block counts them; there may be thousands at once.
            break
        case .ended, .willRetry: state.waiting += [Self.line(event)].compactMap { $0 }
        }
        guard isDue(Self.blockInterval, &state) || isUrgent else { return }
        draw(state.progress, &state)
    }

    /// Puts the block, or nothing, where the block was, and lines that wait above it; one write.
    private func draw(_ progress: BatchProgress?, _ state: inout State) {
        let (width, height) = (console.width, console.height)
        let lines = progress.map { BatchBlock.lines($0, width: width, height: height) } ?? []
        guard !(lines.isEmpty && state.block.isEmpty && state.waiting.isEmpty) else { return }
        // A window that has become narrower has broken lines in two.
        let rows = state.block.reduce(0) { $0 + max(1, ($1 + width - 1) / max(1, width)) }
        // Not shown before it is complete (terminals that do not know this ignore it), without a cursor that runs about.
        var text = "\u{1B}[?2026h\u{1B}[?25l\r"
        if rows > 0 { text += "\u{1B}[\(rows)A" }
        for line in state.waiting { text += line + "\u{1B}[K\n" }
        // A width that a terminal sees otherwise costs a character, not a line.
        text += "\u{1B}[?7l"
        for line in lines { text += line + "\u{1B}[K\n" }
        text += "\u{1B}[?7h\u{1B}[J\u{1B}[?25h\u{1B}[?2026l"
        state.waiting = []
        state.block = lines.map(BatchColumns.count)
        console.write(text)
    }
}
