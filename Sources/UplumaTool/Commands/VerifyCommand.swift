import ArgumentParser
import Foundation
import Upluma

/// `upluma verify`: whether a result kept everything of its source.
struct VerifyCommand: ParsableCommand {
    private static let defaults = VerificationOptions(source: "", result: "")

    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare a result with its source: everything that is not a pixel.",
        discussion: """
            Both files are read and decoded from end to end, and compared item by item. Anything lost makes the exit \
            code 65; what had to change (a coarser clock, say) is named with its reason.

            Items: \(VerifyCommand.items).

            Example: upluma verify holiday.avi holiday.mkv
            """)

    @Argument(help: "The file that was made larger or smaller.")
    var source: String

    @Argument(help: "What was made of it.")
    var result: String

    @Option(help: ArgumentHelp("Where in SOURCE the result begins: seconds or [HH:]MM:SS[.mmm].", valueName: "time"))
    var start: TimeValue?

    @Option(help: ArgumentHelp("How much of SOURCE it holds: seconds or [HH:]MM:SS[.mmm].", valueName: "time"))
    var duration: TimeValue?

    @Option(
        help: ArgumentHelp(
            """
            How the result was deinterlaced; with `ivtc`, and with `auto` where the source holds film, four frames of five \
            are expected.
            """, valueName: "how"))
    var deinterlace = defaults.deinterlacing

    @Option(help: ArgumentHelp("Decoder threads (default: all).", valueName: "n"))
    var threads: Int?

    @Flag(help: "Print JSON: one object.")
    var json = false

    @Option(help: "How progress is shown on standard error.")
    var progress = ProgressStyle.auto

    private static var items: String {
        VerifiedItem.allCases.map { "\($0.rawValue) (\($0.summary))" }.joined(separator: ", ")
    }

    func validate() throws {
        let range = UpscaleOptions.threadRange
        if let threads, !range.contains(threads) {
            throw ValidationError("--threads \(threads): give \(range.lowerBound) to \(range.upperBound).")
        }
        if let duration, duration.seconds <= 0 { throw ValidationError("--duration: give more than 0 seconds.") }
    }

    func run() throws {
        var options = VerificationOptions(source: source, result: result)
        options.start = start?.seconds
        options.duration = duration?.seconds
        options.deinterlacing = deinterlace
        options.threads = threads

        let reporter = ProgressReporter(style: progress, isVerbose: false)
        do {
            let verification = Verification(options)
            let interrupts = InterruptHandler(exitStatus: FailureKind.interrupted.exitStatus) { verification.cancel() }
            let report = try withExtendedLifetime(interrupts) { try verification.run { reporter.report($0) } }
            reporter.finish(last: nil)
            Console.standardOutput.write(try json ? VerificationText.json(report) : VerificationText.screen(report))
            if !report.passed { throw ExitCode(FailureKind.badInput.exitStatus) }
        } catch let error as UplumaError {
            reporter.finish(last: nil)
            if reporter.isMachineReadable { Console.standardError.write(JSONLine.error(error)) }
            throw reporter.isMachineReadable ? ExitCode(error.kind.exitStatus) : error
        }
    }
}
