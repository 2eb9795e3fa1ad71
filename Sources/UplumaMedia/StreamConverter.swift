import CFFmpeg

/// Codes the packets of one stream anew, in a codec that the output's container holds.
///
/// Memory is bounded: a converter keeps less than a second of sound, or the subtitles that are on screen.
/// One caller at a time; `MediaWriter` owns it.
protocol StreamConverter: AnyObject {
    /// The unit of the times of what comes out, in seconds.
    var timeBase: AVRational { get }

    /// Describes what comes out, for the output's header. 0 or FFmpeg's error.
    func describe(_ parameters: UnsafeMutablePointer<AVCodecParameters>) -> Int32

    /// Converts a packet whose times are in the source stream's unit, or with nil ends the conversion.
    ///
    /// - Parameter each: receives what is ready; the packet is valid during the call only and may be taken from.
    /// - Throws: `MediaError` of the encoder, or what `each` throws. Packets that cannot be decoded are counted, not thrown.
    func convert(
        _ packet: UnsafeMutablePointer<AVPacket>?, each: (UnsafeMutablePointer<AVPacket>) throws -> Void) throws

    /// What is to be said when the conversion has ended, in whole sentences about `what`.
    func remarks(about what: String) -> [String]
}

/// Owns a codec context.
final class CodecContext {
    let pointer: UnsafeMutablePointer<AVCodecContext>

    /// - Throws: `MediaError` without memory.
    init(_ codec: UnsafePointer<AVCodec>) throws {
        guard let allocated = avcodec_alloc_context3(codec) else { throw outOfMemory("convert a stream") }
        pointer = allocated
    }

    deinit {
        var owned: UnsafeMutablePointer<AVCodecContext>? = pointer
        avcodec_free_context(&owned)
    }

    /// A decoder for a stream of the source, opened.
    static func decoder(of stream: UnsafeMutablePointer<AVStream>) throws -> CodecContext {
        guard let parameters = stream.pointee.codecpar,
            let codec = avcodec_find_decoder(parameters.pointee.codec_id)
        else { throw conversionFailure(.invalidData) }
        let context = try CodecContext(codec)
        try checkConversion(avcodec_parameters_to_context(context.pointer, parameters))
        context.pointer.pointee.pkt_timebase = stream.pointee.time_base
        context.pointer.pointee.thread_count = 1
        try checkConversion(avcodec_open2(context.pointer, codec, nil))
        return context
    }
}

/// Throws for a status that says a conversion cannot go on.
func checkConversion(_ status: Int32) throws {
    if status < 0 { throw conversionFailure(FFmpegStatus(rawValue: status)) }
}

private func conversionFailure(_ status: FFmpegStatus) -> MediaError {
    if status == .noMemory { return outOfMemory("convert a stream") }
    return MediaError(
        .badInput, operation: "convert a stream", reason: "A stream could not be converted for the output's container",
        ffmpegText: status.text,
        remedy: "Use an .mkv output, which holds nearly everything, or leave it out with --on-incompatible drop")
}
