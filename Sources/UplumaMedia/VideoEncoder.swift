import CFFmpeg
package import UplumaFrames

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Encodes frames into packets.
///
/// Thread safety: calls must not overlap (checked), so give an encoder to one serial queue.
package final class VideoEncoder: @unchecked Sendable {
    /// What the encoder was opened for.
    package let picture: OutputPicture
    /// FFmpeg's name of the encoder.
    package let name: String
    private var framesIn = 0
    private var isOpen = false

    let context: UnsafeMutablePointer<AVCodecContext>
    private let pixelFormat: AVPixelFormat
    private let exclusive = ExclusiveUse("VideoEncoder")
    private var clock: EncoderClock

    private static let operation = "open the encoder"

    /// - Parameters:
    ///   - choice: of the same settings and the same container.
    ///   - settings: quality, speed and options.
    ///   - picture: in a format `EncoderChoice.negotiate` returned.
    ///   - container: of the output; rules where headers go.
    /// - Throws: `MediaError.usage` naming the option that is unknown or has a bad value, the frame rate that the encoder
    ///   does not take, or quoting the encoder when it refuses the combination.
    package init(
        _ choice: EncoderChoice, settings: EncoderSettings, picture: OutputPicture, container: MediaContainer
    ) throws {
        name = choice.name
        self.picture = picture
        if settings.isSteady { _ = AlikeMemory.isOn }
        guard let pixelFormat = choice.pixelFormat(picture.format, range: picture.color.range) else {
            throw MediaError(
                .usage, operation: VideoEncoder.operation, subject: choice.name,
                reason: "The encoder \"\(choice.name)\" does not take \(picture.format)",
                remedy: "Choose another pixel format or encoder")
        }
        self.pixelFormat = pixelFormat
        clock = try EncoderClock(choice.codec, picture)
        guard let allocated = avcodec_alloc_context3(choice.codec) else { throw outOfMemory(VideoEncoder.operation) }
        context = allocated
        describe(container)
        // A container that dictates its encoder (YUV4MPEG2) does so whatever the user said about encoding.
        if container.requiredEncoder == nil { try apply(settings) }
        try open(choice)
        isOpen = true
    }

    deinit {
        if isOpen, framesIn == 0, EncoderQuirks.of(name).mustGetPicture { encodeAnything() }
        var owned: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&owned)
    }

    /// Sends a picture of whatever is in memory through the encoder, for one that cannot be closed without.
    private func encodeAnything() {
        guard let handle = try? FrameHandle(), let packet = av_packet_alloc() else { return }
        var owned: UnsafeMutablePointer<AVPacket>? = packet
        defer { av_packet_free(&owned) }
        handle.frame.pointee.format = pixelFormat.rawValue
        handle.frame.pointee.width = Int32(picture.width)
        handle.frame.pointee.height = Int32(picture.height)
        guard av_frame_get_buffer(handle.frame, 0) >= 0, avcodec_send_frame(context, handle.frame) >= 0,
            avcodec_send_frame(context, nil) >= 0
        else { return }
        while avcodec_receive_packet(context, packet) >= 0 { av_packet_unref(packet) }
    }

    /// Whether the encoder writes the closed captions that frames bring: those that do have a switch for it.
    package var carriesCaptions: Bool { av_opt_find(context, "a53cc", nil, 0, AV_OPT_SEARCH_CHILDREN) != nil }

    /// Encodes one frame, or with nil what the encoder still holds at the end.
    ///
    /// - Parameters:
    ///   - frame: of the size and format the encoder was opened for; its planes are lent to the encoder, not copied.
    ///   - each: called for every packet that comes out, in decoding order; what it throws ends the call.
    /// - Throws: `MediaError.internalFault` when the encoder fails.
    package func encode(_ frame: Frame?, each: (MediaPacket) throws -> Void) throws {
        try exclusive {
            var handle: FrameHandle?
            if let frame {
                handle = try lend(frame)
                handle?.frame.pointee.pts = clock.enter(pts: frame.pts, duration: frame.duration)
                framesIn += 1
            }
            while true {
                let mark = FFmpegLog.mark()
                let status = FFmpegStatus(rawValue: avcodec_send_frame(context, handle?.frame))
                if status.rawValue < 0, status != .again, status != .endOfFile { throw failure(status, mark) }
                try receive(each)
                if status != .again { return }
            }
        }
    }

    private func receive(_ each: (MediaPacket) throws -> Void) throws {
        while true {
            let mark = FFmpegLog.mark()
            let packet = MediaPacket(
                owning: try MediaPacket.allocate(), streamIndex: 0, timeBase: picture.timeBase)
            let status = FFmpegStatus(rawValue: avcodec_receive_packet(context, packet.packet))
            if status == .again || status == .endOfFile { return }
            if status.rawValue < 0 { throw failure(status, mark) }
            clock.leave(packet.packet)
            try each(packet)
        }
    }

    /// An FFmpeg frame around the planes of `frame`.
    private func lend(_ frame: Frame) throws -> FrameHandle {
        precondition(
            frame.width == picture.width && frame.height == picture.height && frame.format == picture.format,
            "the encoder was opened for \(picture.width)×\(picture.height) \(picture.format)")
        let handle = try FrameHandle()
        let target = handle.frame
        try (frame.attachments as? DecodedAttachments)?.copy(to: target)
        cff_frame_forget_coding(target)
        try handle.lend(frame, as: pixelFormat)
        target.pointee.sample_aspect_ratio = picture.sampleAspect?.av ?? AVRational(num: 0, den: 1)
        target.pointee.color_range = context.pointee.color_range
        target.pointee.color_primaries = context.pointee.color_primaries
        target.pointee.color_trc = context.pointee.color_trc
        target.pointee.colorspace = context.pointee.colorspace
        target.pointee.chroma_location = context.pointee.chroma_sample_location
        return handle
    }

    private func failure(_ status: FFmpegStatus, _ mark: FFmpegLog.Mark) -> MediaError {
        if status == .noMemory { return outOfMemory("encode a picture") }
        return MediaError(
            .internalFault, operation: "encode a picture", subject: name,
            reason: "The encoder \"\(name)\" failed after \(framesIn) frames", ffmpegText: status.text(since: mark),
            remedy: "Try another encoder or fewer encoder options")
    }
}

