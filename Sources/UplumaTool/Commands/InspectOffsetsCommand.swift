import ArgumentParser
import Upluma

/// `upluma inspect offsets`: where a learned downscaler's taps lie for a picture, and how much they weigh.
struct InspectOffsetsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "offsets",
        abstract: "Draw the weights and displacements that a learned downscaler predicts for a picture.",
        discussion: """
            Learned downscalers make every small pixel by a kernel of its own, whose taps they move to where the \
            picture is best sampled. This makes one PNG of it: maps of the kernels' inner elements over the frame, with \
            displacements in the colours of a wheel, and the taps of a small pixel in a smooth region, at an edge and \
            in a texture, which are chosen by the picture's gradients. The frame is the one on the screen at that \
            time, its luma alone.

            Example: upluma inspect offsets film.mkv --at 1:30 -o offsets.png
            """)

    @OptionGroup var picture: InspectedPictureOptions

    @Option(
        help: ArgumentHelp(
            "A learned downscaler, or a .safetensors file of one (default: the first there is).",
            valueName: "name|file"))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "How many rows and columns of the kernels' inner elements are mapped: odd for odd kernels (default: 3), even "
                + "for even ones (default: 4).", valueName: "n"))
    var elements: Int?

    func run() throws {
        var options = OffsetInspectionOptions(input: picture.input, output: picture.output(of: "offsets"))
        options.time = picture.at.seconds
        options.model = model
        options.elements = elements
        options.regions = picture.places
        options.threads = picture.threads
        options.overwrite = picture.overwrite

        let inspection = OffsetInspection(options)
        try picture.run(
            cancel: { inspection.cancel() }, { try inspection.run($0) }, json: { try InspectionText.json($0) },
            lines: { InspectionText.lines($0) })
    }
}
