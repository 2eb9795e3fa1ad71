import ArgumentParser
import Upluma

/// `upluma upscale`: one file in, one larger file out.
struct UpscaleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "upscale",
        abstract: "Enlarge the video of a file and keep everything else in it.",
        discussion: """
            \(JobOptions.promise)

            Example: upluma upscale holiday.avi -o holiday.mkv

            Names that begin with a dash: upluma upscale --output=-big.mkv -- -small.mkv
            """)

    @Argument(help: "The video to enlarge: any file FFmpeg reads, or `-` for standard input.")
    var input: String

    @OptionGroup var file: OutputOption

    @OptionGroup var enlargement: EnlargementOptions

    @OptionGroup var picture: PictureOptions

    @OptionGroup var processor: ThreadOption

    @OptionGroup var part: ExcerptOptions

    @OptionGroup var streams: StreamOptions

    @OptionGroup var job: JobOptions

    func run() throws {
        var options = UpscaleOptions(input: input, output: file.output)
        enlargement.apply(to: &options)
        picture.apply(to: &options)
        options.threads = processor.threads
        part.apply(to: &options)
        streams.apply(to: &options)
        try job.run(options)
    }
}
