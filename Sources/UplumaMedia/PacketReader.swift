import CFFmpeg
import UplumaFrames

/// Packets in file order, on one clock even where the file's own jumps.
///
/// Not thread safe: `MediaSource` guards it.
final class PacketReader {
    /// A packet, or the status that came instead of one.
    enum Result {
        case packet(UnsafeMutablePointer<AVPacket>)
        case failure(FFmpegStatus, FFmpegLog.Mark)
    }

    let demuxer: Demuxer
    let mainVideo: Int
    /// Nil where the container's clock can be relied on.
    private var clock: ClockRepair?
    /// Read while looking for the picture behind a break, oldest first.
    private var waiting: [Result] = []
    /// After a seek: the picture, by its time in the file, before which none is handed out.
    var firstPicture: Int64?
    /// Position in the file of the last packet that was demuxed, in bytes; nil when unknown.
    private(set) var position: Int64?
    /// What the demuxer said of the last packet that it marked as damaged.
    private(set) var complaint: String?
    private var phase = PacketPhase()
    private static let micros = AVRational(num: 1, den: AV_TIME_BASE)
    /// Packets of other streams between the first behind a break and the first of the picture: a second of everything.
    private static let lookahead = 400

    init(_ demuxer: Demuxer, mainVideo: Int) {
        self.demuxer = demuxer
        self.mainVideo = mainVideo
        clock = demuxer.mayJump ? ClockRepair() : nil
    }

    deinit { drop() }

    /// Breaks of the file's clock passed so far.
    var breaks: Int { clock?.breaks ?? 0 }

    func read() -> Result {
        while true {
            let next = waiting.isEmpty ? demuxed() : waiting.removeFirst()
            guard case .packet(let packet) = next else { return next }
            let isTooEarly = isTooEarly(packet)
            mend(packet)
            if !isTooEarly { return next }
            var owned: UnsafeMutablePointer<AVPacket>? = packet
            av_packet_free(&owned)
        }
    }

    private func isTooEarly(_ packet: UnsafeMutablePointer<AVPacket>) -> Bool {
        guard let firstPicture, Int(packet.pointee.stream_index) == mainVideo else { return false }
        let isKey = packet.pointee.flags & AV_PKT_FLAG_KEY != 0 && packet.pointee.pts != cff_no_pts
        if isKey, packet.pointee.pts >= firstPicture { self.firstPicture = nil }
        return self.firstPicture != nil
    }

    /// For use before a seek.
    func restart() {
        drop()
        firstPicture = nil
        phase = PacketPhase()
        clock?.restart()
    }

    private func drop() {
        for case .packet(let packet) in waiting {
            var owned: UnsafeMutablePointer<AVPacket>? = packet
            av_packet_free(&owned)
        }
        waiting = []
    }

    func demuxed() -> Result {
        let mark = FFmpegLog.mark()
        var packet = av_packet_alloc()
        guard let allocated = packet else { return .failure(.noMemory, mark) }
        let status = av_read_frame(demuxer.context, allocated)
        if status >= 0 {
            examine(allocated, since: mark)
            return .packet(allocated)
        }
        av_packet_free(&packet)
        return .failure(FFmpegStatus(rawValue: status), mark)
    }

    /// Marks a packet as damaged that the demuxer handed out with a complaint, or after something that is no packet.
    private func examine(_ packet: UnsafeMutablePointer<AVPacket>, since mark: FFmpegLog.Mark) {
        var line: String?
        if demuxer.isTransportStream {
            if phase.changes(position: packet.pointee.pos) { line = "something else lies between its packets" }
        } else if !demuxer.complainsOfStreams {
            line = FFmpegLog.lastError(since: mark)
        }
        if packet.pointee.pos >= 0 { position = packet.pointee.pos }
        if line != nil { packet.pointee.flags |= AV_PKT_FLAG_CORRUPT }
        if packet.pointee.flags & AV_PKT_FLAG_CORRUPT != 0 { complaint = line }
    }

