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
    /// The presets of a library that complains on standard error by itself about others; empty for the rest.
    var presets: [String] = []

    static func of(_ encoder: String) -> EncoderQuirks { table[encoder] ?? EncoderQuirks() }

    private static let x26xPresets = [
        "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo",
    ]

    private static let table: [String: EncoderQuirks] = [
        "libx264": EncoderQuirks(needsWholeChroma: true, presets: x26xPresets),
        "libx265": EncoderQuirks(
            needsWholeChroma: true, quiet: ("x265-params", "log-level=error"), presets: x26xPresets),
        "libsvtav1": EncoderQuirks(needsWholeChroma: true, quietVariable: ("SVT_LOG", "1")),
        "mjpeg": EncoderQuirks(limitedRangeIsUnofficial: true),
        "ljpeg": EncoderQuirks(limitedRangeIsUnofficial: true),
        "libopenh264": EncoderQuirks(needsWholeChroma: true),
        "h264_nvenc": EncoderQuirks(needsWholeChroma: true),
        "hevc_nvenc": EncoderQuirks(needsWholeChroma: true),
        "av1_nvenc": EncoderQuirks(needsWholeChroma: true),
    ]
}