extension VideoEncoder {
    /// Tells the encoder what the pictures are.
    private func describe(_ container: MediaContainer) {
        context.pointee.width = Int32(picture.width)
        context.pointee.height = Int32(picture.height)
        context.pointee.pix_fmt = pixelFormat
        context.pointee.bits_per_raw_sample = Int32(picture.format.bitDepth)
        context.pointee.time_base = clock.tick.av
        if let rate = clock.rate { context.pointee.framerate = rate.av }
        context.pointee.sample_aspect_ratio = picture.sampleAspect?.av ?? AVRational(num: 0, den: 1)
        context.pointee.color_range = picture.color.avRange
        context.pointee.color_primaries = picture.color.avPrimaries
        context.pointee.color_trc = picture.color.avTransfer
        context.pointee.colorspace = picture.color.avMatrix
        context.pointee.chroma_sample_location = picture.color.avChromaLocation
        context.pointee.field_order = AV_FIELD_PROGRESSIVE
        if EncoderQuirks.of(name).limitedRangeIsUnofficial, picture.color.range != .full {
            context.pointee.strict_std_compliance = FF_COMPLIANCE_UNOFFICIAL
        }
        // AVI has no times: pictures are shown in the order they are stored.
        if container.name == "avi" { context.pointee.max_b_frames = 0 }
        if container.needsGlobalHeader { context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER }
        if container.isYUV4MPEG, picture.format.chroma == .yuv420, picture.color.chromaLocation == .unspecified {
            // YUV4MPEG2 has no "unspecified": its plain tag means centre, while everything here counts it as left.
            context.pointee.chroma_sample_location = AVCHROMA_LOC_LEFT
        }
    }

