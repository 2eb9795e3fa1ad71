import ArgumentParser
import Upluma

/// `upluma downscale`: one file in, one smaller file out.
struct DownscaleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "downscale",
        abstract: "Make the video of a file smaller and keep everything else in it.",
        discussion: """
            Sizes are divided by the downscaler's factor and rounded up. A file made by a downscaler that has a model to \
            undo it says so in a tag, by which `upscale` finds that model.

            \(JobOptions.promise)

            Example: upluma downscale holiday.mkv -o small.mkv
            """)

    @Argument(help: "The video to reduce: any file FFmpeg reads, or `-` for standard input.")
    var input: String

    @OptionGroup var file: OutputOption

    @Option(
        help: ArgumentHelp(
            "What reduces luma, and by which factor: a downscaler from `upluma models`.", valueName: "name"))
    var model = UpscaleOptions.defaultDownscaler

    @OptionGroup var picture: PictureOptions

    @OptionGroup var processor: ThreadOption

    @OptionGroup var part: ExcerptOptions

    @OptionGroup var streams: StreamOptions

    @OptionGroup var job: JobOptions

    func run() throws {
        var options = UpscaleOptions(input: input, output: file.output)
        options.scale = 1
        options.downscaler = model
        picture.apply(to: &options)
        options.threads = processor.threads
        part.apply(to: &options)
        streams.apply(to: &options)
        try job.run(options)
    }
}
