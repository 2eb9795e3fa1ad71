/// Gives each decoded frame a time: the decoder's where there is one, a predicted one where not, always increasing.
///
/// Pure integers in the stream's time base.
struct FrameTiming {
    /// Ticks a frame lasts on average; 0 when unknown.
    let usualDuration: Int64
    private var last: (pts: Int64, duration: Int64)?
    /// Frames whose time had to be moved to come after the one before.
    private(set) var moved = 0
    /// Frames that came without any time.
    private(set) var predicted = 0

    init(usualDuration: Int64) { self.usualDuration = usualDuration }

    /// The time and duration of the next frame.
    ///
    /// - Parameters:
    ///   - pts: the frame's own time.
    ///   - best: FFmpeg's estimate from neighbouring packets.
    ///   - duration: ticks; 0 when the source does not say.
    /// - Returns: a time after that of the frame before, and the duration, the usual one where none was given.
    mutating func next(pts: Int64?, best: Int64?, duration: Int64) -> (pts: Int64, duration: Int64) {
        let length = duration > 0 ? duration : usualDuration
        var time: Int64
        if let known = pts ?? best {
            time = known
        } else {
            predicted += 1
            time = last.map { $0.pts + max($0.duration, 1) } ?? 0
        }
        if let last, time <= last.pts {
            moved += 1
            time = last.pts + 1
        }
        last = (time, length)
        return (time, length)
    }
}
