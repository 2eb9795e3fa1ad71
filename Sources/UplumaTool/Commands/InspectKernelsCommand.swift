import ArgumentParser
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
            which are chosen by the picture's gradients. The frame is the one on the screen at that time, its \
            luma alone.

            Example: upluma inspect kernels film.mkv --at 1:30 -o kernels.png
            """)

    @OptionGroup var picture: InspectedPictureOptions

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

    func validate() throws {
        if elements < 1 || elements % 2 == 0 { throw ValidationError("--elements \(elements): give an odd number.") }
    }

    func run() throws {
        var options = KernelInspectionOptions(input: picture.input, output: picture.output(of: "kernels"))
        options.time = picture.at.seconds
        options.model = model
        options.scale = scale?.factor
        options.elements = elements
        options.regions = picture.places
        options.threads = picture.threads
        options.overwrite = picture.overwrite

        let inspection = KernelInspection(options)
        try picture.run(
            cancel: { inspection.cancel() }, { try inspection.run($0) }, json: { try InspectionText.json($0) },
            lines: { InspectionText.lines($0) })
    }
}
