import CFFmpeg

/// What Upluma says in a file of how it was made: a text that begins with `mark`, in a place where it displaces no tag of a
/// person's. What the rest means is the caller's business.
package enum MakerTag {
    /// How every such text begins.
    package static let mark = "upluma "

    /// Where a container keeps it.
    enum Place {
        /// A tag of its own name.
        case ownKey
        /// The name of the program that wrote the file, by the key that FFmpeg's muxer takes it from. Muxers that are to
        /// write the same bytes in every run forget `encoder` when they are set up: that one is said after that.
        case program(key: String)
        /// The provider of the one programme in a transport stream; FFmpeg would name itself.
        case provider

        var key: String {
            switch self {
            case .ownKey: MakerTag.ownKey
            case .program(let key): key
            case .provider: MakerTag.providerKey
            }
        }

        var isLate: Bool { key == MakerTag.lateKey }
    }

    private static let ownKey = "DOWNSCALED_BY"
    private static let providerKey = "service_provider"
    private static let lateKey = "encoder"
    /// By what names demuxers give it back.
    private static let keys = [ownKey, "encoder", "software", "encoding_tool", providerKey]

    /// Whether a tag is such a text, which speaks of the file it is in and of no other.
    static func isOne(_ key: String, _ value: String) -> Bool {
        value.hasPrefix(mark) && keys.contains { $0.lowercased() == key.lowercased() }
    }

    /// The text in an opened file; nil when there is none.
    static func find(in demuxer: Demuxer, mainVideo: Int) -> String? {
        let context = demuxer.context
        let programs = (0..<Int32(context.pointee.nb_programs)).compactMap { cff_program(context, $0) }
        // Ogg keeps the file's tags with its streams.
        let places =
            [context.pointee.metadata, demuxer.streams[mainVideo].pointee.metadata] + programs.map(\.pointee.metadata)
        return places.lazy.flatMap { Tags.entries($0) }.first { isOne($0.key, $0.value) }?.value
    }
}

extension MediaContainer {
    /// Found by writing and reading each with FFmpeg; nil where nothing comes back.
    var makerTagPlace: MakerTag.Place? {
        switch name {
        case "matroska", "webm", "flv", "nut", "asf", "ogg", "ogv": .ownKey
        case "mp4", "ipod", "f4v": .program(key: "encoding_tool")
        case "mov", "avi": .program(key: "encoder")
        case "mpegts": .provider
        default: nil
        }
    }

    /// Where the text goes in a copy of a source; nil where the container has no place for it, or the source has a tag of
    /// somebody else's there.
    func makerTagPlace(beside source: MediaSource) -> MakerTag.Place? {
        guard let place = makerTagPlace else { return nil }
        if case .program = place { return place }
        let metadata = source.demuxer.context.pointee.metadata
        let isTaken = Tags.value(place.key, in: metadata).map { !MakerTag.isOne(place.key, $0) } ?? false
        return isTaken ? nil : place
    }

    /// Whether a file made of a source can say how it was made.
    package func holdsMakerTag(beside source: MediaSource) -> Bool { makerTagPlace(beside: source) != nil }
}
