import CFFmpeg
import UplumaFrames

/// Looking for jumps in a file's clock without reading the file.
extension MediaSource {
    /// Places that are looked at, evenly spread over the bytes of the file.
    private static let places: Int64 = 64
    /// Packets that are read at a place in search of a picture's time.
    private static let packets = 400

    /// Whether the clock of a transport or program stream goes back on the way, or leaps: recordings that were joined. Then
    /// a search by time is led astray, and only reading from the beginning tells what is shown when.
    ///
    /// Looks at the time in 64 places, so a jump there and back in between is missed. False at once for containers whose
    /// clock can be relied on. To be called before anything is read or searched, on a source that is used for nothing else.
    package func clockJumps() -> Bool {
        guard demuxer.mayJump, let size = facts.fileSize else { return false }
        let times = (0..<Self.places).compactMap { time(atByte: size * $0 / Self.places) }
        guard let first = times.first, let last = times.last, times.count > 1 else { return true }
        let mean = (last - first) / Double(times.count)
        // A still scene takes few bytes; that it takes twenty times fewer for so long is no longer likely.
        let longest = max(20 * mean, Double(ClockRepair.forwardLimit) / 1_000_000)
        return zip(times, times.dropFirst()).contains { $1 < $0 || $1 - $0 > longest }
    }

    /// Decoding time of the first picture behind a place, in seconds; nil when none is found.
    private func time(atByte byte: Int64) -> Double? {
        guard av_seek_frame(demuxer.context, -1, byte, AVSEEK_FLAG_BYTE) >= 0, let packet = av_packet_alloc() else {
            return nil
        }
        var owned: UnsafeMutablePointer<AVPacket>? = packet
        defer { av_packet_free(&owned) }
        for _ in 0..<Self.packets {
            guard av_read_frame(demuxer.context, packet) >= 0 else { return nil }
            defer { av_packet_unref(packet) }
            let time = packet.pointee.dts == cff_no_pts ? packet.pointee.pts : packet.pointee.dts
            if Int(packet.pointee.stream_index) == facts.video.index, time != cff_no_pts {
                return Double(time) * facts.video.timeBase.doubleValue
            }
        }
        return nil
    }
}
