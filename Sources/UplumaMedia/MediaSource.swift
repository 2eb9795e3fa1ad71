import CFFmpeg
import UplumaFrames

/// An input file or pipe, opened and understood, from which packets are read: the demuxer.
///
/// Thread safety: `facts` may be read anywhere; calls must not overlap (checked), so give a source to one serial queue.
/// `VideoDecoder` and `MediaWriter` copy what they need of it when they are made, so make them before reading begins.
package final class MediaSource: @unchecked Sendable {
    package let facts: MediaFacts
    /// Where the source is broken, as far as it was read and decoded.
    package let damage: DamageLog

    let demuxer: Demuxer
    private let exclusive = ExclusiveUse("MediaSource")
    private let notes: NoteHandler
    private var lastSecond: Double?
    /// Where the packets read so far end.
    private var lastEnd: Double?
    private var warnedOfEnd = false
    private let reader: PacketReader
    private var lateStreams: Set<Int> = []
    private var notedBreaks = 0

    /// Opens the input and finds its main video stream.
    ///
    /// - Parameters:
    ///   - path: any file name, taken literally; "-" is standard input.
    ///   - allowsNetwork: whether an address (http, rtsp and the like) may be opened, or what a playlist in a file names.
    ///   - isStrict: whether the first damage is an error, here or in the decoder.
    ///   - notes: remarks for the log.
    ///   - isCancelled: asked during blocking reads; after it said true, calls throw `MediaError` of category `cancelled`.
    /// - Throws: `MediaError` of category `noInput`, `badInput`, `ioError` or `cancelled`.
    package init(
        path: String, allowsNetwork: Bool = false, isStrict: Bool = false,
        notes: @escaping NoteHandler = { _ in },
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws {
        demuxer = try Demuxer(
            path: path, allowsNetwork: allowsNetwork, cancellation: CancellationCheck(isCancelled))
        var facts = try MediaFacts(demuxer, path: path)
        facts.allowsNetwork = allowsNetwork
        self.facts = facts
        reader = PacketReader(demuxer, mainVideo: facts.video.index)
        self.notes = notes
        damage = DamageLog(path: path, isStrict: isStrict, notes: notes)
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
            let before = reader.position
            while true {
                switch reader.read() {
                case .failure(let status, let mark):
                    // A demuxer may find its way again after damage; one that does not would return this for ever.
                    if status == .invalidData && damaged < 16 {
                        damaged += 1
                        continue
                    }
                    if damaged > 0 { try noteBreak("packets were skipped", at: before) }
                    return try endOrFailure(status, mark)
                case .packet(let packet):
                    guard let result = wanted(packet) else { continue }
                    if damaged > 0 || packet.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 {
                        try noteBreak(reader.complaint ?? "a packet is damaged or incomplete", at: result.position)
                    }
                    note(result)
                    return result
                }
            }
        }
    }

    private func noteBreak(_ what: String, at byte: Int64?) throws {
        try damage.add(DamageLog.Place(seconds: lastSecond, byte: byte), what, isBreak: true)
    }

    private func note(_ packet: MediaPacket) {
        guard let seconds = packet.seconds else { return }
        lastSecond = max(lastSecond ?? seconds, seconds)
        let end = seconds + Double(max(0, packet.duration)) * packet.timeBase.doubleValue
        lastEnd = max(lastEnd ?? end, end)
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
    ///   A stream without time stamps is read from its beginning.
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
            defer { damage.begin(atSecond: Double(target) * facts.video.timeBase.doubleValue) }
            // Nothing in the file says where a time is: the frames before it are decoded and counted.
            guard facts.hasTimeStamps else { return target }
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

    /// When the first picture is shown, in microseconds on the file's own clock; 0 when unknown.
    package var startOfVideo: Int64 {
        let start = demuxer.streams[facts.video.index].pointee.start_time
        guard start != cff_no_pts, facts.hasTimeStamps else { return 0 }
        return av_rescale_q(start, facts.video.timeBase.av, AVRational(num: 1, den: AV_TIME_BASE))
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
            try noteEarlyEnd()
            return nil
        }
        if cause == .noMemory {
            throw MediaError(
                .badInput, operation: "read the input", subject: facts.path,
                reason: "\(name) names a packet past \(place) for which there is not enough memory",
                remedy: "Its size is probably damaged: get a better copy, or repair it with: ffmpeg -i IN -c copy OUT")
        }
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
    private func noteEarlyEnd() throws {
        guard !warnedOfEnd, let lastEnd, let duration = facts.duration, facts.statesItsLength else { return }
        warnedOfEnd = true
        // Containers count their length from zero or from the first packet: the longer reading is given the benefit.
        let end = max(lastEnd, lastEnd - Double(facts.startMicroseconds) / 1_000_000)
        guard duration - end > max(MediaSource.roundingOfLengths, duration / 50) else { return }
        let (said, found) = (inMilliseconds(duration), inMilliseconds(end))
        try noteBreak("it says it lasts \(said) seconds but ends after \(found)", at: reader.position)
    }

    /// Seconds by which the length that a whole file states may be wrong: muxers round, and count a last packet's sound
    /// differently.
    private static let roundingOfLengths = 0.25
}

/// Seconds rounded for a sentence.
func inMilliseconds(_ seconds: Double) -> Double { (seconds * 1000).rounded() / 1000 }
