import CFFmpeg
import CFFmpegSupport
package import UplumaFrames

/// Decodes the main video stream of a source into frames.
///
/// A frame has the size, format, colour and shape it was coded with: recordings joined end to end change them on the way,
/// and then differ from `VideoFacts`, which speak of the beginning. The log says where.
///
/// Thread safety: calls must not overlap (checked), so give a decoder to one serial queue. Frames may go anywhere and
/// outlive the decoder. The counters are read on the same queue.
package final class VideoDecoder: @unchecked Sendable {
    /// What damage cost so far, that of the container included.
    package var damage: DamageLog.Counts { damageLog.counts }
    /// Frames handed out so far, those shown again in the place of lost ones included.
    package internal(set) var frameCount = 0
    /// Whether the first frame was coded by itself. Streams that are refreshed bit by bit have none such, and are whole only
    /// some key packets later.
    package private(set) var beganIntra = true

    let context: UnsafeMutablePointer<AVCodecContext>
    private let received: FrameHandle
    let facts: MediaFacts
    private let notes: NoteHandler
    private let exclusive = ExclusiveUse("VideoDecoder")
    var timing: FrameTiming
    var repair: FrameRepair
    let damageLog: DamageLog
    /// Damage of the container that was taken into account.
    var knownBreaks = 0
    /// Times of damaged packets that were told and whose frames may still come.
    var toldDamage: Set<Int64> = []
    /// Packets without time stamps of which no frame came, since the last frame.
    var uncounted = 0
    private(set) var previous: Frame?
    private var converter: FrameConverter?
    private var notedConversion = false
    private var changes: PictureChanges
    private var sequence = SequenceSize()
    private var notedClock = false

    static let operation = "decode the video"

    /// - Parameters:
    ///   - source: not yet read from.
    ///   - threads: threads that share a picture, where every picture is coded by itself; 0 lets FFmpeg choose. Other
    ///     codings are decoded by one thread: with several, what damage makes of a picture depends on their number.
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
        let longest = AVRational(num: VideoDecoder.longestHole, den: 1)
        repair = FrameRepair(usualDuration: usual, longestHole: av_rescale_q(1, longest, video.timeBase.av))
        damageLog = source.damage

        let mark = FFmpegLog.mark()
        let parameters = source.demuxer.streams[video.index].pointee.codecpar
        guard let parameters, let codec = avcodec_find_decoder(parameters.pointee.codec_id),
            let allocated = avcodec_alloc_context3(codec)
        else { throw outOfMemory(VideoDecoder.operation) }
        context = allocated
        var status = avcodec_parameters_to_context(context, parameters)
        context.pointee.pkt_timebase = video.timeBase.av
        context.pointee.thread_count = VideoDecoder.isIntraOnly(codec) ? Int32(threads) : 1
        context.pointee.thread_type = FF_THREAD_SLICE
        // Pictures without their key frame come out marked, rather than being dropped without a word.
        context.pointee.flags |= AV_CODEC_FLAG_OUTPUT_CORRUPT
        context.pointee.max_pixels = VideoFacts.mostSamples
        if status >= 0 { status = avcodec_open2(context, codec, nil) }
        if status >= 0 { status = upluma_ffmpeg_fill_pictures(context) }
        if status < 0 {
            throw MediaError(
                .badInput, operation: VideoDecoder.operation, subject: source.facts.path,
                reason: "The decoder for \(video.codec) cannot start on \"\(source.facts.path)\"",
                ffmpegText: FFmpegStatus(rawValue: status).text(since: mark),
                remedy: "Check that the file plays, or convert it with another program first")
        }
    }

    deinit {
        upluma_ffmpeg_forget_pictures(context)
        var owned: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&owned)
    }

    /// Seconds of the longest hole that is filled, the same as the pause that a clock may make.
    private static let longestHole = Int32(ClockRepair.forwardLimit / 1_000_000)

    private static func isIntraOnly(_ codec: UnsafePointer<AVCodec>) -> Bool {
        guard let descriptor = avcodec_descriptor_get(codec.pointee.id) else { return false }
        return descriptor.pointee.props & AV_CODEC_PROP_INTRA_ONLY != 0
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
            enter(packet)
            if let packet, sequence.changes(in: packet.packet, codec: context.pointee.codec_id) {
                try empty(each)
            }
            while true {
                let mark = FFmpegLog.mark()
                let status = FFmpegStatus(rawValue: avcodec_send_packet(context, packet?.packet))
                // "Again": the decoder is full; take frames out and offer the same packet once more.
                if status.rawValue < 0, status != .again, status != .endOfFile {
                    try tell(status, at: packet, since: mark)
                } else {
                    try tellComplaint(at: packet, since: mark)
                }
                try receive(each, near: packet)
                if status != .again { break }
            }
            if packet == nil {
                for time in repair.missingAtEnd() { try show(previous, at: time, until: nil, each) }
                summarise()
            }
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
            if status == .again || status == .endOfFile { return try tellComplaint(at: packet, since: mark) }
            if status.rawValue < 0 {
                try tell(status, at: packet, since: mark)
                faults += 1
                if faults > VideoDecoder.faultLimit { throw stuck(status, mark) }
                continue
            }
            try tellComplaint(at: packet, since: mark)
            defer { av_frame_unref(received.frame) }
            guard let condition = try condition(of: received.frame) else { continue }
            try showUncounted(each)
            if frameCount == 0 {
                let type = received.frame.pointee.pict_type
                beganIntra = type == AV_PICTURE_TYPE_I || type == AV_PICTURE_TYPE_NONE
            }
            var frame = try makeFrame(received.frame)
            frame.condition = condition
            let gaps = repair.missing(before: frame.pts)
            for (index, time) in gaps.enumerated() {
                let next = index + 1 < gaps.count ? gaps[index + 1] : frame.pts
                try show(previous ?? frame, at: time, until: next, each)
            }
            previous = frame
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
                remedy: "Cut the file where it changes and convert the parts one by one")
        }
        let read = ColorDescription(frame)
        var color =
            plain != nil ? read : FrameConverter.resultColor(of: read, from: pixelFormat, height: height)
        let siting = ChromaSiting(
            codec: video.codec, format: format, declared: color.chromaLocation, range: color.range)
        color.chromaLocation = siting.location
        let (own, best) = (frame.pointee.pts, frame.pointee.best_effort_timestamp)
        let time = timing.next(
            pts: own == cff_no_pts || !facts.hasTimeStamps ? nil : own,
            best: best == cff_no_pts || !facts.hasTimeStamps ? nil : best,
            duration: cff_frame_duration(frame))
        if !facts.hasTimeStamps { noteMissingClock() }
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

    private func noteMissingClock() {
        guard !notedClock else { return }
        notedClock = true
        let rate = facts.video.frameRate.map { inMilliseconds($0.doubleValue) }
        let isStated = context.pointee.framerate.num > 0
        notes(
            "\"\(facts.path)\" has no time stamps; counted at \(rate.map { "\($0)" } ?? "unknown") frames a second, "
                + (isStated ? "as its header says." : "as FFmpeg assumes."))
    }

    private func summarise() {
        damageLog.summarise()
        if let note = changes.summary { notes(note) }
        if timing.moved > 0 {
            notes("\(timing.moved) frames had a time not after the frame before; each was moved one tick after it.")
        }
        if timing.predicted > 0, facts.hasTimeStamps {
            notes("\(timing.predicted) frames had no time; it was predicted from the frame before.")
        }
    }
}
