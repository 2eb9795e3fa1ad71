import CFFmpeg
import UplumaFrames

/// The first picture of a stream, decoded ahead of the job: what only pictures say (VP8's colour, HDR's light levels), and
/// what FFmpeg's own look at a file may take from a later part of it (size and format, where they change on the way).
struct FirstPicture {
    let handle: FrameHandle
    var frame: UnsafeMutablePointer<AVFrame> { handle.frame }

    /// Packets of any stream that are read in search of it.
    private static let mostPackets = 2000

    /// Opens a file of its own for that; nil where there is none to open (a pipe) or nothing can be decoded, which the job
    /// itself will then say.
    init?(path: String, stream index: Int, isSeekable: Bool) {
        guard isSeekable, path != "-",
            let demuxer = try? Demuxer(path: path, cancellation: CancellationCheck { false }),
            index < demuxer.streams.count, let handle = try? FrameHandle(),
            let parameters = demuxer.streams[index].pointee.codecpar,
            let codec = avcodec_find_decoder(parameters.pointee.codec_id),
            let packet = av_packet_alloc()
        else { return nil }
        var owned: UnsafeMutablePointer<AVPacket>? = packet
        defer { av_packet_free(&owned) }
        var context = avcodec_alloc_context3(codec)
        defer { avcodec_free_context(&context) }
        // A decoder that starts from what the headers say, not from the end of FFmpeg's look ahead, which `parameters` may
        // hold: the first packets say the rest.
        guard let context, avcodec_parameters_to_context(context, parameters) >= 0 else { return nil }
        context.pointee.thread_count = 1
        guard avcodec_open2(context, codec, nil) >= 0 else { return nil }
        self.handle = handle
        for _ in 0..<FirstPicture.mostPackets {
            let status = av_read_frame(demuxer.context, packet)
            defer { av_packet_unref(packet) }
            if status >= 0, Int(packet.pointee.stream_index) != index { continue }
            _ = avcodec_send_packet(context, status >= 0 ? packet : nil)
            if avcodec_receive_frame(context, handle.frame) >= 0 { return }
            if status < 0 { return nil }
        }
        return nil
    }

    /// HDR10's metadata, as the picture carries it.
    var light: LightMetadata? {
        let light = LightMetadata(
            mastering: bytes(AV_FRAME_DATA_MASTERING_DISPLAY_METADATA),
            contentLevel: bytes(AV_FRAME_DATA_CONTENT_LIGHT_LEVEL))
        return light.mastering == nil && light.contentLevel == nil ? nil : light
    }

    /// Whether it carries closed captions (A53).
    var hasCaptions: Bool { av_frame_get_side_data(handle.frame, AV_FRAME_DATA_A53_CC) != nil }

    private func bytes(_ type: AVFrameSideDataType) -> [UInt8]? {
        guard let data = av_frame_get_side_data(handle.frame, type), let start = data.pointee.data else { return nil }
        return Array(UnsafeBufferPointer(start: start, count: Int(data.pointee.size)))
    }
}
