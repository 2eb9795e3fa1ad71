import CFFmpeg

/// Text subtitles from one form into another, through FFmpeg's common form of them (ASS events).
///
/// Times and durations are those of the source's packets, in its unit. MP4's subtitles follow one another and cannot
/// overlap: there, those on screen together are cut at each change and joined, line below line.
final class SubtitleConverter: StreamConverter {
    let timeBase: AVRational
    private let decoder: CodecContext
    private let encoder: CodecContext
    private var timeline: SubtitleTimeline?
    private var unread = 0
    private var tooLong = 0
    private var endless = 0
    private var buffer = [UInt8](repeating: 0, count: SubtitleConverter.largest)

    /// The largest subtitle that is written, in bytes: what FFmpeg's own tool allows.
    private static let largest = 1 << 20

    /// How long a subtitle without an end stays, where the container wants one.
    private static let seconds: Int64 = 4

    /// - Parameters:
    ///   - source: a stream of text subtitles.
    ///   - codec: its new form.
    /// - Throws: `MediaError` when FFmpeg refuses.
    init(from source: UnsafeMutablePointer<AVStream>, to codec: UnsafePointer<AVCodec>) throws {
        timeBase = source.pointee.time_base
        decoder = try CodecContext.decoder(of: source)
        encoder = try CodecContext(codec)
        let (from, to) = (decoder.pointer, encoder.pointer)
        to.pointee.time_base = AVRational(num: 1, den: AV_TIME_BASE)
        to.pointee.width = from.pointee.width
        to.pointee.height = from.pointee.height
        // Encoders read the styles from here, and free it.
        let size = Int(from.pointee.subtitle_header_size)
        if size > 0, let header = from.pointee.subtitle_header {
            guard let copy = av_mallocz(size + 1)?.assumingMemoryBound(to: UInt8.self) else {
                throw outOfMemory("convert a stream")
            }
            copy.update(from: header, count: size)
            to.pointee.subtitle_header = copy
            to.pointee.subtitle_header_size = Int32(size)
        }
        try checkConversion(avcodec_open2(to, codec, nil))
        if codec.pointee.id == AV_CODEC_ID_MOV_TEXT { timeline = SubtitleTimeline() }
    }

    func describe(_ parameters: UnsafeMutablePointer<AVCodecParameters>) -> Int32 {
        avcodec_parameters_from_context(parameters, encoder.pointer)
    }

    func convert(
        _ packet: UnsafeMutablePointer<AVPacket>?, each: (UnsafeMutablePointer<AVPacket>) throws -> Void
    ) throws {
        guard let packet else {
            for event in timeline?.finish() ?? [] { try encode(event, each: each) }
            return
        }
        guard let event = decode(packet) else { return }
        guard timeline != nil else { return try encode(event, each: each) }
        for event in timeline?.add(event) ?? [] { try encode(event, each: each) }
    }

    func remarks(about what: String) -> [String] {
        var result: [String] = []
        if unread > 0 { result.append("\(unread) packets of \(what) could not be read and are left out.") }
        if tooLong > 0 { result.append("\(tooLong) subtitles of \(what) are too long and are left out.") }
        if endless > 0 {
            let stay = "they stay for \(SubtitleConverter.seconds) seconds"
            result.append("\(endless) subtitles of \(what) say no end; \(stay).")
        }
        return result
    }

    /// The text of a packet; nil where there is none: MP4 fills the time between subtitles with empty ones.
    private func decode(_ packet: UnsafeMutablePointer<AVPacket>) -> SubtitleEvent? {
        guard packet.pointee.pts != cff_no_pts else {
            unread += 1
            return nil
        }
        var subtitle = AVSubtitle()
        var hasSubtitle: Int32 = 0
        guard avcodec_decode_subtitle2(decoder.pointer, &subtitle, &hasSubtitle, packet) >= 0 else {
            unread += 1
            return nil
        }
        guard hasSubtitle != 0 else { return nil }
        defer { avsubtitle_free(&subtitle) }
        let lines = (0..<Int(subtitle.num_rects)).compactMap { index in
            subtitle.rects?[index]?.pointee.ass.map { String(cString: $0) }
        }
        guard let ass = SubtitleEvent.join(lines) else { return nil }
        let start = packet.pointee.pts
        var duration = packet.pointee.duration
        if duration <= 0, timeline != nil {  // MP4 has no subtitles without an end.
            endless += 1
            duration = av_rescale_q(SubtitleConverter.seconds, AVRational(num: 1, den: 1), timeBase)
        }
        return SubtitleEvent(start: start, end: start + max(duration, 0), ass: ass)
    }

    private func encode(
        _ event: SubtitleEvent, each: (UnsafeMutablePointer<AVPacket>) throws -> Void
    ) throws {
        var text = event.ass.utf8CString
        let size = text.withUnsafeMutableBufferPointer { text in
            var rectangle = AVSubtitleRect()
            rectangle.type = SUBTITLE_ASS
            rectangle.ass = text.baseAddress
            return withUnsafeMutablePointer(to: &rectangle) { rectangle in
                var list: UnsafeMutablePointer<AVSubtitleRect>? = rectangle
                return withUnsafeMutablePointer(to: &list) { list in
                    var subtitle = AVSubtitle()
                    subtitle.format = 1  // Text.
                    subtitle.num_rects = 1
                    subtitle.rects = list
                    let milliseconds = av_rescale_q(event.end - event.start, timeBase, AVRational(num: 1, den: 1000))
                    subtitle.end_display_time = UInt32(clamping: milliseconds)
                    return avcodec_encode_subtitle(encoder.pointer, &buffer, Int32(buffer.count), &subtitle)
                }
            }
        }
        guard size >= 0 else {
            tooLong += 1
            return
        }
        let packet = try OwnedPacket()
        try checkConversion(av_new_packet(packet.pointer, size))
        buffer.withUnsafeBufferPointer { bytes in
            if let from = bytes.baseAddress { packet.pointer.pointee.data?.update(from: from, count: Int(size)) }
        }
        packet.pointer.pointee.pts = event.start
        packet.pointer.pointee.dts = event.start
        packet.pointer.pointee.duration = event.end - event.start
        packet.pointer.pointee.flags = AV_PKT_FLAG_KEY
        try each(packet.pointer)
    }
}

/// Owns an empty packet.
final class OwnedPacket {
    let pointer: UnsafeMutablePointer<AVPacket>
    init() throws { pointer = try MediaPacket.allocate() }
    deinit {
        var owned: UnsafeMutablePointer<AVPacket>? = pointer
        av_packet_free(&owned)
    }
}
