import CFFmpeg
import UplumaFrames

extension MediaInventory {
    /// What the headers say; packets and frames are still to come.
    init(describing source: MediaSource) throws {
        let context = source.demuxer.context
        let facts = source.facts
        let chapters = (0..<Int32(context.pointee.nb_chapters)).compactMap { cff_chapter(context, $0) }.map {
            ChapterInventory(
                timeBase: Rational($0.pointee.time_base), start: $0.pointee.start, end: $0.pointee.end,
                tags: MediaTag.all($0.pointee.metadata))
        }
        let streams = zip(facts.streams, source.demuxer.streams).map { StreamInventory($0, $1) }
        self.init(
            path: facts.path, container: facts.container, tags: MediaTag.all(context.pointee.metadata),
            chapters: chapters, streams: streams, mainVideo: facts.video.index,
            picture: PictureInventory(facts.video, source.demuxer.streams[facts.video.index]))
    }
}

extension MediaTag {
    fileprivate static func all(_ dictionary: OpaquePointer?) -> [MediaTag] {
        Tags.entries(dictionary).map { MediaTag(key: $0.key, value: $0.value) }
    }

    /// Whether a muxer writes it by itself, it counts bytes and seconds or says how the file was made: nothing that is to be
    /// carried on.
    package var isMuxers: Bool {
        MakerTag.isOne(key, value) || (Muxer.muxerTags + Muxer.statistics).contains { Muxer.isTag(key, $0) }
    }
}

extension StreamInventory {
    fileprivate init(_ facts: MediaStream, _ stream: UnsafeMutablePointer<AVStream>) {
        let parameters = stream.pointee.codecpar
        let header = ContentDigest(parameters?.pointee.extradata, count: Int(parameters?.pointee.extradata_size ?? 0))
        var content: ContentDigest?
        if facts.kind == .attachment { content = header }
        if facts.isAttachedPicture {
            let picture = stream.pointee.attached_pic
            content = ContentDigest(picture.data, count: Int(picture.size))
        }
        let isText =
            parameters?.pointee.codec_id == AV_CODEC_ID_BIN_DATA
            && parameters?.pointee.codec_tag == StreamPlan.chapterTrackTag
        self.init(
            index: facts.index, kind: facts.kind, codec: facts.codec, isChapterTrack: facts.kind == .data && isText,
            isAttachedPicture: facts.isAttachedPicture, timeBase: facts.timeBase,
            tags: MediaTag.all(stream.pointee.metadata),
            dispositions: StreamInventory.dispositions(stream.pointee.disposition), header: header, content: content,
            sideData: StreamInventory.sideData(stream))
    }

    private static func dispositions(_ flags: Int32) -> [String] {
        (0..<31).compactMap { bit in
            flags & (1 << bit) == 0 ? nil : av_disposition_to_string(1 << bit).map { String(cString: $0) }
        }
    }

    /// What `PictureInventory` reads is left to it.
    private static func sideData(_ stream: UnsafeMutablePointer<AVStream>) -> [String: ContentDigest] {
        let elsewhere = [
            AV_PKT_DATA_DISPLAYMATRIX, AV_PKT_DATA_MASTERING_DISPLAY_METADATA, AV_PKT_DATA_CONTENT_LIGHT_LEVEL,
        ]
        var result: [String: ContentDigest] = [:]
        for data in sideDataEntries(of: stream) where !elsewhere.contains(data.type) {
            guard cff_side_data_survives_encoding(data.type) != 0 else { continue }
            let name = av_packet_side_data_name(data.type).map { String(cString: $0) } ?? "\(data.type.rawValue)"
            result[name] = ContentDigest(data.data, count: Int(data.size))
        }
        return result
    }
}

extension PictureInventory {
    fileprivate init(_ video: VideoFacts, _ stream: UnsafeMutablePointer<AVStream>) {
        let parameters = stream.pointee.codecpar
        self.init(
            timeBase: video.timeBase,
            hasAlpha: parameters.map { PixelFormats.hasAlpha(AVPixelFormat($0.pointee.format)) } ?? false)
        if stream.pointee.duration > 0 { statedLength = stream.pointee.duration }
        for data in sideDataEntries(of: stream) {
            let count = Int(data.size)
            switch data.type {
            case AV_PKT_DATA_DISPLAYMATRIX: orientation = displayOrientation(data.data, count)
            case AV_PKT_DATA_MASTERING_DISPLAY_METADATA: hdr.mastering = HDRMetadata.mastering(data.data, count)
            case AV_PKT_DATA_CONTENT_LIGHT_LEVEL: hdr.lightLevels = HDRMetadata.lightLevels(data.data, count)
            default: break
            }
        }
    }
}

private func sideDataEntries(of stream: UnsafeMutablePointer<AVStream>) -> [AVPacketSideData] {
    var count: Int32 = 0
    let first = cff_stream_side_data(stream, &count)
    return Array(UnsafeBufferPointer(start: first, count: first == nil ? 0 : Int(count)))
}
