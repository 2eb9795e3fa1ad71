import CFFmpeg

/// What becomes of one stream of the source in the output, decided before anything is written.
enum StreamPlan: Equatable {
    /// The main video: its place is taken by the encoded one.
    case encode
    case copy
    /// Cover art that the container keeps as a picture of its own.
    case coverPicture
    /// Cover art that the container (Matroska) keeps as an attached file.
    case coverFile
    case leaveOut

    /// One plan for each stream of the source.
    ///
    /// - Parameters:
    ///   - source: not yet read from.
    ///   - container: of the output.
    ///   - onRefusal: whether a stream the container cannot hold ends the run or is left out.
    ///   - notes: told of every stream left out.
    /// - Returns: plans in the order of the source's streams.
    /// - Throws: `MediaError.usage` naming the stream, its codec, the container and one that would hold it.
    static func make(
        _ source: MediaSource, container: MediaContainer, onRefusal: MediaWriter.Refusal, notes: NoteHandler
    ) throws -> [StreamPlan] {
        if container.isYUV4MPEG { return pictureOnly(source.facts, notes) }
        return try zip(source.facts.streams, source.demuxer.streams).map { facts, stream in
            try one(facts, stream, container, onRefusal, notes)
        }
    }

    private static func pictureOnly(_ facts: MediaFacts, _ notes: NoteHandler) -> [StreamPlan] {
        let lost = facts.streams.filter { !$0.isMainVideo }
        if !lost.isEmpty {
            let list = lost.map { "\($0.index) (\($0.isAttachedPicture ? "cover art" : $0.kind.rawValue))" }
            notes("YUV4MPEG2 holds nothing but pictures; left out: stream \(list.joined(separator: ", ")).")
        }
        return facts.streams.map { $0.isMainVideo ? .encode : .leaveOut }
    }

    private static func one(
        _ facts: MediaStream, _ stream: UnsafeMutablePointer<AVStream>, _ container: MediaContainer,
        _ onRefusal: MediaWriter.Refusal, _ notes: NoteHandler
    ) throws -> StreamPlan {
        if facts.isMainVideo { return .encode }
        guard let parameters = stream.pointee.codecpar else { return .leaveOut }
        let codec = parameters.pointee.codec_id
        let what = "Stream \(facts.index) (\(facts.kind.rawValue), \(facts.codec))"
        if facts.isAttachedPicture {
            if container.holdsCoverArt { return container.isMatroska ? .coverFile : .coverPicture }
            notes("\(what) is cover art, which the container \(container.name) cannot hold; it is left out.")
            return .leaveOut
        }
        if isUnknown(parameters) {
            notes("\(what) is left out: nothing of it comes in the first part of the file, so its form is unknown.")
            return .leaveOut
        }
        switch facts.kind {
        case .data, .unknown:
            if container.holds(codec) == true && isNative(parameters.pointee.codec_tag, codec, container) {
                return .copy
            }
            // MP4 lists its chapters as a text track as well; they are copied as chapters.
            let isChapterTrack = codec == AV_CODEC_ID_BIN_DATA && parameters.pointee.codec_tag == chapterTrackTag
            if !isChapterTrack { notes("\(what) is left out: the container \(container.name) cannot hold it.") }
            return .leaveOut
        case .attachment where container.isMatroska: return .copy
        case .video, .audio, .subtitle:
            if container.holds(codec) != false { return .copy }
        case .attachment: break
        }
        if onRefusal == .leaveOut {
            notes("\(what) is left out: the container \(container.name) cannot hold it.")
            return .leaveOut
        }
        throw MediaError(
            .usage, operation: "plan the output", subject: container.name,
            reason: "\(what) cannot be held by the container \(container.name)",
            remedy: MediaContainer.adviceFor(codec, kind: facts.kind).map { "\($0); or \(dropAdvice)" }
                ?? "To go on without it, \(dropAdvice)")
    }

    /// How the person at the keyboard leaves streams out.
    private static let dropAdvice = "leave it out with --on-incompatible drop"

    /// Whether a stream was announced and none of its packets found: no container can describe it.
    private static func isUnknown(_ parameters: UnsafePointer<AVCodecParameters>) -> Bool {
        switch parameters.pointee.codec_type {
        case AVMEDIA_TYPE_AUDIO: parameters.pointee.sample_rate <= 0
        case AVMEDIA_TYPE_VIDEO: parameters.pointee.width <= 0
        default: false
        }
    }

    /// "text", in the byte order of codec tags.
    static let chapterTrackTag: UInt32 = 0x7478_6574

    /// Whether a container knows a codec by this tag: two kinds of data may share FFmpeg's name for "some bytes".
    private static func isNative(_ tag: UInt32, _ codec: AVCodecID, _ container: MediaContainer) -> Bool {
        guard tag != 0, let table = container.format.pointee.codec_tag else { return true }
        return av_codec_get_id(table, tag) == codec
    }
}
