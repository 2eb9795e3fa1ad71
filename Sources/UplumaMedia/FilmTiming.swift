import CFFmpeg
import UplumaFrames

/// Times of film got back from telecined video: from the filters, which count frames at a constant rate, held to the
/// source's own times, which may jump.
///
/// Pure integers in the stream's time base.
struct FilmTiming {
    /// How often the source left its constant rate.
    private(set) var breaks = 0

    private let rate: Rational
    private let timeBase: Rational
    /// Where counting at a constant rate began, and the frames since.
    private var start: Int64?
    private var count: Int64 = 0
    /// End of the latest source frame.
    private var end: Int64 = 0
    /// The frame that waits for the next one's time, which ends it.
    private var waiting: Frame?

    init(rate: Rational = Rational(1, 1), timeBase: Rational = Rational(1, 1)) {
        self.rate = rate
        self.timeBase = timeBase
    }

    /// Whether a source frame lies more than two frames off the place that a constant rate gives it. Counting then begins
    /// anew with it, and so must the filters: sound and picture stay together across cuts and lost frames.
    mutating func isOffBeat(pts: Int64) -> Bool {
        guard let start, abs(pts - (start + ticks(count))) > ticks(2) else { return false }
        breaks += 1
        restart()
        return true
    }

    /// Source frames with which a cycle of five begins, as `Deinterlacer` counts them: at the first frame, and anew wherever
    /// the times leave a constant rate.
    ///
    /// - Parameter times: of all source frames from the beginning, in order.
    /// - Returns: positions in `times`.
    static func cycleStarts(_ times: [Int64], rate: Rational, timeBase: Rational) -> [Int] {
        var timing = FilmTiming(rate: rate, timeBase: timeBase)
        var starts: [Int] = []
        var first = 0
        for (index, time) in times.enumerated() {
            if timing.isOffBeat(pts: time) { first = index }
            if (index - first) % cycle == 0 { starts.append(index) }
            timing.count(pts: time, duration: 0)
        }
        return starts
    }

    /// Source frames of which one is dropped.
    private static let cycle = 5

    /// Counting begins anew with the next source frame, as the filters do.
    mutating func restart() { start = nil }

    /// Notes a source frame that goes into the filters.
    mutating func count(pts: Int64, duration: Int64) {
        if start == nil {
            start = pts
            count = 0
        }
        count += 1
        end = pts + (duration > 0 ? duration : ticks(1))
    }

    /// Takes a frame of film with the filters' time; gives the one before, now that its duration is known.
    mutating func next(_ frame: Frame, pts: Int64) -> Frame? {
        var frame = frame
        frame.pts = max(pts, waiting.map { $0.pts + 1 } ?? pts)
        defer { waiting = frame }
        return finished(endingAt: frame.pts)
    }

    /// The last frame of film: it lasts as long as the source does.
    mutating func last() -> Frame? {
        defer { waiting = nil }
        return finished(endingAt: end)
    }

    private func finished(endingAt time: Int64) -> Frame? {
        guard var frame = waiting else { return nil }
        frame.duration = max(1, time - frame.pts)
        return frame
    }

    /// Source frames in ticks.
    private func ticks(_ frames: Int64) -> Int64 {
        av_rescale_q(frames, AVRational(num: rate.denominator, den: rate.numerator), timeBase.av)
    }
}
