import CFFmpeg
import UplumaFrames

/// What of the source goes into the output's headers.
extension Muxer {
    /// Tags a muxer writes by itself; copied, they would contradict it.
    static let muxerTags = ["major_brand", "minor_version", "compatible_brands", "encoder"]
    /// "hvc1", the form of HEVC in MP4 that Apple's players accept; FFmpeg would write "hev1".
    private static let hvc1: UInt32 = 0x3163_7668
    /// Tags mkvmerge and others leave about a stream's content, false once the content is another.
    static let statistics = [
        "BPS", "DURATION", "NUMBER_OF_FRAMES", "NUMBER_OF_BYTES", "_STATISTICS_WRITING_APP",
        "_STATISTICS_WRITING_DATE_UTC", "_STATISTICS_TAGS",
    ]

    /// The streams of the output by the source's positions, the cover art to be written first, and the encoded video.
    struct AddedStreams {
        var outputs: [Int: OutputStream] = [:]
        var covers: [(picture: FFmpegPacket, output: Int32)] = []
        var encoded: OutputStream
    }

    /// Everything a plan puts into the output, in the source's order, with tags and chapters of the file.
    ///
    /// - Parameter maker: a text for `MakerTag`, written where there is a place for it.
    func addStreams(
        _ plan: StreamPlan, _ converters: [Int: any StreamConverter], source: MediaSource, encoder: VideoEncoder,
        span: MediaWriter.Span?, maker: String?
    ) throws -> AddedStreams {
        var outputs: [Int: OutputStream] = [:]
        var covers: [(picture: FFmpegPacket, output: Int32)] = []
        var encoded: OutputStream?
        for (index, action) in plan.actions.enumerated() {
            let stream = source.demuxer.streams[index]
            switch action {
            case .leaveOut: continue
            case .encode: encoded = try addEncoded(encoder, from: stream)
            case .coverFile: _ = try addCoverFile(from: stream)
            case .coverPicture:
                let output = try addCopy(from: stream, isWhole: span == nil)
                covers.append((try FFmpegPacket(copying: &stream.pointee.attached_pic), output.index))
            case .copy:
                let output = try addCopy(from: stream, isWhole: span == nil)
                if stream.pointee.codecpar.pointee.codec_type != AVMEDIA_TYPE_ATTACHMENT { outputs[index] = output }
            case .subtitles, .sound:
                guard let converter = converters[index] else {
                    preconditionFailure("each conversion has its converter")
                }
                outputs[index] = try addConverted(converter, from: stream)
            }
        }
        guard let encoded else { preconditionFailure("a source has a main video stream") }
        try copyFile(source.demuxer.context, span: span)
        if let maker, let place = container.makerTagPlace(beside: source) {
            if place.isLate {
                lateTag = (place.key, maker)
            } else {
                try check(av_dict_set(&context.pointee.metadata, place.key, maker, 0))
            }
        }
        return AddedStreams(outputs: outputs, covers: covers, encoded: encoded)
    }

    /// A stream in another codec, with everything the source says about it that is still true.
    private func addConverted(
        _ converter: any StreamConverter, from source: UnsafeMutablePointer<AVStream>
    ) throws -> OutputStream {
        let stream = try newStream()
        guard let parameters = stream.pointee.codecpar else { throw outOfMemory("write the output") }
        try check(converter.describe(parameters))
        parameters.pointee.codec_tag = 0
        stream.pointee.time_base = converter.timeBase
        stream.pointee.disposition = source.pointee.disposition
        try copyTags(source.pointee.metadata, to: &stream.pointee.metadata, without: Muxer.statistics + ["encoder"])
        try keepTitle(of: stream)
        return OutputStream(stream)
    }

    /// MP4 and MOV have no stream titles in FFmpeg's hands; the name of the track's handler is shown in their place.
    private func keepTitle(of stream: UnsafeMutablePointer<AVStream>) throws {
        guard container.isISO, let title = Tags.value("title", in: stream.pointee.metadata) else { return }
        try check(av_dict_set(&stream.pointee.metadata, "handler_name", title, 0))
    }

    /// The encoded video, with everything the source says about its stream that is still true.
    func addEncoded(_ encoder: VideoEncoder, from source: UnsafeMutablePointer<AVStream>) throws -> OutputStream {
        let stream = try newStream()
        try check(avcodec_parameters_from_context(stream.pointee.codecpar, encoder.context))
        if container.isISO, encoder.context.pointee.codec_id == AV_CODEC_ID_HEVC {
            stream.pointee.codecpar.pointee.codec_tag = Muxer.hvc1
        }
        stream.pointee.time_base = encoder.picture.timeBase.av
        if container.beginsAtZero, let rate = encoder.picture.frameRate {
            // These count frames: AVI would fill every tick of a finer clock with an empty frame.
            stream.pointee.time_base = AVRational(num: rate.denominator, den: rate.numerator)
        }
        if container.isYUV4MPEG {  // FFmpeg writes this as the rate into the header, and nothing else about time.
            let rate = encoder.picture.frameRate ?? ConstantRate.fallback
            stream.pointee.time_base = AVRational(num: rate.denominator, den: rate.numerator)
        }
        stream.pointee.sample_aspect_ratio = encoder.context.pointee.sample_aspect_ratio
        if let rate = encoder.picture.frameRate { stream.pointee.avg_frame_rate = rate.av }
        stream.pointee.disposition = source.pointee.disposition
        try copyTags(source.pointee.metadata, to: &stream.pointee.metadata, without: Muxer.statistics + ["encoder"])
        try keepTitle(of: stream)
        try check(cff_copy_stream_side_data(stream, source, 1))
        for (type, bytes) in [
            (AV_PKT_DATA_MASTERING_DISPLAY_METADATA, encoder.picture.light?.mastering),
            (AV_PKT_DATA_CONTENT_LIGHT_LEVEL, encoder.picture.light?.contentLevel),
        ] {
            guard let bytes else { continue }
            try check(cff_put_stream_side_data(stream, type, bytes, bytes.count))
        }
        return OutputStream(stream)
    }

