import CFFmpeg
package import UplumaFrames

/// One picture out of a file of its own (PNG, BMP, JPEG, TIFF, …), as the codes it was stored with.
package struct StillPicture: Sendable {
    /// Planes of 8-bit codes, 0...255.
    package enum Content: Sendable {
        case gray(Plane)
        case rgb(red: Plane, green: Plane, blue: Plane)
    }

    package let content: Content
    package let width: Int
    package let height: Int

    private static let operation = "read a picture"

    /// Reads the file's only picture, or its first.
    ///
    /// Grey, RGB and palettes of 8 bits come exactly as stored; Y'CbCr (JPEG) and other depths through libswscale. Alpha
    /// is left out. The picture is not turned.
    ///
    /// - Throws: `MediaError`: `noInput`, `badInput` for what cannot be decoded whole, `cancelled`.
    package static func read(
        path: String, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws -> StillPicture {
        let mark = FFmpegLog.mark()
        do {
            let source = try MediaSource(path: path, isCancelled: isCancelled)
            let decoder = try StillDecoder(source)
            while let packet = try source.read() {
                guard packet.streamIndex == source.facts.video.index else { continue }
                if let frame = try decoder.decode(packet) { return try StillPicture(frame) }
            }
            if let frame = try decoder.decode(nil) { return try StillPicture(frame) }
            throw MediaError(
                .badInput, operation: operation, subject: path, reason: "",
                ffmpegText: FFmpegLog.lastLine(since: mark))
        } catch let error as MediaError where error.category == .badInput {
            throw MediaError(
                .badInput, operation: operation, subject: path, reason: "\"\(path)\" cannot be read as a picture",
                ffmpegText: error.ffmpegText, remedy: "Check that it is an image file and was copied completely")
        }
    }

    private init(_ handle: FrameHandle) throws {
        let frame = handle.frame
        let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
        let format = AVPixelFormat(frame.pointee.format)
        let descriptor = av_pix_fmt_desc_get(format)
        let flags = UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER)
        let isGray = descriptor.map { $0.pointee.nb_components <= 2 && $0.pointee.flags & flags == 0 } ?? false
        let bytes = try StillPicture.converted(handle, to: isGray ? AV_PIX_FMT_GRAY8 : AV_PIX_FMT_RGB24)
        let planes = bytes.withBytes { base in
            (0..<(isGray ? 1 : 3)).map { component in
                let plane = Plane(width: width, height: height, sample: .uint8)
                plane.withBytes { target in
                    for y in 0..<height {
                        for x in 0..<width {
                            let code = base.load(
                                fromByteOffset: y * bytes.stride + (isGray ? x : 3 * x + component), as: UInt8.self)
                            target.storeBytes(of: code, toByteOffset: y * plane.stride + x, as: UInt8.self)
                        }
                    }
                }
                return plane
            }
        }
        (self.width, self.height) = (width, height)
        content = isGray ? .gray(planes[0]) : .rgb(red: planes[0], green: planes[1], blue: planes[2])
    }

    /// The picture's bytes in a format of one plane, full range; a plane of bytes, not of samples.
    private static func converted(_ handle: FrameHandle, to target: AVPixelFormat) throws -> Plane {
        let frame = handle.frame
        let source = AVPixelFormat(frame.pointee.format)
        let (width, height) = (frame.pointee.width, frame.pointee.height)
        let bytesPerPixel = target == AV_PIX_FMT_GRAY8 ? 1 : 3
        let result = Plane(width: Int(width) * bytesPerPixel, height: Int(height), sample: .uint8)
        let color = ColorDescription(frame)
        let isFull = PixelFormats.isRGB(source) || bytesPerPixel == 1 || color.range == .full
        let mark = FFmpegLog.mark()
        guard
            let scaler = cff_scaler_open(
                width, height, source, target, FrameConverter.scalerMatrix(color.matrix), isFull ? 1 : 0, 1)
        else { throw failure(source, mark) }
        defer { cff_scaler_close(scaler) }
        let pointer = try FrameHandle()
        let rows = result.withBytes { base in
            cff_frame_point_plane(
                pointer.frame, 0, base.assumingMemoryBound(to: UInt8.self), Int32(result.stride))
            return cff_scaler_run(scaler, frame, pointer.frame, height)
        }
        guard rows == height else { throw failure(source, mark) }
        return result
    }

    private static func failure(_ format: AVPixelFormat, _ mark: FFmpegLog.Mark) -> MediaError {
        MediaError(
            .badInput, operation: operation, reason: "Pictures in the format \(PixelFormats.name(format)) are not read",
            ffmpegText: FFmpegLog.lastLine(since: mark))
    }
}

/// Decodes one picture and accepts no damage. Used by one thread.
private final class StillDecoder {
    private let context: UnsafeMutablePointer<AVCodecContext>

    init(_ source: MediaSource) throws {
        let parameters = source.demuxer.streams[source.facts.video.index].pointee.codecpar
        guard let parameters, let codec = avcodec_find_decoder(parameters.pointee.codec_id),
            let allocated = avcodec_alloc_context3(codec)
        else { throw outOfMemory("read a picture") }
        context = allocated
        let mark = FFmpegLog.mark()
        var status = avcodec_parameters_to_context(context, parameters)
        context.pointee.thread_count = 1
        // A picture cut short is an error rather than half grey; but in TIFF every unknown tag would be one, too.
        if codec.pointee.id != AV_CODEC_ID_TIFF { context.pointee.err_recognition = AV_EF_EXPLODE | AV_EF_CRCCHECK }
        if status >= 0 { status = avcodec_open2(context, codec, nil) }
        if status < 0 { throw StillDecoder.failure(status, mark) }
    }

    deinit {
        var owned: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&owned)
    }

    /// The picture, once it is there; nil ends the stream.
    func decode(_ packet: MediaPacket?) throws -> FrameHandle? {
        let mark = FFmpegLog.mark()
        let sent = avcodec_send_packet(context, packet?.packet)
        if sent < 0, sent != cff_error_eof { throw StillDecoder.failure(sent, mark) }
        let handle = try FrameHandle()
        let status = FFmpegStatus(rawValue: avcodec_receive_frame(context, handle.frame))
        if status == .again || status == .endOfFile { return nil }
        if status.rawValue < 0 || handle.frame.pointee.decode_error_flags != 0
            || handle.frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
        {
            throw StillDecoder.failure(min(status.rawValue, cff_error_invalid_data), mark)
        }
        return handle
    }

    private static func failure(_ status: Int32, _ mark: FFmpegLog.Mark) -> MediaError {
        if status == cff_error_no_memory { return outOfMemory("read a picture") }
        return MediaError(
            .badInput, operation: "read a picture", reason: "The picture cannot be decoded",
            ffmpegText: FFmpegStatus(rawValue: status).text(since: mark))
    }
}
