import CFFmpeg
package import UplumaFrames

/// Some frames sent through an encoder and back through a decoder, without a file between: what the encoder's settings leave
/// of a picture.
package struct EncodedExcerpt {
    /// The frames as a decoder of the coded stream gives them, in the order and with the times of those that went in.
    package let frames: [Frame]
    /// Bytes of all packets.
    package let byteCount: Int

    private static let operation = "decode what was encoded"

    /// - Parameters:
    ///   - frames: in order of time, of the form the encoder was opened for.
    ///   - encoder: not used before, and of no use afterwards.
    /// - Throws: `MediaError` when encoding fails, or FFmpeg has no decoder for what came out.
    package init(_ frames: [Frame], by encoder: VideoEncoder) throws {
        var packets: [MediaPacket] = []
        for frame in frames { try encoder.encode(frame) { packets.append($0) } }
        try encoder.encode(nil) { packets.append($0) }
        byteCount = packets.reduce(0) { $0 + $1.size }
        self.frames = try EncodedExcerpt.decoded(packets, from: encoder, like: frames)
        guard self.frames.count == frames.count else {
            throw MediaError(
                .internalFault, operation: EncodedExcerpt.operation, subject: encoder.name,
                reason: "Of \(frames.count) frames that went into \"\(encoder.name)\", \(self.frames.count) came back",
                remedy: "Choose another encoder")
        }
    }

    private static func decoded(
        _ packets: [MediaPacket], from encoder: VideoEncoder, like originals: [Frame]
    ) throws -> [Frame] {
        let mark = FFmpegLog.mark()
        var parameters = avcodec_parameters_alloc()
        defer { avcodec_parameters_free(&parameters) }
        guard let parameters, let codec = avcodec_find_decoder(encoder.context.pointee.codec_id),
            let context = avcodec_alloc_context3(codec)
        else {
            throw MediaError(
                .usage, operation: operation, subject: encoder.name,
                reason: "This FFmpeg cannot decode what \"\(encoder.name)\" encodes", remedy: "Leave out --encode")
        }
        var owned: UnsafeMutablePointer<AVCodecContext>? = context
        defer { avcodec_free_context(&owned) }
        var status = avcodec_parameters_from_context(parameters, encoder.context)
        if status >= 0 { status = avcodec_parameters_to_context(context, parameters) }
        context.pointee.pkt_timebase = encoder.picture.timeBase.av
        if status >= 0 { status = avcodec_open2(context, codec, nil) }
        var frames: [Frame] = []
        for packet in packets.map(Optional.some) + [nil] where status >= 0 {
            status = avcodec_send_packet(context, packet?.packet)
            while status >= 0 {
                let handle = try FrameHandle()
                let received = FFmpegStatus(rawValue: avcodec_receive_frame(context, handle.frame))
                if received == .again || received == .endOfFile { break }
                status = received.rawValue
                guard status >= 0, frames.count < originals.count else { break }
                frames.append(try frame(handle, like: originals[frames.count]))
            }
        }
        guard status >= 0 else {
            throw MediaError(
                .internalFault, operation: operation, subject: encoder.name,
                reason: "What \"\(encoder.name)\" encoded cannot be decoded",
                ffmpegText: FFmpegStatus(rawValue: status).text(since: mark), remedy: "Choose another encoder")
        }
        return frames
    }

    /// The decoder's pixels with all else the original's: what a container would say of them.
    private static func frame(_ handle: FrameHandle, like original: Frame) throws -> Frame {
        let format = PixelFormats.pictureFormat(AVPixelFormat(handle.frame.pointee.format))
        guard format == original.format,
            let planes = handle.planes(format: original.format, width: original.width, height: original.height),
            Int(handle.frame.pointee.width) == original.width, Int(handle.frame.pointee.height) == original.height
        else {
            throw MediaError(
                .internalFault, operation: operation, reason: "The encoded pictures came back in another form",
                remedy: "Choose another encoder or pixel format")
        }
        return Frame(
            format: original.format, width: original.width, height: original.height, planes: planes,
            color: original.color, sampleAspect: original.sampleAspect, pts: original.pts,
            duration: original.duration)
    }
}
