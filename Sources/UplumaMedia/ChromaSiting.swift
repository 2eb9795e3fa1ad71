import CFFmpeg
package import UplumaFrames

/// Where the chroma of a stream's pictures sits, and how that is known.
package struct ChromaSiting: Sendable, Hashable {
    /// Never `unspecified` where chroma is subsampled; always where it is not.
    package let location: ChromaLocation
    /// Whether neither the stream nor its coding's standard, as FFmpeg reads it, says so.
    package let isAssumed: Bool
    /// Whose word it is, for a sentence: "as flv1 has it".
    package let why: String
    /// Cb and Cr lie on lines of their own: PAL DV.
    package let isSplit: Bool

    /// - Parameters:
    ///   - codec: FFmpeg's name of the coding.
    ///   - format: of its pictures.
    ///   - declared: what FFmpeg reports of the stream or the frame.
    ///   - range: of its samples.
    package init(codec: String, format: PictureFormat, declared: ChromaLocation, range: SampleRange) {
        isSplit = codec == "dvvideo" && format.chroma == .yuv420
        guard format.chroma.log2Width > 0 || format.chroma.log2Height > 0 else {
            (location, isAssumed, why) = (.unspecified, false, "it is not subsampled")
            return
        }
        guard declared == .unspecified else {
            (location, isAssumed, why) = (declared, false, "the source says so")
            return
        }
        isAssumed = true
        if let known = ChromaSiting.conventions[codec] {
            (location, why) = (known, "as \(codec) video has it")
        } else if range == .full {
            (location, why) = (.center, "as full-range pictures have it, which come from JPEG")
        } else {
            (location, why) = (.left, "as nearly all video has it")
        }
    }

    /// Codings whose standard or maker places chroma, where FFmpeg 5.1 does not report it. (It does for MPEG-1, H.263, JPEG
    /// and Theora: centre; MPEG-2, MPEG-4, H.264, HEVC and VC-1: left; DV: top left.)
    ///
    /// Those left out are taken as left, or as centre with full range, as players do: VP8 (RFC 6386), VP9 and AV1 without
    /// its mark say nothing of it; FFV1, HuffYUV, UT Video and raw video leave it to the container; ProRes and DNxHD are
    /// 4:2:2 like BT.601, which is left.
    private static let conventions: [String: ChromaLocation] = [
        "mpeg1video": .center,  // ISO 11172-2, 2.4.1
        "mjpeg": .center, "mjpegb": .center, "ljpeg": .center, "amv": .center, "jpegls": .center,  // JFIF 1.02
        "h261": .center,  // ITU-T H.261, figure 2
        "h263": .center, "h263i": .center, "h263p": .center,  // ITU-T H.263, figure 2
        "flv1": .center,  // Sorenson's H.263
        "rv10": .center, "rv20": .center,  // RealVideo's H.263
        "svq1": .center, "svq3": .center, "indeo2": .center, "indeo3": .center,  // whole blocks averaged
        "theora": .center, "vp3": .center,  // Theora specification, 4.4.3
        "msmpeg4v1": .left, "msmpeg4v2": .left, "msmpeg4v3": .left, "wmv1": .left, "wmv2": .left,  // MPEG-4's children
        "dvvideo": .topLeft,  // IEC 61834
    ]

    /// What an output says by not saying anything.
    static func silent(codec: AVCodecID, format: PictureFormat, range: SampleRange) -> ChromaLocation {
        let name = String(cString: avcodec_get_name(codec))
        if let meant = implied[name] { return meant }
        return ChromaSiting(codec: name, format: format, declared: .unspecified, range: range).location
    }

    /// Codings that FFmpeg reports as placing chroma here when they are silent.
    private static let implied: [String: ChromaLocation] = [
        "mpeg2video": .left, "mpeg4": .left, "h264": .left, "hevc": .left, "vc1": .left, "wmv3": .left,
    ]
}

/// Where an output's chroma is put, and what is said about it.
package struct OutputSiting: Sendable, Equatable {
    /// Where it lies.
    package let location: ChromaLocation
    /// What encoder and container are told.
    package let tag: ChromaLocation
    /// What the user should know.
    package let note: String?

    /// The source's location where the output can say it or means it by its silence; otherwise chroma is moved to where
    /// the silence puts it. An assumption is only written down where silence would mean something else.
    init(
        _ siting: ChromaSiting, format: PictureFormat, range: SampleRange, codec: AVCodecID, container: MediaContainer
    ) {
        guard format.chroma.log2Width > 0 || format.chroma.log2Height > 0 else {
            (location, tag, note) = (.unspecified, .unspecified, nil)
            return
        }
        let silent = ChromaSiting.silent(codec: codec, format: format, range: range)
        let wanted = siting.location == .unspecified ? silent : siting.location
        let meansTheSame = ChromaPlacement(wanted, format.chroma) == ChromaPlacement(silent, format.chroma)
        let canTag = OutputSiting.tags(codec, format, container).contains(wanted)
        if meansTheSame || canTag {
            location = wanted
            let isSaid = siting.location != .unspecified && !siting.isAssumed
            tag = isSaid || !meansTheSame ? wanted : .unspecified
            note = nil
        } else {
            (location, tag) = (silent, .unspecified)
            note =
                "The output (\(String(cString: avcodec_get_name(codec))) in \(container.name)) cannot say that chroma sits "
                + "\(wanted.words); it is moved to \(silent.words)."
        }
    }

    /// The locations that FFmpeg 5.1 reads back from a coding in a container; measured by `ChromaSitingTests`.
    private static func tags(_ codec: AVCodecID, _ format: PictureFormat, _ container: MediaContainer)
        -> [ChromaLocation]
    {
        let is420 = format.chroma == .yuv420
        // What Matroska's ChromaSitingHorz and -Vert can say.
        let matroska: [ChromaLocation] = container.isMatroska ? [.left, .center, .topLeft, .top] : []
        if container.isYUV4MPEG { return is420 && format.bitDepth == 8 ? [.left, .center, .topLeft] : [] }
        switch codec {
        case AV_CODEC_ID_H264, AV_CODEC_ID_HEVC: return is420 ? ChromaLocation.allCases : []
        case AV_CODEC_ID_AV1: return is420 ? [.left, .topLeft] + matroska : []
        // Their decoders report the standard's place, whatever the container says.
        case AV_CODEC_ID_MPEG1VIDEO, AV_CODEC_ID_MPEG2VIDEO, AV_CODEC_ID_MPEG4, AV_CODEC_ID_H263, AV_CODEC_ID_H263P,
            AV_CODEC_ID_MJPEG, AV_CODEC_ID_THEORA, AV_CODEC_ID_DVVIDEO:
            return []
        default: return matroska
        }
    }
}

extension ChromaLocation {
    /// For sentences.
    package var words: String {
        switch self {
        case .unspecified: "nowhere in particular"
        case .left: "left"
        case .center: "centre"
        case .topLeft: "top left"
        case .top: "top"
        case .bottomLeft: "bottom left"
        case .bottom: "bottom"
        }
    }
}

extension VideoFacts {
    /// Where its chroma sits.
    package var siting: ChromaSiting {
        ChromaSiting(codec: codec, format: format, declared: color.chromaLocation, range: color.range)
    }

    /// The same for both planes, which DV may have apart.
    package var placement: ChromaPlacement {
        siting.isSplit ? .dv : ChromaPlacement(siting.location, format.chroma)
    }
}
