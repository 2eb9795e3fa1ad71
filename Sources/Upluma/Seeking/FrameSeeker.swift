import UplumaFrames
import UplumaMedia

/// Single frames of a job's source exactly as the whole job meets them: the same samples and the same time, found without
/// doing all that lies before.
///
/// Decoding begins at a key frame so far before the frame that nothing which came earlier can show in it: filters have seen
/// its neighbours, film's cycles of five are counted as from the file's beginning, and a decoder that recovers slowly has
/// recovered. Where that cannot be known (no time stamps, a clock that jumps, a pipe) the file is read from its beginning.
///
/// Not sendable: one thread at a time.
final class FrameSeeker {
    /// A frame, and where it is.
    struct Found {
        let frame: Frame
        /// When it is shown, from the beginning of the file.
        let seconds: Double
        /// Its number in the whole job, from 0, where it was counted.
        var number: Int?
    }

    let facts: MediaFacts
    private let fields: FieldTreatment
    let threads: Int
    private let isStrict: Bool
    private let notes: @Sendable (String) -> Void
    let isCancelled: @Sendable () -> Bool
    /// The plan's own source, for the first walk from the beginning: all there is of a pipe.
    private var unread: MediaSource?
    /// For seeking, opened when it is first needed.
    private var seekable: MediaSource?
    /// The latest walk: a moment that lies a little further on is reached by going on.
    private var walk: FrameWalk?
    /// Where a clock jumps, a search by time finds other times than a job counts; a palette is told at the beginning alone.
    lazy var isSearchable = {
        facts.isSeekable && facts.hasTimeStamps && !facts.video.hasPalette
            && !((try? opened().clockJumps()) ?? true)
    }()
    /// For film in video: when cycles of five frames begin; nil where packets do not tell.
    private lazy var cycles: [Int64]? = try? FrameTimes(beginning(), threads: threads, isCancelled: isCancelled)?
        .cycleStarts(of: facts.video)

    /// The times of the first frames, as far as they were asked for.
    private var counted: FrameTimes?

    /// - Parameters:
    ///   - source: not yet read from; it is read by the seeker from now on.
    ///   - fields: what the job does about fields.
    ///   - threads: of the decoder; 0 lets FFmpeg choose.
    ///   - isStrict: whether the first damage that is met is an error.
    ///   - notes: remarks for the log.
    init(
        _ source: MediaSource, fields: FieldTreatment, threads: Int, isStrict: Bool = false,
        notes: @escaping @Sendable (String) -> Void, isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.isStrict = isStrict
        facts = source.facts
        unread = source
        self.fields = fields
        self.threads = threads
        self.notes = notes
        self.isCancelled = isCancelled
    }

    /// Of a job's source.
    convenience init(
        _ plan: UpscalePlan, notes: @escaping @Sendable (String) -> Void, isCancelled: @escaping @Sendable () -> Bool
    ) {
        self.init(
            plan.source, fields: plan.fields, threads: plan.options.threads ?? 0, isStrict: plan.options.isStrict,
            notes: notes, isCancelled: isCancelled)
    }

    /// Whether a frame in the middle is reached without all that lies before it.
    var entersAnywhere: Bool { isSearchable && fields.mode != .ivtc }

    /// Seconds from the beginning of the file.
    func seconds(_ pts: Int64) -> Double {
        Double(pts) * facts.video.timeBase.doubleValue - Double(facts.startMicroseconds) / 1_000_000
    }

    func ticks(_ seconds: Double) -> Int64 {
        let micros = Double(facts.startMicroseconds) + seconds * 1_000_000
        return Int64((micros / 1_000_000 / facts.video.timeBase.doubleValue).rounded(.down))
    }

    private var name: String { facts.path == "-" ? "standard input" : "\"\(facts.path)\"" }

    // MARK: Walks

    /// A source at the beginning of the file.
    ///
    /// - Throws: `MediaError`; `UplumaError` of kind `usage` for the second walk through a pipe.
    private func beginning() throws -> MediaSource {
        if let source = unread {
            unread = nil
            source.keepOnly(streams: [])
            return source
        }
        guard facts.isSeekable else {
            throw UplumaError(
                .usage, "A pipe can be read only once: give times in rising order, or save it to a file first.")
        }
        return try opened()
    }

