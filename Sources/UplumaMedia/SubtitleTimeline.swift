/// One text on screen: an ASS event without its times, from `start` up to `end`, in ticks.
struct SubtitleEvent: Equatable {
    var start: Int64
    var end: Int64
    /// "ReadOrder,Layer,Style,Name,MarginL,MarginR,MarginV,Effect,Text", as FFmpeg's decoders give it.
    var ass: String

    /// Texts that are on screen together as one, line below line; nil for none.
    static func join(_ texts: [String]) -> String? {
        guard let first = texts.first else { return nil }
        return texts.dropFirst().reduce(first) { $0 + "\\N" + text(of: $1) }
    }

    /// What follows the eight fields before the text.
    private static func text(of ass: String) -> Substring {
        ass.split(separator: ",", maxSplits: 8, omittingEmptySubsequences: false).last ?? ""
    }
}

/// Turns texts that may overlap into texts that follow one another: cut wherever one begins or ends, those that are on
/// screen together joined.
///
/// Keeps only what is on screen. Texts come in the order of their starts; one that comes late begins where the others are.
struct SubtitleTimeline {
    private var active: [SubtitleEvent] = []
    /// Up to where texts were given out.
    private var now = Int64.min

    /// - Returns: what is settled by this event: everything before its start.
    mutating func add(_ event: SubtitleEvent) -> [SubtitleEvent] {
        let settled = advance(to: event.start)
        now = max(now, event.start)
        if event.end > now { active.append(event) }
        return settled
    }

    /// - Returns: the rest.
    mutating func finish() -> [SubtitleEvent] { advance(to: .max) }

    private mutating func advance(to time: Int64) -> [SubtitleEvent] {
        var result: [SubtitleEvent] = []
        while let change = active.map(\.end).min(), now < time {
            let end = min(change, time)
            if end > now, let ass = SubtitleEvent.join(active.map(\.ass)) {
                result.append(SubtitleEvent(start: now, end: end, ass: ass))
            }
            now = max(now, end)
            active.removeAll { $0.end <= now }
        }
        return result
    }
}
