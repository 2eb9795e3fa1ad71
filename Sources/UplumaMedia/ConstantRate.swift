import CFFmpeg
import UplumaFrames

/// Numbers the frames of an output that has a frame rate and no times (YUV4MPEG2), and notices when that is not true of
/// the source.
struct ConstantRate {
    /// What is named where the source names none.
    static let fallback = Rational(25, 1)

    enum Finding { case regular, firstDeviation }

    private let rate: Rational
    private var frames: Int64 = 0
    private var firstTime: Int64 = 0
    private var deviates = false

    init(_ picture: OutputPicture) { rate = picture.frameRate ?? ConstantRate.fallback }

    /// Replaces the packet's times by its number. A frame more than one frame's length off its place is a deviation.
    mutating func count(_ packet: UnsafeMutablePointer<AVPacket>, in timeBase: Rational) -> Finding {
        if frames == 0 { firstTime = packet.pointee.pts }
        let frameLength = AVRational(num: rate.denominator, den: rate.numerator)
        let place = av_rescale_q(packet.pointee.pts - firstTime, timeBase.av, frameLength)
        defer { frames += 1 }
        packet.pointee.pts = frames
        packet.pointee.dts = frames
        packet.pointee.duration = 1
        guard abs(place - frames) > 1, !deviates else { return .regular }
        deviates = true
        return .firstDeviation
    }
}
