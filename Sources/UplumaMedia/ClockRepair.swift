/// Makes one clock of the several a transport or program stream may hold: recordings joined end to end, a transmitter that
/// was restarted.
///
/// All times are microseconds; one shift holds for all streams, so that sound and picture stay in step. Around a break the
/// streams change over at different places of the file, so the shift before the break goes on for those that lag.
struct ClockRepair {
    /// A time this far behind the expected one is a break, not reordering.
    static let backwardLimit: Int64 = 1_000_000
    /// A time this far ahead of the expected one is a break, not a gap.
    static let forwardLimit: Int64 = 10_000_000

    /// Breaks mended so far.
    private(set) var breaks = 0
    private var shift: Int64 = 0
    private var shiftBefore: Int64?
    /// When the next packet of each stream is due, on the mended clock.
    private var due: [Int: Int64] = [:]

    /// The shift for a packet, or nil when it fits neither side of the last break: a new one.
    ///
    /// - Parameter time: decoding time as the file says it.
    func shift(stream: Int, time: Int64) -> Int64? {
        guard let expected = due[stream] ?? due.values.max() else { return shift }
        let candidates = [shift, shiftBefore].compactMap { $0 }
        let best = candidates.min { abs(time + $0 - expected) < abs(time + $1 - expected) } ?? shift
        let error = time + best - expected
        return error >= -ClockRepair.backwardLimit && error <= ClockRepair.forwardLimit ? best : nil
    }

    /// The shift of whichever side of the last break is nearer: for streams with few packets, which cannot tell a break
    /// from a pause.
    func nearestShift(time: Int64) -> Int64 {
        guard let shiftBefore, let now = due.values.max() else { return shift }
        return abs(time + shiftBefore - now) < abs(time + shift - now) ? shiftBefore : shift
    }

    /// Notes a packet that `shift` was applied to.
    mutating func passed(stream: Int, time: Int64, duration: Int64) { due[stream] = time + max(duration, 0) }

    /// The shift with which the clock goes on where it was: `time` is when the packet of `stream` is due.
    func mendingShift(stream: Int, time: Int64) -> Int64 {
        guard let expected = due[stream] ?? due.values.max() else { return shift }
        return expected - time
    }

    /// Notes a break, behind which `newShift` holds.
    mutating func mend(_ newShift: Int64) {
        breaks += 1
        shiftBefore = shift
        shift = newShift
    }

    /// Forgets what was expected: after a seek.
    mutating func restart() { self = ClockRepair(breaks: breaks) }

    init() {}
    private init(breaks: Int) { self.breaks = breaks }
}
