import CFFmpeg

/// What becomes of every stream of the source in the output, decided before anything is written.
///
/// Sendable because FFmpeg's tables of encoders, which it points at, are constant.
package struct StreamPlan: @unchecked Sendable {
    /// One for each stream of the source, in its order.
    package let fates: [StreamFate]
    /// Everything that is changed or lost, one sentence each.
    package let notes: [String]
    /// How each fate is brought about, in the same order.
    let actions: [Action]

    enum Action {
        case encode, copy, coverPicture, coverFile, leaveOut
        case subtitles(UnsafePointer<AVCodec>)
        case sound(AudioTarget)
    }

    /// "text", in the byte order of codec tags.
    static let chapterTrackTag: UInt32 = 0x7478_6574

    /// Decides; needs no output file.
    ///
    /// - Parameters:
    ///   - source: not yet read from.
    ///   - container: of the output.
    ///   - onRefusal: what is done where the container cannot hold a stream as it is.
    /// - Throws: `MediaError.usage` naming the stream, its codec, the container and one that would hold it.
    package static func make(
        _ source: MediaSource, container: MediaContainer, onRefusal: MediaWriter.Refusal = .convert
    ) throws -> StreamPlan {
        let losses = container.losses(of: source)
        let decisions = try zip(source.facts.streams, source.demuxer.streams).map { facts, stream in
            try StreamDecision(facts, stream, container, onRefusal)
        }
        if onRefusal == .fail, let loss = losses.first(where: { $0.isStrict }) {
            throw MediaError(
                .usage, operation: "plan the output", subject: container.name, reason: loss.sentence,
                remedy: "Use an .mkv output, which keeps it; or accept it with --on-incompatible convert")
        }
        return StreamPlan(
            fates: zip(source.facts.streams, decisions).map { facts, decision in
                StreamFate(index: facts.index, kind: facts.kind, codec: facts.codec, outcome: decision.outcome)
            },
            notes: (container.isYUV4MPEG ? pictureOnly(source.facts) : decisions.compactMap(\.note))
                + losses.map { $0.sentence + "." },
            actions: decisions.map(\.action))
    }

    private static func pictureOnly(_ facts: MediaFacts) -> [String] {
        let lost = facts.streams.filter { !$0.isMainVideo }
        if lost.isEmpty { return [] }
        let list = lost.map { "\($0.index) (\($0.isAttachedPicture ? "cover art" : $0.kind.rawValue))" }
        return ["YUV4MPEG2 holds nothing but pictures; left out: stream \(list.joined(separator: ", "))."]
    }
}

/// The decision about one stream.
private struct StreamDecision {
    let action: StreamPlan.Action
    let outcome: StreamFate.Outcome
    var note: String?

    private init(_ action: StreamPlan.Action, _ outcome: StreamFate.Outcome, note: String? = nil) {
        self.action = action
        self.outcome = outcome
        self.note = note
    }

    /// Left out, which is said.
    private init(dropping what: String, because reason: String) {
        self.init(.leaveOut, .dropped(reason), note: "\(what) is left out: \(reason).")
    }

    init(
        _ facts: MediaStream, _ stream: UnsafeMutablePointer<AVStream>, _ container: MediaContainer,
        _ onRefusal: MediaWriter.Refusal
    ) throws {
        guard !facts.isMainVideo else {
            self.init(.encode, .encoded)
            return
        }
        let what = "Stream \(facts.index) (\(facts.kind.rawValue), \(facts.codec))"
        guard let parameters = stream.pointee.codecpar, !container.isYUV4MPEG else {
            self.init(dropping: what, because: "YUV4MPEG2 holds nothing but pictures")
            return
        }
        if Self.isHeld(facts, parameters, container) {
            let isCover = facts.isAttachedPicture
            self.init(
                isCover ? (container.isMatroska ? .coverFile : .coverPicture) : .copy, isCover ? .cover : .copied)
            return
        }
        let refusal = "the container \(container.name) cannot hold it"
        if Self.isUnknown(parameters) {
            let reason = "nothing of it comes in the first part of the file, so its form is unknown"
            self.init(dropping: what, because: reason)
        } else if Self.isAside(facts, parameters) {
            self = Self.aside(parameters, container, what)
        } else if facts.isAttachedPicture, onRefusal != .fail {
            self.init(
                .leaveOut, .dropped(refusal),
                note: "\(what) is cover art, which the container \(container.name) cannot hold; it is left out.")
        } else if [.data, .unknown].contains(facts.kind), onRefusal != .fail {
            self.init(dropping: what, because: refusal)
        } else if onRefusal == .leaveOut {
            self.init(dropping: what, because: refusal)
        } else if let converted = Self.converted(facts, parameters, container, what) {
            guard onRefusal == .convert else { throw Self.error(facts, parameters, container, what, true) }
            self = converted
        } else {
            throw Self.error(facts, parameters, container, what, false)
        }
    }

