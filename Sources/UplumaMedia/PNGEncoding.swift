import CFFmpeg
package import UplumaFrames

/// PNG files in memory.
package enum PNGEncoding {
    /// The bytes of a grey PNG of 8 bits.
    ///
    /// - Parameter plane: 8-bit codes, 0 is black and 255 white.
    /// - Throws: `MediaError` when FFmpeg was built without its PNG encoder.
    package static func encode(gray plane: Plane) throws -> [UInt8] {
        try encode(plane, bytesPerPixel: 1, as: AV_PIX_FMT_GRAY8)
    }

    /// The bytes of an RGB PNG of 8 bits a channel.
    ///
    /// - Parameter plane: of bytes, three for each pixel: red, green and blue, full range.
    /// - Throws: `MediaError` when FFmpeg was built without its PNG encoder.
    package static func encode(rgb plane: Plane) throws -> [UInt8] {
        precondition(plane.width % 3 == 0, "three bytes for each pixel")
        return try encode(plane, bytesPerPixel: 3, as: AV_PIX_FMT_RGB24)
    }

    /// - Parameters:
    ///   - plane: of bytes.
    ///   - deflation: how the bytes are predicted and packed; nil is FFmpeg's way: not predicted, which suits drawings.
    static func encode(
        _ plane: Plane, bytesPerPixel: Int, as format: AVPixelFormat, deflation: Deflation? = nil
    ) throws -> [UInt8] {
        let operation = "make a PNG picture"
        guard let codec = avcodec_find_encoder(AV_CODEC_ID_PNG) else {
            throw MediaError(
                .internalFault, operation: operation, reason: "This FFmpeg has no PNG encoder",
                remedy: "Install an FFmpeg that has one")
        }
        guard let context = avcodec_alloc_context3(codec) else { throw outOfMemory(operation) }
        var owned: UnsafeMutablePointer<AVCodecContext>? = context
        defer { avcodec_free_context(&owned) }
        context.pointee.width = Int32(plane.width / bytesPerPixel)
        context.pointee.height = Int32(plane.height)
        context.pointee.pix_fmt = format
        context.pointee.time_base = AVRational(num: 1, den: 1)
        if let deflation { context.pointee.compression_level = deflation.level }
        let handle = try FrameHandle()
        try handle.lend(
            Frame(
                format: PictureFormat(chroma: .gray, bitDepth: 8), width: plane.width, height: plane.height,
                planes: [plane]),
            as: format)
        // Lent as a plane of bytes; the encoder counts pixels.
        handle.frame.pointee.width = context.pointee.width
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let mark = FFmpegLog.mark()
        var status: Int32 = 0
        if let deflation { status = av_opt_set(context.pointee.priv_data, "pred", deflation.prediction, 0) }
        if status >= 0 { status = avcodec_open2(context, codec, nil) }
        if status >= 0 { status = avcodec_send_frame(context, handle.frame) }
        if status >= 0 { status = avcodec_send_frame(context, nil) }
        if status >= 0 { status = avcodec_receive_packet(context, packet) }
        guard status >= 0, let packet, let data = packet.pointee.data else {
            throw MediaError(
                .internalFault, operation: operation, reason: "A PNG picture could not be made",
                ffmpegText: FFmpegStatus(rawValue: status).text(since: mark))
        }
        return Array(UnsafeBufferPointer(start: data, count: Int(packet.pointee.size)))
    }
}
