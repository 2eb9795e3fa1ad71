import CFFmpeg
import UplumaFrames

/// What becomes of damaged packets: the picture is concealed where the decoder can, else another is shown in its place.
extension VideoDecoder {
    /// Notes a packet before it is decoded.
    func enter(_ packet: MediaPacket?) {
        if damageLog.breaks > knownBreaks {
            knownBreaks = damageLog.breaks
            repair.packetsMayBeMissing()
        }
        guard facts.hasTimeStamps, let packet, let pts = packet.pts,
            packet.packet.pointee.flags & AV_PKT_FLAG_DISCARD == 0
        else { return }
        repair.enters(pts: pts, atBeginning: !damageLog.beginsInside)
    }

    /// Tells a packet that the decoder refused.
    func tell(_ status: FFmpegStatus, at packet: MediaPacket?, since mark: FFmpegLog.Mark) throws {
        if status == .noMemory { throw outOfMemory(VideoDecoder.operation) }
        if !facts.hasTimeStamps { uncounted += 1 }
        try tell(status.text(since: mark), at: packet)
    }

    /// Tells a packet about which the decoder only complained. One thread decodes, so the complaint is about this packet.
    func tellComplaint(at packet: MediaPacket?, since mark: FFmpegLog.Mark) throws {
        guard let line = FFmpegLog.lastError(since: mark), isAboutPictures(line) else { return }
        try tell(line, at: packet)
    }

    private func tell(_ text: String, at packet: MediaPacket?) throws {
        // Frames that are counted have other times than their packets.
        let pts = facts.hasTimeStamps ? packet?.pts : nil
        repair.damaged(pts: pts)
        // Several complaints about a packet are one damage.
        if let pts, !toldDamage.insert(pts).inserted { return }
        try damageLog.add(DamageLog.Place(packet), text)
    }

    /// The H.264 decoder marks pictures that it concealed, and complains of much that costs nothing (messages to players,
    /// cuts in open groups of pictures); only what it says of missing references is not in the marks.
    private func isAboutPictures(_ line: String) -> Bool {
        context.pointee.codec_id != AV_CODEC_ID_H264 || line.contains("eference picture")
    }

    /// What damage did to a frame; nil, counted, when it shows nothing.
    func condition(of frame: UnsafePointer<AVFrame>) throws -> PictureCondition? {
        let stamp = frame.pointee.pts == cff_no_pts ? frame.pointee.best_effort_timestamp : frame.pointee.pts
        let pts = stamp == cff_no_pts || !facts.hasTimeStamps ? nil : stamp
        let wasTold = pts.map { toldDamage.remove($0) != nil } ?? false
        let place = DamageLog.Place(
            seconds: pts.map { Double($0) * facts.video.timeBase.doubleValue },
            byte: cff_frame_position(frame) >= 0 ? cff_frame_position(frame) : nil)
        let lacksKeyFrame = frame.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0
        if lacksKeyFrame, !repair.acceptsUndecodable {
            let isFirst = repair.undecodable == 0
            repair.isUndecodable(pts: pts)
            if isFirst, !wasTold {
                try damageLog.add(place, "the picture cannot be decoded, the key frame before it is missing")
            }
            return nil
        }
        if wasTold || lacksKeyFrame || frame.pointee.decode_error_flags != 0 {
            if !wasTold { try damageLog.add(place, "parts of the picture were concealed") }
            damageLog.conceal(at: place.seconds)
            return .concealed
        }
        return .whole
    }

    /// Shows the frame before once more for each packet without time stamps that was lost: its number is its time.
    func showUncounted(_ each: (Frame) throws -> Void) throws {
        defer { uncounted = 0 }
        guard let previous else { return }
        for _ in 0..<uncounted {
            let time = timing.next(pts: nil, best: nil, duration: 0)
            try show(previous, at: time.pts, until: time.pts + time.duration, each)
        }
    }

    /// Shows a frame in the place of one that was lost.
    ///
    /// - Parameter end: the time of the frame behind; nil at the end of the file.
    func show(_ frame: Frame?, at time: Int64, until end: Int64?, _ each: (Frame) throws -> Void) throws {
        guard var copy = frame else { return }
        let seconds = Double(time) * facts.video.timeBase.doubleValue
        let isTold = damageLog.counts.places > 0
        if !isTold {
            try damageLog.add(
                DamageLog.Place(seconds: seconds, byte: nil),
                "no picture could be decoded, the next one stands in for it")
        }
        damageLog.replace(at: seconds)
        copy.pts = time
        copy.duration = end.map { $0 - time } ?? timing.usualDuration
        // Captions must not be said twice.
        copy.attachments = nil
        copy.condition = .standIn
        frameCount += 1
        try each(copy)
    }
}