    /// A stream whose packets are copied. `isWhole` says that all of it is, so that statistics about it stay true.
    func addCopy(from source: UnsafeMutablePointer<AVStream>, isWhole: Bool) throws -> OutputStream {
        let stream = try newStream()
        try check(avcodec_parameters_copy(stream.pointee.codecpar, source.pointee.codecpar))
        if let table = container.format.pointee.codec_tag, let parameters = stream.pointee.codecpar {
            var known: UInt32 = 0
            let codec = parameters.pointee.codec_id
            let isSame = av_codec_get_id(table, parameters.pointee.codec_tag) == codec
            // 0 lets the muxer choose its own tag; where it has none, the source's may still say something.
            if !isSame && av_codec_get_tag2(table, codec, &known) != 0 { parameters.pointee.codec_tag = 0 }
        }
        stream.pointee.time_base = source.pointee.time_base
        stream.pointee.sample_aspect_ratio = source.pointee.sample_aspect_ratio
        stream.pointee.avg_frame_rate = source.pointee.avg_frame_rate
        stream.pointee.r_frame_rate = source.pointee.r_frame_rate
        stream.pointee.disposition = source.pointee.disposition
        try copyTags(source.pointee.metadata, to: &stream.pointee.metadata, without: isWhole ? [] : Muxer.statistics)
        try keepTitle(of: stream)
        try check(cff_copy_stream_side_data(stream, source, 0))
        return OutputStream(stream)
    }

    /// Cover art as an attached file, the form Matroska keeps it in.
    func addCoverFile(from source: UnsafeMutablePointer<AVStream>) throws -> OutputStream {
        let stream = try newStream()
        let picture = source.pointee.attached_pic
        try check(avcodec_parameters_copy(stream.pointee.codecpar, source.pointee.codecpar))
        try check(cff_parameters_hold_file(stream.pointee.codecpar, picture.data, picture.size))
        let isPNG = source.pointee.codecpar.pointee.codec_id == AV_CODEC_ID_PNG
        try copyTags(source.pointee.metadata, to: &stream.pointee.metadata, without: ["encoder"])
        let keep = AV_DICT_DONT_OVERWRITE
        let kind = String(cString: avcodec_get_name(source.pointee.codecpar.pointee.codec_id))
        let (mime, file) =
            isPNG
            ? ("image/png", "cover.png")
            : kind == "mjpeg" ? ("image/jpeg", "cover.jpg") : ("image/\(kind)", "cover.\(kind)")
        try check(av_dict_set(&stream.pointee.metadata, "filename", file, keep))
        try check(av_dict_set(&stream.pointee.metadata, "mimetype", mime, keep))
        return OutputStream(stream)
    }

    /// Tags and chapters of the file as a whole.
    func copyFile(_ source: UnsafeMutablePointer<AVFormatContext>, span: MediaWriter.Span?) throws {
        try copyTags(source.pointee.metadata, to: &context.pointee.metadata, without: Muxer.muxerTags)
        for index in 0..<Int32(source.pointee.nb_chapters) {
            guard let chapter = cff_chapter(source, index) else { continue }
            var (start, end) = (chapter.pointee.start, chapter.pointee.end)
            if let span {
                let micros = AVRational(num: 1, den: AV_TIME_BASE)
                let first = av_rescale_q(span.start, micros, chapter.pointee.time_base)
                let last = span.end.map { av_rescale_q($0, micros, chapter.pointee.time_base) } ?? Int64.max
                guard start < last, end > first else { continue }
                (start, end) = (max(start, first) - first, min(end, last) - first)
            }
            let copy = cff_add_chapter(context, chapter.pointee.id, chapter.pointee.time_base, start, end)
            guard let copy else { throw outOfMemory("write the output") }
            try copyTags(chapter.pointee.metadata, to: &copy.pointee.metadata, without: [])
        }
    }

    private func copyTags(
        _ source: OpaquePointer?, to target: inout OpaquePointer?, without dropped: [String]
    ) throws {
        for (key, value) in Tags.entries(source) {
            if MakerTag.isOne(key, value) || dropped.contains(where: { Muxer.isTag(key, $0) }) { continue }
            try check(av_dict_set(&target, key, value, 0))
        }
    }

    /// Whether a key is a name, or one of the statistics with the language mkvmerge appends: "BPS-eng".
    static func isTag(_ key: String, _ name: String) -> Bool {
        let (key, plain) = (key.lowercased(), name.lowercased())
        if key == plain { return true }
        guard statistics.contains(name), key.hasPrefix(plain + "-") else { return false }
        let language = key.dropFirst(plain.count + 1)
        return language.count == 3 && language.allSatisfy { ("a"..."z").contains($0) }
    }

    private func check(_ status: Int32) throws {
        guard status < 0 else { return }
        if status == FFmpegStatus.noMemory.rawValue { throw outOfMemory("write the output") }
        throw MediaError(
            .internalFault, operation: "plan the output", reason: "A stream's description could not be copied",
            ffmpegText: FFmpegStatus(rawValue: status).text)
    }
}
