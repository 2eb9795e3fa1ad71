import UplumaMedia

/// Which stream of the result is which stream of the source.
struct StreamPairs {
    /// Positions in source and result, in the source's order; the main video among them.
    private(set) var pairs: [(source: Int, result: Int)] = []
    /// Streams of the source that were to be kept and have no partner.
    private(set) var missing: [Int] = []
    /// Streams of the result without a partner.
    private(set) var additional: [Int] = []

    /// - Parameter isExpected: whether a stream of the source is to be found in the result.
    init(_ source: MediaInventory, _ result: MediaInventory, isExpected: (StreamInventory) -> Bool) {
        var free = result.streams.filter { !$0.isChapterTrack && $0.index != result.mainVideo }
        var waiting = source.streams.filter {
            !$0.isChapterTrack && $0.index != source.mainVideo && isExpected($0)
        }
        var found = [(source: source.mainVideo, result: result.mainVideo)]
        // The surest signs first: a stream that is missing must not make strangers of all that follow.
        let signs: [(StreamInventory, StreamInventory) -> Bool] = [
            {
                $0.codec == $1.codec && $0.firstContent == $1.firstContent && $0.firstContent != nil
                    && $0.names == $1.names
            },
            { $0.codec == $1.codec && $0.firstContent == $1.firstContent && $0.firstContent != nil },
            { $0.codec == $1.codec && $0.names == $1.names },
            { $0.codec == $1.codec },
            { _, _ in true },
        ]
        for sign in signs {
            waiting.removeAll { stream in
                let partner = free.firstIndex {
                    $0.kind == stream.kind && $0.isAttachedPicture == stream.isAttachedPicture && sign(stream, $0)
                }
                guard let partner else { return false }
                found.append((stream.index, free.remove(at: partner).index))
                return true
            }
        }
        pairs = found.sorted { $0.source < $1.source }
        missing = waiting.map(\.index)
        additional = free.map(\.index)
    }
}

extension StreamInventory {
    fileprivate var firstContent: ContentDigest? { content ?? packets.contents.first }
    /// The layers of MPEG audio.
    static let mpegAudio: Set = ["mp1", "mp2", "mp3"]
    fileprivate var names: [String?] { ["language", "title", "filename"].map { tag($0) } }

    /// "audio stream 1 (aac)"
    var title: String { "\(isAttachedPicture ? "cover art" : kind.rawValue) stream \(index) (\(codec))" }
}
