import CFFmpeg
package import UplumaFrames

/// What an encoder can take, asked before anything is decoded.
package struct EncoderChoice: @unchecked Sendable {  // FFmpeg's encoder tables are constant.
    /// FFmpeg's name of the encoder: the one asked for, or the one the container dictates.
    package let name: String
    let codec: UnsafePointer<AVCodec>
    private let container: MediaContainer

    /// - Throws: `MediaError.usage` when there is no such video encoder, or the container cannot hold what it makes.
    package init(_ settings: EncoderSettings, container: MediaContainer) throws {
        _ = FFmpegLog.mark()
        let isAutomatic = settings.name == EncoderSettings.automatic
        name = container.requiredEncoder ?? (isAutomatic ? EncoderChoice.automatic(for: container) : settings.name)
        self.container = container
        guard let codec = avcodec_find_encoder_by_name(name) else {
            throw MediaError(
                .usage, operation: "choose the encoder", subject: name,
                reason: "This FFmpeg has no encoder named \"\(name)\"",
                remedy: "Use libx264, libx265 or ffv1, or see the list of: ffmpeg -encoders")
        }
        guard codec.pointee.type == AVMEDIA_TYPE_VIDEO else {
            throw MediaError(
                .usage, operation: "choose the encoder", subject: name, reason: "\"\(name)\" is not a video encoder",
                remedy: "Use libx264, libx265 or ffv1, or see the list of: ffmpeg -encoders")
        }
        guard container.holds(codec.pointee.id) != false else {
            throw MediaError(
                .usage, operation: "choose the encoder", subject: name,
                reason: "The container \(container.name) cannot hold what the encoder \"\(name)\" makes",
                remedy: MediaContainer.adviceFor(codec.pointee.id, kind: .video) ?? "Choose another encoder")
        }
        self.codec = codec
    }

    /// H.264 by x264, which everything plays, where the container holds it; VP9 or AV1 in WebM; MPEG-2 in program streams,
    /// which players of those expect; elsewhere what FFmpeg takes for the container.
    private static func automatic(for container: MediaContainer) -> String {
        let names = container.isProgramStream ? ["mpeg2video"] : ["libx264", "libvpx-vp9", "libsvtav1", "libaom-av1"]
        let fitting = names.first { name in
            avcodec_find_encoder_by_name(name).map { container.holds($0.pointee.id) == true } ?? false
        }
        let usual = avcodec_find_encoder(container.format.pointee.video_codec)
        return fitting ?? usual.map { String(cString: $0.pointee.name) } ?? names[0]
    }

    /// What is to be said of an encoder that was chosen for a container which does not hold what people expect.
    package func remark(on settings: EncoderSettings) -> String? {
        guard settings.name == EncoderSettings.automatic, name != "libx264", !container.isYUV4MPEG else { return nil }
        return "The encoder is \(name), for the sake of the container \(container.name)."
    }

    /// The picture format to encode in: `wanted` if the encoder takes it, else the nearest it takes.
    ///
    /// - Returns: the format, and when it differs a remark on what is lost and which encoders would keep it.
    /// - Throws: `MediaError.usage` when the encoder takes no planar Y'CbCr at all, or no colour.
    package func negotiate(_ wanted: PictureFormat, range: SampleRange) throws -> (format: PictureFormat, note: String?)
    {
        let candidates = acceptedFormats(range)
        if candidates.contains(where: { PixelFormats.pictureFormat($0) == wanted }) {
            return (wanted, rangeRemark(range))
        }
        guard let source = PixelFormats.pixelFormat(wanted), !candidates.isEmpty else {
            throw MediaError(
                .usage, operation: "choose the pixel format", subject: name,
                reason: "The encoder \"\(name)\" takes no planar Y'CbCr pictures",
                remedy: "Use libx264, libx265 or ffv1")
        }
        var loss: Int32 = 0
        let best = avcodec_find_best_pix_fmt_of_list(candidates + [AV_PIX_FMT_NONE], source, 0, &loss)
        guard let format = PixelFormats.pictureFormat(best) else {
            throw MediaError(
                .internalFault, operation: "choose the pixel format", subject: name,
                reason: "No format of the encoder \"\(name)\" is near \(wanted)")
        }
        if format.chroma == .gray, wanted.chroma != .gray {
            throw MediaError(
                .usage, operation: "choose the pixel format", subject: name,
                reason: "The encoder \"\(name)\" takes no colour pictures of this kind, only \(format)",
                remedy: "Use libx264, libx265 or ffv1, or ask for grey pictures with the pixel format gray")
        }
        let remark = EncoderChoice.remark(name, wanted: wanted, chosen: format)
        return (format, [remark, rangeRemark(range)].compactMap { $0 }.joined(separator: " "))
    }

    private func rangeRemark(_ range: SampleRange) -> String? {
        guard EncoderQuirks.of(name).limitedRangeIsUnofficial, range != .full else { return nil }
        return "\(name) officially holds full range; the limited range is stored as it is, which some players ignore."
    }

    /// Where the output's chroma goes, for a source's siting and the format that was negotiated.
    package func siting(_ source: ChromaSiting, format: PictureFormat, range: SampleRange) -> OutputSiting {
        OutputSiting(source, format: format, range: range, codec: codec.pointee.id, container: container)
    }

    /// Widths and heights must be multiples of these for the encoder to take them; 1 for encoders that take any size.
    package func sizeMultiple(_ format: PictureFormat) -> (width: Int, height: Int) {
        guard EncoderQuirks.of(name).needsWholeChroma else { return (1, 1) }
        return (1 << format.chroma.log2Width, 1 << format.chroma.log2Height)
    }

    /// The format a user named by FFmpeg's name for it, such as "yuv420p10le" or "yuv422p10".
    ///
    /// - Throws: `MediaError.usage` when there is none of that name, or it is not planar Y'CbCr or grey of 8 to 16 bits.
    package static func pictureFormat(named text: String) throws -> PictureFormat {
        let format = av_get_pix_fmt(text)
        guard format != AV_PIX_FMT_NONE else {
            throw MediaError(
                .usage, operation: "read the pixel format", subject: text,
                reason: "There is no pixel format named \"\(text)\"",
                remedy: "Use a name such as yuv420p, yuv420p10le or yuv444p, or see the list of: ffmpeg -pix_fmts")
        }
        guard let result = PixelFormats.pictureFormat(format) else {
            throw MediaError(
                .usage, operation: "read the pixel format", subject: text,
                reason: "The pixel format \"\(text)\" is not planar Y'CbCr or grey of 8 to 16 bits",
                remedy: "Use a name such as yuv420p, yuv420p10le or yuv444p")
        }
        return result
    }

    /// FFmpeg's pixel format for a picture format this encoder takes.
    func pixelFormat(_ format: PictureFormat, range: SampleRange) -> AVPixelFormat? {
        let fitting = acceptedFormats(range).filter { PixelFormats.pictureFormat($0) == format }
        return fitting.first { !PixelFormats.isFullRangeTwin($0) } ?? fitting.first
    }

    /// Formats the encoder takes that hold planar Y'CbCr; those that mean full range by name only for full range.
    private func acceptedFormats(_ range: SampleRange) -> [AVPixelFormat] {
        var listed: [AVPixelFormat] = []
        if container.isYUV4MPEG {
            listed = PixelFormats.all().filter { EncoderChoice.fitsYUV4MPEG($0) }
        } else if var next = cff_encoder_formats(codec) {
            while next.pointee != AV_PIX_FMT_NONE {
                listed.append(next.pointee)
                next += 1
            }
        } else {
            listed = PixelFormats.all()
        }
        return listed.filter {
            PixelFormats.pictureFormat($0) != nil && (range == .full || !PixelFormats.isFullRangeTwin($0))
        }
    }

    /// The formats FFmpeg's YUV4MPEG2 writer has header tags for.
    private static func fitsYUV4MPEG(_ pixelFormat: AVPixelFormat) -> Bool {
        guard let format = PixelFormats.pictureFormat(pixelFormat), !PixelFormats.isFullRangeTwin(pixelFormat) else {
            return false
        }
        switch format.chroma {
        case .gray: return [8, 9, 10, 12, 16].contains(format.bitDepth)
        case .yuv420, .yuv422, .yuv444: return [8, 9, 10, 12, 14, 16].contains(format.bitDepth)
        case .yuv411: return format.bitDepth == 8
        case .yuv440, .yuv410: return false
        }
    }

    private static func remark(_ encoder: String, wanted: PictureFormat, chosen: PictureFormat) -> String {
        var lost: [String] = []
        if chosen.bitDepth < wanted.bitDepth { lost.append("depth falls to \(chosen.bitDepth) bits") }
        if chosen.chroma.planeCount < wanted.chroma.planeCount { lost.append("colour is lost") }
        if chosen.chroma.log2Width > wanted.chroma.log2Width || chosen.chroma.log2Height > wanted.chroma.log2Height {
            lost.append("chroma detail is lost")
        }
        var text = "The encoder \(encoder) does not take \(wanted); \(chosen) is used instead"
        text += lost.isEmpty ? ", which loses nothing" : ": " + lost.joined(separator: ", ")
        let keepers = ["libx264", "libx265", "ffv1"].filter { name in
            guard name != encoder, let codec = avcodec_find_encoder_by_name(name) else { return false }
            guard var next = cff_encoder_formats(codec) else { return true }
            while next.pointee != AV_PIX_FMT_NONE {
                if PixelFormats.pictureFormat(next.pointee) == wanted { return true }
                next += 1
            }
            return false
        }
        return text + (keepers.isEmpty ? "." : "; kept as it is by: \(keepers.joined(separator: ", ")).")
    }
}
