import CFFmpeg
import CFFmpegSupport
import UplumaFrames

/// Decodes the main video of a file as FFmpeg itself would: no time is mended, no hole filled, no pixel format converted.
///
/// What frame checksums are taken from: another program that decodes the same file must come to the same text.
/// Pictures of one and the same file are the same on any number of threads, damaged ones too.
///
/// Not thread safe; one caller at a time.
final class RawVideoReader {
    /// What the decoder gave out.
    struct Picture {
        let frame: UnsafeMutablePointer<AVFrame>
        /// In the stream's time base: FFmpeg's best estimate, else the end of the frame before.
        let time: Int64
        /// Ticks; 0 when neither frame nor stream tells.
        let duration: Int64
    }

    let facts: MediaFacts
    private let demuxer: Demuxer
    private let context: UnsafeMutablePointer<AVCodecContext>
    private let received: FrameHandle
    private let usualDuration: Int64
    private var end: Int64?
    private let isCancelled: @Sendable () -> Bool

    private static let operation = "read frames"
    /// Damaged places in a row at which a demuxer is given up.
    private static let patience = 16

    /// - Parameters:
    ///   - path: of a file; pipes cannot be opened twice.
    ///   - threads: that share a picture where every picture is coded by itself; 0 is all.
    /// - Throws: `MediaError`.
    init(path: String, threads: Int, isCancelled: @escaping @Sendable () -> Bool) throws {
        self.isCancelled = isCancelled
        demuxer = try Demuxer(path: path, cancellation: CancellationCheck(isCancelled))
        facts = try MediaFacts(demuxer, path: path)
        received = try FrameHandle()
        let video = facts.video
        usualDuration =
            video.frameRate.map {
                av_rescale_q(1, AVRational(num: $0.denominator, den: $0.numerator), video.timeBase.av)
            } ?? 0
        let mark = FFmpegLog.mark()
        for (index, stream) in demuxer.streams.enumerated() {
            stream.pointee.discard = index == video.index ? AVDISCARD_DEFAULT : AVDISCARD_ALL
        }
        guard let parameters = demuxer.streams[video.index].pointee.codecpar,
            let codec = avcodec_find_decoder(parameters.pointee.codec_id),
            let allocated = avcodec_alloc_context3(codec)
        else { throw outOfMemory(RawVideoReader.operation) }
        context = allocated
        var status = avcodec_parameters_to_context(context, parameters)
        context.pointee.pkt_timebase = video.timeBase.av
        context.pointee.thread_count = RawVideoReader.isIntraOnly(codec) ? Int32(threads) : 1
        context.pointee.thread_type = FF_THREAD_SLICE
        context.pointee.err_recognition = AV_EF_CRCCHECK
        context.pointee.max_pixels = VideoFacts.mostSamples
        if status >= 0 { status = avcodec_open2(context, codec, nil) }
        if status >= 0 { status = upluma_ffmpeg_fill_pictures(context) }
        if status < 0 {
            throw MediaError(
                .badInput, operation: RawVideoReader.operation, subject: path,
                reason: "The decoder for \(video.codec) cannot start on \"\(path)\"",
                ffmpegText: FFmpegStatus(rawValue: status).text(since: mark),
                remedy: "Check that the file plays")
        }
    }

