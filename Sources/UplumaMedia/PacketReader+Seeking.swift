import CFFmpeg
import UplumaFrames

/// Finding the key frame from which a picture can be decoded.
///
/// FFmpeg's own search ends at a key frame only where the container has an index; in transport and program streams it ends
/// at any packet. So the packets behind the place it found are looked at, and where no key frame comes in time, the search
/// goes on further back.
extension PacketReader {
    /// Seconds before the target that are tried one after the other, before giving up and beginning at the beginning.
    private static let steps: [Int64] = [0, 1, 2, 4, 8, 16, 32, 64]

    /// Goes to a key frame at or before a time; the next picture read is that one.
    ///
    /// - Parameter target: presentation time in the main video's unit.
    /// - Returns: an FFmpeg status, negative when the file cannot be searched.
    func seek(to target: Int64) -> FFmpegStatus {
        restart()
        guard let stream = cff_stream(demuxer.context, Int32(mainVideo)) else { return .invalidData }
        let second = max(1, av_rescale_q(1, AVRational(num: 1, den: 1), stream.pointee.time_base))
        var last = FFmpegStatus(rawValue: 0)
        for step in PacketReader.steps {
            let place = target - step * second
            guard isBehindStart(place, stream) else { break }
            last = go(to: place)
            guard last.rawValue >= 0 else { break }
            guard let key = firstKeyFrame(until: target) else { continue }
            last = goBack(from: place - preroll * second, stream)
            if last.rawValue >= 0 { firstPicture = key }
            return last
        }
        let beginning = goToBeginning()
        return beginning.rawValue >= 0 || last.rawValue >= 0 ? beginning : last
    }

    /// Seconds that other streams are read from before the picture's key frame: sound may lie before the picture it belongs
    /// to, and a subtitle stays on screen for a while.
    private var preroll: Int64 {
        let others = demuxer.streams.enumerated().filter {
            $0.offset != mainVideo && $0.element.pointee.discard.rawValue < AVDISCARD_ALL.rawValue
        }
        let kinds = others.map { $0.element.pointee.codecpar.pointee.codec_type }
        if kinds.contains(AVMEDIA_TYPE_SUBTITLE) { return 10 }
        return kinds.contains(AVMEDIA_TYPE_AUDIO) ? 1 : 0
    }

    private func isBehindStart(_ place: Int64, _ stream: UnsafeMutablePointer<AVStream>) -> Bool {
        let start = demuxer.context.pointee.start_time
        let micros = AVRational(num: 1, den: AV_TIME_BASE)
        return av_compare_ts(place, stream.pointee.time_base, start == cff_no_pts ? 0 : start, micros) > 0
    }

    private func go(to place: Int64) -> FFmpegStatus {
        FFmpegStatus(rawValue: av_seek_frame(demuxer.context, Int32(mainVideo), place, AVSEEK_FLAG_BACKWARD))
    }

    private func goBack(from place: Int64, _ stream: UnsafeMutablePointer<AVStream>) -> FFmpegStatus {
        isBehindStart(place, stream) ? go(to: place) : goToBeginning()
    }

    private func goToBeginning() -> FFmpegStatus {
        if demuxer.mayJump, av_seek_frame(demuxer.context, -1, 0, AVSEEK_FLAG_BYTE) >= 0 {
            return FFmpegStatus(rawValue: 0)
        }
        let start = demuxer.context.pointee.start_time
        let time = start == cff_no_pts ? 0 : start
        return FFmpegStatus(rawValue: avformat_seek_file(demuxer.context, -1, .min, time, time, 0))
    }

    /// The time of the first key frame that comes, if it is not after `target`.
    private func firstKeyFrame(until target: Int64) -> Int64? {
        while case .packet(let packet) = demuxed() {
            var owned: UnsafeMutablePointer<AVPacket>? = packet
            defer { av_packet_free(&owned) }
            guard Int(packet.pointee.stream_index) == mainVideo else { continue }
            let (pts, dts) = (packet.pointee.pts, packet.pointee.dts)
            if packet.pointee.flags & AV_PKT_FLAG_KEY != 0, pts != cff_no_pts { return pts <= target ? pts : nil }
            if dts != cff_no_pts, dts > target { return nil }
        }
        return nil
    }
}
