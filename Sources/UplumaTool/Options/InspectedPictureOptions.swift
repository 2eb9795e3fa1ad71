import ArgumentParser
import Foundation
import Upluma

/// Which picture is inspected, and what is written of it: shared by the inspections.
struct InspectedPictureOptions: ParsableArguments {
    @Argument(help: "The video or picture: any file FFmpeg reads.")
    var input: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The picture (default: INPUT's name and that of the inspection, as in film-kernels.png).",
            valueName: "out.png"))
    var output: String?

    @Option(help: "The frame on the screen at this time: seconds or [HH:]MM:SS[.mmm].")
    var at = TimeValue(seconds: KernelInspectionOptions(input: "", output: "").time)

    @Option(
        help: ArgumentHelp(
            "Left upper pixel of a region to show instead of those that are chosen; may be given several times.",
            valueName: "x,y"))
    var region: [PixelPlace] = []

    @Option(help: ArgumentHelp("Processor threads (default: all).", valueName: "n"))
    var threads: Int?

    @Flag(help: "Print the numbers behind the picture as JSON: one object.")
    var json = false

    @Flag(help: "Replace the picture if it exists.")
    var overwrite = false

    func validate() throws {
        let range = UpscaleOptions.threadRange
        if let threads, !range.contains(threads) {
            throw ValidationError("--threads \(threads): give \(range.lowerBound) to \(range.upperBound).")
        }
        if output == "-" { throw ValidationError("--output -: give the name of a file.") }
    }

    /// The name of the picture of an inspection.
    func output(of inspection: String) -> String {
        let name =
            input == "-" ? "standard-input" : URL(fileURLWithPath: input).deletingPathExtension().lastPathComponent
        return output ?? "\(name)-\(inspection).png"
    }

    var places: [(x: Int, y: Int)] { region.map { ($0.x, $0.y) } }

    /// Runs an inspection, and prints what it found.
    func run<Report>(
        cancel: @escaping @Sendable () -> Void, _ inspect: (@escaping @Sendable (JobEvent) -> Void) throws -> Report,
        json asJSON: (Report) throws -> String, lines: (Report) -> String
    ) throws {
        let reporter = ProgressReporter(style: .auto, isVerbose: false)
        let interrupts = InterruptHandler(exitStatus: FailureKind.interrupted.exitStatus, onFirst: cancel)
        let report = try withExtendedLifetime(interrupts) { try inspect { reporter.report($0) } }
        reporter.finish(last: nil)
        Console.standardOutput.write(try json ? asJSON(report) : lines(report))
    }
}

/// `X,Y` on the command line: a pixel from the top left.
struct PixelPlace: ExpressibleByArgument {
    let x: Int
    let y: Int

    init?(argument: String) {
        let parts = argument.split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let x = parts[0], let y = parts[1], x >= 0, y >= 0 else { return nil }
        (self.x, self.y) = (x, y)
    }
}
