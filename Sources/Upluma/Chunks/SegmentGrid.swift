import UplumaMedia

/// Where encoders begin anew: at the first frame of every ten seconds of the file's clock.
///
/// A run can be gone on with from there, and what is made does not depend on where runs began, ended or were broken off, since
/// the places are the file's and not the runs'. Ten seconds are as far apart as key frames that x264 sets by itself at 25
/// frames a second.
struct SegmentGrid {
    static let seconds = 10

    private let source: MediaSource

    init(_ source: MediaSource) { self.source = source }

    /// First time stamp of a segment, in the video stream's time base.
    func start(of segment: Int) -> Int64 { source.pts(atSeconds: Double(segment * Self.seconds)) }

    /// The segment that a frame belongs to; frames before the file's beginning belong to the first.
    func segment(of pts: Int64) -> Int {
        let base = source.facts.video.timeBase.doubleValue
        let elapsed = Double(pts) * base - Double(source.facts.startMicroseconds) / 1_000_000
        var segment = max(0, Int((elapsed / Double(Self.seconds)).rounded(.down)))
        // Ticks decide, not their rounded seconds.
        while segment > 0, pts < start(of: segment) { segment -= 1 }
        while pts >= start(of: segment + 1) { segment += 1 }
        return segment
    }
}
