import CFFmpeg
package import UplumaFrames

/// Decodes the main video stream of a source into frames.
///
/// A frame has the size, format, colour and shape it was coded with: recordings joined end to end change them on the way,
/// and then differ from `VideoFacts`, which speak of the beginning. The log says where.
///
/// Thread safety: calls must not overlap (checked), so give a decoder to one serial queue. Frames may go anywhere and
/// outlive the decoder. The counters are read on the same queue.
package final class VideoDecoder: @unchecked Sendable {
    /// Packets (or what FFmpeg made of them) that could not be decoded, so far. A frame lost this way is missing: the one
    /// before it stays on screen, and the time of the others is kept.
    package private(set) var damagedPackets = 0
    /// Frames handed out so far.
    package private(set) var frameCount = 0

    private let context: UnsafeMutablePointer<AVCodecContext>
    private let received: FrameHandle
    private let facts: MediaFacts
    private let notes: NoteHandler
    private let exclusive = ExclusiveUse("VideoDecoder")
    private var timing: FrameTiming
    private var converter: FrameConverter?
    private var notedConversion = false
    private var changes: PictureChanges
    private var sequence = SequenceSize()

    private static let operation = "decode the video"

    /// - Parameters:
    ///   - source: not yet read from.
    ///   - threads: decoder threads; 0 lets FFmpeg choose.
    ///   - notes: remarks for the log: conversions, damage, repaired time stamps.
    /// - Throws: `MediaError` when the decoder cannot be opened.
    package init(_ source: MediaSource, threads: Int = 0, notes: @escaping NoteHandler = { _ in }) throws {
        facts = source.facts
        self.notes = notes
        received = try FrameHandle()
        let video = source.facts.video
        changes = PictureChanges(video)
        var usual: Int64 = 0
        if let rate = video.frameRate {
            usual = av_rescale_q(1, AVRational(num: rate.denominator, den: rate.numerator), video.timeBase.av)
        }
        timing = FrameTiming(usualDuration: usual)

        let mark = FFmpegLog.mark()
        let parameters = source.demuxer.streams[video.index].pointee.codecpar
        guard let parameters, let codec = avcodec_find_decoder(parameters.pointee.codec_id),
            let allocated = avcodec_alloc_context3(codec)
        else { throw outOfMemory(VideoDecoder.operation) }
        context = allocated
        var status = avcodec_parameters_to_context(context, parameters)
        context.pointee.pkt_timebase = video.timeBase.av
        context.pointee.thread_count = Int32(threads)
        context.pointee.thread_type = FF_THREAD_FRAME | FF_THREAD_SLICE
        if status >= 0 { status = avcodec_open2(context, codec, nil) }
        if status < 0 {
            throw MediaError(
                .badInput, operation: VideoDecoder.operation, subject: source.facts.path,
                reason: "The decoder for \(video.codec) cannot start on \"\(source.facts.path)\"",
                ffmpegText: FFmpegStatus(rawValue: status).text(since: mark),
                remedy: "Check that the file plays, or convert it with another program first")
        }
    }

    deinit {
        var owned: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&owned)
    }

    /// Decodes one packet of the main video stream, or with nil what the decoder still holds at the end of the file.
    ///
    /// - Parameters:
    ///   - packet: of the main video stream.
    ///   - each: called for every frame that comes out, in order of presentation; what it throws ends the call.
    /// - Throws: `MediaError.badInput` when the pictures change to a format that cannot be converted, or nothing more can be
    ///   decoded.
    package func decode(_ packet: MediaPacket?, each: (Frame) throws -> Void) throws {
        try exclusive {
            if let packet, packet.streamIndex != facts.video.index {
                preconditionFailure("only packets of stream \(facts.video.index) are decoded here")
            }
            if let packet, sequence.changes(in: packet.packet, codec: context.pointee.codec_id) {
                try empty(each)
            }
            while true {
                let mark = FFmpegLog.mark()
                let status = FFmpegStatus(rawValue: avcodec_send_packet(context, packet?.packet))
                // "Again": the decoder is full; take frames out and offer the same packet once more.
                if status.rawValue < 0, status != .again, status != .endOfFile {
                    try countDamage(status, at: packet, since: mark)
                }
                try receive(each, near: packet)
                if status != .again { break }
            }
            if packet == nil { summarise() }
        }
    }

    /// Takes out what the decoder holds back; it then begins anew.
    private func empty(_ each: (Frame) throws -> Void) throws {
        _ = avcodec_send_packet(context, nil)
        try receive(each, near: nil)
        avcodec_flush_buffers(context)
    }

    private func receive(_ each: (Frame) throws -> Void, near packet: MediaPacket?) throws {
        var faults = 0
        while true {
            let mark = FFmpegLog.mark()
            let status = FFmpegStatus(rawValue: avcodec_receive_frame(context, received.frame))
            if status == .again || status == .endOfFile { return }
            if status.rawValue < 0 {
                // With frame threads the fault of an earlier packet shows here; frames after it still come.
                try countDamage(status, at: packet, since: mark)
                faults += 1
                if faults > VideoDecoder.faultLimit { throw stuck(status, mark) }
                continue
            }
            defer { av_frame_unref(received.frame) }
            if received.frame.pointee.decode_error_flags != 0
                || received.frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
            {
                damagedPackets += 1
                noteDamage(at: packet, text: "parts of the picture were concealed")
            }
            let frame = try makeFrame(received.frame)
            frameCount += 1
            try each(frame)
        }
    }

    private func makeFrame(_ frame: UnsafeMutablePointer<AVFrame>) throws -> Frame {
        let video = facts.video
        let pixelFormat = AVPixelFormat(frame.pointee.format)
        let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
        let plain = PixelFormats.pictureFormat(pixelFormat)
        guard let format = plain ?? PixelFormats.conversionTarget(for: pixelFormat) else {
            throw MediaError(
                .badInput, operation: VideoDecoder.operation, subject: facts.path,
                reason: "The pictures in \"\(facts.path)\" change to \(PixelFormats.name(pixelFormat)) after "
                    + "\(frameCount) frames, which cannot be converted",
                remedy: "Cut the file where it changes and upscale the parts one by one")
        }
        let read = ColorDescription(frame)
        var color =
            plain != nil ? read : FrameConverter.resultColor(of: read, from: pixelFormat, height: height)
        let siting = ChromaSiting(
            codec: video.codec, format: format, declared: color.chromaLocation, range: color.range)
        color.chromaLocation = siting.location
        let time = timing.next(
            pts: frame.pointee.pts == cff_no_pts ? nil : frame.pointee.pts,
            best: frame.pointee.best_effort_timestamp == cff_no_pts ? nil : frame.pointee.best_effort_timestamp,
            duration: cff_frame_duration(frame))
        var result = Frame(
            format: format, width: width, height: height,
            planes: try planes(of: frame, plain: plain, format: format, color: read), color: color,
            pts: time.pts, duration: time.duration, attachments: try DecodedAttachments(frame))
        result.fields = fields(of: frame)
        result.repeatsField = frame.pointee.repeat_pict > 0
        result.sampleAspect = changes.aspect(.known(frame.pointee.sample_aspect_ratio))
        if let note = changes.note(result) { notes(note) }
        return result
    }

    private func planes(
        of frame: UnsafeMutablePointer<AVFrame>, plain: PictureFormat?, format: PictureFormat, color: ColorDescription
    ) throws -> [Plane] {
        let (width, height) = (Int(frame.pointee.width), Int(frame.pointee.height))
        if let plain {
            let handle = try FrameHandle(referencing: frame)
            if let planes = handle.planes(format: plain, width: width, height: height) { return planes }
        } else {
            noteConversion(AVPixelFormat(frame.pointee.format), format, height: height, color: color)
        }
        if let converter, converter.fits(frame) { return try converter.convert(frame) }
        let new = try FrameConverter(
            from: AVPixelFormat(frame.pointee.format), to: format, width: width, height: height, color: color)
        converter = new
        return try new.convert(frame)
    }

    /// The decoder's word; that of the stream where the coding has no way to say it picture by picture.
    private func fields(of frame: UnsafePointer<AVFrame>) -> FieldStructure {
        if cff_frame_is_interlaced(frame) != 0 {
            return cff_frame_is_top_field_first(frame) != 0 ? .topFirst : .bottomFirst
        }
        return VideoDecoder.codecsWithFieldFlags.contains(context.pointee.codec_id.rawValue)
            ? .progressive : facts.video.fieldOrder
    }

    /// Codings that mark each picture as interlaced or not, so that an unmarked one is progressive.
    private static let codecsWithFieldFlags: Set<UInt32> = Set(
        [
            AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG4, AV_CODEC_ID_H264, AV_CODEC_ID_HEVC,
            AV_CODEC_ID_VC1, AV_CODEC_ID_DVVIDEO, AV_CODEC_ID_PRORES, AV_CODEC_ID_DNXHD,
        ].map(\.rawValue))

    /// Faults in a row, without a packet going in, that no number of threads explains.
    private static let faultLimit = 256

    private func stuck(_ status: FFmpegStatus, _ mark: FFmpegLog.Mark) -> MediaError {
        MediaError(
            .badInput, operation: VideoDecoder.operation, subject: facts.path,
            reason:
                "The decoder for \(facts.video.codec) does not go on in \"\(facts.path)\" after \(frameCount) frames",
            ffmpegText: status.text(since: mark), remedy: "Repair the file first with: ffmpeg -i IN -c copy OUT")
    }

    // MARK: Remarks

    private func noteConversion(
        _ source: AVPixelFormat, _ target: PictureFormat, height: Int, color: ColorDescription
    ) {
        guard !notedConversion else { return }
        notedConversion = true
        let result = FrameConverter.resultColor(of: color, from: source, height: height)
        var text = "The source's pictures are \(PixelFormats.name(source)); they are converted to \(target)"
        if PixelFormats.isRGB(source) {
            text += " by \(colorMatrixName(result.matrix)), limited range"
        }
        notes(text + (PixelFormats.hasAlpha(source) ? ", and their transparency is left out." : "."))
    }

    private func countDamage(_ status: FFmpegStatus, at packet: MediaPacket?, since mark: FFmpegLog.Mark) throws {
        if status == .noMemory { throw outOfMemory(VideoDecoder.operation) }
        damagedPackets += 1
        noteDamage(at: packet, text: status.text(since: mark))
    }

    private func noteDamage(at packet: MediaPacket?, text: String) {
        guard damagedPackets <= 10 else { return }
        let place = packet?.seconds.map { "near second \(inMilliseconds($0))" } ?? "at the end"
        notes("Damaged video \(place) of \"\(facts.path)\": \(text).")
    }

    private func summarise() {
        if damagedPackets > 10 { notes("\(damagedPackets) packets of \"\(facts.path)\" were damaged.") }
        if let note = changes.summary { notes(note) }
        if timing.moved > 0 {
            notes("\(timing.moved) frames had a time not after the frame before; each was moved one tick after it.")
        }
        if timing.predicted > 0 {
            notes("\(timing.predicted) frames had no time; it was predicted from the frame before.")
        }
    }
}
