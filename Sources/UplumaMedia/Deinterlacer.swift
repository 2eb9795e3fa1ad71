import CFFmpeg
package import UplumaFrames

/// Makes progressive frames of interlaced ones with FFmpeg's filters, between a decoder and whatever works on pictures.
///
/// With all modes but `ivtc` every frame in is one frame out, its time, duration and metadata unchanged. `ivtc` undoes the
/// telecine of film on NTSC: of five frames it gives four, evenly spaced, at times in the same time base; the last one
/// lasts until the source ends.
///
/// Thread safety: calls must not overlap (checked), so give a deinterlacer to one serial queue. Frames may go anywhere and
/// outlive it.
package final class Deinterlacer: @unchecked Sendable {
    package enum Mode: Sendable {
        /// Frames marked as interlaced by `bwdif`; the others are handed on as they are. Nothing is built, and no frame
        /// held, before there is a sign of interlacing.
        case auto
        /// Frames that look interlaced beside their neighbours by `bwdif`, the others handed on as they are. Where nothing
        /// moves, the look before counts, and the marks before the first.
        case measured
        /// All frames by `bwdif`, marked or not.
        case bwdif
        /// Fields matched to the frames of the film they were cut from, and one frame of five dropped.
        case ivtc

        /// The most source-sized pictures that are kept between two calls. bwdif looks at the frame before and the one
        /// after, as `measured` does before it. On the way through `ivtc` are nine source frames, five weaves that field
        /// matching tries, bwdif's three, a cycle of five with the frame before it, and the one whose duration is not yet
        /// known.
        package var heldFrames: Int {
            switch self {
            case .auto, .bwdif: 3
            case .measured: 3 + 2
            case .ivtc: 9 + 5 + 3 + 6 + 1
            }
        }

        /// Frames out over frames in.
        package var share: Rational { self == .ivtc ? Rational(4, 5) : Rational(1, 1) }
    }

    package let mode: Mode
    /// Frames a second of what comes out; nil when unknown.
    package let frameRate: Rational?

    /// What the filters need not know of a frame that is inside them.
    private struct Passenger {
        let number: Int
        let source: Frame
        /// Whether it went out before there were filters, and is only to be seen by them.
        var isKnown = false
    }

    /// What a graph is made for.
    private struct Shape: Equatable {
        let width: Int
        let height: Int
        let format: PictureFormat
    }

    private let video: VideoFacts
    /// Of the frames the graph is made for; another one that comes begins a new graph.
    private var shape: Shape
    private let notes: NoteHandler
    /// Stronger than marks.
    private let fixedOrder: FieldStructure?
    private let exclusive = ExclusiveUse("Deinterlacer")
    private var graph: FilterGraph?
    private var passengers: [Passenger] = []
    private var framesIn = 0
    /// For `auto` without filters: the frame before, which the first interlaced one is held against.
    private var before: Frame?
    private var hasNoted: Bool
    /// Whether `auto` found that the filters do not take pictures of this shape.
    private var isRefused = false
    /// The latest order any frame named; fields that say nothing are taken to follow it.
    private var order: FieldStructure
    private var film = FilmTiming()
    /// For `measured`: what frames look like, the one whose look is not known yet, and the latest look that told.
    private var measurement = FieldMeasurement()
    private var held: Frame?
    private var latestLook: FieldStructure?

    private static let operation = "deinterlace"

    /// - Parameters:
    ///   - mode: which filters.
    ///   - video: of the source; rules the unit of time, and the assumptions where frames say nothing.
    ///   - order: which field is first, whatever marks say; nil follows the marks.
    ///   - isAnnounced: whether the log says already what is done.
    ///   - notes: remarks for the log: what is done, and what was assumed.
    /// - Throws: `MediaError.usage` when the filters asked for do not take the pictures (`auto` then hands them on as they
    ///   are, with a remark), or `ivtc` has no frame rate to work with.
    package init(
        _ mode: Mode, _ video: VideoFacts, order: FieldStructure? = nil, isAnnounced: Bool = false,
        notes: @escaping NoteHandler = { _ in }
    ) throws {
        self.mode = mode
        self.video = video
        self.notes = notes
        fixedOrder = order
        hasNoted = isAnnounced
        self.order = order ?? video.fieldOrder
        shape = Shape(width: video.width, height: video.height, format: video.format)
        frameRate = video.frameRate.map { Rational(av_mul_q($0.av, mode.share.av)) }
        if mode == .ivtc { try checkRate() }
        if mode != .auto {
            graph = try makeGraph()
        } else if video.fieldOrder.isInterlaced {
            try makeGraphIfTaken()
        }
    }

    /// Whether what `measured` makes of frames from here on is what it would have made had it seen all before, too: some
    /// look has told.
    package var hasLooked: Bool { mode != .measured || latestLook != nil }

    /// Takes one frame, or with nil says that none will follow.
    ///
    /// - Parameters:
    ///   - frame: its planes are lent, not copied. Times increase. One of another size or format than the frame before
    ///     ends the filters' work on those, and begins it anew.
    ///   - each: called for every frame that comes out, in order; what it throws ends the call.
    /// - Throws: `MediaError.usage` as the initialiser does, `MediaError.internalFault` when a filter fails.
    package func filter(_ frame: Frame?, each: (Frame) throws -> Void) throws {
        try exclusive {
            guard let frame else { return try finish(each) }
            try adapt(to: frame, each)
            if mode == .auto, graph == nil {
                if frame.fields.isInterlaced { try beginFilters(each) }
                if graph == nil {
                    before = frame
                    return try each(frame)
                }
            }
            if mode == .measured { return try measure(frame, each) }
            try process(frame, each)
        }
    }

    /// Makes `auto`'s filters at the first interlaced frame. They get to see the frame before, so that what they make of
    /// this one does not depend on where interlacing, or reading, began.
    private func beginFilters(_ each: (Frame) throws -> Void) throws {
        try makeGraphIfTaken()
        guard graph != nil, let before else { return }
        self.before = nil
        try push(before, isKnown: true, each)
    }

    /// When cycles of five frames begin in a source that `ivtc` takes from its beginning.
    ///
    /// - Parameter times: of all source frames, in order.
    package static func cycleStarts(_ times: [Int64], rate: Rational, timeBase: Rational) -> [Int64] {
        FilmTiming.cycleStarts(times, rate: rate, timeBase: timeBase).map { times[$0] }
    }

    private func process(_ frame: Frame, _ each: (Frame) throws -> Void) throws {
        note(frame)
        if mode == .ivtc, graph != nil, film.isOffBeat(pts: frame.pts) { try drain(each) }
        if graph == nil { graph = try makeGraph() }
        if mode == .ivtc { film.count(pts: frame.pts, duration: frame.duration) }
        try push(frame, isKnown: false, each)
    }

    private func push(_ frame: Frame, isKnown: Bool, _ each: (Frame) throws -> Void) throws {
        let handle = try lend(frame)
        framesIn += 1
        passengers.append(Passenger(number: framesIn, source: frame, isKnown: isKnown))
        try run("push a frame into") { () throws(FFmpegStatus) in try graph?.push(handle) }
        try takeOut(each)
    }

    /// Holds a frame back until the next one shows what it looks like.
    private func measure(_ frame: Frame, _ each: (Frame) throws -> Void) throws {
        if let look = measurement.add(frame)?.structure, look != .unknown { latestLook = look }
        try processHeld(each)
        held = frame
    }

    private func processHeld(_ each: (Frame) throws -> Void) throws {
        guard var frame = held else { return }
        held = nil
        if let latestLook { frame.fields = latestLook }
        try process(frame, each)
    }

    private func finish(_ each: (Frame) throws -> Void) throws {
        try processHeld(each)
        try drain(each)
        if mode == .ivtc {
            try film.last().map(each)
            if film.breaks > 0 {
                notes(
                    "The source's times left a constant frame rate \(film.breaks) times; the film's were begun anew there."
                )
            }
        }
    }

    /// Empties filters that were made for pictures of another shape.
    private func adapt(to frame: Frame, _ each: (Frame) throws -> Void) throws {
        let new = Shape(width: frame.width, height: frame.height, format: frame.format)
        guard new != shape else { return }
        try processHeld(each)
        try drain(each)
        film.restart()
        shape = new
        before = nil
        isRefused = false
    }

    /// Empties the filters and does away with them.
    private func drain(_ each: (Frame) throws -> Void) throws {
        guard graph != nil else { return }
        try run("end") { () throws(FFmpegStatus) in try graph?.push(nil) }
        try takeOut(each)
        graph = nil
        passengers = []
    }

    private func takeOut(_ each: (Frame) throws -> Void) throws {
        while let graph {
            var pulled: FrameHandle?
            try run("take a frame from") { () throws(FFmpegStatus) in pulled = try graph.pull() }
            guard let handle = pulled else { return }
            // The number travels in the frame: filters copy it with the other properties.
            let number = Int(bitPattern: handle.frame.pointee.opaque)
            passengers.removeAll { $0.number < number }
            guard let passenger = passengers.first, passenger.number == number else {
                throw failure("lost count of the frames", nil)
            }
            if passenger.isKnown { continue }
            guard mode == .ivtc else {
                try each(deinterlaced(passenger.source, handle))
                continue
            }
            let pts = av_rescale_q(handle.frame.pointee.pts, graph.timeBase.av, video.timeBase.av)
            try film.next(deinterlaced(passenger.source, handle), pts: pts).map(each)
        }
    }

    /// The filters' pixels with all else the source's; the source's own frame where the filters let it through.
    private func deinterlaced(_ source: Frame, _ handle: FrameHandle) throws -> Frame {
        if mode == .auto || mode == .measured, !source.fields.isInterlaced { return source }
        guard let planes = handle.planes(format: source.format, width: source.width, height: source.height),
            PixelFormats.pictureFormat(AVPixelFormat(handle.frame.pointee.format)) == source.format
        else { throw failure("gave a picture in another format", nil) }
        var result = Frame(
            format: source.format, width: source.width, height: source.height, planes: planes, color: source.color,
            sampleAspect: source.sampleAspect, pts: source.pts, duration: source.duration,
            attachments: source.attachments)
        result.fields = .progressive
        result.condition = source.condition
        return result
    }

    private func lend(_ frame: Frame) throws -> FrameHandle {
        let handle = try FrameHandle()
        try handle.lend(frame, as: pixelFormat())
        handle.frame.pointee.opaque = UnsafeMutableRawPointer(bitPattern: framesIn + 1)
        if frame.fields.isInterlaced, fixedOrder == nil { order = frame.fields }
        // What is to be treated as interlaced is marked so: the filters take the order from marked frames only.
        let isMarked = mode == .bwdif || mode == .ivtc || frame.fields.isInterlaced
        cff_frame_set_fields(handle.frame, isMarked ? 1 : 0, isMarked && order != .bottomFirst ? 1 : 0)
        return handle
    }

    // MARK: Filters

    private func pixelFormat() throws -> AVPixelFormat {
        guard let pixelFormat = PixelFormats.pixelFormat(shape.format) else {
            throw MediaError(
                .usage, operation: Deinterlacer.operation, subject: "--deinterlace",
                reason: "FFmpeg's filters know no pictures in \(shape.format)", remedy: Deinterlacer.remedy)
        }
        return pixelFormat
    }

    private func makeGraph() throws -> FilterGraph {
        let pixelFormat = try pixelFormat()
        let mark = FFmpegLog.mark()
        do throws(FFmpegStatus) {
            return try FilterGraph(
                FilterGraph.Input(
                    format: pixelFormat, width: shape.width, height: shape.height, timeBase: video.timeBase,
                    frameRate: video.frameRate), steps)
        } catch {
            if error == .noMemory { throw outOfMemory(Deinterlacer.operation) }
            let names = steps.map(\.name).joined(separator: ", ")
            let isMissing = error == .filterNotFound
            throw MediaError(
                .usage, operation: Deinterlacer.operation, subject: "--deinterlace",
                reason: isMissing
                    ? "This FFmpeg has not all of the filters \(names)"
                    : "FFmpeg's filters (\(names)) do not take pictures of \(shape.width)×\(shape.height) in "
                        + "\(shape.format)",
                ffmpegText: isMissing ? nil : error.text(since: mark), remedy: Deinterlacer.remedy)
        }
    }

    /// Nobody asked for the filters by name, so pictures that they do not take stay as they are, and that is said.
    private func makeGraphIfTaken() throws {
        guard !isRefused else { return }
        do {
            graph = try makeGraph()
        } catch let error as MediaError where error.category == .usage {
            isRefused = true
            notes("The source is interlaced and stays so, moving edges will show combs: \(error.reason).")
        }
    }

    private var steps: [FilterGraph.Step] {
        let marked = FilterGraph.Step(name: "bwdif", options: "mode=send_frame:parity=auto:deint=interlaced")
        return switch mode {
        case .auto, .measured: [marked]
        case .bwdif: [FilterGraph.Step(name: "bwdif", options: "mode=send_frame:parity=auto:deint=all")]
        // Field matching marks what it found no match for.
        case .ivtc:
            [
                FilterGraph.Step(name: "fieldmatch", options: "combmatch=full"), marked,
                FilterGraph.Step(name: "decimate", options: "cycle=5"),
            ]
        }
    }

    private static let remedy = "Keep the fields as they are with --deinterlace off"

    private func checkRate() throws {
        guard let rate = video.frameRate else {
            throw MediaError(
                .usage, operation: Deinterlacer.operation, subject: "--deinterlace",
                reason: "--deinterlace ivtc needs a constant frame rate, and the source does not say its own",
                remedy: "Use --deinterlace bwdif")
        }
        film = FilmTiming(rate: rate, timeBase: video.timeBase)
        if abs(rate.doubleValue - 30000.0 / 1001) > 0.1 {
            notes(
                "--deinterlace ivtc is for film at 29.97 frames a second; this source has "
                    + "\((rate.doubleValue * 1000).rounded() / 1000), and one frame in five is dropped all the same.")
        }
    }

    private func run(_ action: String, _ body: () throws(FFmpegStatus) -> Void) throws {
        let mark = FFmpegLog.mark()
        do throws(FFmpegStatus) {
            try body()
        } catch {
            if error == .noMemory { throw outOfMemory(Deinterlacer.operation) }
            throw failure("failed to \(action) the filters", error.text(since: mark))
        }
    }

    private func failure(_ what: String, _ text: String?) -> MediaError {
        MediaError(
            .internalFault, operation: Deinterlacer.operation, subject: "--deinterlace",
            reason: "Deinterlacing \(what) after \(framesIn) frames", ffmpegText: text, remedy: Deinterlacer.remedy)
    }

    private func note(_ frame: Frame) {
        guard !hasNoted else { return }
        if mode == .auto, frame.fields.isInterlaced {
            hasNoted = true
            notes(
                "The source is interlaced: its frames are deinterlaced with bwdif; --deinterlace off keeps the fields "
                    + "as they are.")
        } else if mode == .bwdif || mode == .ivtc {
            hasNoted = true
            if !frame.fields.isInterlaced, !order.isInterlaced {
                notes("The source does not say which field is first: taken as the top field.")
            }
        }
    }
}
