import CFFmpeg

/// Sees in MPEG-1 and MPEG-2 packets that size or shape change, before FFmpeg's decoder does: it would throw away the picture
/// that it still holds back.
struct SequenceSize {
    private var size: (width: Int, height: Int, shape: Int)?

    /// Whether a packet begins with a sequence header (ISO 13818-2, 6.2.2.1) of another size or shape than the one before.
    mutating func changes(in packet: UnsafePointer<AVPacket>, codec: AVCodecID) -> Bool {
        guard codec == AV_CODEC_ID_MPEG1VIDEO || codec == AV_CODEC_ID_MPEG2VIDEO, packet.pointee.size >= 8,
            let bytes = packet.pointee.data, bytes[0] == 0, bytes[1] == 0, bytes[2] == 1, bytes[3] == 0xB3
        else { return false }
        let new = (
            width: Int(bytes[4]) << 4 | Int(bytes[5]) >> 4, height: Int(bytes[5] & 15) << 8 | Int(bytes[6]),
            shape: Int(bytes[7]) >> 4
        )
        defer { size = new }
        return size.map { $0 != new } ?? false
    }
}