    private func mend(_ packet: UnsafeMutablePointer<AVPacket>) {
        guard clock != nil, let stream = stream(of: packet), let time = time(of: packet, stream) else { return }
        let index = Int(packet.pointee.stream_index)
        let type = stream.pointee.codecpar.pointee.codec_type
        guard type == AVMEDIA_TYPE_VIDEO || type == AVMEDIA_TYPE_AUDIO else {
            apply(clock?.nearestShift(time: time) ?? 0, to: packet, stream)
            return
        }
        if let own = clock?.mendingShift(stream: index, time: time), clock?.shift(stream: index, time: time) == nil {
            let isPicture = index == mainVideo
            // The picture's own clock decides, so that its frames go on evenly.
            switch ahead(besides: index) {
            case .jumps(let shift): clock?.mend(isPicture ? own : shift)
            case .absent: clock?.mend(own)
            // This stream alone pauses or stumbles: the clock is whole. A picture that goes back cannot be a pause.
            case .goesOn: if isPicture, own > clock?.nearestShift(time: time) ?? own { clock?.mend(own) }
            }
        }
        let shift = clock?.shift(stream: index, time: time) ?? clock?.nearestShift(time: time) ?? 0
        apply(shift, to: packet, stream)
        let duration = av_rescale_q(packet.pointee.duration, stream.pointee.time_base, PacketReader.micros)
        clock?.passed(stream: index, time: time + shift, duration: duration)
    }

    /// What the streams do that a jump of one stream is held against.
    private enum Company {
        case absent
        case goesOn
        /// They break, too, and go on evenly with this shift.
        case jumps(Int64)
    }

    /// Reads ahead to the first packet that fits no side of the last break either: of the main video, or when the jump is
    /// the video's own, of any sound. The clock stays as it is: the packets read are still to come.
    private func ahead(besides jumping: Int) -> Company {
        guard var clock else { return .absent }
        var found = Company.absent
        var position = 0
        while position < PacketReader.lookahead {
            if position == waiting.count { waiting.append(demuxed()) }
            guard case .packet(let packet) = waiting[position] else { return found }
            position += 1
            let index = Int(packet.pointee.stream_index)
            guard index != jumping, let stream = stream(of: packet), let time = time(of: packet, stream),
                jumping == mainVideo
                    ? stream.pointee.codecpar.pointee.codec_type == AVMEDIA_TYPE_AUDIO : index == mainVideo
            else { continue }
            guard let shift = clock.shift(stream: index, time: time) else {
                return .jumps(clock.mendingShift(stream: index, time: time))
            }
            // Still of the old clock: what lies behind the break is due after it.
            let duration = av_rescale_q(packet.pointee.duration, stream.pointee.time_base, PacketReader.micros)
            clock.passed(stream: index, time: time + shift, duration: duration)
            found = .goesOn
        }
        return found
    }

    private func stream(of packet: UnsafeMutablePointer<AVPacket>) -> UnsafeMutablePointer<AVStream>? {
        let index = packet.pointee.stream_index
        return index < Int32(demuxer.context.pointee.nb_streams) ? cff_stream(demuxer.context, index) : nil
    }

    private func time(of packet: UnsafeMutablePointer<AVPacket>, _ stream: UnsafeMutablePointer<AVStream>) -> Int64? {
        let time = packet.pointee.dts == cff_no_pts ? packet.pointee.pts : packet.pointee.dts
        return time == cff_no_pts ? nil : av_rescale_q(time, stream.pointee.time_base, PacketReader.micros)
    }

    private func apply(
        _ shift: Int64, to packet: UnsafeMutablePointer<AVPacket>, _ stream: UnsafeMutablePointer<AVStream>
    ) {
        guard shift != 0 else { return }
        let ticks = av_rescale_q(shift, PacketReader.micros, stream.pointee.time_base)
        if packet.pointee.pts != cff_no_pts { packet.pointee.pts += ticks }
        if packet.pointee.dts != cff_no_pts { packet.pointee.dts += ticks }
    }
}

/// Notices when the packets of a transport stream, all of one size, no longer lie on one grid: something was inserted or cut
/// out between them.
struct PacketPhase {
    /// Bytes of a packet (ISO/IEC 13818-1). Streams with longer ones (192 or 204) are noticed at the second and left alone.
    private static let size: Int64 = 188
    private var phase: Int64?
    private var isRegular = false
    private var isLeftAlone = false

    /// - Parameter position: of a packet, in bytes; negative when unknown.
    /// - Returns: whether the grid moved.
    mutating func changes(position: Int64) -> Bool {
        guard position >= 0, !isLeftAlone else { return false }
        let now = position % PacketPhase.size
        defer { phase = now }
        guard let phase, now != phase else {
            if phase != nil { isRegular = true }
            return false
        }
        if !isRegular { isLeftAlone = true }
        return isRegular
    }
}
