import CFFmpeg
package import UplumaFrames

/// The form of a spool: a file of coded pictures that grows, and of which everything up to a checkpoint survives whatever
/// happens to the process or the power.
///
///     "UPLUMA.1"                                   8 bytes
///     length (u32), SpoolHeader as JSON, CRC (u32)
///     then records:
///       'P' pts dts duration (i64) flags size (u32) payload, count (u32) of side data: type size (u32) bytes
///       'C' length (u32), SpoolCheckpoint as JSON, CRC (u32)
///
/// Numbers are little-endian. A CRC (IEEE 802.3) covers all bytes since the one before it, so that a record that was not
/// finished, or that a power cut left as zeros, ends what counts. Containers would not do: they round times (Matroska),
/// forget durations (NUT) or refuse codecs (MP4), and none can be gone on with.
enum SpoolFormat {
    static let magic: [UInt8] = Array("UPLUMA.1".utf8)
    static let packet = UInt8(ascii: "P")
    static let checkpoint = UInt8(ascii: "C")
    /// Bytes above which a length cannot be meant.
    static let mostBytes = 1 << 30

    static func crc(_ bytes: UnsafeRawBufferPointer, from start: UInt32) -> UInt32 {
        guard let base = bytes.assumingMemoryBound(to: UInt8.self).baseAddress else { return start }
        return av_crc(av_crc_get_table(AV_CRC_32_IEEE_LE), start, base, bytes.count)
    }
}

/// What a spool is of: it is gone on with only by a run that would make the same.
package struct SpoolHeader: Sendable, Codable, Equatable {
    /// Of everything that decides its pictures.
    package var identity: String
    /// FFmpeg's name of the encoder.
    package var encoder: String
    /// The codec's header, which all its pictures share.
    package var extradata: [UInt8]
    /// Unit of all times, in seconds.
    package var timeBaseNumerator: Int32
    package var timeBaseDenominator: Int32
    /// Of libavcodec: numbers of side data mean what they meant then.
    package var codecVersion: UInt32

    /// - Parameter encoder: opened, not yet used.
    package init(identity: String, encoder: VideoEncoder) {
        self.identity = identity
        self.encoder = encoder.name
        extradata = encoder.extradata
        timeBaseNumerator = encoder.picture.timeBase.numerator
        timeBaseDenominator = encoder.picture.timeBase.denominator
        codecVersion = avcodec_version()
    }

    package var timeBase: Rational { Rational(timeBaseNumerator, timeBaseDenominator) }
}

/// A place at which a spool can be gone on with: behind it the encoder begins anew, with a picture that needs none before it.
package struct SpoolCheckpoint: Sendable, Codable, Equatable {
    /// Frames before it.
    package var frames = 0
    /// Of them, those that damage touched, and those that stand in for lost ones.
    package var concealed = 0
    package var repeated = 0
    /// Time stamps of frames before it lie below this; nil when all are before it: the spool is complete.
    package var next: Int64?
    /// By how many places the coded order differs from that of the times, at most.
    package var reordering = 0
    /// Seconds of work so far.
    package var seconds = 0.0
    /// Remarks about the pictures so far, each once.
    package var notes: [String] = []

    package var isEnd: Bool { next == nil }

    package init() {}
}

extension VideoEncoder {
    /// The codec's header; empty where it stands before pictures.
    package var extradata: [UInt8] {
        guard let start = context.pointee.extradata, context.pointee.extradata_size > 0 else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: Int(context.pointee.extradata_size)))
    }
}
