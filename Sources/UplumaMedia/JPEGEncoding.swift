import CFFmpeg
import UplumaFrames

/// JPEG files in memory.
package enum JPEGEncoding {
    /// Steps of the quantiser, from the finest to the coarsest; 3 is hard to tell from the picture itself.
    package static let quantisers = 1...31

    private static let operation = "make a JPEG picture"

    /// The bytes of a JPEG file as JFIF has it: Y'CbCr of BT.601 in full range, chroma not subsampled.
    ///
    /// - Parameters:
    ///   - rgb: red, green and blue of each pixel, codes 0...255; rows first, without padding.
    ///   - quantiser: one of `quantisers`.
    /// - Throws: `MediaError` when FFmpeg was built without its JPEG encoder.
    package static func encode(rgb: [UInt16], width: Int, height: Int, quantiser: Int = 3) throws -> [UInt8] {
        precondition(width > 0 && height > 0 && rgb.count == 3 * width * height, "\(width)×\(height) pixels")
        precondition(quantisers.contains(quantiser), "a quantiser of \(quantiser)")
        guard let codec = avcodec_find_encoder(AV_CODEC_ID_MJPEG) else {
            throw MediaError(
                .internalFault, operation: operation, reason: "This FFmpeg has no JPEG encoder",
                remedy: "Install an FFmpeg that has one")
        }
        guard let context = avcodec_alloc_context3(codec) else { throw outOfMemory(operation) }
        var owned: UnsafeMutablePointer<AVCodecContext>? = context
        defer { avcodec_free_context(&owned) }
        let quality = Int32(quantiser) * FF_QP2LAMBDA
        context.pointee.width = Int32(width)
        context.pointee.height = Int32(height)
        // The format says the range by itself, in all versions.
        context.pointee.pix_fmt = AV_PIX_FMT_YUVJ444P
        context.pointee.color_range = AVCOL_RANGE_JPEG
        context.pointee.time_base = AVRational(num: 1, den: 1)
        // JFIF's header says the shape of pixels; without a shape there would be no header.
        context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
        // Without FFmpeg's name in a comment.
        context.pointee.flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT
        context.pointee.qmin = Int32(quantisers.lowerBound)
        context.pointee.global_quality = quality
        let handle = try FrameHandle()
        try handle.lend(planes(rgb, width: width, height: height), as: AV_PIX_FMT_YUVJ444P)
        handle.frame.pointee.color_range = AVCOL_RANGE_JPEG
        handle.frame.pointee.quality = quality
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let mark = FFmpegLog.mark()
        var status = avcodec_open2(context, codec, nil)
        if status >= 0 { status = avcodec_send_frame(context, handle.frame) }
        if status >= 0 { status = avcodec_send_frame(context, nil) }
        if status >= 0 { status = avcodec_receive_packet(context, packet) }
        guard status >= 0, let packet, let data = packet.pointee.data else {
            throw MediaError(
                .internalFault, operation: operation, reason: "A JPEG picture could not be made",
                ffmpegText: FFmpegStatus(rawValue: status).text(since: mark))
        }
        return Array(UnsafeBufferPointer(start: data, count: Int(packet.pointee.size)))
    }

    /// Y', Cb and Cr of JFIF 1.02, each rounded to nearest.
    private static func planes(_ rgb: [UInt16], width: Int, height: Int) -> Frame {
        let format = PictureFormat(chroma: .yuv444, bitDepth: 8)
        let planes = (0..<3).map { _ in Plane(width: width, height: height, sample: format.sample) }
        let rows = ycc.map { weights in
            { (red: Double, green: Double, blue: Double) -> UInt8 in
                let value = weights.0 * red + weights.1 * green + weights.2 * blue + weights.3
                return UInt8(min(255, max(0, value.rounded())))
            }
        }
        for (plane, code) in zip(planes, rows) {
            plane.withBytes { base in
                for y in 0..<height {
                    let row = base + y * plane.stride
                    for x in 0..<width {
                        let place = 3 * (y * width + x)
                        row.storeBytes(
                            of: code(Double(rgb[place]), Double(rgb[place + 1]), Double(rgb[place + 2])),
                            toByteOffset: x, as: UInt8.self)
                    }
                }
            }
        }
        return Frame(format: format, width: width, height: height, planes: planes)
    }

    /// Shares of red, green and blue, and what is added.
    private static let ycc: [(Double, Double, Double, Double)] = {
        let (red, blue) = (0.299, 0.114)
        let green = 1 - red - blue
        let (cb, cr) = (2 * (1 - blue), 2 * (1 - red))
        return [
            (red, green, blue, 0), (-red / cb, -green / cb, (1 - blue) / cb, 128),
            ((1 - red) / cr, -green / cr, -blue / cr, 128),
        ]
    }()
}
