import UplumaFrames
import UplumaMedia

/// The part of the source that a job does, in exact ticks of the video stream.
struct Excerpt {
    /// First time stamp that is in; nil is the beginning.
    let firstPTS: Int64?
    /// First time stamp that is out; nil is the end.
    let endPTS: Int64?
    /// Where the excerpt begins and ends, in seconds from the beginning of the file.
    let start: Double
    let end: Double?
    /// Time that copied streams lose at their beginning, on the file's own clock; nil when nothing is cut off.
    let startMicroseconds: Int64?

    /// Seeks the source to the key frame before the start.
    ///
    /// - Throws: `UplumaError` when the start lies behind the end; `MediaError` when the source cannot be searched.
    init(start: Double?, duration: Double?, of source: MediaSource) throws {
        self.start = start ?? 0
        end = duration.map { (start ?? 0) + $0 }
        endPTS = end.map { source.pts(atSeconds: $0) }
        guard let start, start > 0 else {
            (firstPTS, startMicroseconds) = (nil, nil)
            return
        }
        if let total = source.facts.duration, start >= total {
            throw UplumaError(
                .badInput,
                "--start \(start) lies behind the end of \"\(source.facts.path)\", which lasts \(total) seconds.")
        }
        firstPTS = try source.seek(toSeconds: start)
        startMicroseconds = source.facts.startMicroseconds + Int64((start * 1_000_000).rounded())
    }

    /// Whether a frame of the video stream is in.
    func contains(pts: Int64) -> Bool {
        if let firstPTS, pts < firstPTS { return false }
        if let endPTS, pts >= endPTS { return false }
        return true
    }

    /// Whether a frame of the video stream lies behind the excerpt, so that decoding can end.
    func isPast(pts: Int64) -> Bool { endPTS.map { pts >= $0 } ?? false }

    /// Whether a packet of a copied stream is in: some of it lies inside.
    func contains(_ packet: MediaPacket, fileStart: Int64) -> Bool {
        guard let seconds = packet.seconds else { return true }
        let from = seconds - Double(fileStart) / 1_000_000
        let to = from + Double(packet.duration) * packet.timeBase.doubleValue
        if startMicroseconds != nil && max(to, from + 1e-9) <= start { return false }
        if let end, from >= end { return false }
        return true
    }

    /// How much of `duration` seconds is in, 0...1; nil when that is all or unknown.
    func share(of duration: Double?) -> Double? {
        guard let duration, duration > 0, start > 0 || end != nil else { return nil }
        return max(0, min(duration, end ?? duration) - start) / duration
    }
}
