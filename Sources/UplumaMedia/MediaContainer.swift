import CFFmpeg

/// A kind of output file, guessed from a file name: the muxer FFmpeg will use.
///
/// Sendable because FFmpeg's table of muxers is constant.
package struct MediaContainer: @unchecked Sendable {
    let format: UnsafePointer<AVOutputFormat>
    /// Whether transport packets carry Blu-ray's and AVCHD's extra time stamp.
    let isM2TS: Bool

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
        let lowered = outputName.lowercased()
        self.init(format: guessed, isM2TS: lowered.hasSuffix(".m2ts") || lowered.hasSuffix(".mts"))
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

    /// Whether FFmpeg's muxer makes a timecode track of the video's `timecode` tag.
    var writesTimecodeTracks: Bool { ["mp4", "mov"].contains(name) }

    /// Program streams: DVD, VCD and plain .mpg.
    var isProgramStream: Bool { ["mpeg", "vob", "dvd", "svcd", "vcd"].contains(name) }

    /// Whether the rotation of a picture can be said. (Matroska has a place for it, which FFmpeg writes since 6.1.)
    package var holdsRotation: Bool { isISO || ((isMatroska || name == "webm") && cff_matroska_holds_rotation() != 0) }

    /// Whether a picture can be attached as cover art.
    var holdsCoverArt: Bool { isMatroska || name == "mp4" || name == "ipod" }

    /// Whether the container counts its frames from the beginning of the file, so that a late start moves them apart.
    var beginsAtZero: Bool { ["avi", "mxf", "mxf_opatom", "gxf", "dv"].contains(name) }

    /// Whether readers take the encoder's delay (Opus) off the times in the file. FFmpeg's muxer writes how long it is, but
    /// leaves the times as they were, so that each copy would be earlier by it.
    var countsEncoderDelay: Bool { isMatroska || name == "webm" }

    /// Whether headers go into the file's header instead of the first packets.
    var needsGlobalHeader: Bool { format.pointee.flags & AVFMT_GLOBALHEADER != 0 }

    /// Whether the container can hold a codec; nil when FFmpeg does not say.
    func holds(_ codec: AVCodecID) -> Bool? {
        if isYUV4MPEG { return codec == AV_CODEC_ID_WRAPPED_AVFRAME }
        // FFmpeg's MPEG muxers do not say, and write what they do not know as private data that nobody reads.
        if name == "mpegts" { return Self.transportStreamCodecs.contains(codec) }
        if isProgramStream { return Self.programStreamCodecs.contains(codec) }
        if isMatroska { return matroskaHolds(codec) }
        let answer = avformat_query_codec(format, codec, FF_COMPLIANCE_NORMAL)
        return answer < 0 ? nil : answer > 0
    }

    /// Matroska holds any old AVI codec under its VFW and ACM names, which FFmpeg counts as unofficial. It then also says
    /// yes to codecs without such a name; of video the header's rehearsal finds those, sound has a way out before.
    private func matroskaHolds(_ codec: AVCodecID) -> Bool {
        if avformat_query_codec(format, codec, FF_COMPLIANCE_NORMAL) > 0 { return true }
        return switch avcodec_get_type(codec) {
        case AVMEDIA_TYPE_AUDIO: cff_has_acm_name(codec) != 0
        default: avformat_query_codec(format, codec, FF_COMPLIANCE_UNOFFICIAL) > 0
        }
    }

    /// What FFmpeg's muxer gives a stream type or descriptor of its own (ISO/IEC 13818-1, ETSI EN 300 468).
    private static let transportStreamCodecs: Set<AVCodecID> = [
        AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG4, AV_CODEC_ID_H264, AV_CODEC_ID_HEVC,
        AV_CODEC_ID_CAVS, AV_CODEC_ID_DIRAC, AV_CODEC_ID_VC1,
        AV_CODEC_ID_MP1, AV_CODEC_ID_MP2, AV_CODEC_ID_MP3, AV_CODEC_ID_AAC, AV_CODEC_ID_AAC_LATM, AV_CODEC_ID_AC3,
        AV_CODEC_ID_EAC3, AV_CODEC_ID_DTS, AV_CODEC_ID_TRUEHD, AV_CODEC_ID_OPUS, AV_CODEC_ID_S302M,
        AV_CODEC_ID_DVB_SUBTITLE, AV_CODEC_ID_DVB_TELETEXT, AV_CODEC_ID_HDMV_PGS_SUBTITLE,
        AV_CODEC_ID_TIMED_ID3, AV_CODEC_ID_SMPTE_KLV,
    ]

    /// What FFmpeg's muxer has a stream number for; 16-bit big-endian PCM is LPCM there.
    private static let programStreamCodecs: Set<AVCodecID> = [
        AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_H264,
        AV_CODEC_ID_MP1, AV_CODEC_ID_MP2, AV_CODEC_ID_MP3, AV_CODEC_ID_AC3, AV_CODEC_ID_DTS, AV_CODEC_ID_PCM_S16BE,
        AV_CODEC_ID_DVD_SUBTITLE,
    ]

    /// "an .mkv output, which holds it", for the first common container that holds a codec; nil when none does.
    static func adviceFor(_ codec: AVCodecID, kind: MediaStream.Kind) -> String? {
        for (name, words) in [("matroska", "an .mkv output"), ("mp4", "an .mp4 output"), ("mov", "a .mov output")] {
            guard let format = av_guess_format(name, nil, nil) else { continue }
            let container = MediaContainer(format: format, isM2TS: false)
            let holds = kind == .attachment ? container.isMatroska : container.holds(codec) == true
            if holds { return "Use \(words), which holds it" }
        }
        return nil
    }

    private init(format: UnsafePointer<AVOutputFormat>, isM2TS: Bool) {
        self.format = format
        self.isM2TS = isM2TS
    }
}
