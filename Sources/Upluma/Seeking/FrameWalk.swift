import UplumaFrames
import UplumaMedia

/// The frames of a source one after another, decoded and deinterlaced as a job does it, from some place of the file on.
///
/// Not sendable: one thread at a time.
final class FrameWalk {
    /// A frame on the walk.
    struct Step {
        let frame: Frame
        /// Frames that the deinterlacer made before this one and that were as certain as this one.
        let run: Int
        /// Key packets read before it came out.
        let keys: Int
    }

    /// Whether it began with the file's first frame.
    let isFromBeginning: Bool
    /// The last frame that is shown at the time gone to or before; nil when the walk begins behind it.
    private(set) var current: Step?
    /// How many frames were passed before `current`.
    private(set) var number = -1
    /// The frame behind it; nil at the end of the file.
    private(set) var following: Step?
    /// Whether the first frame was coded by itself, so that those behind it are whole.
    var beganIntra: Bool { decoder.beganIntra }
    /// When the latest frame was shown, up to `current`, that no damage touched.
    private(set) var lastWhole: Int64?
    private var hasBegun = false
    private let source: MediaSource
    private let decoder: VideoDecoder
    private let deinterlacer: Deinterlacer?
    private let firstFed: Int64
    private let isCancelled: @Sendable () -> Bool
    private var waiting: [Step] = []
    private var taken = 0
    private var run = 0
    private var keys = 0
    private var isOver = false

    /// - Parameters:
    ///   - source: to be read by this walk alone, from its beginning or from where it was made to seek.
    ///   - isFromBeginning: which of the two.
    ///   - fields: what is done about fields.
    ///   - firstFed: the first time stamp that the deinterlacer gets to see; frames before it are left out.
    ///   - threads: of the decoder; 0 lets FFmpeg choose.
    /// - Throws: `MediaError`.
    init(
        _ source: MediaSource, isFromBeginning: Bool, fields: FieldTreatment, firstFed: Int64 = .min, threads: Int,
        notes: @escaping @Sendable (String) -> Void, isCancelled: @escaping @Sendable () -> Bool
    ) throws {
        self.source = source
        self.isFromBeginning = isFromBeginning
        self.firstFed = firstFed
        self.isCancelled = isCancelled
        decoder = try VideoDecoder(source, threads: threads, notes: notes)
        deinterlacer = try fields.deinterlacer(for: source.facts.video, notes: notes)
    }

    /// Goes on until `current` is the frame that is on the screen at a time.
    ///
    /// - Parameter time: in the video stream's time base, not before that of an earlier call.
    /// - Throws: `MediaError`, or `UplumaError` of kind `interrupted`.
    func advance(to time: Int64) throws {
        if !hasBegun {
            hasBegun = true
            following = try next()
        }
        while let step = following, step.frame.pts <= time { try advance(to: step) }
    }

    /// Goes on by a number of frames, to that number from where the walk began.
    func advance(toNumber wanted: Int) throws {
        try advance(to: .min)
        while number < wanted, let step = following { try advance(to: step) }
    }

    /// The first frame of the walk, and no more than it takes; nil where there is none.
    func first() throws -> Frame? { try next()?.frame }

    /// Goes on by one frame; nil at the end of the file.
    func step() throws -> Frame? {
        try advance(to: .min)
        guard let step = following else { return nil }
        try advance(to: step)
        return step.frame
    }

    private func advance(to step: Step) throws {
        current = step
        number += 1
        if step.frame.condition == .whole { lastWhole = step.frame.pts }
        following = try next()
    }

    /// When the next frame is shown, behind `current`, that no damage touched; nil when none comes soon.
    func nextWhole() throws -> Int64? {
        for _ in 0..<Self.farAhead {
            guard let step = following else { return nil }
            if step.frame.condition == .whole { return step.frame.pts }
            try advance(to: step)
        }
        return nil
    }

    /// Frames that are looked through for a whole one: a minute.
    private static let farAhead = 1500

    private func next() throws -> Step? {
        while taken == waiting.count {
            (waiting, taken) = ([], 0)
            if isOver { return nil }
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
            guard let packet = try source.read() else {
                isOver = true
                try decoder.decode(nil, each: take)
                try deinterlacer?.filter(nil, each: deliver)
                continue
            }
            guard packet.streamIndex == source.facts.video.index else { continue }
            if packet.isKeyframe { keys += 1 }
            try decoder.decode(packet, each: take)
        }
        defer { taken += 1 }
        return waiting[taken]
    }

    private func take(_ frame: Frame) throws {
        guard frame.pts >= firstFed else { return }
        guard let deinterlacer else { return try deliver(frame) }
        try deinterlacer.filter(frame, each: deliver)
    }

    private func deliver(_ frame: Frame) throws {
        waiting.append(Step(frame: frame, run: run, keys: keys))
        if deinterlacer?.hasLooked ?? true { run += 1 }
    }
}
