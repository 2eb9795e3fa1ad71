/// How far a job is: what a progress bar shows and `--progress json` prints.
public struct JobProgress: Sendable, Equatable {
    /// Frames written so far.
    public var frame: Int
    /// Frames in all, when the source tells.
    public var frames: Int?
    /// Frames a second over the last seconds; 0 until it can be told.
    public var fps: Double
    /// Seconds left at that speed, when the number of frames is known.
    public var etaSeconds: Double?
    /// Bytes of the output so far.
    public var outputBytes: Int64

    public init(frame: Int, frames: Int?, fps: Double, etaSeconds: Double?, outputBytes: Int64) {
        self.frame = frame
        self.frames = frames
        self.fps = fps
        self.etaSeconds = etaSeconds
        self.outputBytes = outputBytes
    }

    /// 0...100, when the number of frames is known.
    public var percent: Double? {
        frames.map { $0 > 0 ? min(100, 100 * Double(frame) / Double($0)) : 100 }
    }
}

/// Turns counts of frames into speed and remaining time, over a sliding window so that a slow start is forgotten.
///
/// A value with no clock: the caller says what time it is, in seconds from any origin.
package struct ProgressMeter {
    /// The window over which speed is measured, in seconds.
    package static let window = 10.0

    package let frames: Int?
    private var samples: [(time: Double, frame: Int)]

    package init(frames: Int?, startingAt time: Double) {
        self.frames = frames
        samples = [(time, 0)]
    }

    package mutating func update(frame: Int, outputBytes: Int64, at time: Double) -> JobProgress {
        if let last = samples.last, time - last.time >= 0.1 || samples.count == 1 { samples.append((time, frame)) }
        while samples.count > 2, time - samples[1].time >= ProgressMeter.window { samples.removeFirst() }
        let elapsed = time - samples[0].time
        let fps = elapsed > 0 ? Double(frame - samples[0].frame) / elapsed : 0
        let eta = frames.flatMap { fps > 0 ? Double(max(0, $0 - frame)) / fps : nil }
        return JobProgress(frame: frame, frames: frames, fps: fps, etaSeconds: eta, outputBytes: outputBytes)
    }
}
