import Foundation
import Synchronization
import Upluma

/// Shows what a job tells, in one of the styles, on standard error.
///
/// Thread safety: the job reports from several threads; everything that changes is under one lock.
final class ProgressReporter: Sendable {
    private enum Presentation { case bar, lines, json, silent }

    private struct State {
        var lastShown: Double?
        var barIsVisible = false
    }

    /// Seconds between two lines where there is no terminal, and between two JSON objects.
    private static let lineInterval = 5.0
    private static let jsonInterval = 0.5
    private static let barInterval = 0.1

    private let presentation: Presentation
    private let isVerbose: Bool
    private let console: Console
    private let state = Mutex(State())

    init(style: ProgressStyle, isVerbose: Bool, console: Console = .standardError) {
        self.isVerbose = isVerbose
        self.console = console
        presentation =
            switch style {
            case .auto: console.isTerminal ? .bar : .lines
            case .bar: .bar
            case .json: .json
            case .none: .silent
            }
    }

    /// Whether a program reads standard error, so that every line there is JSON.
    var isMachineReadable: Bool { presentation == .json }

    func report(_ event: JobEvent) {
        switch event {
        case .note(let message): show(message, label: "note")
        // Of a job that is to be silent only what it leaves out or repairs is told.
        case .assumption(let message): if presentation != .silent { show(message, label: "note") }
        case .plan(let message): if isVerbose { show(message, label: "plan") }
        case .progress(let progress): show(progress)
        case .verified(let report): show(report)
        }
    }

    /// Ends the bar, so that what follows starts on a line of its own.
    func finish(last progress: JobProgress?) {
        // Lines end with the job's own last line; a bar must reach its end, a program must see 100 percent.
        if let progress, presentation != .lines { show(progress, force: true) }
        state.withLock {
            if $0.barIsVisible { console.write("\n") }
            $0.barIsVisible = false
        }
    }

    private func show(_ report: VerificationReport) {
        guard presentation == .json else { return show("Verified: \(report.summary)", label: "note") }
        state.withLock { _ in console.write(JSONLine.verified(report)) }
    }

    private func show(_ message: String, label: String) {
        state.withLock { state in
            switch presentation {
            case .json: console.write(JSONLine.note(message, kind: label))
            case .silent, .lines: console.write("upluma: \(message)\n")
            case .bar:
                console.write((state.barIsVisible ? "\r\u{1B}[K" : "") + "upluma: \(message)\n")
                state.barIsVisible = false
            }
        }
    }

    private func show(_ progress: JobProgress, force: Bool = false) {
        let now = ProcessInfo.processInfo.systemUptime
        state.withLock { state in
            let interval: Double
            switch presentation {
            case .bar: interval = ProgressReporter.barInterval
            case .lines: interval = ProgressReporter.lineInterval
            case .json: interval = ProgressReporter.jsonInterval
            case .silent: return
            }
            // The first line comes after an interval, so that a job of a second prints only its end.
            let last = state.lastShown ?? (presentation == .lines ? now : -.infinity)
            if state.lastShown == nil { state.lastShown = last }
            guard force || now - last >= interval else { return }
            state.lastShown = now
            switch presentation {
            case .bar:
                console.write("\r" + ProgressText.bar(progress, width: console.width) + "\u{1B}[K")
                state.barIsVisible = true
            case .lines: console.write(ProgressText.line(progress) + "\n")
            case .json: console.write(JSONLine.progress(progress))
            case .silent: break
            }
        }
    }
}
