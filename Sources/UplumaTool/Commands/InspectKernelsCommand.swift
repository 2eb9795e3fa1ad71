import ArgumentParser
import Foundation
import Upluma

/// `upluma inspect kernels`: the interpolation kernels that a network predicts for a picture.
struct InspectKernelsCommand: ParsableCommand {
    private static let defaults = KernelInspectionOptions(input: "", output: "")

    static let configuration = CommandConfiguration(
        commandName: "kernels",
        abstract: "Draw the interpolation kernels that a network predicts for a picture.",
        discussion: """
            Networks of family `dair` enlarge by kernels that they predict for every pixel. This makes one PNG of them: \
            maps of their inner elements over the frame, and every kernel of a smooth region, an edge and a texture, \
            which are chosen by the picture's gradients. The frame is the first that `upscale --start` would make, its \
            luma alone.

            Example: upluma inspect kernels film.mkv --at 1:30 -o kernels.png
            """)

    @Argument(help: "The video or picture: any file FFmpeg reads.")
    var input: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp("The picture (default: INPUT's name with -kernels.png).", valueName: "out.png"))
    var output: String?

    @Option(help: "Which frame: seconds or [HH:]MM:SS[.mmm].")
    var at = TimeValue(seconds: defaults.time)

    @Option(
        help: ArgumentHelp(
            "A model of family `dair` from `upluma models`, or a .safetensors file of one (default: the first of them).",
            valueName: "name|file"))
    var model: String?

    @Option(help: "How many times the model enlarges (default: 2 if it can).")
    var scale: ScaleValue?

    @Option(
        help: ArgumentHelp("How many rows and columns of the kernels' inner elements are mapped, odd.", valueName: "n"))
    var elements = defaults.elements

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
        if elements < 1 || elements % 2 == 0 { throw ValidationError("--elements \(elements): give an odd number.") }
        if output == "-" { throw ValidationError("--output -: give the name of a file.") }
    }

    func run() throws {
        let name =
            input == "-" ? "standard-input" : URL(fileURLWithPath: input).deletingPathExtension().lastPathComponent
        var options = KernelInspectionOptions(input: input, output: output ?? "\(name)-kernels.png")
        options.time = at.seconds
        options.model = model
        options.scale = scale?.factor
        options.elements = elements
        options.regions = region.map { ($0.x, $0.y) }
        options.threads = threads
        options.overwrite = overwrite

        let inspection = KernelInspection(options)
        let reporter = ProgressReporter(style: .auto, isVerbose: false)
        let interrupts = InterruptHandler(exitStatus: FailureKind.interrupted.exitStatus) { inspection.cancel() }
        let report = try withExtendedLifetime(interrupts) { try inspection.run { reporter.report($0) } }
        reporter.finish(last: nil)
        Console.standardOutput.write(try json ? InspectionText.json(report) : InspectionText.lines(report))
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
