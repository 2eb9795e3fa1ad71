/// What a batch has still to write, and whether there is room.
package struct DiskNeed: Sendable, Equatable {
    /// Bytes of all results that are to come.
    package private(set) var results: Int64 = 0
    /// Bytes of the parts that lie beside them while they are joined, of as many of the largest files as are worked
    /// on at once.
    package var parts: Int64 { largest.reduce(0, +) }
    package var total: Int64 { results + parts }

    private let jobs: Int
    private var largest: [Int64] = []

    /// - Parameter jobs: files that may be joined at the same time.
    package init(jobs: Int) { self.jobs = max(1, jobs) }

    /// - Parameter bytes: expected of one more result.
    package mutating func add(_ bytes: Int64) {
        results += bytes
        guard largest.count == jobs, let smallest = largest.indices.min(by: { largest[$0] < largest[$1] }) else {
            largest.append(bytes)
            return
        }
        if largest[smallest] < bytes { largest[smallest] = bytes }
    }

    /// Whether to begin.
    package enum Verdict: Sendable, Equatable {
        case enough
        /// It may be too little: begin and say so.
        case doubtful(String)
        /// It is too little even if the estimate is far too high: do not begin.
        case refused(String)
    }

    /// An estimate must stop nobody who is right, so it refuses only where a third of it is missing room
    /// (`ExpectedBytes.uncertainty`); work that begins stops cleanly when the disk is full and goes on later.
    ///
    /// - Parameters:
    ///   - free: bytes where results go; nil when the system does not tell.
    ///   - path: of their folder, for sentences.
    package func verdict(free: Int64?, at path: String) -> Verdict {
        guard let free, free < total else { return .enough }
        let sentence =
            "About \(ByteText.about(total)) are needed in \"\(path)\", \(ByteText.about(free)) are free: "
            + "\(ByteText.about(total - free)) are missing."
        return Double(free) < Double(total) / ExpectedBytes.uncertainty
            ? .refused(sentence + " Make room, or name a folder on another disk with -o.") : .doubtful(sentence)
    }
}
