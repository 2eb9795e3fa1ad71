import CFFmpeg
import UplumaFrames

extension MediaFacts {
    /// Reads the facts out of an opened demuxer.
    ///
    /// - Throws: `MediaError.badInput` when there is no video stream or none that can be decoded.
    init(_ demuxer: Demuxer, path: String) throws {
        let context = demuxer.context
        let main = try MediaFacts.mainVideo(demuxer, path: path)
        let start = context.pointee.start_time
        self.init(
            path: path, container: context.pointee.iformat.map { String(cString: $0.pointee.name) } ?? "unknown",
            fileSize: demuxer.fileSize, startMicroseconds: start == cff_no_pts || !demuxer.hasTimeStamps ? 0 : start,
            duration: context.pointee.duration > 0 ? Double(context.pointee.duration) / Double(AV_TIME_BASE) : nil,
            streams: demuxer.streams.enumerated().map { MediaStream($1, index: $0, isMain: $0 == main) },
            video: try VideoFacts(demuxer, index: main, path: path), isSeekable: demuxer.fileSize != nil,
            hasTimeStamps: demuxer.hasTimeStamps, makerTag: MakerTag.find(in: demuxer, mainVideo: main))
    }

    private static func mainVideo(_ demuxer: Demuxer, path: String) throws -> Int {
        let streams = demuxer.streams
        let candidates = streams.indices.filter {
            streams[$0].pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_VIDEO
                && streams[$0].pointee.disposition & AV_DISPOSITION_ATTACHED_PIC == 0
        }
        let name = path == "-" ? "Standard input" : "\"\(path)\""
        guard let first = candidates.first else {
            let kinds = streams.map { MediaStream($0, index: 0, isMain: false) }
            let inside = Set(kinds.map { $0.isAttachedPicture ? "cover art" : $0.kind.rawValue }).sorted()
            throw MediaError(
                .badInput, operation: "find the video", subject: path,
                reason:
                    "\(name) has no video stream, only \(inside.isEmpty ? "nothing" : inside.joined(separator: ", "))",
                remedy: "Give a file that contains video")
        }
        let best = Int(av_find_best_stream(demuxer.context, AVMEDIA_TYPE_VIDEO, -1, -1, nil, 0))
        return candidates.contains(best) ? best : first
    }
}

extension MediaStream {
    init(_ stream: UnsafeMutablePointer<AVStream>, index: Int, isMain: Bool) {
        let parameters = stream.pointee.codecpar
        let kind: Kind =
            switch parameters?.pointee.codec_type ?? AVMEDIA_TYPE_UNKNOWN {
            case AVMEDIA_TYPE_VIDEO: .video
            case AVMEDIA_TYPE_AUDIO: .audio
            case AVMEDIA_TYPE_SUBTITLE: .subtitle
            case AVMEDIA_TYPE_ATTACHMENT: .attachment
            case AVMEDIA_TYPE_DATA: .data
            default: .unknown
            }
        self.init(
            index: index, kind: kind,
            codec: String(cString: avcodec_get_name(parameters?.pointee.codec_id ?? AV_CODEC_ID_NONE)),
            language: Tags.value("language", in: stream.pointee.metadata),
            title: Tags.value("title", in: stream.pointee.metadata),
            isAttachedPicture: kind == .video && stream.pointee.disposition & AV_DISPOSITION_ATTACHED_PIC != 0
                && stream.pointee.attached_pic.size > 0,
            isMainVideo: isMain, timeBase: Rational(stream.pointee.time_base))
    }
}

