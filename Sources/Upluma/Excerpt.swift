import UplumaFrames
import UplumaMedia

/// The part of the source that a job does, in exact ticks of the video stream.
struct Excerpt {
    /// The part on the file's own clock; nil is all of it.
    let span: MediaWriter.Span?
    /// First time stamp that is in; nil is the beginning.
    let firstPTS: Int64?
    /// First time stamp that is out; nil is the end.
    let endPTS: Int64?
    /// Seconds from the beginning of the file.
    private let start: Double
    private let end: Double?
    private let fileStart: Int64

    /// - Throws: `UplumaError` of kind `badInput` when the start lies behind the end.
    init(start: Double?, duration: Double?, of source: MediaSource) throws {
        self.start = start ?? 0
        end = duration.map { (start ?? 0) + $0 }
        fileStart = source.facts.startMicroseconds
        // Where FFmpeg only estimates the length (joined recordings), the pictures themselves will tell.
        if let start, source.facts.statesItsLength, let total = source.facts.duration, start >= total {
            throw UplumaError(
                .badInput,
                "--start \(start.toTenths) lies behind the end of \"\(source.facts.path)\", which lasts \(total.toTenths) seconds."
            )
        }
        func micros(_ seconds: Double) -> Int64 {
            source.facts.startMicroseconds + Int64((seconds * 1_000_000).rounded())
        }
        firstPTS = start.map { source.pts(atSeconds: $0) }
        endPTS = end.map { source.pts(atSeconds: $0) }
        span =
            start == nil && duration == nil
            ? nil : MediaWriter.Span(start: micros(self.start), end: end.map(micros))
    }

    /// Goes to the key frame from which the first frame can be decoded.
    func seek(_ source: MediaSource) throws {
        if start > 0 { try source.seek(toSeconds: start) }
    }

    /// Whether a frame of the video stream is in.
    func contains(pts: Int64) -> Bool {
        if let firstPTS, pts < firstPTS { return false }
        return !isPast(pts: pts)
    }

    /// Whether a frame of the video stream lies behind the excerpt, so that decoding can end.
    func isPast(pts: Int64) -> Bool { endPTS.map { pts >= $0 } ?? false }

    /// Whether a packet lies so far behind the excerpt that no stream can have anything left for it: other streams may
    /// lag behind the picture by as much as muxers allow.
    func isFarBehind(_ packet: MediaPacket) -> Bool {
        guard let end, let seconds = packet.seconds else { return false }
        return seconds - Double(fileStart) / 1_000_000 > end + 10
    }

    /// How much of `duration` seconds is in, 0...1; nil when that is all or unknown.
    func share(of duration: Double?) -> Double? {
        guard let duration, duration > 0, span != nil else { return nil }
        return max(0, min(duration, end ?? duration) - start) / duration
    }
}

extension Double {
    /// Rounded for sentences.
    var toTenths: Double { (self * 10).rounded() / 10 }
}