    deinit {
        upluma_ffmpeg_forget_pictures(context)
        var owned: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&owned)
    }

    private static func isIntraOnly(_ codec: UnsafePointer<AVCodec>) -> Bool {
        guard let descriptor = avcodec_descriptor_get(codec.pointee.id) else { return false }
        return descriptor.pointee.props & AV_CODEC_PROP_INTRA_ONLY != 0
    }

    /// What the container keeps for the decoder before the first packet.
    var header: UnsafeRawBufferPointer {
        guard let parameters = demuxer.streams[facts.video.index].pointee.codecpar else {
            return UnsafeRawBufferPointer(start: nil, count: 0)
        }
        return UnsafeRawBufferPointer(
            start: parameters.pointee.extradata, count: Int(parameters.pointee.extradata_size))
    }

    /// Reads from end to end; called once.
    ///
    /// - Parameters:
    ///   - packet: called with the bytes of every packet, before its frames.
    ///   - complaint: called with what the decoder said against a packet; frames go on.
    ///   - picture: called for every frame, in order of presentation; the frame is valid during the call.
    /// - Throws: `MediaError` where the file cannot be read or the reading was stopped, and what `picture` throws.
    func read(
        packet: (UnsafeRawBufferPointer) -> Void = { _ in }, complaint: (String) -> Void = { _ in },
        picture: (Picture) throws -> Void
    ) throws {
        var owned = av_packet_alloc()
        defer { av_packet_free(&owned) }
        guard let next = owned else { throw outOfMemory(RawVideoReader.operation) }
        var faults = 0
        while true {
            if isCancelled() { throw stopped }
            let mark = FFmpegLog.mark()
            let status = FFmpegStatus(rawValue: av_read_frame(demuxer.context, next))
            defer { av_packet_unref(next) }
            if status == .endOfFile { break }
            if status == .invalidData, faults < RawVideoReader.patience {
                faults += 1
                complaint(status.text(since: mark))
                continue
            }
            guard status.rawValue >= 0 else { throw failure(status, mark) }
            faults = 0
            guard Int(next.pointee.stream_index) == facts.video.index else { continue }
            packet(UnsafeRawBufferPointer(start: next.pointee.data, count: Int(next.pointee.size)))
            try decode(next, complaint, picture)
        }
        try decode(nil, complaint, picture)
    }

    private func decode(
        _ packet: UnsafeMutablePointer<AVPacket>?, _ complaint: (String) -> Void, _ each: (Picture) throws -> Void
    ) throws {
        while true {
            let mark = FFmpegLog.mark()
            let status = FFmpegStatus(rawValue: avcodec_send_packet(context, packet))
            if status == .noMemory { throw outOfMemory(RawVideoReader.operation) }
            if status.rawValue < 0, status != .again, status != .endOfFile {
                complaint(status.text(since: mark))
            } else if let line = FFmpegLog.lastError(since: mark) {
                complaint(line)
            }
            try receive(complaint, each)
            if status != .again { return }
        }
    }

    private func receive(_ complaint: (String) -> Void, _ each: (Picture) throws -> Void) throws {
        var faults = 0
        while true {
            let mark = FFmpegLog.mark()
            let status = FFmpegStatus(rawValue: avcodec_receive_frame(context, received.frame))
            if status == .again || status == .endOfFile { return }
            if status.rawValue < 0 {
                complaint(status.text(since: mark))
                faults += 1
                if faults > RawVideoReader.patience { return }
                continue
            }
            if let line = FFmpegLog.lastError(since: mark) { complaint(line) }
            defer { av_frame_unref(received.frame) }
            try each(timed(received.frame))
        }
    }

    private func timed(_ frame: UnsafeMutablePointer<AVFrame>) -> Picture {
        let best = frame.pointee.best_effort_timestamp
        let own = cff_frame_duration(frame)
        let duration = own > 0 ? own : usualDuration
        let time = best == cff_no_pts ? end ?? 0 : best
        end = time + max(duration, 1)
        return Picture(frame: frame, time: time, duration: duration)
    }

    private var stopped: MediaError {
        MediaError(
            .cancelled, operation: RawVideoReader.operation, subject: facts.path,
            reason: "Reading \"\(facts.path)\" was stopped")
    }

    private func failure(_ status: FFmpegStatus, _ mark: FFmpegLog.Mark) -> MediaError {
        if status == .exitRequested { return stopped }
        if status == .noMemory { return outOfMemory(RawVideoReader.operation) }
        return MediaError(
            status == .invalidData ? .badInput : .ioError, operation: RawVideoReader.operation, subject: facts.path,
            reason: "\"\(facts.path)\" cannot be read to its end", ffmpegText: status.text(since: mark),
            remedy: "Check the disk, or get a better copy")
    }
}
