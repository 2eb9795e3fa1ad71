import CFFmpeg
package import UplumaFrames

/// One compressed packet, from a demuxer or an encoder.
///
/// Thread safety: the packet is not changed after it was made (writers work on references of their own), so any thread
/// may hold it.
package final class MediaPacket: @unchecked Sendable {
    let packet: UnsafeMutablePointer<AVPacket>
    /// Position of the stream in the source (of the stream it replaces, for an encoded packet).
    package let streamIndex: Int
    /// Unit of the timestamps.
    package let timeBase: Rational

    /// Takes over `packet`.
    init(owning packet: UnsafeMutablePointer<AVPacket>, streamIndex: Int, timeBase: Rational) {
        self.packet = packet
        self.streamIndex = streamIndex
        self.timeBase = timeBase
    }

    deinit {
        var owned: UnsafeMutablePointer<AVPacket>? = packet
        av_packet_free(&owned)
    }

    /// Presentation time in `timeBase` units.
    package var pts: Int64? { packet.pointee.pts == cff_no_pts ? nil : packet.pointee.pts }
    /// Decoding time in `timeBase` units.
    package var dts: Int64? { packet.pointee.dts == cff_no_pts ? nil : packet.pointee.dts }
    /// 0 when unknown.
    package var duration: Int64 { packet.pointee.duration }
    /// Bytes.
    package var size: Int { Int(packet.pointee.size) }
    /// Position in the file, in bytes; nil when unknown.
    package var position: Int64? { packet.pointee.pos >= 0 ? packet.pointee.pos : nil }
    package var isKeyframe: Bool { packet.pointee.flags & AV_PKT_FLAG_KEY != 0 }
    /// Presentation (else decoding) time in seconds, on the file's own clock; for decisions, not for arithmetic.
    package var seconds: Double? { (pts ?? dts).map { Double($0) * timeBase.doubleValue } }

    static func allocate() throws -> UnsafeMutablePointer<AVPacket> {
        guard let packet = av_packet_alloc() else { throw outOfMemory("hold a packet") }
        return packet
    }
}