    private func apply(_ settings: EncoderSettings) throws {
        let isSingle = settings.isSteady && !EncoderQuirks.of(name).isLossless
        context.pointee.thread_count = isSingle ? 1 : Int32(settings.threads)
        let ratesOfItsOwn: Set = ["b", "q", "qscale", "global_quality", "flags"]
        let setsRate = !ratesOfItsOwn.isDisjoint(with: settings.options.keys)
        for (key, value) in EncoderQuirks.of(name).defaults
        where settings.options[key] == nil && !(setsRate && ratesOfItsOwn.contains(key)) {
            av_opt_set(context, key, value, AV_OPT_SEARCH_CHILDREN)
        }
        if let preset = settings.preset { try setPreset(preset) }
        if let crf = settings.crf {
            try set("crf", String(crf), from: "the constant quality (CRF)")
        } else if !settings.options.keys.contains(where: { ["crf", "qp", "cqp", "b", "lossless"].contains($0) }) {
            // Encoders without such a setting (ffv1) keep their own default.
            av_opt_set(context, "crf", String(EncoderSettings.defaultCRF), AV_OPT_SEARCH_CHILDREN)
        }
        var options = settings.options
        if let (option, parameters) = picture.light?.parameters(of: name), !parameters.isEmpty {
            // FFmpeg 5.1 does not hand a frame's metadata to these libraries. The user's own parameters come last and win.
            options[option] = (parameters + [options[option]].compactMap { $0 }).joined(separator: ":")
        }
        let quirks = EncoderQuirks.of(name)
        if let (option, parameter) = quirks.quiet {
            options[option] = [parameter, options[option]].compactMap { $0 }.joined(separator: ":")
        }
        for (option, parameter) in isSingle ? quirks.singleThread : [:] {
            let before = option.hasSuffix("-params") ? options[option] : nil
            options[option] = [before, parameter].compactMap { $0 }.joined(separator: ":")
        }
        if let (variable, value) = quirks.quietVariable { setenv(variable, value, 0) }
        for (key, value) in options.sorted(by: { $0.key < $1.key }) {
            try set(key, value, from: "the encoder option \(key)")
        }
    }

    private func setPreset(_ preset: String) throws {
        let presets = EncoderQuirks.of(name).presets
        if !presets.isEmpty, !presets.contains(preset) {
            throw MediaError(
                .usage, operation: VideoEncoder.operation, subject: "preset",
                reason: "The encoder \"\(name)\" has no preset \"\(preset)\"",
                remedy: "Use one of: \(presets.joined(separator: ", "))")
        }
        try set("preset", preset, from: "the encoder preset")
    }

    private func set(_ key: String, _ value: String, from words: String) throws {
        let mark = FFmpegLog.mark()
        let status = FFmpegStatus(rawValue: av_opt_set(context, key, value, AV_OPT_SEARCH_CHILDREN))
        if status.rawValue >= 0 { return }
        if status == .optionNotFound {
            throw MediaError(
                .usage, operation: VideoEncoder.operation, subject: key,
                reason: "The encoder \"\(name)\" has no option \"\(key)\"",
                remedy: "See its options with: ffmpeg -h encoder=\(name)")
        }
        throw MediaError(
            .usage, operation: VideoEncoder.operation, subject: key,
            reason: "The encoder \"\(name)\" does not take \"\(value)\" as \(words)",
            ffmpegText: status.text(since: mark),
            remedy: "See its options with: ffmpeg -h encoder=\(name)")
    }

    private func open(_ choice: EncoderChoice) throws {
        let mark = FFmpegLog.mark()
        let status = FFmpegStatus(rawValue: avcodec_open2(context, choice.codec, nil))
        if status.rawValue >= 0 { return }
        if status == .noMemory { throw outOfMemory(VideoEncoder.operation) }
        throw MediaError(
            .usage, operation: VideoEncoder.operation, subject: name,
            reason: "The encoder \"\(name)\" refuses these settings for \(picture.width)×\(picture.height) "
                + "\(picture.format)", ffmpegText: status.text(since: mark),
            remedy: "Check the preset and the encoder options with: ffmpeg -h encoder=\(name)")
    }
}
