import UplumaMedia

/// What was broken in a source, and what became of it.
public struct DamageSummary: Sendable, Equatable {
    /// Damaged packets, and stretches between packets that are none.
    public var places: Int
    /// Frames shown though parts of them could not be decoded.
    public var concealed: Int
    /// Frames that were lost, in whose place another is shown.
    public var repeated: Int

    init(places: Int, concealed: Int, repeated: Int) {
        (self.places, self.concealed, self.repeated) = (places, concealed, repeated)
    }

    init(_ counts: DamageLog.Counts) {
        (places, concealed, repeated) = (counts.places, counts.concealed, counts.repeated)
    }

    /// "3 places damaged: 2 frames concealed, 1 repeated"; nil when nothing was.
    public var sentence: String? {
        guard places + concealed + repeated > 0 else { return nil }
        return
            "\(places) \(places == 1 ? "place" : "places") damaged: \(concealed) frames concealed, \(repeated) repeated"
    }
}
