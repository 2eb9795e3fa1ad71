import CFFmpeg
import UplumaFrames

/// FFmpeg's pixel formats seen as `PictureFormat`s, by rule from their descriptors.
enum PixelFormats {
    /// The picture format whose planes a pixel format holds as they are: planar Y'CbCr or grey, no alpha, 8 to 16 bits in
    /// the low bits of native-endian samples; nil for anything else.
    static func pictureFormat(_ pixelFormat: AVPixelFormat) -> PictureFormat? {
        guard let descriptor = av_pix_fmt_desc_get(pixelFormat) else { return nil }
        let components = Int32(descriptor.pointee.nb_components)
        let refused =
            AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL | AV_PIX_FMT_FLAG_RGB
            | AV_PIX_FMT_FLAG_ALPHA | AV_PIX_FMT_FLAG_BAYER | AV_PIX_FMT_FLAG_FLOAT
        guard components == 1 || components == 3, !has(descriptor, refused) else { return nil }
        let depth = cff_component_depth(descriptor, 0)
        guard (8...16).contains(depth), depth == 8 || !isForeignEndian(descriptor) else { return nil }
        for index in 0..<components {
            guard cff_component_depth(descriptor, index) == depth, cff_component_shift(descriptor, index) == 0,
                cff_component_plane(descriptor, index) == index, cff_component_offset(descriptor, index) == 0,
                cff_component_step(descriptor, index) == (depth == 8 ? 1 : 2)
            else { return nil }
        }
        guard let chroma = chromaFormat(descriptor) else { return nil }
        return PictureFormat(chroma: chroma, bitDepth: Int(depth))
    }

    /// The pixel format for a picture format, not one of the deprecated full-range twins; nil where FFmpeg has none.
    static func pixelFormat(_ format: PictureFormat) -> AVPixelFormat? {
        all().first { pictureFormat($0) == format && !isFullRangeTwin($0) }
    }

    /// The picture format to convert another pixel format to: same subsampling (4:4:4 for RGB and palettes), at least the
    /// same depth up to 16 bits, alpha left out; nil where libswscale cannot do it.
    static func conversionTarget(for pixelFormat: AVPixelFormat) -> PictureFormat? {
        guard let descriptor = av_pix_fmt_desc_get(pixelFormat), sws_isSupportedInput(pixelFormat) > 0 else {
            return nil
        }
        let components = Int32(descriptor.pointee.nb_components)
        var depth: Int32 = 8
        for index in 0..<components { depth = max(depth, cff_component_depth(descriptor, index)) }
        if has(descriptor, AV_PIX_FMT_FLAG_PAL) { depth = 8 }
        let isColor = has(descriptor, AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER)
        guard let chroma = isColor ? .yuv444 : chromaFormat(descriptor) else { return nil }
        return (Int(min(depth, 16))...16).lazy.map { PictureFormat(chroma: chroma, bitDepth: $0) }
            .first { target in
                guard let format = self.pixelFormat(target) else { return false }
                return sws_isSupportedOutput(format) > 0
            }
    }

    /// yuvj420p and its like, which mean "full range" by their name.
    static func isFullRangeTwin(_ format: AVPixelFormat) -> Bool { name(format).hasPrefix("yuvj") }

    /// Whether the code values are red, green and blue.
    static func isRGB(_ format: AVPixelFormat) -> Bool {
        guard let descriptor = av_pix_fmt_desc_get(format) else { return false }
        return has(descriptor, AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BAYER)
    }

    static func hasAlpha(_ format: AVPixelFormat) -> Bool {
        guard let descriptor = av_pix_fmt_desc_get(format) else { return false }
        return has(descriptor, AV_PIX_FMT_FLAG_ALPHA)
    }

    static func name(_ format: AVPixelFormat) -> String {
        guard let name = av_get_pix_fmt_name(format) else { return "unknown" }
        return String(cString: name)
    }

    /// Every pixel format FFmpeg knows.
    static func all() -> [AVPixelFormat] {
        var formats: [AVPixelFormat] = []
        var descriptor = av_pix_fmt_desc_next(nil)
        while let current = descriptor {
            formats.append(av_pix_fmt_desc_get_id(current))
            descriptor = av_pix_fmt_desc_next(current)
        }
        return formats
    }

    private static func has(_ descriptor: UnsafePointer<AVPixFmtDescriptor>, _ flags: Int32) -> Bool {
        descriptor.pointee.flags & UInt64(flags) != 0
    }

    private static func isForeignEndian(_ descriptor: UnsafePointer<AVPixFmtDescriptor>) -> Bool {
        has(descriptor, AV_PIX_FMT_FLAG_BE) == (UInt16(1).littleEndian == 1)
    }

    private static func chromaFormat(_ descriptor: UnsafePointer<AVPixFmtDescriptor>) -> ChromaFormat? {
        guard descriptor.pointee.nb_components >= 3 else { return .gray }
        let (x, y) = (Int(descriptor.pointee.log2_chroma_w), Int(descriptor.pointee.log2_chroma_h))
        return ChromaFormat.allCases.first { $0 != .gray && $0.log2Width == x && $0.log2Height == y }
    }
}
