package import UplumaFrames
import UplumaMedia

/// One picture of a source: the first that `upscale --start` would make at a time, decoded and deinterlaced as there.
///
/// A picture in a file of its own is a source with a single frame. Nothing is turned.
package struct ShownFrame: Sendable {
    package let frame: Frame
    /// When it is shown, from the beginning of the file.
    package let seconds: Double
    /// Its number, from 0, by its time and the average frame rate; nil where there is none.
    package let number: Int?

    package init(frame: Frame, seconds: Double, number: Int?) {
        self.frame = frame
        self.seconds = seconds
        self.number = number
    }

    /// - Parameters:
    ///   - path: a file, or `-` for standard input.
    ///   - time: seconds from the beginning of the file.
    ///   - option: what names the time on the command line, for sentences.
    ///   - notes: remarks for the log.
    ///   - isCancelled: asked while reading blocks.
    /// - Throws: `MediaError`, or `UplumaError` of kind `badInput` when nothing is shown at that time or later, naming the
    ///   last time at which something is.
    package init(
        path: String, at time: Double, option: String, threads: Int?, notes: @escaping @Sendable (String) -> Void,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws {
        let source = try MediaSource(path: path, notes: notes, isCancelled: isCancelled)
        let (facts, video) = (source.facts, source.facts.video)
        source.keepOnly(streams: [])
        let fields = try FieldTreatment(
            .auto, facts, start: time, duration: nil, threads: threads, isCancelled: isCancelled)
        if let note = fields.note, fields.mode != nil { notes(note) }
        let deinterlacer = try fields.deinterlacer(for: video, notes: notes)
        let decoder = try VideoDecoder(source, threads: threads ?? 0, notes: notes)
        let first = time > 0 ? source.pts(atSeconds: time) : Int64.min
        // Past the end, the last frames are looked at for their time.
        if time > 0 { try source.seek(toSeconds: min(time, facts.duration ?? time)) }

        var found: Frame?
        var last: Int64?
        let deliver: (Frame) throws -> Void = { frame in
            last = max(last ?? frame.pts, frame.pts)
            if found == nil, frame.pts >= first { found = frame }
        }
        let take: (Frame) throws -> Void = { frame in
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
            if found != nil { return }
            guard let deinterlacer else { return try deliver(frame) }
            try deinterlacer.filter(frame, each: deliver)
        }
        while found == nil, let packet = try source.read() {
            if packet.streamIndex == video.index { try decoder.decode(packet, each: take) }
        }
        if found == nil { try decoder.decode(nil, each: take) }
        if found == nil { try deinterlacer?.filter(nil, each: deliver) }

        func seconds(_ pts: Int64) -> Double {
            Double(pts) * video.timeBase.doubleValue - Double(facts.startMicroseconds) / 1_000_000
        }
        guard let found else {
            let name = path == "-" ? "standard input" : "\"\(path)\""
            guard let last else {
                throw UplumaError(
                    .badInput,
                    time > 0
                        ? "No picture of \(name) is shown at second \(time.toTenths) or later. Give an earlier \(option)."
                        : "No picture of \(name) could be decoded. Check that the file plays.")
            }
            throw UplumaError(
                .badInput,
                "\(option) \(ClockText.plain(time)) lies behind the last picture of \(name), which is shown at "
                    + "\(ClockText.plain(seconds(last))) seconds. Give that time or an earlier one.")
        }
        if video.isTurned { notes("Players turn the picture of \"\(path)\"; it is shown here as it is stored.") }
        frame = found
        self.seconds = max(0, seconds(found.pts))
        let fromFirst = Double(found.pts) * video.timeBase.doubleValue - Double(source.startOfVideo) / 1_000_000
        let rate = deinterlacer.map(\.frameRate) ?? video.frameRate
        number = facts.isPicture ? nil : rate.map { max(0, Int((fromFirst * $0.doubleValue).rounded())) }
    }
}

/// Times in sentences.
enum ClockText {
    /// Seconds to the nearest millisecond: the frame that is on the screen at that time is the one it was read off.
    static func near(_ seconds: Double) -> String { plain((seconds * 1000).rounded() / 1000) }

    /// Seconds without more decimals than it takes to tell frames apart; rounded down, so that the time still is one of the
    /// frame's when it is given again.
    static func plain(_ seconds: Double) -> String {
        let milliseconds = (seconds * 1000 + 1e-6).rounded(.down)
        return milliseconds.truncatingRemainder(dividingBy: 1000) == 0
            ? "\(Int(milliseconds / 1000))" : "\(milliseconds / 1000)"
    }
}
