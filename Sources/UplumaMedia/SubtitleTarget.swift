import CFFmpeg

/// What text subtitles can become.
enum SubtitleTarget {
    /// In the order they are tried: the plainest that players everywhere show, first. The container rules the rest out.
    private static let encoders = ["subrip", "mov_text", "webvtt", "ass"]

    /// Text in name, whose decoders follow a signal instead of giving one text a packet.
    private static let streamed: Set<AVCodecID> = [AV_CODEC_ID_EIA_608, AV_CODEC_ID_DVB_TELETEXT]

    /// The encoder for subtitles of one kind in a container; nil when they are no text or the container holds no text.
    static func best(for codec: AVCodecID, in container: MediaContainer) -> UnsafePointer<AVCodec>? {
        let properties = avcodec_descriptor_get(codec)?.pointee.props ?? 0
        guard properties & AV_CODEC_PROP_TEXT_SUB != 0, !streamed.contains(codec), avcodec_find_decoder(codec) != nil
        else { return nil }
        return encoders.lazy.compactMap { avcodec_find_encoder_by_name($0) }
            .first { container.holds($0.pointee.id) == true }
    }

    static func isBitmap(_ codec: AVCodecID) -> Bool {
        (avcodec_descriptor_get(codec)?.pointee.props ?? 0) & AV_CODEC_PROP_BITMAP_SUB != 0
    }

    /// The name people know a codec by.
    static func words(_ codec: String) -> String {
        switch codec {
        case "subrip": "SubRip"
        case "mov_text": "MP4 text (mov_text)"
        case "webvtt": "WebVTT"
        case "ass": "ASS"
        default: codec
        }
    }
}