extension VideoFacts {
    fileprivate init(_ demuxer: Demuxer, index: Int, path: String) throws {
        let stream = demuxer.streams[index]
        guard let parameters = stream.pointee.codecpar else { throw outOfMemory("read the stream") }
        let codec = String(cString: avcodec_get_name(parameters.pointee.codec_id))
        let name = path == "-" ? "Standard input" : "\"\(path)\""
        guard avcodec_find_decoder(parameters.pointee.codec_id) != nil else {
            throw MediaError(
                .badInput, operation: "find a decoder", subject: path,
                reason: "\(name) has video in a coding (\(codec)) that this FFmpeg cannot decode",
                remedy: "Install an FFmpeg that can, or convert the file with another program first")
        }
        let first = FirstPicture(path: path, stream: index, isSeekable: demuxer.fileSize != nil)
        let pixelFormat = AVPixelFormat(first?.frame.pointee.format ?? parameters.pointee.format)
        let width = Int(first?.frame.pointee.width ?? parameters.pointee.width)
        let height = Int(first?.frame.pointee.height ?? parameters.pointee.height)
        guard width > 0, height > 0, pixelFormat != AV_PIX_FMT_NONE else {
            throw MediaError(
                .badInput, operation: "read the video stream", subject: path,
                reason: "\(name) has a video stream (\(codec)) of which no picture could be decoded",
                remedy: "Check that the file was copied completely")
        }
        guard Int64(width) * Int64(height) <= VideoFacts.mostSamples else {
            throw MediaError(
                .badInput, operation: "read the video stream", subject: path,
                reason:
                    "\(name) has pictures of \(width)×\(height), more than the \(VideoFacts.mostSamples) samples that are taken",
                remedy: "Its header may be damaged: get a better copy")
        }
        guard let format = PixelFormats.pictureFormat(pixelFormat) ?? PixelFormats.conversionTarget(for: pixelFormat)
        else {
            throw MediaError(
                .badInput, operation: "read the video stream", subject: path,
                reason: "\(name) has pictures in a format (\(PixelFormats.name(pixelFormat))) that cannot be converted",
                remedy: "Convert the file first, for instance with: ffmpeg -i IN -pix_fmt yuv444p10le -c:v ffv1 OUT.mkv"
            )
        }
        let isPlain = PixelFormats.pictureFormat(pixelFormat) != nil
        var color = ColorDescription(
            range: parameters.pointee.color_range, primaries: parameters.pointee.color_primaries,
            transfer: parameters.pointee.color_trc, matrix: parameters.pointee.color_space,
            chromaLocation: parameters.pointee.chroma_location, pixelFormat: pixelFormat)
        if let first { color.complete(by: ColorDescription(first.frame)) }
        let orientation = displayOrientation(stream)
        let codedAspect = first.flatMap { Rational.known($0.frame.pointee.sample_aspect_ratio) }
        let timeBase = Rational(stream.pointee.time_base)
        let rate = Rational.known(av_guess_frame_rate(demuxer.context, stream, nil))
        let duration = VideoFacts.duration(stream, demuxer.context)
        let stated = VideoFacts.statedFrames(stream)
        let average = Rational.known(stream.pointee.avg_frame_rate) ?? rate
        let estimate = duration.flatMap { seconds in average.map { Int64((seconds * $0.doubleValue).rounded()) } }
        self.init(
            index: index, codec: codec, width: width, height: height, format: format,
            pixelFormatName: PixelFormats.name(pixelFormat),
            color: isPlain ? color : FrameConverter.resultColor(of: color, from: pixelFormat, height: height),
            sampleAspect: .known(stream.pointee.sample_aspect_ratio) ?? codedAspect
                ?? .known(parameters.pointee.sample_aspect_ratio),
            timeBase: timeBase, frameRate: rate, frameCount: stated ?? estimate, frameCountIsStated: stated != nil,
            duration: duration, fieldOrder: FieldStructure(parameters.pointee.field_order),
            rotation: VideoFacts.rotation(stream), hasCaptions: first?.hasCaptions ?? false,
            isTurned: orientation.map(VideoFacts.isTurned) ?? false,
            turn: orientation.flatMap(PictureTurn.init), light: first?.light)
    }

    /// Luma samples of the largest picture that is taken: 16384 × 16384, twice as wide and high as 8K.
    static let mostSamples: Int64 = 1 << 28

    private static func duration(
        _ stream: UnsafeMutablePointer<AVStream>, _ context: UnsafeMutablePointer<AVFormatContext>
    ) -> Double? {
        if stream.pointee.duration > 0 {
            return Double(stream.pointee.duration) * Rational(stream.pointee.time_base).doubleValue
        }
        return context.pointee.duration > 0 ? Double(context.pointee.duration) / Double(AV_TIME_BASE) : nil
    }

    /// The container's own count, or the statistics tag mkvmerge writes.
    private static func statedFrames(_ stream: UnsafeMutablePointer<AVStream>) -> Int64? {
        if stream.pointee.nb_frames > 0 { return stream.pointee.nb_frames }
        let metadata = stream.pointee.metadata
        let tag = Tags.value("NUMBER_OF_FRAMES", in: metadata) ?? Tags.value("NUMBER_OF_FRAMES-eng", in: metadata)
        return tag.flatMap { Int64($0) }.flatMap { $0 > 0 ? $0 : nil }
    }

    /// Whether a display matrix does anything but stretch.
    private static func isTurned(_ matrix: [Int32]) -> Bool {
        !(matrix[0] > 0 && matrix[1] == 0 && matrix[2] == 0 && matrix[3] > 0)
    }

    private static func rotation(_ stream: UnsafeMutablePointer<AVStream>) -> Double {
        guard let matrix = cff_stream_display_matrix(stream) else { return 0 }
        let counterclockwise = av_display_rotation_get(matrix)
        guard counterclockwise.isFinite else { return 0 }
        let clockwise = (-counterclockwise).truncatingRemainder(dividingBy: 360)
        return clockwise < 0 ? clockwise + 360 : clockwise + 0  // "+ 0" turns -0 into 0.
    }
}

extension FieldStructure {
    fileprivate init(_ order: AVFieldOrder) {
        switch order {
        case AV_FIELD_PROGRESSIVE: self = .progressive
        case AV_FIELD_TT, AV_FIELD_BT: self = .topFirst
        case AV_FIELD_BB, AV_FIELD_TB: self = .bottomFirst
        default: self = .unknown
        }
    }
}

/// FFmpeg's dictionaries.
enum Tags {
    static func value(_ key: String, in dictionary: OpaquePointer?) -> String? {
        guard let entry = av_dict_get(dictionary, key, nil, 0), let value = entry.pointee.value else { return nil }
        return String(cString: value)
    }

    static func entries(_ dictionary: OpaquePointer?) -> [(key: String, value: String)] {
        var result: [(key: String, value: String)] = []
        var entry = av_dict_get(dictionary, "", nil, AV_DICT_IGNORE_SUFFIX)
        while let current = entry {
            result.append((String(cString: current.pointee.key), String(cString: current.pointee.value)))
            entry = av_dict_get(dictionary, "", current, AV_DICT_IGNORE_SUFFIX)
        }
        return result
    }
}
