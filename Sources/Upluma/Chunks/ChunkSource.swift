import UplumaFrames
import UplumaMedia

/// A planned file that chunks are made of, one after the other: a chunk that follows the one before is gone on with, another
/// one is searched.
///
/// Thread safety: used by one chunk at a time, and in it by one thread at a time.
final class ChunkSource: @unchecked Sendable {
    let plan: UpscalePlan
    let grid: SegmentGrid
    private let seeker: FrameSeeker
    private let notes: RunNotes
    private var walk: FrameWalk?
    /// A frame that was read and belongs to what comes next.
    private var ahead: Frame?
    /// Where a run stopped that can be gone on with: frames before it were handed out.
    private var position: Int64?

    /// - Parameters:
    ///   - plan: not carried out; its source is read here.
    ///   - notes: takes remarks about what is read.
    init(_ plan: UpscalePlan, notes: RunNotes, isCancelled: @escaping @Sendable () -> Bool) {
        self.plan = plan
        self.notes = notes
        grid = SegmentGrid(plan.source)
        seeker = FrameSeeker(plan, notes: { notes.add($0) }, isCancelled: isCancelled)
    }

    /// Whether entering in the middle is cheap.
    var entersAnywhere: Bool { seeker.entersAnywhere }

    /// Goes to the first frame that is not before a time; nil is the beginning of the file.
    ///
    /// - Throws: `MediaError` or `UplumaError`.
    func go(to start: Int64?) throws {
        let isThere = walk != nil && start != nil && position == start
        position = nil
        if isThere { return }
        leave()
        guard let start else {
            walk = try seeker.walkFromBeginning()
            return
        }
        let found = try seeker.walk(to: start)
        walk = found
        if let current = found.current?.frame, current.pts >= start { ahead = current }
    }

    /// The next frame, decoded and deinterlaced; nil at the end of the file.
    ///
    /// - Throws: `MediaError` or `UplumaError`.
    func next() throws -> Frame? {
        if let frame = ahead {
            ahead = nil
            return frame
        }
        if let frame = try walk?.step() { return frame }
        leave()
        return nil
    }

    /// Hands back a frame that belongs to what comes next, which begins at a time.
    func giveBack(_ frame: Frame, next start: Int64) { (ahead, position) = (frame, start) }

    /// Forgets the place: what was read is not to be gone on with.
    func leave() { (walk, ahead, position) = (nil, nil, nil) }
}
