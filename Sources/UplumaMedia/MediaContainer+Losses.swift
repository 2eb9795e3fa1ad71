import CFFmpeg
import UplumaFrames

/// What containers keep beside the streams themselves.
extension MediaContainer {
    /// Something of the source that the container has no place for.
    struct Loss {
        /// Without a full stop.
        let sentence: String
        /// Whether the strict policy takes it for a reason not to begin.
        let isStrict: Bool
    }

    /// What FFmpeg's muxer of a container writes; nil where nothing is known, and nothing is claimed.
    private struct Keeping {
        var chapters = true
        var titles = true
        /// Letters in a language's code; nil for any, 0 for none.
        var languageLetters: Int?
        var dispositions: Int32 = 0
        /// Tags of the file, in lower case; nil for any.
        var tags: Set<String>?
    }

    /// The name people know the container by.
    package var displayName: String {
        switch name {
        case "matroska": "Matroska"
        case "webm": "WebM"
        case "mpegts": "MPEG-TS"
        case "ipod": "MP4 (.m4v)"
        case "mpeg", "vob", "dvd", "svcd", "vcd": "an MPEG program stream"
        default: name.uppercased()
        }
    }

    private var keeping: Keeping? {
        switch name {
        case "matroska":
            Keeping(
                dispositions: AV_DISPOSITION_FORCED | AV_DISPOSITION_COMMENT | AV_DISPOSITION_ORIGINAL
                    | AV_DISPOSITION_HEARING_IMPAIRED | AV_DISPOSITION_VISUAL_IMPAIRED | AV_DISPOSITION_DUB)
        case "webm": Keeping(dispositions: AV_DISPOSITION_FORCED)
        case "mp4":
            Keeping(
                languageLetters: 3,
                dispositions: AV_DISPOSITION_FORCED | AV_DISPOSITION_COMMENT | AV_DISPOSITION_DUB
                    | AV_DISPOSITION_HEARING_IMPAIRED | AV_DISPOSITION_VISUAL_IMPAIRED | AV_DISPOSITION_CAPTIONS
                    | AV_DISPOSITION_DESCRIPTIONS, tags: Self.mp4Tags)
        case "ipod": Keeping(languageLetters: 3, tags: Self.mp4Tags)
        case "mov": Keeping(languageLetters: 3, tags: Self.movTags)
        case "avi": Keeping(chapters: false, languageLetters: 0, tags: Self.aviTags)
        case "mpegts":
            Keeping(
                chapters: false, titles: false, languageLetters: 3,
                dispositions: AV_DISPOSITION_HEARING_IMPAIRED | AV_DISPOSITION_VISUAL_IMPAIRED
                    | AV_DISPOSITION_CLEAN_EFFECTS, tags: [])
        case "yuv4mpegpipe": nil
        default:
            isProgramStream ? Keeping(chapters: false, titles: false, languageLetters: 0, tags: []) : nil
        }
    }

    /// Everything beside packets that would be lost, in the order a person would miss it.
    func losses(of source: MediaSource) -> [Loss] {
        guard let keeping else { return [] }
        let context = source.demuxer.context
        // Streams that are left out are named as such; what is said of them goes with them.
        let streams = zip(source.facts.streams, source.demuxer.streams).filter {
            [.video, .audio, .subtitle].contains($0.0.kind) && !$0.0.isAttachedPicture
        }
        var result: [Loss] = []
        let chapters = Int(context.pointee.nb_chapters)
        if !keeping.chapters, chapters > 0 {
            let words = chapters == 1 ? "the chapter of the source is" : "the \(chapters) chapters of the source are"
            result.append(Loss(sentence: "\(start) has no chapters: \(words) lost", isStrict: true))
        }
        if let loss = rateLoss(of: source) { result.append(loss) }
        if !keeping.titles {
            let titles = streams.compactMap { facts, _ in facts.title.map { "\(facts.index) (\"\($0)\")" } }
            result += loss("the titles", titles)
        }
        if let letters = keeping.languageLetters {
            let languages = streams.compactMap { facts, _ in
                facts.language.flatMap { $0 == "und" || $0.count == letters ? nil : "\(facts.index) (\($0))" }
            }
            result += loss("the languages", languages)
        }
        result += loss(
            "the marks",
            streams.compactMap { facts, stream in
                let lost = Self.dispositions(stream.pointee.disposition & ~keeping.dispositions)
                return lost.isEmpty ? nil : "\(facts.index) (\(lost.joined(separator: ", ")))"
            })
        if let known = keeping.tags {
            let entries = Tags.entries(context.pointee.metadata).filter { !MakerTag.isOne($0.key, $0.value) }
            let lost = entries.map(\.key).filter {
                !known.contains($0.lowercased()) && !Self.unspokenTags.contains($0.lowercased())
            }
            if !lost.isEmpty {
                let list = lost.sorted().joined(separator: ", ")
                result.append(Loss(sentence: "\(start) does not keep these tags of the file: \(list)", isStrict: false))
            }
        }
        return result
    }

