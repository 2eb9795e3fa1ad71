import CFFmpeg
import UplumaFrames

/// Sound of one codec into another.
///
/// The first sample is at the source's first time, to the sample, whatever the encoder's delay; after that samples are
/// counted. Where the source's times leave the count by more than `tolerance` — a gap, a lost packet — silence fills the
/// gap, or samples that come twice are dropped, so that sound and picture stay together.
final class AudioConverter: StreamConverter {
    let timeBase: AVRational
    private let decoder: CodecContext
    private let encoder: CodecContext
    private let target: AudioTarget
    private let sourceTimeBase: AVRational
    private var graph: FilterGraph?
    /// What the graph was made for.
    private var graphInput = ""
    private let queue: SampleQueue
    /// Time of the first sample in the queue, in samples; nil before the first.
    private var next: Int64?
    private var damaged = 0

    /// Seconds: one picture of 25 a second.
    private static let tolerance = 0.04

    /// - Parameters:
    ///   - source: a stream of sound.
    ///   - target: its new coding.
    ///   - needsGlobalHeader: whether the container wants the encoder's header for its own.
    /// - Throws: `MediaError` when FFmpeg refuses.
    init(from source: UnsafeMutablePointer<AVStream>, to target: AudioTarget, needsGlobalHeader: Bool) throws {
        self.target = target
        timeBase = AVRational(num: 1, den: target.sampleRate)
        sourceTimeBase = source.pointee.time_base
        decoder = try CodecContext.decoder(of: source)
        encoder = try CodecContext(target.encoder)
        let context = encoder.pointer
        context.pointee.sample_fmt = target.sampleFormat
        context.pointee.sample_rate = target.sampleRate
        try checkConversion(av_channel_layout_from_string(&context.pointee.ch_layout, target.layout))
        context.pointee.time_base = timeBase
        context.pointee.thread_count = 1
        if target.bits > 0 { context.pointee.bits_per_raw_sample = target.bits }
        if let rate = target.bitRate { context.pointee.bit_rate = rate }
        if needsGlobalHeader { context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
        context.pointee.flags |= AV_CODEC_FLAG_BITEXACT
        try checkConversion(avcodec_open2(context, target.encoder, nil))
        // PCM takes any number of samples: 40 ms of it are one packet.
        let size = context.pointee.frame_size > 0 ? context.pointee.frame_size : max(1, target.sampleRate / 25)
        queue = try SampleQueue(context, chunk: size)
    }

    func describe(_ parameters: UnsafeMutablePointer<AVCodecParameters>) -> Int32 {
        avcodec_parameters_from_context(parameters, encoder.pointer)
    }

    func convert(
        _ packet: UnsafeMutablePointer<AVPacket>?, each: (UnsafeMutablePointer<AVPacket>) throws -> Void
    ) throws {
        let sent = avcodec_send_packet(decoder.pointer, packet)
        if sent < 0 && sent != cff_error_eof { damaged += 1 }
        while true {
            let frame = try FrameHandle()
            let status = avcodec_receive_frame(decoder.pointer, frame.frame)
            if status == cff_error_again || status == cff_error_eof { break }
            if status < 0 {
                damaged += 1
                break
            }
            if frame.frame.pointee.nb_samples > 0 { try filter(frame, each: each) }
        }
        guard packet == nil else { return }
        try drainGraph(each: each)
        try encodeQueue(untilEmpty: true, each: each)
        try encode(nil, each: each)
    }

    func remarks(about what: String) -> [String] {
        damaged == 0 ? [] : ["\(damaged) packets of \(what) could not be decoded; silence takes their place."]
    }

    private func filter(_ frame: FrameHandle, each: (UnsafeMutablePointer<AVPacket>) throws -> Void) throws {
        let pointer = frame.frame
        if pointer.pointee.best_effort_timestamp != cff_no_pts {
            pointer.pointee.pts = pointer.pointee.best_effort_timestamp
        }
        if pointer.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
            let channels = pointer.pointee.ch_layout.nb_channels
            av_channel_layout_default(&pointer.pointee.ch_layout, channels)
        }
        let format = String(cString: av_get_sample_fmt_name(AVSampleFormat(pointer.pointee.format)))
        let layout = AudioTarget.describe(&pointer.pointee.ch_layout)
        let input =
            "sample_rate=\(pointer.pointee.sample_rate):sample_fmt=\(format):channel_layout=\(layout)"
            + ":time_base=\(sourceTimeBase.num)/\(sourceTimeBase.den)"
        if input != graphInput {  // At the first frame, and where the stream changes its form.
            try drainGraph(each: each)
            graph = try makeGraph(input)
            graphInput = input
        }
        try graphFailing { () throws(FFmpegStatus) in try graph?.push(frame) }
        try pull(each: each)
    }

