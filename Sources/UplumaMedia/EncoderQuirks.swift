/// Where encoders differ in ways FFmpeg's tables do not tell.
struct EncoderQuirks {
    /// Refuses odd sizes where chroma is subsampled.
    var needsWholeChroma = false
    /// Counts limited range as outside the standard, though it can store it.
    var limitedRangeIsUnofficial = false
    /// The option that passes parameters to a library that prints to standard error by itself, and the parameter that
    /// stops it.
    var quiet: (option: String, parameter: String)?
    /// The same through the environment.
    var quietVariable: (name: String, value: String)?
    /// Options set unless the user sets them: where an encoder's own defaults are no way to work.
    var defaults: [String: String] = [:]
    /// The presets of a library that complains on standard error by itself about others; empty for the rest.
    var presets: [String] = []

    /// Options without which an encoder that is told to use one thread still works on several; an option that passes
    /// parameters to a library gets them added.
    var singleThread: [String: String] = [:]
    /// Keeps every sample, so that threads cannot change a picture.
    var isLossless = false

    /// Never returns from being closed before it got a picture.
    var mustGetPicture = false

    static func of(_ encoder: String) -> EncoderQuirks { table[encoder] ?? EncoderQuirks() }

    private static let x26xPresets = [
        "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo",
    ]

    /// `-qscale 2`: FFmpeg counts it in 1/118.
    private static let mpegQuality = ["flags": "+qscale", "global_quality": "236"]

    private static let table: [String: EncoderQuirks] = [
        "libx264": EncoderQuirks(needsWholeChroma: true, presets: x26xPresets),
        "libx265": EncoderQuirks(
            needsWholeChroma: true, quiet: ("x265-params", "log-level=error"), presets: x26xPresets,
            singleThread: ["x265-params": "pools=none:frame-threads=1:wpp=0"]),
        "libsvtav1": EncoderQuirks(
            needsWholeChroma: true, quietVariable: ("SVT_LOG", "1"), singleThread: ["svtav1-params": "lp=1"],
            mustGetPicture: true),
        // FFmpeg's defaults are the slowest reasonable ones, on one thread a tile. At the same CRF its luma is within 0.3 dB
        // of x264's (640×360 film, CRF 16).
        "libvpx-vp9": EncoderQuirks(
            defaults: ["row-mt": "1", "cpu-used": "4", "b": "0"], singleThread: ["row-mt": "0"]),
        "libaom-av1": EncoderQuirks(
            defaults: ["row-mt": "1", "cpu-used": "6", "b": "0"], singleThread: ["row-mt": "0"]),
        // Their default is a rate of 200 kbit/s; this is constant quality, nearly the best they have.
        "mpeg2video": EncoderQuirks(defaults: mpegQuality),
        "mpeg1video": EncoderQuirks(defaults: mpegQuality),
        "ffv1": EncoderQuirks(isLossless: true),
        "ffvhuff": EncoderQuirks(isLossless: true),
        "huffyuv": EncoderQuirks(isLossless: true),
        "utvideo": EncoderQuirks(isLossless: true),
        "mjpeg": EncoderQuirks(limitedRangeIsUnofficial: true),
        "ljpeg": EncoderQuirks(limitedRangeIsUnofficial: true),
        "libopenh264": EncoderQuirks(needsWholeChroma: true),
        "h264_nvenc": EncoderQuirks(needsWholeChroma: true),
        "hevc_nvenc": EncoderQuirks(needsWholeChroma: true),
        "av1_nvenc": EncoderQuirks(needsWholeChroma: true),
    ]
}