    private var start: String { displayName.prefix(1).uppercased() + displayName.dropFirst() }

    private func loss(_ what: String, _ streams: [String]) -> [Loss] {
        if streams.isEmpty { return [] }
        let list = streams.joined(separator: ", ")
        return [Loss(sentence: "\(start) does not keep \(what) of streams; lost: \(list)", isStrict: false)]
    }

    /// AVI counts frames: a frame that is not on the count is moved to it.
    private func rateLoss(of source: MediaSource) -> Loss? {
        guard name == "avi" else { return nil }
        let stream = source.demuxer.streams[source.facts.video.index]
        let (average, least) = (stream.pointee.avg_frame_rate, stream.pointee.r_frame_rate)
        guard least.num > 0, least.den > 0 else { return nil }
        let finest = Rational(least).doubleValue
        var words = ""
        if average.num > 0, average.den > 0 {
            let mean = Rational(average).doubleValue
            guard abs(finest - mean) > 0.02 * mean else { return nil }
            words = " (\((mean * 1000).rounded() / 1000) on average)"
        } else if finest < 500 {  // Times on a clock of a millisecond are no rate.
            return nil
        }
        return Loss(
            sentence: "AVI holds a constant frame rate only, and that of the source varies\(words): "
                + "frames are moved to the nearest time it has", isStrict: true)
    }

    /// FFmpeg's names of dispositions; "default" is left to the order of streams where a container has no place for it,
    /// and what describes pictures by themselves is no mark a person set.
    private static func dispositions(_ flags: Int32) -> [String] {
        let spoken =
            AV_DISPOSITION_DUB | AV_DISPOSITION_ORIGINAL | AV_DISPOSITION_COMMENT | AV_DISPOSITION_LYRICS
            | AV_DISPOSITION_KARAOKE | AV_DISPOSITION_FORCED | AV_DISPOSITION_HEARING_IMPAIRED
            | AV_DISPOSITION_VISUAL_IMPAIRED | AV_DISPOSITION_CLEAN_EFFECTS | AV_DISPOSITION_CAPTIONS
            | AV_DISPOSITION_DESCRIPTIONS
        return (0..<31).compactMap { bit in
            let flag = flags & spoken & (1 << Int32(bit))
            return flag == 0 ? nil : av_disposition_to_string(flag).map { String(cString: $0) }
        }
    }

    /// Tags about the writing of a file, which are the next writer's own.
    private static let unspokenTags: Set<String> = [
        "major_brand", "minor_version", "compatible_brands", "encoder", "duration", "software", "creation_time",
    ]
    private static let mp4Tags: Set<String> = [
        "title", "artist", "album_artist", "composer", "album", "date", "comment", "genre", "copyright", "grouping",
        "lyrics", "description", "synopsis", "show", "episode_id", "network", "keywords", "episode_sort",
        "season_number", "media_type", "hd_video", "gapless_playback", "compilation", "track", "disc", "tmpo",
        "location",
    ]
    private static let movTags: Set<String> = [
        "title", "artist", "author", "album", "date", "comment", "genre", "copyright", "make", "model", "location",
        "keywords",
    ]
    private static let aviTags: Set<String> = [
        "title", "artist", "comment", "copyright", "date", "genre", "language", "album", "track", "encoded_by",
    ]
}
