import UplumaFrames
import UplumaMedia

// More than one frame at once.
extension FrameSeeker {
    /// Looks at key frames at evenly spread places, each once, as they are coded: with the fields of interlaced ones.
    ///
    /// - Parameters:
    ///   - places: how many are looked at; fewer are seen where key frames are far apart, and none where the file cannot be
    ///     searched.
    ///   - each: receives a frame and its time, from the beginning of the file.
    /// - Throws: `MediaError` of category `cancelled`, or `UplumaError`; what is damaged is passed over.
    func forEachKeyFrame(places: Int, _ each: (Frame, _ seconds: Double) -> Void) throws {
        guard isSearchable, let length = facts.video.duration ?? facts.duration else { return }
        var last: Int64?
        let source = try opened()
        for place in 0..<places {
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
            do {
                try source.seek(toSeconds: (Double(place) + 0.5) / Double(places) * length)
                let walk = try FrameWalk(
                    source, isFromBeginning: false, fields: .keep, threads: threads, notes: { _ in },
                    isCancelled: isCancelled)
                guard let frame = try walk.first(), frame.condition == .whole, frame.pts != last else { continue }
                last = frame.pts
                each(frame, max(0, seconds(frame.pts)))
            } catch let error as MediaError where error.category != .cancelled {
                continue
            }
        }
    }

    /// The frames around one that was found.
    ///
    /// - Parameters:
    ///   - count: how many before it and how many behind it, as far as there are.
    /// - Returns: in order of time, and the position of the one.
    /// - Throws: `UplumaError` of kind `usage` for a pipe, of which the frames before are gone.
    func frames(around found: Found, count: Int) throws -> (frames: [Frame], index: Int) {
        guard facts.isSeekable else {
            throw UplumaError(
                .usage,
                "--encode needs the frames before the one that is shown, which a pipe has no more. Save it to a file first."
            )
        }
        let each = max(Double(found.frame.duration) * facts.video.timeBase.doubleValue, 0.001)
        let first = max(0, found.seconds - Double(count) * each)
        let walk = try walk(to: ticks(first + Self.rounding))
        var frames = [walk.current ?? walk.following].compactMap { $0?.frame }
        while let next = walk.following?.frame, frames.count <= 4 * count {
            let behind = frames.count - 1 - (frames.lastIndex { $0.pts <= found.frame.pts } ?? 0)
            if behind >= count, frames.contains(where: { $0.pts >= found.frame.pts }) { break }
            try walk.advance(to: next.pts)
            frames.append(next)
        }
        guard let index = frames.firstIndex(where: { $0.pts == found.frame.pts }) else {
            return ([found.frame], 0)
        }
        return (frames, index)
    }
}
