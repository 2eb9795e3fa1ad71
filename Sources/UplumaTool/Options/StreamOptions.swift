import ArgumentParser
import Upluma

/// What becomes of the streams beside the picture.
struct StreamOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Sound, subtitles and attachments that OUTPUT cannot hold: `convert` them where that is possible and stop \
            before the start where not, `drop` them, or `fail` rather than change or lose anything.
            """, valueName: "policy"))
    var onIncompatible = UpscaleOptions(input: "", output: "").incompatibleStreams

    /// Writes these options into those of a job.
    func apply(to options: inout UpscaleOptions) { options.incompatibleStreams = onIncompatible }
}
