import ArgumentParser
import Upluma

/// How many times larger a picture becomes, and by what: shared by `upscale` and `plan`.
struct EnlargementOptions: ParsableArguments {
    private static let defaults = UpscaleOptions(input: "", output: "")

    @Option(help: "How many times wider and higher the result is.")
    var scale = ScaleValue(factor: defaults.scale)

    @Option(
        help: ArgumentHelp(
            """
            What enlarges luma: a name from `upluma models`, or a .safetensors file; `auto` picks a network by the \
            source's codec and bits per pixel, or by the downscaler that the source says it was made with.
            """, valueName: "auto|name|file"))
    var model = defaults.model

    @Option(
        help: ArgumentHelp(
            "Reduce the enlarged picture again before it is encoded: a downscaler from `upluma models`.",
            valueName: "name"))
    var downscale: String?

    /// Writes these options into those of a job.
    func apply(to options: inout UpscaleOptions) {
        options.scale = scale.factor
        options.model = model
        options.downscaler = downscale
    }
}