    private static func isHeld(
        _ facts: MediaStream, _ parameters: UnsafeMutablePointer<AVCodecParameters>, _ container: MediaContainer
    ) -> Bool {
        if facts.isAttachedPicture { return container.holdsCoverArt }
        if isUnknown(parameters) { return false }
        let codec = parameters.pointee.codec_id
        return switch facts.kind {
        case .attachment: container.isMatroska
        case .data, .unknown:
            container.holds(codec) == true && isNative(parameters.pointee.codec_tag, codec, container)
        case .video, .audio, .subtitle: container.holds(codec) != false
        }
    }

    /// Whether a stream was announced and none of its packets found: no container can describe it.
    private static func isUnknown(_ parameters: UnsafePointer<AVCodecParameters>) -> Bool {
        switch parameters.pointee.codec_type {
        case AVMEDIA_TYPE_AUDIO: parameters.pointee.sample_rate <= 0
        case AVMEDIA_TYPE_VIDEO: parameters.pointee.width <= 0
        default: false
        }
    }

    /// "tmcd", in the byte order of codec tags.
    private static let timecodeTrackTag: UInt32 = 0x6463_6d74

    /// Whether a stream holds only what is carried in another way: MP4 lists its chapters as a text track as well, and a
    /// timecode track is read as a tag of its video stream.
    private static func isAside(
        _ facts: MediaStream, _ parameters: UnsafePointer<AVCodecParameters>
    ) -> Bool {
        guard facts.kind == .data else { return false }
        if parameters.pointee.codec_tag == timecodeTrackTag { return true }
        return parameters.pointee.codec_id == AV_CODEC_ID_BIN_DATA
            && parameters.pointee.codec_tag == StreamPlan.chapterTrackTag
    }

    private static func aside(
        _ parameters: UnsafePointer<AVCodecParameters>, _ container: MediaContainer, _ what: String
    ) -> StreamDecision {
        guard parameters.pointee.codec_tag == timecodeTrackTag else {
            return StreamDecision(.leaveOut, .dropped("its chapters are carried as chapters"))
        }
        if container.writesTimecodeTracks { return StreamDecision(.leaveOut, .rewritten) }
        let words = container.isMatroska ? "its first time code is kept as a tag" : "time codes are lost"
        return StreamDecision(
            dropping: what, because: "\(container.displayName) has no time code tracks; \(words)")
    }

    /// Whether a container knows a codec by this tag: two kinds of data may share FFmpeg's name for "some bytes".
    private static func isNative(_ tag: UInt32, _ codec: AVCodecID, _ container: MediaContainer) -> Bool {
        guard tag != 0, let table = container.format.pointee.codec_tag else { return true }
        return av_codec_get_id(table, tag) == codec
    }

    /// What the stream can become in the container; nil for nothing.
    private static func converted(
        _ facts: MediaStream, _ parameters: UnsafePointer<AVCodecParameters>, _ container: MediaContainer,
        _ what: String
    ) -> StreamDecision? {
        switch facts.kind {
        case .subtitle:
            guard let codec = SubtitleTarget.best(for: parameters.pointee.codec_id, in: container) else { return nil }
            let name = String(cString: avcodec_get_name(codec.pointee.id))
            let styles = facts.codec == "ass" || facts.codec == "ssa"
            let note =
                "\(what) becomes \(SubtitleTarget.words(name)): \(container.displayName) does not hold \(facts.codec)."
                + (styles ? " Words and times stay; fonts, places and effects may be lost." : "")
            return StreamDecision(.subtitles(codec), .converted(to: name, isLossless: true), note: note)
        case .audio:
            guard let target = AudioTarget.best(for: parameters.pointee, in: container) else { return nil }
            let note =
                "\(what) becomes \(target.words): \(container.displayName) does not hold \(facts.codec)."
                + (target.isLossless ? " No sample changes." : target.lossWords)
            return StreamDecision(
                .sound(target), .converted(to: target.codecName, isLossless: target.isLossless), note: note)
        case .video, .attachment, .data, .unknown: return nil
        }
    }

    private static func error(
        _ facts: MediaStream, _ parameters: UnsafePointer<AVCodecParameters>, _ container: MediaContainer,
        _ what: String, _ canConvert: Bool
    ) -> MediaError {
        let drop = "leave it out with --on-incompatible drop"
        let ways = [canConvert ? "convert it with --on-incompatible convert" : nil, drop].compactMap { $0 }
        let codec = parameters.pointee.codec_id
        let isPicture = facts.kind == .subtitle && SubtitleTarget.isBitmap(codec)
        let isCover = facts.isAttachedPicture
        let advice =
            isCover
            ? "Use an .mkv or .mp4 output, which holds it" : MediaContainer.adviceFor(codec, kind: facts.kind)
        return MediaError(
            .usage, operation: "plan the output", subject: container.name,
            reason: "\(what)\(isCover ? " is cover art and" : "") cannot be held by the container \(container.name)"
                + (isPicture ? ", and its pictures cannot be turned into text" : ""),
            remedy: advice.map { "\($0); or \(ways.joined(separator: ", or "))" } ?? "To go on without it, \(drop)")
    }
}