    func opened() throws -> MediaSource {
        let source = try MediaSource(
            path: facts.path, allowsNetwork: facts.allowsNetwork, isStrict: isStrict, notes: notes,
            isCancelled: isCancelled)
        source.keepOnly(streams: [])
        return source
    }

    /// All frames of the file from the first on.
    func walkFromBeginning() throws -> FrameWalk {
        try FrameWalk(
            beginning(), isFromBeginning: true, fields: fields, threads: threads, notes: notes,
            isCancelled: isCancelled)
    }

    /// - Parameter time: from the beginning of the file.
    /// - Returns: nil where nobody knows from where the frames can be made as a whole job makes them, or the file cannot be
    ///   searched.
    private func walk(fromSecond time: Double) throws -> FrameWalk? {
        var (start, firstFed) = (time, Int64.min)
        if fields.mode == .ivtc {
            guard let cycle = cycles?.last(where: { seconds($0) <= time }) else { return nil }
            (start, firstFed) = (seconds(cycle), cycle)
        }
        let source = try seekable ?? opened()
        seekable = source
        do {
            try source.seek(toSeconds: start)
        } catch let error as MediaError where error.category == .badInput {
            return nil
        }
        return try FrameWalk(
            source, isFromBeginning: false, fields: fields, firstFed: firstFed, threads: threads, notes: notes,
            isCancelled: isCancelled)
    }

    // MARK: By time

    /// Half of the millisecond to which times are written: a time that was read off finds its frame again.
    static let rounding = 0.0005
    /// Seconds before a frame at which decoding begins, one after the other until the frame is certain.
    private static let approaches = [0.0, 0.4, 2, 10, 60]
    /// Frames that filters must have seen before: bwdif looks at one, and so does the look for combs.
    private static let certainRun = 3
    /// Key packets behind which a picture that is refreshed bit by bit is whole: one refresh would do if all ended in time.
    private static let refreshes = 2
    /// Seconds by which a walk goes on rather than that a new one begins.
    private static let nearby = 2.0

    /// The frame that is on the screen at a time.
    ///
    /// - Parameter time: seconds from the beginning of the file. A time before the first frame shows that one.
    /// - Throws: `UplumaError` of kind `badInput` for a time past the end, naming the last valid one, and for one at which
    ///   nothing can be decoded, naming the nearest at which something can. `MediaError`.
    func frame(onScreenAt time: Double) throws -> Found {
        let wanted = ticks(time + Self.rounding)
        return try found(walk(to: wanted), wanted: wanted, time)
    }

    /// A walk whose current frame is the one on the screen.
    func walk(to wanted: Int64) throws -> FrameWalk {
        let time = seconds(wanted)
        if let walk, let current = walk.current {
            let isAhead = current.frame.pts <= wanted
            if isAhead, walk.isFromBeginning && !facts.isSeekable || time - seconds(current.frame.pts) < Self.nearby {
                try walk.advance(to: wanted)
                if isCertain(walk) { return walk }
            }
        }
        if time > 0, isSearchable {
            let first: Double = fields.mode == nil ? 0 : fields.mode == .ivtc ? 2 : 0.4
            let end = min(time, facts.duration ?? time)
            for approach in Self.approaches where approach >= first && approach < end {
                guard let walk = try walk(fromSecond: end - approach) else { break }
                self.walk = walk
                try walk.advance(to: wanted)
                // Damage that is met twice is there.
                if isCertain(walk, acceptsDamage: approach >= 10) { return walk }
            }
        }
        let walk = try walkFromBeginning()
        self.walk = walk
        try walk.advance(to: wanted)
        return walk
    }

    /// Whether the current frame is the one that a job from the beginning would meet.
    private func isCertain(_ walk: FrameWalk, acceptsDamage: Bool = false) -> Bool {
        guard !walk.isFromBeginning else { return true }
        guard let step = walk.current, acceptsDamage || step.frame.condition == .whole else { return false }
        return (walk.beganIntra || step.keys > Self.refreshes) && (fields.mode == nil || step.run >= Self.certainRun)
    }