    private func makeGraph(_ input: String) throws -> FilterGraph {
        var resampling = "async=1:min_hard_comp=\(AudioConverter.tolerance)"
        if let next { resampling += ":first_pts=\(next + Int64(queue.count))" }
        let output =
            "sample_fmts=\(String(cString: av_get_sample_fmt_name(target.sampleFormat)))"
            + ":sample_rates=\(target.sampleRate):channel_layouts=\(target.layout)"
        return try graphFailing { () throws(FFmpegStatus) in
            try FilterGraph(
                from: FilterGraph.Step(name: "abuffer", options: input),
                [
                    FilterGraph.Step(name: "aresample", options: resampling),
                    FilterGraph.Step(name: "aformat", options: output),
                ], sink: "abuffersink")
        }
    }

    private func drainGraph(each: (UnsafeMutablePointer<AVPacket>) throws -> Void) throws {
        guard graph != nil else { return }
        try graphFailing { () throws(FFmpegStatus) in try graph?.push(nil) }
        try pull(each: each)
        graph = nil
    }

    private func pull(each: (UnsafeMutablePointer<AVPacket>) throws -> Void) throws {
        while let frame = try graphFailing({ () throws(FFmpegStatus) in try graph?.pull() }) {
            if next == nil {
                let (pts, unit) = (frame.frame.pointee.pts, graph?.timeBase.av ?? timeBase)
                next = pts == cff_no_pts ? 0 : av_rescale_q(pts, unit, timeBase)
            }
            try checkConversion(queue.append(frame.frame))
            try encodeQueue(untilEmpty: false, each: each)
        }
    }

    private func graphFailing<T>(_ work: () throws(FFmpegStatus) -> T) throws -> T {
        do { return try work() } catch {
            try checkConversion(error.rawValue)
            throw error
        }
    }

    /// Encodes whole frames, and with `untilEmpty` the rest.
    private func encodeQueue(
        untilEmpty: Bool, each: (UnsafeMutablePointer<AVPacket>) throws -> Void
    ) throws {
        while queue.count >= queue.chunk || (untilEmpty && queue.count > 0), let time = next {
            let frame = try queue.take()
            frame.frame.pointee.pts = time
            next = time + Int64(frame.frame.pointee.nb_samples)
            try encode(frame, each: each)
        }
    }

    private func encode(_ frame: FrameHandle?, each: (UnsafeMutablePointer<AVPacket>) throws -> Void) throws {
        try checkConversion(avcodec_send_frame(encoder.pointer, frame?.frame))
        while true {
            let packet = try OwnedPacket()
            let status = avcodec_receive_packet(encoder.pointer, packet.pointer)
            if status == cff_error_again || status == cff_error_eof { return }
            try checkConversion(status)
            try each(packet.pointer)
        }
    }
}

/// Samples that wait until there are enough for a frame of the encoder.
private final class SampleQueue {
    /// Samples (of each channel) in a frame.
    let chunk: Int
    private let queue: OpaquePointer
    private let context: UnsafeMutablePointer<AVCodecContext>

    /// - Parameter context: the encoder's, which outlives the queue.
    init(_ context: UnsafeMutablePointer<AVCodecContext>, chunk: Int32) throws {
        let channels = context.pointee.ch_layout.nb_channels
        guard let queue = av_audio_fifo_alloc(context.pointee.sample_fmt, channels, chunk) else {
            throw outOfMemory("convert a stream")
        }
        self.queue = queue
        self.chunk = Int(chunk)
        self.context = context
    }

    deinit { av_audio_fifo_free(queue) }

    /// Samples of each channel.
    var count: Int { Int(av_audio_fifo_size(queue)) }

    /// 0 or more, or FFmpeg's error.
    func append(_ frame: UnsafeMutablePointer<AVFrame>) -> Int32 {
        av_audio_fifo_write(queue, cff_frame_planes(frame), frame.pointee.nb_samples)
    }

    /// A frame of `chunk` samples, or of all there are.
    func take() throws -> FrameHandle {
        let handle = try FrameHandle()
        let frame = handle.frame
        frame.pointee.nb_samples = Int32(min(chunk, count))
        frame.pointee.format = context.pointee.sample_fmt.rawValue
        frame.pointee.sample_rate = context.pointee.sample_rate
        try checkConversion(av_channel_layout_copy(&frame.pointee.ch_layout, &context.pointee.ch_layout))
        try checkConversion(av_frame_get_buffer(frame, 0))
        try checkConversion(av_audio_fifo_read(queue, cff_frame_planes(frame), frame.pointee.nb_samples))
        return handle
    }
}
