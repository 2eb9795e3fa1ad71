import CFFmpeg

/// How a stream of sound is coded anew: the encoder and the samples it is given.
struct AudioTarget: @unchecked Sendable {  // FFmpeg's encoder tables are constant.
    let encoder: UnsafePointer<AVCodec>
    let sampleFormat: AVSampleFormat
    /// Bits of a sample that count; 0 for floats and for encoders that do not ask.
    let bits: Int32
    let sampleRate: Int32
    /// FFmpeg's name of the channel layout, such as "5.1".
    let layout: String
    /// Bits a second; nil for lossless encoders.
    let bitRate: Int64?
    /// Whether all of the source's samples come back as they are.
    let isLossless: Bool

    /// FFmpeg's name of the codec.
    var codecName: String { String(cString: avcodec_get_name(encoder.pointee.id)) }

    /// The codec as a person reads it, with the rate or depth that was chosen.
    var words: String {
        let name =
            switch codecName {
            case "alac": "ALAC"
            case "flac": "FLAC"
            case "ac3": "AC-3"
            case "opus": "Opus"
            case "vorbis": "Vorbis"
            case "mp2": "MP2"
            case "aac": "AAC"
            default: codecName
            }
        if let bitRate { return "\(name) at \(bitRate / 1000) kbit/s" }
        return codecName.hasPrefix("pcm_") ? "PCM (\(codecName))" : "\(name) (\(bits) bits)"
    }

    /// What is to be said of a conversion that is not exact.
    var lossWords: String {
        bitRate == nil
            ? " Its samples are rounded to \(bits) bits."
            : " That loses a little; an .mkv output would keep it as it is."
    }

    /// The best there is for a stream in a container: lossless where the container holds such a codec, else the one that
    /// players of that container know best.
    ///
    /// In MP4 that is ALAC (up to 24 bits, up to 7.1): Apple's, Microsoft's and Google's own players play it in MP4, while
    /// FLAC in MP4 is younger and refused by many; FLAC takes what ALAC cannot. Elsewhere PCM comes first.
    ///
    /// - Returns: nil when the container holds no sound this FFmpeg can make, or the stream has no decoder.
    static func best(for parameters: AVCodecParameters, in container: MediaContainer) -> AudioTarget? {
        guard avcodec_find_decoder(parameters.codec_id) != nil, parameters.sample_rate > 0 else { return nil }
        let depth = SourceDepth(parameters)
        let exact = depth.encoders(appleFirst: container.isISO)
        let targets = exact.map { ($0.name, $0.format, Optional($0.bits)) } + lossy.map { ($0, nil, nil) }
        for (name, format, bits) in targets {
            guard let encoder = avcodec_find_encoder_by_name(name), container.holds(encoder.pointee.id) == true,
                let sampleFormat = format ?? firstFormat(of: encoder),
                let layout = layout(for: parameters.ch_layout, encoder, isLossless: bits != nil)
            else { continue }
            let rate = sampleRate(nearest: parameters.sample_rate, encoder)
            if bits != nil && rate != parameters.sample_rate { continue }
            return AudioTarget(
                encoder: encoder, sampleFormat: sampleFormat, bits: bits ?? 0, sampleRate: rate, layout: layout.name,
                bitRate: bits == nil ? bitRate(name, channels: layout.channels) : nil,
                isLossless: bits.map { depth.fits($0, sampleFormat) } ?? false)
        }
        return nil
    }

    /// Encoders that lose something, the most widely played first; the container rules the rest out.
    private static let lossy = ["ac3", "libopus", "libvorbis", "mp2", "aac"]

    /// Rates at which each is taken for transparent.
    private static func bitRate(_ encoder: String, channels: Int32) -> Int64 {
        switch encoder {
        case "ac3": channels <= 1 ? 128_000 : channels == 2 ? 256_000 : 640_000
        case "mp2": channels <= 1 ? 192_000 : 384_000
        default: min(96_000 * Int64(channels), 510_000)
        }
    }

    private static func firstFormat(of encoder: UnsafePointer<AVCodec>) -> AVSampleFormat? {
        cff_encoder_sample_formats(encoder)?.pointee
    }

    /// The source's own rate if the encoder takes it, else the next higher, else the highest.
    private static func sampleRate(nearest wanted: Int32, _ encoder: UnsafePointer<AVCodec>) -> Int32 {
        guard var next = cff_encoder_sample_rates(encoder) else { return wanted }
        var rates: [Int32] = []
        while next.pointee != 0 {
            rates.append(next.pointee)
            next += 1
        }
        if rates.isEmpty || rates.contains(wanted) { return wanted }
        return rates.filter { $0 > wanted }.min() ?? rates.max() ?? wanted
    }

