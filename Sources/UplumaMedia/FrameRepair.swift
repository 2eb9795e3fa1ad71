/// Finds the times at which damage cost a frame, so that another can be shown there and no time is lost.
///
/// Two things tell: a packet that went into the decoder damaged and of which no frame came out, whose time is known
/// exactly; and, after a place where packets may be missing altogether, a hole in what was a steady rate until then. Where
/// the rate varies a hole tells nothing, and the frame before just lasts longer.
///
/// Pure integers in the stream's time base.
struct FrameRepair {
    /// Ticks between frames of a steady rate; 0 when unknown.
    let usualDuration: Int64
    /// The longest hole, in ticks, that is filled; a longer one is taken for a pause, or its end for a wrong time.
    let longestHole: Int64
    /// Times of packets whose frame did not come yet though one is due: damaged ones, and all before the first frame.
    private var due: Set<Int64> = []
    private var last: Int64?
    /// Frames for which a hole is still laid to the last damage.
    private var suspicion = 0
    private var intervals = 0
    private var oddIntervals = 0
    /// Pictures in a row that lacked their key frame.
    private(set) var undecodable = 0

    /// Frames after a damage that may come out of order or late: the 16 that H.264 and HEVC reorder at most, and as many in
    /// flight.
    private static let memory = 32
    /// Ten seconds or so without a key frame: none will come, and a broken picture is better than none.
    private static let patience = 250

    init(usualDuration: Int64, longestHole: Int64) {
        self.usualDuration = usualDuration
        self.longestHole = longestHole
    }

    /// Whether pictures without their key frame are to be shown after all.
    var acceptsUndecodable: Bool { undecodable >= FrameRepair.patience }

    /// A packet goes into the decoder that has a frame of its own at `pts`.
    mutating func enters(pts: Int64, atBeginning: Bool) {
        // Decoders skip silently what lacks its key frame.
        if atBeginning, last == nil { due.insert(pts) }
    }

    /// The packet of `pts` is damaged: its frame may not come.
    mutating func damaged(pts: Int64?) {
        suspicion = FrameRepair.memory
        if let pts { due.insert(pts) }
    }

    /// The picture at `pts` came out but shows nothing that can be shown.
    mutating func isUndecodable(pts: Int64?) {
        undecodable += 1
        damaged(pts: pts)
    }

    /// Packets may be missing from here on.
    mutating func packetsMayBeMissing() { suspicion = FrameRepair.memory }

    /// A frame comes out of the decoder.
    ///
    /// - Parameter pts: after that of the frame before.
    /// - Returns: the times before it, in order and after the frame before, at which a frame is missing.
    mutating func missing(before pts: Int64) -> [Int64] {
        undecodable = 0
        defer {
            due = due.filter { $0 > pts }
            last = pts
            suspicion = max(0, suspicion - 1)
        }
        let first = last ?? pts - longestHole - 1
        var times = due.filter { $0 > first && $0 < pts }.sorted()
        guard let last else { return times }
        if suspicion > 0 {
            times = zip([last] + times, times + [pts]).flatMap { [$0.0] + holes(from: $0.0, to: $0.1) }
            times.removeFirst()
        } else {
            noteInterval(pts - last)
        }
        return times
    }

    /// The times at which frames are missing behind the last one.
    mutating func missingAtEnd() -> [Int64] {
        defer { due = [] }
        guard let last else { return [] }
        return due.filter { $0 > last && $0 - last <= longestHole }.sorted()
    }

    private mutating func noteInterval(_ ticks: Int64) {
        intervals += 1
        // A clock coarser than the rate (milliseconds) makes intervals a tick shorter or longer.
        if abs(ticks - usualDuration) > max(1, usualDuration / 20) { oddIntervals += 1 }
    }

    private func holes(from: Int64, to: Int64) -> [Int64] {
        let hole = to - from
        guard usualDuration > 0, hole * 2 > usualDuration * 3, hole <= longestHole, oddIntervals * 10 <= intervals
        else { return [] }
        let count = (hole + usualDuration / 2) / usualDuration
        return (1..<max(1, count)).map { from + (hole * $0 + count / 2) / count }.filter { $0 > from && $0 < to }
    }
}
