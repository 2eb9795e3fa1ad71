package import UplumaFrames
import UplumaMedia

/// One picture of a source: the one on the screen at a time, decoded and deinterlaced as the whole job would.
///
/// A picture in a file of its own is a source with a single frame. Nothing is turned.
package struct ShownFrame: Sendable {
    package let frame: Frame
    /// When it is shown, from the beginning of the file.
    package let seconds: Double
    /// Its number, from 0, counted or by its time and the average frame rate; nil where there is neither.
    package let number: Int?

    package init(frame: Frame, seconds: Double, number: Int?) {
        self.frame = frame
        self.seconds = seconds
        self.number = number
    }

    /// - Parameters:
    ///   - path: a file, or `-` for standard input.
    ///   - time: seconds from the beginning of the file.
    ///   - notes: remarks for the log.
    ///   - isCancelled: asked while reading blocks.
    /// - Throws: `MediaError`, or `UplumaError` as `FrameSeeker.frame(onScreenAt:)`.
    package init(
        path: String, at time: Double, threads: Int?, notes: @escaping @Sendable (String) -> Void,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws {
        let source = try MediaSource(path: path, notes: notes, isCancelled: isCancelled)
        let (facts, video) = (source.facts, source.facts.video)
        let start = source.startOfVideo
        let fields = try FieldTreatment(
            .auto, facts, start: nil, duration: nil, threads: threads,
            isReduced: facts.makerTag.flatMap { DownscalerTag(text: $0) } != nil, isCancelled: isCancelled)
        if let note = fields.note, fields.mode != nil { notes(note) }
        let seeker = FrameSeeker(
            source, fields: fields, threads: threads ?? 0, notes: notes, isCancelled: isCancelled)
        let found = try seeker.frame(onScreenAt: time)
        if video.isTurned { notes("Players turn the picture of \"\(path)\"; it is shown here as it is stored.") }
        frame = found.frame
        seconds = found.seconds
        let fromFirst = Double(frame.pts) * video.timeBase.doubleValue - Double(start) / 1_000_000
        let rate = (video.frameRate?.doubleValue).map { $0 * (fields.mode?.share.doubleValue ?? 1) }
        number =
            facts.isPicture ? nil : found.number ?? rate.map { max(0, Int((fromFirst * $0).rounded())) }
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
