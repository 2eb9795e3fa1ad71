import ArgumentParser
import Upluma

/// How the picture is made and encoded, whatever its size becomes: shared by every command that makes video.
struct PictureOptions: ParsableArguments {
    private static let defaults = UpscaleOptions(input: "", output: "")

    @Option(help: ArgumentHelp("The filter that resamples chroma: a name from `upluma models`.", valueName: "filter"))
    var chroma = defaults.chromaFilter

    @OptionGroup var execution: ExecutionOptions

    @Option(
        help: ArgumentHelp(
            "An FFmpeg video encoder; `auto` is libx264 where OUTPUT holds H.264, libvpx-vp9 in WebM.",
            valueName: "auto|name"))
    var encoder = defaults.encoder.name

    @Option(
        help: ArgumentHelp(
            "Constant quality where the encoder has it, lower is better (default: \(EncoderOptions.defaultCRF)).",
            valueName: "crf"))
    var crf: Int?

    @Option(
        help: ArgumentHelp(
            "The encoder's speed preset (default: the encoder's own, medium for libx264).", valueName: "preset"))
    var encoderPreset: String?

    @Option(
        help: ArgumentHelp("Any other option of the encoder; may be given several times.", valueName: "key=value"))
    var encoderOption: [EncoderOption] = []

    @Option(
        help: ArgumentHelp(
            "The pixel format to encode, by FFmpeg's name; `same` keeps the source's depth and subsampling.",
            valueName: "same|format"))
    var pixelFormat = "same"

    @Option(
        help: ArgumentHelp(
            """
            Interlaced sources: `auto` looks at marks and pictures, deinterlaces what is interlaced and brings back film \
            from NTSC video; `off` keeps fields, `bwdif` deinterlaces every frame, `ivtc` takes all for film in NTSC video.
            """, valueName: "how"))
    var deinterlace = defaults.deinterlacing

    func validate() throws {
        if let crf, crf < 0 { throw ValidationError("--crf \(crf): give 0 or more.") }
    }

    /// Writes these options into those of a job.
    func apply(to options: inout UpscaleOptions) {
        options.chromaFilter = chroma
        options.backend = execution.backend.name
        options.precision = execution.precision.name
        options.encoder.name = encoder
        options.encoder.crf = crf
        options.encoder.preset = encoderPreset
        options.encoder.options = Dictionary(
            encoderOption.map { ($0.key, $0.value) }, uniquingKeysWith: { _, last in last })
        options.pixelFormat = pixelFormat == "same" ? nil : pixelFormat
        options.deinterlacing = deinterlace
    }
}
