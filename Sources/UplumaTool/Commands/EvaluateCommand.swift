import ArgumentParser
import Foundation
import Upluma

/// `upluma evaluate`: how near models come to originals, on pictures and clips.
struct EvaluateCommand: ParsableCommand {
    private static let defaults = EvaluationOptions(paths: [])

    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Score models on pictures and clips: PSNR and SSIM of each plane.",
        discussion: """
            Each picture is reduced, enlarged again by every model, and compared with the original. Folders of pictures \
            and single clips have means of their own.

            Protocol `imresize` is that of the papers: luma of BT.601, reduced by MATLAB's bicubic, as many pixels left \
            out on each side as the scale says. Published figures of bicubic come out with \
            --float-small --gray-as-stored, those of Lanczos with --float-result as well. Protocol `article` is that of \
            SP-VDSR's author: reduced by Catmull-Rom, whole pictures compared.

            Example: upluma evaluate Set5 Set14 --models bicubic,lanczos3,sp-vdsr --report set5.html
            """)

    @Argument(help: ArgumentHelp("Pictures, clips, and folders of them.", valueName: "path"))
    var paths: [String]

    @Option(help: "How many times smaller the models' input is.")
    var scale = ScaleValue(factor: defaults.scale)

    @Option(
        help: ArgumentHelp(
            "What to score: names from `upluma models` and .safetensors files, separated by commas.",
            valueName: "name,…"))
    var models = defaults.models.joined(separator: ",")

    @Option(name: .customLong("protocol"), help: "How small pictures are made and what is compared.")
    var evaluationProtocol = defaults.evaluationProtocol

    @Option(
        help: ArgumentHelp(
            """
            What makes small pictures: a filter (default: the protocol's), or a downscaler such as `lanczos3-2x` for \
            luma, the protocol's filter for chroma.
            """,
            valueName: "name"))
    var downscale: String?

    @Flag(help: "Keep small pictures in floating point, as the papers do.")
    var floatSmall = false

    @Flag(help: "Keep results in floating point.")
    var floatResult = false

    @Flag(
        help: "Take the codes of grey pictures for luma, as the papers do, instead of bringing them to limited range.")
    var grayAsStored = false

    @Option(help: ArgumentHelp("Take each n-th frame of a clip.", valueName: "n"))
    var every = defaults.every

    @OptionGroup var execution: ExecutionOptions

    @Option(help: ArgumentHelp("Processor threads (default: all).", valueName: "n"))
    var threads: Int?

    @Flag(help: "Print JSON.")
    var json = false

    @Flag(help: "Print CSV: a line for each picture and model, and lines of means.")
    var csv = false

    @Option(
        help: ArgumentHelp("Write an HTML page with tables, plots, pictures and error maps.", valueName: "out.html"))
    var report: String?

    @Flag(help: "Replace the page if it exists.")
    var overwrite = false

    @Option(help: "How progress is shown on standard error.")
    var progress = ProgressStyle.auto

    @Flag(name: .shortAndLong, help: "Tell how networks are run.")
    var verbose = false

    func validate() throws {
        let range = UpscaleOptions.threadRange
        if let threads, !range.contains(threads) {
            throw ValidationError("--threads \(threads): give \(range.lowerBound) to \(range.upperBound).")
        }
        if every < 1 { throw ValidationError("--every \(every): give 1 or more.") }
        if json && csv { throw ValidationError("--json and --csv: give one of the two.") }
        if report == "-" { throw ValidationError("--report -: give the name of a file.") }
    }

    func run() throws {
        var options = EvaluationOptions(paths: paths)
        options.scale = scale.factor
        options.models = models.split(separator: ",").map(String.init)
        options.evaluationProtocol = evaluationProtocol
        options.downscale = downscale
        options.floatSmall = floatSmall
        options.floatResult = floatResult
        options.grayAsStored = grayAsStored
        options.every = every
        options.backend = execution.backend.name
        options.precision = execution.precision.name
        options.threads = threads
        options.page = report
        options.overwrite = overwrite

        let reporter = ProgressReporter(style: progress, isVerbose: verbose)
        do {
            let evaluation = Evaluation(options)
            let interrupts = InterruptHandler(exitStatus: FailureKind.interrupted.exitStatus) { evaluation.cancel() }
            let result = try withExtendedLifetime(interrupts) { try evaluation.run { reporter.report($0) } }
            reporter.finish(last: nil)
            let text =
                try json ? EvaluationText.json(result) : csv ? EvaluationText.csv(result) : EvaluationText.table(result)
            Console.standardOutput.write(text)
        } catch let error as UplumaError {
            reporter.finish(last: nil)
            if reporter.isMachineReadable { Console.standardError.write(JSONLine.error(error)) }
            throw reporter.isMachineReadable ? ExitCode(error.kind.exitStatus) : error
        }
    }
}
