import CFFmpeg

/// A kind of output file, guessed from a file name: the muxer FFmpeg will use.
///
/// Sendable because FFmpeg's table of muxers is constant.
package struct MediaContainer: @unchecked Sendable {
    let format: UnsafePointer<AVOutputFormat>

    /// - Parameter outputName: the final name of the output, which rules the container; "-" is YUV4MPEG2.
    /// - Throws: `MediaError.usage` when the name ends in nothing FFmpeg knows, or in something that holds no video.
    package init(outputName: String) throws {
        _ = FFmpegLog.mark()
        let guessed =
            outputName == "-" ? av_guess_format("yuv4mpegpipe", nil, nil) : av_guess_format(nil, outputName, nil)
        guard let guessed else {
            throw MediaError(
                .usage, operation: "choose the container", subject: outputName,
                reason: "The end of the name \"\(outputName)\" names no kind of video file",
                remedy: "End the name in .mkv or .mp4")
        }
        format = guessed
        let flags = guessed.pointee.flags
        guard guessed.pointee.video_codec != AV_CODEC_ID_NONE, flags & (AVFMT_NOFILE | AVFMT_NEEDNUMBER) == 0 else {
            throw MediaError(
                .usage, operation: "choose the container", subject: outputName,
                reason: "\"\(outputName)\" names a kind of file (\(name)) that holds no video",
                remedy: "End the name in .mkv or .mp4")
        }
    }

    /// FFmpeg's short name, such as "matroska" or "mp4".
    package var name: String { String(cString: format.pointee.name) }

    /// YUV4MPEG2: pictures alone, uncompressed, at a constant rate.
    package var isYUV4MPEG: Bool { name == "yuv4mpegpipe" }

    /// The encoder the container dictates, whatever the user chose; nil for most.
    package var requiredEncoder: String? { isYUV4MPEG ? "wrapped_avframe" : nil }

    var isMatroska: Bool { name == "matroska" }

    /// MP4 and its relatives.
    var isISO: Bool { ["mp4", "mov", "ipod"].contains(name) }

    /// Whether a picture can be attached as cover art.
    var holdsCoverArt: Bool { isMatroska || name == "mp4" || name == "ipod" }

    /// Whether the container counts its frames from the beginning of the file, so that a late start moves them apart.
    var beginsAtZero: Bool { ["avi", "mxf", "mxf_opatom", "gxf", "dv"].contains(name) }

    /// Whether headers go into the file's header instead of the first packets.
    var needsGlobalHeader: Bool { format.pointee.flags & AVFMT_GLOBALHEADER != 0 }

    /// Whether the container can hold a codec; nil when FFmpeg does not say.
    func holds(_ codec: AVCodecID) -> Bool? {
        if isYUV4MPEG { return codec == AV_CODEC_ID_WRAPPED_AVFRAME }
        // Matroska holds any old AVI codec under its VFW and ACM names, which FFmpeg counts as unofficial.
        let strictness = isMatroska ? FF_COMPLIANCE_UNOFFICIAL : FF_COMPLIANCE_NORMAL
        let answer = avformat_query_codec(format, codec, strictness)
        return answer < 0 ? nil : answer > 0
    }

    /// "an .mkv output, which holds it", for the first common container that holds a codec; nil when none does.
    static func adviceFor(_ codec: AVCodecID, kind: MediaStream.Kind) -> String? {
        for (name, words) in [("matroska", "an .mkv output"), ("mp4", "an .mp4 output"), ("mov", "a .mov output")] {
            guard let format = av_guess_format(name, nil, nil) else { continue }
            let container = MediaContainer(format: format)
            let holds = kind == .attachment ? container.isMatroska : container.holds(codec) == true
            if holds { return "Use \(words), which holds it" }
        }
        return nil
    }

    private init(format: UnsafePointer<AVOutputFormat>) { self.format = format }
}
