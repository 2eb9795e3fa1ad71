import CFFmpeg
import UplumaFrames

/// The clock an encoder runs on, and the way from its times back to the source's.
///
/// Most encoders take the source's clock. MPEG-1 and MPEG-2 take certain frame rates only, MPEG-4 part 2 no tick finer than
/// 1/65535 s: their frames are numbered, and their packets get the source's times back.
struct EncoderClock {
    /// Unit of the encoder's times, in seconds.
    let tick: Rational
    /// Frames per second that the encoder is told; nil when unknown.
    let rate: Rational?
    private let isNumbered: Bool
    /// Source ticks of one frame.
    private let frameTicks: Int64
    private var count: Int64 = 0
    private var oldest: Int64 = 0
    /// Times and durations in the source's unit by the encoder's time. Durations are kept for all encoders: some (libx264
    /// in FFmpeg 5.1) do not carry them from frame to packet.
    private var frames: [Int64: (pts: Int64, duration: Int64)] = [:]

    /// The finest tick of MPEG-4 part 2: its vop_time_increment_resolution has 16 bits (ISO/IEC 14496-2, 6.3.3).
    private static let finestMPEG4 = 65535

    /// - Throws: `MediaError.usage` when the encoder takes only frame rates among which the picture's is not.
    init(_ codec: UnsafePointer<AVCodec>, _ picture: OutputPicture) throws {
        let rates = EncoderClock.rates(of: codec)
        let isTooFine = codec.pointee.id == AV_CODEC_ID_MPEG4 && picture.timeBase.denominator > EncoderClock.finestMPEG4
        isNumbered = !rates.isEmpty || isTooFine
        if !rates.isEmpty {
            rate = try EncoderClock.nearest(picture.frameRate, in: rates, String(cString: codec.pointee.name))
        } else if isTooFine {
            let known = picture.frameRate ?? ConstantRate.fallback
            rate = known.numerator > EncoderClock.finestMPEG4 ? ConstantRate.fallback : known
        } else {
            rate = picture.frameRate
        }
        if isNumbered, let rate {
            tick = Rational(rate.denominator, rate.numerator)
        } else {
            tick = picture.timeBase
        }
        frameTicks = max(1, av_rescale_q(1, tick.av, picture.timeBase.av))
    }

    /// The encoder's time of the next frame.
    mutating func enter(pts: Int64, duration: Int64) -> Int64 {
        let time = isNumbered ? count : pts
        count += 1
        frames[time] = (pts, duration)
        return time
    }

    /// Gives a packet the source's times.
    mutating func leave(_ packet: UnsafeMutablePointer<AVPacket>) {
        guard isNumbered else {
            if let frame = frames.removeValue(forKey: packet.pointee.pts), frame.duration > 0 {
                packet.pointee.duration = frame.duration
            }
            return
        }
        let (pts, dts) = (packet.pointee.pts, packet.pointee.dts)
        if let frame = frames[pts] {
            packet.pointee.pts = frame.pts
            packet.pointee.duration = frame.duration > 0 ? frame.duration : frameTicks
        }
        guard dts != cff_no_pts else { return }
        // Numbers below zero are the encoder's run-up before its first frame.
        let first = frames[oldest]?.pts ?? 0
        packet.pointee.dts = frames[dts]?.pts ?? first + (dts - oldest) * frameTicks
        while oldest < dts {
            frames.removeValue(forKey: oldest)
            oldest += 1
        }
    }

    private static func rates(of codec: UnsafePointer<AVCodec>) -> [Rational] {
        guard var next = cff_encoder_rates(codec) else { return [] }
        var rates: [Rational] = []
        while next.pointee.num != 0 {
            rates.append(Rational(next.pointee))
            next += 1
        }
        return rates
    }

    private static func nearest(_ wanted: Rational?, in rates: [Rational], _ name: String) throws -> Rational {
        let wantedRate = wanted?.doubleValue ?? 0
        let best = rates.min { abs($0.doubleValue - wantedRate) < abs($1.doubleValue - wantedRate) }
        // Half of what lies between 29.97 and 30.
        if let best, wantedRate > 0, abs(best.doubleValue / wantedRate - 1) < 0.0005 { return best }
        let words = wanted.map { "not \(inMilliseconds($0.doubleValue))" } ?? "and the source's is unknown or varies"
        throw MediaError(
            .usage, operation: "open the encoder", subject: name,
            reason:
                "The encoder \"\(name)\" only takes constant frame rates such as 25 or 29.97, \(words)",
            remedy: "Use libx264, libx265 or ffv1")
    }
}