    /// The source's own layout if the encoder takes it; else the usual one of as many channels (side and back speakers
    /// are one to it); a lossy encoder may also take fewer channels.
    private static func layout(
        for source: AVChannelLayout, _ encoder: UnsafePointer<AVCodec>, isLossless: Bool
    ) -> (name: String, channels: Int32)? {
        var usual = AVChannelLayout()
        av_channel_layout_default(&usual, source.nb_channels)
        var own = source
        let isNamed = own.order != AV_CHANNEL_ORDER_UNSPEC
        var wanted = isNamed ? [own] : []
        let isRelabelled = !isNamed || own.nb_channels <= 2 || [5, 6].contains(own.nb_channels)
        if isRelabelled || !isLossless { wanted.append(usual) }
        // Opus orders its channels as Vorbis does, which only the usual layouts have.
        if String(cString: encoder.pointee.name) == "libopus" { wanted = [usual] }
        var known: [AVChannelLayout] = []
        if var next = cff_encoder_layouts(encoder) {
            while next.pointee.nb_channels > 0 {
                known.append(next.pointee)
                next += 1
            }
        }
        for var layout in wanted {
            if known.isEmpty || known.contains(where: { isSame($0, layout) }) {
                return (describe(&layout), layout.nb_channels)
            }
        }
        guard !isLossless else { return nil }
        let fewer = known.filter { $0.nb_channels <= own.nb_channels }.max { $0.nb_channels < $1.nb_channels }
        guard var fewer else { return nil }
        own = fewer
        return (describe(&fewer), own.nb_channels)
    }

    private static func isSame(_ first: AVChannelLayout, _ second: AVChannelLayout) -> Bool {
        var (first, second) = (first, second)
        return av_channel_layout_compare(&first, &second) == 0
    }

    static func describe(_ layout: inout AVChannelLayout) -> String {
        var text = [CChar](repeating: 0, count: 128)
        av_channel_layout_describe(&layout, &text, text.count)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// How finely a stream's samples are divided, and who keeps that.
private struct SourceDepth {
    /// 8 to 32 for integers.
    let bits: Int32
    let isFloat: Bool

    init(_ parameters: AVCodecParameters) {
        let format = AVSampleFormat(parameters.format)
        let packed = av_get_packed_sample_fmt(format)
        let properties = avcodec_descriptor_get(parameters.codec_id)?.pointee.props ?? 0
        let isExact = properties & AV_CODEC_PROP_LOSSLESS != 0
        let isFraction = packed == AV_SAMPLE_FMT_FLT || packed == AV_SAMPLE_FMT_DBL
        isFloat = isFraction && isExact
        let stored = Int32(av_get_bytes_per_sample(format)) * 8
        let said = max(parameters.bits_per_raw_sample, av_get_exact_bits_per_sample(parameters.codec_id))
        if isFraction {
            // Coders that lose something work in floats; their noise lies far above the rounding to 16 bits.
            bits = isExact ? 32 : 16
        } else {
            bits = said > 0 ? min(said, stored) : stored
        }
        isRounded = isFraction && !isExact
    }

    private let isRounded: Bool

    /// Whether nothing is rounded in so many bits.
    func fits(_ target: Int32, _ format: AVSampleFormat) -> Bool {
        if isRounded { return false }
        return isFloat ? av_get_packed_sample_fmt(format) == AV_SAMPLE_FMT_FLT : bits <= target
    }

    /// Lossless encoders with the samples to give them, the best first.
    func encoders(appleFirst: Bool) -> [(name: String, format: AVSampleFormat, bits: Int32)] {
        let (s16, s24): (String, String) = ("pcm_s16le", "pcm_s24le")
        var pcm: [(name: String, format: AVSampleFormat, bits: Int32)] = []
        if isFloat { pcm.append(("pcm_f32le", AV_SAMPLE_FMT_FLT, 32)) }
        if bits > 24 && !isFloat { pcm.append(("pcm_s32le", AV_SAMPLE_FMT_S32, 32)) }
        if bits > 16 {
            pcm.append((s24, AV_SAMPLE_FMT_S32, 24))
        } else {
            pcm += [(s16, AV_SAMPLE_FMT_S16, 16), ("pcm_s16be", AV_SAMPLE_FMT_S16, 16)]
        }
        let isWide = bits > 16
        let packed: [(name: String, format: AVSampleFormat, bits: Int32)] = [
            ("alac", isWide ? AV_SAMPLE_FMT_S32P : AV_SAMPLE_FMT_S16P, isWide ? 24 : 16),
            ("flac", isWide ? AV_SAMPLE_FMT_S32 : AV_SAMPLE_FMT_S16, isWide ? 24 : 16),
        ]
        // Sound of more than 24 bits stays whole as PCM, where the container (MOV) holds that.
        return appleFirst && bits <= 24 ? packed + pcm : pcm + packed
    }
}
