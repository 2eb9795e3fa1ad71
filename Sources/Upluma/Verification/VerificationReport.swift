/// One thing that a result must keep of its source; the raw values are those of `verify --json`.
public enum VerifiedItem: String, CaseIterable, Sendable, Codable {
    case frames
    case times
    case durations
    case starts
    case streams
    case packets
    case language
    case titles
    case disposition
    case attachments
    case chapters
    case tags
    case size
    case aspect
    case rotation
    case depth
    case subsampling
    case color
    case chromaLocation = "chroma_location"
    case captions
    case hdr
    case sideData = "side_data"

    /// What is compared, in a few words.
    public var summary: String {
        switch self {
        case .frames: "the number of frames"
        case .times: "when each frame is shown"
        case .durations: "how long each frame is shown"
        case .starts: "where each stream begins"
        case .streams: "the streams and their codecs"
        case .packets: "the packets of copied streams, bit for bit, and their times"
        case .language: "languages"
        case .titles: "titles of streams"
        case .disposition: "dispositions of streams"
        case .attachments: "attachments and cover art: names, MIME types, contents"
        case .chapters: "chapters"
        case .tags: "tags of the file and its streams"
        case .size: "a whole multiple of the source's size"
        case .aspect: "the display aspect"
        case .rotation: "rotation and mirroring"
        case .depth: "bits of a sample"
        case .subsampling: "chroma subsampling"
        case .color: "range, primaries, transfer and matrix"
        case .chromaLocation: "where chroma sits"
        case .captions: "closed captions of each frame"
        case .hdr: "HDR metadata"
        case .sideData: "stereo, spherical and ICC side data"
        }
    }
}

/// What became of one item.
public struct ItemVerdict: Sendable, Codable, Equatable {
    public enum Status: String, Sendable, Codable {
        case kept
        /// Not as in the source, for a reason: a wish of the user, or something the container cannot do otherwise.
        case changed
        case lost
    }

    public var item: VerifiedItem
    public var status: Status
    /// What was compared or why it changed; for a loss the first difference and how many there are.
    public var message: String
}

/// Whether a result kept everything of its source, item by item, in the order of `VerifiedItem`.
public struct VerificationReport: Sendable, Codable, Equatable {
    public var source: String
    public var result: String
    public var items: [ItemVerdict]

    /// Whether nothing is lost.
    public var passed: Bool { lost.isEmpty }
    public var lost: [ItemVerdict] { items.filter { $0.status == .lost } }

    /// "20 items kept, 2 changed as intended, 1 lost: times."
    public var summary: String {
        let changed = items.count { $0.status == .changed }
        var parts = ["\(items.count { $0.status == .kept }) items kept"]
        if changed > 0 { parts.append("\(changed) changed as intended") }
        if !lost.isEmpty {
            parts.append("\(lost.count) lost: " + lost.map(\.item.rawValue).joined(separator: ", "))
        }
        return parts.joined(separator: ", ") + "."
    }

    private enum CodingKeys: String, CodingKey { case source, result, passed, items }

    public init(source: String, result: String, items: [ItemVerdict]) {
        self.source = source
        self.result = result
        self.items = items
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        source = try container.decode(String.self, forKey: .source)
        result = try container.decode(String.self, forKey: .result)
        items = try container.decode([ItemVerdict].self, forKey: .items)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(source, forKey: .source)
        try container.encode(result, forKey: .result)
        try container.encode(passed, forKey: .passed)
        try container.encode(items, forKey: .items)
    }
}
