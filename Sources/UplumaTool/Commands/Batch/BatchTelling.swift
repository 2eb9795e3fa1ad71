import ArgumentParser
import Dispatch
import Foundation
import Upluma

/// Running of a batch's steps, and telling them: shared by its commands.
enum BatchTelling {
    /// Does something with a screen, and tells what went wrong in its way.
    ///
    /// - Throws: `UplumaError`, or `ExitCode` when it has been told as JSON.
    static func run(_ style: ProgressStyle, _ body: (BatchScreen) throws -> Void) throws {
        let screen = BatchScreen(style: style)
        do {
            try body(screen)
        } catch let error as UplumaError {
            screen.finish()
            if screen.isMachineReadable { Console.standardError.write(JSONLine.error(error)) }
            throw screen.isMachineReadable ? ExitCode(error.kind.exitStatus) : error
        }
    }

    /// Plans what there is to plan, and works on what there is to work on; one Ctrl-C is meant for whichever goes on.
    ///
    /// - Returns: what was planned.
    /// - Throws: `UplumaError`, or `ExitCode` when files were put aside, which has been told then.
    @discardableResult static func steps(
        plan: BatchOptions?, work: BatchRunOptions?, _ screen: BatchScreen
    ) throws -> BatchPlanner.Summary? {
        let planner = plan.map { BatchPlanner($0) }
        let run = try work.map { BatchRun($0, command: [try executable(), "batch", BatchWorkCommand.name]) }
        let interrupts = InterruptHandler(exitStatus: FailureKind.interrupted.exitStatus) {
            planner?.cancel()
            guard let run else { return }
            run.finish()
            screen.report(
                .note("Ending behind what is in hand; once more ends at once. Nothing that is done is lost either way.")
            )
        } onSecond: {
            run?.cancel()
        }
        return try withExtendedLifetime(interrupts) {
            let planned = try planner?.run { screen.report(.note($0)) }
            if let run { try finish(run, screen) }
            return planned
        }
    }

    private static func finish(_ run: BatchRun, _ screen: BatchScreen) throws {
        let stops = StopHandler { run.signalWorkers($0) }
        let summary = try withExtendedLifetime(stops) { try run.run { screen.report($0) } }
        screen.finish(
            BatchEnding(
                head: summary.head, troubles: summary.troubles, troubleCount: summary.troubleCount,
                reportJSON: summary.reportJSON, reportPage: summary.reportPage))
        // The ending has said all there is to say.
        if summary.troubleCount > 0 { throw ExitCode(FailureKind.someFailed.exitStatus) }
    }

    /// The file of this program, which workers are made of, too.
    private static func executable() throws -> String {
        if let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"),
            FileManager.default.isExecutableFile(atPath: path)
        {
            return path
        }
        guard let path = Bundle.main.executablePath else {
            throw UplumaError(.internal, "The program's own file cannot be found, so no worker can be started.")
        }
        return path
    }
}

/// Passes Ctrl-Z on: workers stop with the program that started them, and go on with it.
///
/// The source runs on a queue of its own.
final class StopHandler {
    private let source: any DispatchSourceSignal

    init(pass: @escaping @Sendable (Int32) -> Void) {
        signal(SIGTSTP, SIG_IGN)
        source = DispatchSource.makeSignalSource(signal: SIGTSTP, queue: DispatchQueue(label: "upluma.stops"))
        source.setEventHandler {
            pass(SIGSTOP)
            // Returns when somebody continues this process.
            kill(getpid(), SIGSTOP)
            pass(SIGCONT)
        }
        source.resume()
    }

    deinit { source.cancel() }
}
