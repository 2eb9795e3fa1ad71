import CFFmpeg

/// The libraries that read and write files.
package enum MediaLibraries {
    /// Version of each by its name, as `ffmpeg -version` says them.
    package static var versions: [String: String] {
        [
            "libavcodec": text(avcodec_version()), "libavformat": text(avformat_version()),
            "libavfilter": text(avfilter_version()), "libavutil": text(avutil_version()),
            "libswscale": text(swscale_version()),
        ]
    }

    private static func text(_ version: UInt32) -> String {
        "\(version >> 16).\(version >> 8 & 255).\(version & 255)"
    }
}
