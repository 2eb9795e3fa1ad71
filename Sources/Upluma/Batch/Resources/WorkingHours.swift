public import Foundation

/// The hours of a day in which workers may work: `22:00-06:30`, over midnight where the end is before the beginning;
/// several with commas between them.
///
/// What counts is the clock on the wall. Where it is put forward over a beginning, work begins when it has been;
/// hours that a clock put back goes through twice are all worked.
public struct WorkingHours: Sendable, Equatable, Codable, CustomStringConvertible {
    /// Minutes of the day, 1440 being its end; the end is not in, and one before the beginning is of the next day.
    struct Span: Sendable, Equatable, Codable {
        let start: Int
        let end: Int

        func contains(_ minute: Int) -> Bool {
            start < end ? minute >= start && minute < end : minute >= start || minute < end
        }
    }

    let spans: [Span]

    private static let minutesADay = 24 * 60

    /// - Throws: `UplumaError` of kind `usage`.
    public init(_ texts: [String]) throws {
        spans = try texts.flatMap { text in
            try text.split(separator: ",", omittingEmptySubsequences: false).map { part in
                let ends = part.split(separator: "-", omittingEmptySubsequences: false).map(WorkingHours.minute)
                guard ends.count == 2, let start = ends[0], let end = ends[1], start < WorkingHours.minutesADay else {
                    throw UplumaError(.usage, "\"\(part)\" names no hours. Give them as in --while 22:00-06:30.")
                }
                guard start != end else {
                    throw UplumaError(
                        .usage, "The hours \"\(part)\" end when they begin. To work always, leave out --while.")
                }
                return Span(start: start, end: end)
            }
        }
        guard !spans.isEmpty else {
            throw UplumaError(.usage, "--while names no hours. Give them as in --while 22:00-06:30.")
        }
    }

    /// Of `HH:MM` or `HH`, 24:00 being the day's end; nil for others.
    private static func minute(_ text: Substring) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), parts.allSatisfy({ (1...2).contains($0.utf8.count) }),
            parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }), let hour = Int(parts[0]),
            parts.count == 1 || parts[1].utf8.count == 2, let minute = parts.count == 1 ? 0 : Int(parts[1]),
            minute < 60, hour * 60 + minute <= minutesADay
        else { return nil }
        return hour * 60 + minute
    }

    public var description: String {
        spans.map { "\(Self.text($0.start))-\(Self.text($0.end))" }.joined(separator: ", ")
    }

    private static func text(_ minute: Int) -> String { String(format: "%02d:%02d", minute / 60, minute % 60) }

    /// Whether work may be done at a moment.
    public func isOpen(at date: Date, in zone: TimeZone = .current) -> Bool {
        let local = WorkingHours.local(date, zone)
        let minute = Int((local / 60).rounded(.down)) % WorkingHours.minutesADay
        let inDay = (minute + WorkingHours.minutesADay) % WorkingHours.minutesADay
        return spans.contains { $0.contains(inDay) }
    }

    /// The first moment from `date` on at which work may be done: `date` itself where it is open; nil where the
    /// zone's clocks leave none.
    public func nextOpening(after date: Date, in zone: TimeZone = .current) -> Date? {
        if isOpen(at: date, in: zone) { return date }
        // It opens when the clock reaches a beginning, or when it is put on: beyond the next change there is another
        // day.
        let today = (WorkingHours.local(date, zone) / 86400).rounded(.down)
        let change = zone.nextDaylightSavingTimeTransition(after: date)
        for days in [0...1, 2...8] {
            let beginnings = days.flatMap { day in
                spans.flatMap { span in
                    WorkingHours.moments(atWall: (today + Double(day)) * 86400 + Double(span.start) * 60, zone)
                }
            }
            let horizon = beginnings.max() ?? date
            let candidates = beginnings + [change].compactMap { $0 }.filter { $0 <= horizon }
            if let opening = candidates.sorted().first(where: { $0 > date && isOpen(at: $0, in: zone) }) {
                return opening
            }
        }
        return nil
    }

    /// Seconds since 1970 that a clock on the wall seems to show.
    private static func local(_ date: Date, _ zone: TimeZone) -> Double {
        date.timeIntervalSince1970 + Double(zone.secondsFromGMT(for: date))
    }

    /// The moments at which the wall's clock shows a time: mostly one, two where it was put back, none where put
    /// forward.
    private static func moments(atWall wall: Double, _ zone: TimeZone) -> [Date] {
        // No zone is further from Greenwich than a day, so its offsets on both sides are all there can be.
        let offsets = Set(
            [-86400.0, 0, 86400].map { zone.secondsFromGMT(for: Date(timeIntervalSince1970: wall + $0)) })
        return offsets.map { Date(timeIntervalSince1970: wall - Double($0)) }
            .filter { local($0, zone) == wall }
    }
}
