import Synchronization

/// Where a source is broken: counted, told, and under `--strict` an error.
///
/// A source and its decoder share one.
///
/// Thread safety: everything that changes is behind a lock.
package final class DamageLog: Sendable {
    /// What damage cost so far.
    package struct Counts: Sendable, Equatable {
        /// Places that were damaged: packets, and stretches between packets.
        package var places = 0
        /// Frames shown though parts of them could not be decoded.
        package var concealed = 0
        /// Frames that could not be decoded or did not come, in whose place another is shown again.
        package var repeated = 0

        package init() {}
    }

    /// Where damage was met.
    package struct Place: Sendable {
        /// On the file's own clock; nil when unknown.
        package var seconds: Double?
        /// Position of the packet in the file; nil when unknown.
        package var byte: Int64?
    }

    private struct State {
        var counts = Counts()
        /// Damage between packets so far: what a decoder must expect frames to be missing after.
        var breaks = 0
        /// Where the part begins that is wanted: what is broken before it costs nothing.
        var firstSecond: Double?
    }

    /// Places that are told one by one; the others are only counted.
    package static let mostLines = 10

    private let name: String
    private let subject: String
    private let isStrict: Bool
    private let notes: NoteHandler
    private let state = Mutex(State())

    /// - Parameter isStrict: whether the first place is an error.
    init(path: String, isStrict: Bool, notes: @escaping NoteHandler) {
        subject = path
        name = path == "-" ? "standard input" : "\"\(path)\""
        self.isStrict = isStrict
        self.notes = notes
    }

    package var counts: Counts { state.withLock { $0.counts } }

    /// Damage between packets so far.
    var breaks: Int { state.withLock { $0.breaks } }

    /// Whether the source is read from a place inside rather than from its beginning.
    var beginsInside: Bool { state.withLock { $0.firstSecond != nil } }

    /// Leaves what lies before a time uncounted.
    func begin(atSecond second: Double) { state.withLock { $0.firstSecond = second } }

    /// Counts a place and tells it.
    ///
    /// - Parameters:
    ///   - what: what is wrong there, without a full stop.
    ///   - isBreak: whether packets may be missing.
    /// - Throws: `MediaError.badInput` under `isStrict`.
    func add(_ place: Place, _ what: String, isBreak: Bool = false) throws {
        let number: Int? = state.withLock { state in
            if isBreak { state.breaks += 1 }
            if isOutside(place.seconds, state) { return nil }
            state.counts.places += 1
            return state.counts.places
        }
        guard let number else { return }
        if isStrict {
            throw MediaError(
                .badInput, operation: "read the input", subject: subject,
                reason: "\(name) is damaged \(place): \(what)",
                remedy: "Get a better copy, or leave out --strict to have what is lost concealed")
        }
        if number <= DamageLog.mostLines { notes("Damage in \(name) \(place): \(what).") }
    }

    /// Counts a frame that is shown with parts concealed.
    func conceal(at seconds: Double?) {
        state.withLock { if !isOutside(seconds, $0) { $0.counts.concealed += 1 } }
    }

    /// Counts a frame in whose place another is shown.
    func replace(at seconds: Double?) {
        state.withLock { if !isOutside(seconds, $0) { $0.counts.repeated += 1 } }
    }

    /// Tells how many places were not told.
    func summarise() {
        let more = counts.places - DamageLog.mostLines
        if more > 0 { notes("\(name) is damaged in \(more) more \(more == 1 ? "place" : "places").") }
    }

    private func isOutside(_ seconds: Double?, _ state: borrowing State) -> Bool {
        guard let first = state.firstSecond, let seconds else { return false }
        return seconds < first
    }
}

extension DamageLog.Place: CustomStringConvertible {
    package var description: String {
        let time = seconds.map { "near second \(inMilliseconds($0))" }
        let position = byte.map { time == nil ? "at byte \($0)" : " (byte \($0))" }
        return time == nil && position == nil ? "at its end" : (time ?? "") + (position ?? "")
    }
}

extension DamageLog.Place {
    init(_ packet: MediaPacket?) {
        self.init(seconds: packet?.seconds, byte: packet?.position)
    }
}