    private func found(_ walk: FrameWalk, wanted: Int64, _ time: Double) throws -> Found {
        guard let frame = (walk.current ?? walk.following)?.frame else {
            throw UplumaError(.badInput, "No picture of \(name) could be decoded. Check that the file plays.")
        }
        let found = Found(
            frame: frame, seconds: max(0, seconds(frame.pts)), number: walk.isFromBeginning ? max(0, walk.number) : nil)
        if walk.following == nil, wanted >= frame.pts + max(frame.duration, 1) {
            throw UplumaError(
                .badInput,
                "\(ClockText.near(time)) s lies past the end of \(name), whose last frame is shown at "
                    + "\(ClockText.near(found.seconds)) s. Give that time or an earlier one.")
        }
        guard frame.condition != .whole else {
            if let next = walk.following?.frame { noteGap(from: frame.pts, to: next.pts, wanted: wanted) }
            return found
        }
        let near = [walk.lastWhole, try walk.nextWhole()].compactMap { $0 }.map { "\(ClockText.near(seconds($0))) s" }
        let remedy =
            near.isEmpty
            ? "No good frame is near."
            : "The nearest good \(near.count == 1 ? "frame is" : "frames are") at \(near.joined(separator: " and "))."
        guard frame.condition == .concealed else {
            throw UplumaError(
                .badInput,
                "The picture at \(ClockText.near(time)) s of \(name) cannot be decoded: the file is damaged there. "
                    + remedy)
        }
        notes("The picture at \(ClockText.near(time)) s is damaged, and parts of it are concealed. \(remedy)")
        return found
    }

    /// Says so where no other picture comes for long: one that is missing, or a still that lasts.
    private func noteGap(from start: Int64, to end: Int64, wanted: Int64) {
        let (first, last) = (seconds(start), seconds(end))
        guard last - first >= Self.longGap, seconds(wanted) - first > 2 / (facts.video.frameRate?.doubleValue ?? 25)
        else {
            return
        }
        notes("Between \(ClockText.near(first)) s and \(ClockText.near(last)) s \(name) has no other picture.")
    }

    /// Seconds from which on a gap between frames is told.
    private static let longGap = 0.5

    // MARK: By number

    /// The frame of a number in the whole job, from 0.
    ///
    /// - Throws: `UplumaError` of kind `badInput` for a number past the end, naming the last one. `MediaError`.
    func frame(number wanted: Int) throws -> Found {
        if isSearchable, fields.mode != .ivtc,
            let frames = try times(upTo: wanted)
        {
            guard wanted < frames.times.count else { throw pastEnd(wanted, count: frames.times.count) }
            let time = frames.times[wanted]
            let walk = try walk(to: time)
            if walk.current?.frame.pts == time {
                var found = try found(walk, wanted: time, seconds(time))
                found.number = wanted
                return found
            }
        }
        let walk: FrameWalk
        if let last = self.walk, last.isFromBeginning, last.number <= wanted {
            walk = last
        } else {
            walk = try walkFromBeginning()
        }
        self.walk = walk
        try walk.advance(toNumber: wanted)
        guard walk.number == wanted, let frame = walk.current?.frame else {
            throw pastEnd(wanted, count: walk.number + 1)
        }
        return try found(walk, wanted: frame.pts, seconds(frame.pts))
    }

    /// The times of frames by their packets, that of a number among them unless it lies past the end; nil where packets do
    /// not tell. A file is not read again for numbers that were passed.
    private func times(upTo wanted: Int) throws -> FrameTimes? {
        if let counted, counted.isComplete || wanted < counted.times.count { return counted }
        counted = try FrameTimes(beginning(), first: wanted + 1, threads: threads, isCancelled: isCancelled)
        return counted
    }

    private func pastEnd(_ number: Int, count: Int) -> UplumaError {
        UplumaError(
            .badInput,
            count == 0
                ? "No picture of \(name) could be decoded. Check that the file plays."
                : "Frame \(number) lies past the end of \(name), whose last frame has number \(count - 1), counted from 0."
        )
    }
}
