import ArgumentParser
import Foundation
import Upluma

/// `upluma preview`: single frames as the whole job would make them.
struct PreviewCommand: ParsableCommand {
    private static let defaults = PreviewOptions(input: "", output: "")

    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show single frames as `upscale` would make them, and tell what the whole job would take.",
        discussion: """
            Each frame is decoded, deinterlaced and enlarged exactly as `upscale` would with the same options, and shown \
            beside the source enlarged by \(PreviewOptions.baseline). A name in .png gives a picture with captions, \
            crops and a map of differences, or a grid of many frames; a name in .html a page of its own to compare \
            versions in a browser; `-` shows the picture in a terminal that can (kitty, iTerm2, sixel).

            Example: upluma preview holiday.avi --at 1:30 --model sp-vdsr,dair-light -o holiday.html
            """)

    @Argument(help: "The video: any file FFmpeg reads, or `-` for standard input.")
    var input: String

    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The picture or page to make; `-` shows it in the terminal (default: INPUT's name with -preview.png).",
            valueName: "out.png|out.html|-"))
    var output: String?

    @OptionGroup var moments: MomentOptions

    @Option(
        help: ArgumentHelp(
            "What to show: names from `upluma models`, .safetensors files, or `auto`, separated by commas.",
            valueName: "name,…"))
    var model = defaults.models.joined(separator: ",")

    @Option(help: "How many times wider and higher the result is.")
    var scale = ScaleValue(factor: defaults.job.scale)

    @Option(
        help: ArgumentHelp("Reduce the enlarged picture again: a downscaler from `upluma models`.", valueName: "name"))
    var downscale: String?

    @Option(
        help: ArgumentHelp(
            """
            How a picture is arranged, from top to bottom, separated by commas (default: sides,crops,difference for one \
            frame, grid for several).
            """, valueName: "view,…"))
    var view: ViewList?

    @Option(
        help: ArgumentHelp("Bits of a picture's samples (default: 8, or 16 for results of more).", valueName: "8|16"))
    var depth: Int?

    @Flag(help: "Show each result once more as the encoder leaves it.")
    var encode = false

    @Option(
        help: ArgumentHelp(
            "A film or picture of the results' size, to tell PSNR and SSIM against it.", valueName: "file"))
    var reference: String?

    @Flag(
        inversion: .prefixedNo,
        help: "Measure how long the whole job would take, after the picture is written: some seconds for each model.")
    var estimate = true

    @OptionGroup var picture: PictureOptions

    @OptionGroup var processor: ThreadOption

    @Option(
        help: ArgumentHelp(
            "How a picture is written to standard output (default: what the terminal can show).",
            valueName: TerminalFormat.allCases.map(\.rawValue).joined(separator: "|")))
    var terminal: TerminalFormat?

    @Flag(help: "Let the input be an address (http, https, rtsp, ...), or a playlist of such.")
    var allowNetwork = false

    @Flag(help: "Print JSON: one object.")
    var json = false

    @Flag(help: "Replace the picture or page if it exists.")
    var overwrite = false

    @Option(help: "How progress is shown on standard error.")
    var progress = ProgressStyle.auto

    func validate() throws {
        if output == "-", json { throw ValidationError("--json and -o -: both would write to standard output.") }
        if terminal != nil, output != "-" { throw ValidationError("--terminal is for -o -.") }
    }

    func run() throws {
        let name =
            input == "-" ? "standard-input" : URL(fileURLWithPath: input).deletingPathExtension().lastPathComponent
        var options = PreviewOptions(input: input, output: output ?? "\(name)-preview.png")
        picture.apply(to: &options.job)
        options.job.threads = processor.threads
        options.job.scale = scale.factor
        options.job.downscaler = downscale
        options.job.allowsNetwork = allowNetwork
        options.models = model.split(separator: ",").map(String.init)
        options.moments = moments.chosen ?? options.moments
        options.views = view?.views
        options.depth = depth
        options.encodes = encode
        options.estimates = estimate
        options.reference = reference
        options.overwrite = overwrite
        if output == "-" { options.screen = try PreviewCommand.screen(terminal) }

        let reporter = ProgressReporter(style: progress, isVerbose: false)
        do {
            let job = PreviewJob(options)
            let interrupts = InterruptHandler(exitStatus: FailureKind.interrupted.exitStatus) { job.cancel() }
            let report = try withExtendedLifetime(interrupts) {
                try job.run(
                    { reporter.report($0) },
                    standardOutput: { bytes in
                        // What the bar left is not to be drawn over, nor what follows over the picture.
                        reporter.finish(last: nil)
                        try Console.standardOutput.write(bytes: bytes)
                        if options.screen?.format != .png { Console.standardOutput.write("\n") }
                    })
            }
            reporter.finish(last: nil)
            let text = try json ? PreviewScreen.json(report) : PreviewScreen.lines(report)
            // A picture on standard output is not to be mixed with words.
            (output == "-" ? Console.standardError : Console.standardOutput).write(text)
        } catch let error as UplumaError {
            reporter.finish(last: nil)
            if reporter.isMachineReadable { Console.standardError.write(JSONLine.error(error)) }
            throw reporter.isMachineReadable ? ExitCode(error.kind.exitStatus) : error
        }
    }

    /// The terminal that pictures are shown on.
    ///
    /// - Throws: `UplumaError` of kind `usage` where it shows none.
    private static func screen(_ wanted: TerminalFormat?) throws -> TerminalScreen {
        let found = TerminalPictures.detect()
        let known = TerminalFormat.allCases.map(\.rawValue).joined(separator: ", ")
        guard let format = wanted ?? found.format else {
            let what =
                Console.standardOutput.isTerminal ? "This terminal shows no pictures" : "Standard output is no terminal"
            throw UplumaError(
                .usage, "\(what). Name a .png or .html file with -o, or say what to write with --terminal (\(known)).")
        }
        let isKnown = found.format != nil
        return TerminalScreen(
            format: format, width: isKnown ? found.width : TerminalPictures.usualSize.width,
            height: isKnown ? found.height : TerminalPictures.usualSize.height,
            isInsideTmux: found.needsPassthrough)
    }
}

/// Views separated by commas.
struct ViewList: ExpressibleByArgument {
    let views: [PreviewView]

    init?(argument: String) {
        let names = argument.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        let views = names.compactMap { PreviewView(rawValue: $0) }
        guard views.count == names.count else { return nil }
        self.views = views
    }

    static var allValueStrings: [String] { PreviewView.allCases.map(\.rawValue) }
}
