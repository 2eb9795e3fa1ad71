import Foundation
import UplumaFrames
import UplumaMedia

/// Finds a frame that tells a film from others, soon: not black, not a plain title.
struct LookSearch {
    /// Where it is looked for, in parts of the film's length; the first place that will do is taken.
    private static let shares = [1.0 / 3, 1.0 / 2, 1.0 / 6, 2.0 / 3, 5.0 / 6]
    /// Mean difference of neighbouring luma samples, in 8-bit codes, that will do; of what has less, the most is taken.
    /// (Noise of old film in the dark is about 1, a picture has 3 and more.)
    static let enoughDetail = 2.0

    let seeker: FrameSeeker
    /// On the system's clock: after it, what was found is taken.
    let deadline: Double

    private var isLate: Bool { ProcessInfo.processInfo.systemUptime > deadline }

    /// - Throws: `UplumaError` of kind `badInput` where nothing can be decoded, or `interrupted`; `MediaError`.
    func find() throws -> FrameSeeker.Found {
        guard seeker.isSearchable, let length = seeker.facts.video.duration ?? seeker.facts.duration else {
            return try fromBeginning()
        }
        var best: SceneSearch.Candidate?
        func isEnough(_ candidate: SceneSearch.Candidate) -> Bool {
            if candidate.detail > best?.detail ?? -1 { best = candidate }
            return candidate.detail >= Self.enoughDetail
        }
        for share in Self.shares where !isLate {
            if let candidate = try keyFrame(near: share * length), isEnough(candidate) { break }
        }
        // A short film has one key frame, which may be black.
        if best.map({ $0.detail < Self.enoughDetail }) ?? true {
            for share in Self.shares where !isLate {
                guard let found = try? seeker.frame(onScreenAt: share * length) else { continue }
                if isEnough(SceneSearch.candidate(found.frame, found.seconds)) { break }
            }
        }
        guard let best else { return try fromBeginning() }
        return try seeker.frame(onScreenAt: best.seconds)
    }

    /// Nil where nothing good is decoded.
    private func keyFrame(near seconds: Double) throws -> SceneSearch.Candidate? {
        do {
            let source = try seeker.opened()
            try source.seek(toSeconds: seconds)
            let walk = try FrameWalk(
                source, isFromBeginning: false, fields: .keep, threads: seeker.threads, notes: { _ in },
                isCancelled: seeker.isCancelled)
            guard let frame = try walk.first(), frame.condition == .whole else { return nil }
            return SceneSearch.candidate(frame, max(0, seeker.seconds(frame.pts)))
        } catch let error as MediaError where error.category != .cancelled {
            return nil
        }
    }

    /// The first frame that will do, without searching in the file.
    private func fromBeginning() throws -> FrameSeeker.Found {
        let walk = try seeker.walkFromBeginning()
        var best: (found: FrameSeeker.Found, detail: Double)?
        while best == nil || !isLate, let frame = try walk.step() {
            guard frame.condition == .whole else { continue }
            let candidate = SceneSearch.candidate(frame, max(0, seeker.seconds(frame.pts)))
            if candidate.detail > best?.detail ?? -1 {
                best = (FrameSeeker.Found(frame: frame, seconds: candidate.seconds), candidate.detail)
            }
            if candidate.detail >= Self.enoughDetail { break }
        }
        guard let best else {
            throw UplumaError(.badInput, "No picture of \"\(seeker.facts.path)\" could be decoded.")
        }
        return best.found
    }
}
