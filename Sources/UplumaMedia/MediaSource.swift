import CFFmpeg
import UplumaFrames

/// An input file or pipe, opened and understood, from which packets are read: the demuxer.
///
/// Thread safety: `facts` may be read anywhere; calls must not overlap (checked), so give a source to one serial queue.
/// `VideoDecoder` and `MediaWriter` copy what they need of it when they are made, so make them before reading begins.
package final class MediaSource: @unchecked Sendable {
    package let facts: MediaFacts

    let demuxer: Demuxer
    private let exclusive = ExclusiveUse("MediaSource")
    private let notes: NoteHandler
    private var lastSecond: Double?
    private var warnedOfEnd = false
    private let reader: PacketReader
    private var lateStreams: Set<Int> = []
    private var notedBreaks = 0

    /// Opens the input and finds its main video stream.
    ///
    /// - Parameters:
    ///   - path: any file name, taken literally; "-" is standard input.
    ///   - notes: remarks for the log.
    ///   - isCancelled: asked during blocking reads; after it said true, calls throw `MediaError` of category `cancelled`.
    /// - Throws: `MediaError` of category `noInput`, `badInput`, `ioError` or `cancelled`.
    package init(
        path: String, notes: @escaping NoteHandler = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws {
        demuxer = try Demuxer(path: path, cancellation: CancellationCheck(isCancelled))
        facts = try MediaFacts(demuxer, path: path)
        reader = PacketReader(demuxer, mainVideo: facts.video.index)
        self.notes = notes
    }

    /// Lets the demuxer skip every stream but these and the main video stream.
    package func keepOnly(streams wanted: Set<Int>) {
        exclusive {
            for (index, stream) in demuxer.streams.enumerated() where index != facts.video.index {
                stream.pointee.discard = wanted.contains(index) ? AVDISCARD_DEFAULT : AVDISCARD_ALL
            }
        }
    }

    /// The next packet of any stream in file order; nil at the end of the file.
    ///
    /// Attached pictures do not come as packets; `MediaWriter` copies them by itself.
    ///
    /// - Throws: `MediaError`, `ioError` or `badInput` naming the place, or `cancelled`.
    package func read() throws -> MediaPacket? {
        try exclusive {
            var damaged = 0
            while true {
                switch reader.read() {
                case .failure(let status, let mark):
                    // A demuxer may find its way again after damage; one that does not would return this for ever.
                    if status == .invalidData && damaged < 16 {
                        damaged += 1
                        continue
                    }
                    return try endOrFailure(status, mark)
                case .packet(let packet):
                    guard let result = wanted(packet) else { continue }
                    if damaged > 0 { notes("Damage in \(name) near \(place) was skipped.") }
                    if let seconds = result.seconds { lastSecond = max(lastSecond ?? seconds, seconds) }
                    return result
                }
            }
        }
    }

    /// Takes over a packet; nil for those that nobody planned for.
    private func wanted(_ packet: UnsafeMutablePointer<AVPacket>) -> MediaPacket? {
        let index = Int(packet.pointee.stream_index)
        let stream = index < facts.streams.count ? facts.streams[index] : nil
        let result = MediaPacket(owning: packet, streamIndex: index, timeBase: stream?.timeBase ?? Rational(1, 1))
        if stream == nil { noteLateStream(index) }
        guard let stream, !stream.isAttachedPicture else { return nil }
        return result
    }

    /// Goes to a key frame at or before a time; the next picture comes from there, other streams a little earlier.
    ///
    /// - Parameter seconds: from the beginning of the file.
    /// - Returns: the time in the video stream's time base: frames whose `pts` is lower come before it.
    /// - Throws: `MediaError`: `usage` for a pipe, `badInput` when the file cannot be searched.
    @discardableResult
    package func seek(toSeconds seconds: Double) throws -> Int64 {
        try exclusive {
            let target = pts(atSeconds: seconds)
            guard facts.isSeekable else {
                throw MediaError(
                    .usage, operation: "seek", subject: facts.path,
                    reason: "\(name) is a pipe, in which no start time can be searched",
                    remedy: "Save it to a file first")
            }
            let mark = FFmpegLog.mark()
            let status = reader.seek(to: target)
            if status.rawValue < 0 {
                throw MediaError(
                    .badInput, operation: "seek", subject: facts.path,
                    reason: "\(name) cannot be searched for second \(inMilliseconds(seconds))",
                    ffmpegText: status.text(since: mark),
                    remedy: "Remux it first with: ffmpeg -i IN -c copy OUT.mkv")
            }
            return target
        }
    }

    /// A time from the beginning of the file, in the video stream's time base, rounded to the nearest tick.
    package func pts(atSeconds seconds: Double) -> Int64 {
        let micros = facts.startMicroseconds + Int64((seconds * 1_000_000).rounded())
        return av_rescale_q(micros, AVRational(num: 1, den: AV_TIME_BASE), facts.video.timeBase.av)
    }

    private var name: String { facts.path == "-" ? "standard input" : "\"\(facts.path)\"" }

    private var place: String {
        guard let lastSecond else { return "its beginning" }
        return "second \(inMilliseconds(lastSecond))"
    }

    private func endOrFailure(_ status: FFmpegStatus, _ mark: FFmpegLog.Mark) throws -> MediaPacket? {
        let ioStatus = demuxer.context.pointee.pb?.pointee.error ?? 0
        let cause =
            ioStatus < 0 && ioStatus != FFmpegStatus.endOfFile.rawValue ? FFmpegStatus(rawValue: ioStatus) : status
        if cause == .exitRequested {
            throw MediaError(
                .cancelled, operation: "read the input", subject: facts.path, reason: "Reading \(name) was stopped")
        }
        if cause == .endOfFile {
            noteBreaks()
            noteEarlyEnd()
            return nil
        }
        if cause == .noMemory { throw outOfMemory("read the input") }
        throw MediaError(
            cause == .invalidData ? .badInput : .ioError, operation: "read the input", subject: facts.path,
            reason: "\(name) cannot be read past \(place)", ffmpegText: cause.text(since: mark),
            remedy: "Check the disk, or repair the file first with: ffmpeg -i IN -c copy OUT")
    }

    private func noteLateStream(_ index: Int) {
        guard lateStreams.insert(index).inserted else { return }
        let kind =
            index < demuxer.streams.count ? MediaStream(demuxer.streams[index], index: index, isMain: false) : nil
        let what = kind.map { " (\($0.kind.rawValue), \($0.codec))" } ?? ""
        notes(
            "Stream \(index)\(what) of \(name) begins only near \(place), too late to be planned for; it is left out.")
    }

    private func noteBreaks() {
        guard reader.breaks > notedBreaks else { return }
        notedBreaks = reader.breaks
        let times = reader.breaks == 1 ? "once" : "\(reader.breaks) times"
        notes("The clock of \(name) jumps \(times); the times behind a jump go on from those before it.")
    }

    /// A file cut short often ends like any other; its stated duration gives it away.
    private func noteEarlyEnd() {
        guard !warnedOfEnd, let lastSecond, let duration = facts.duration, facts.fileSize != nil else { return }
        warnedOfEnd = true
        let end = lastSecond - Double(facts.startMicroseconds) / 1_000_000
        if duration - end > max(5, duration / 50) {
            let (said, found) = (inMilliseconds(duration), inMilliseconds(end))
            notes("\(name) says it lasts \(said) seconds but ends after \(found): it may be cut short.")
        }
    }
}

/// Seconds rounded for a sentence.
func inMilliseconds(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
