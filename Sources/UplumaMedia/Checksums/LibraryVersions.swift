import CFFmpeg

/// FFmpeg's libraries as they are at run time.
package enum LibraryVersions {
    package struct Library: Sendable, Equatable {
        package var name: String
        /// Major, minor and micro.
        package var version: String
    }

    package static var all: [Library] {
        [
            ("libavcodec", avcodec_version()), ("libavfilter", avfilter_version()), ("libavformat", avformat_version()),
            ("libavutil", avutil_version()), ("libswscale", swscale_version()),
        ].map { Library(name: $0, version: "\($1 >> 16).\($1 >> 8 & 255).\($1 & 255)") }
    }

    /// What FFmpeg calls the release they belong to, such as "5.1.9-0+deb12u1".
    package static var release: String { String(cString: av_version_info()) }
}
