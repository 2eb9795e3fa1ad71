import CFFmpeg
import UplumaFrames

/// Turns pictures that are not planar Y'CbCr (RGB, palettes, packed or half-packed Y'CbCr, alpha, foreign endianness) into
/// pictures that are, through libswscale, without resizing.
///
/// One caller at a time; `VideoDecoder` owns it.
final class FrameConverter {
    private let context: UnsafeMutableRawPointer
    private let pool: FramePool
    private let source: AVPixelFormat
    private let width: Int
    private let height: Int

    /// `color` is that of the source; its matrix and range rule the conversion. Throws where libswscale cannot do it.
    init(from source: AVPixelFormat, to target: PictureFormat, width: Int, height: Int, color: ColorDescription) throws
    {
        let result = FrameConverter.resultColor(of: color, from: source, height: height)
        let isRGB = PixelFormats.isRGB(source)
        let isFull: Int32 = result.range == .full ? 1 : 0
        // For RGB the "source range" is that of its code values, which nearly always span everything.
        guard let targetFormat = PixelFormats.pixelFormat(target),
            let context = cff_scaler_open(
                Int32(width), Int32(height), source, targetFormat, FrameConverter.scalerMatrix(result.matrix),
                isRGB ? 1 : isFull, isFull)
        else {
            throw MediaError(
                .badInput, operation: "convert a picture",
                reason: "Pictures in the format \(PixelFormats.name(source)) cannot be converted to \(target)",
                remedy: "Convert the file first, for instance with: ffmpeg -i IN -pix_fmt yuv444p10le -c:v ffv1 OUT.mkv"
            )
        }
        self.context = context
        self.source = source
        self.width = width
        self.height = height
        pool = FramePool(format: target, width: width, height: height)
    }

    deinit { cff_scaler_close(context) }

    func fits(_ frame: UnsafePointer<AVFrame>) -> Bool {
        frame.pointee.format == source.rawValue && Int(frame.pointee.width) == width
            && Int(frame.pointee.height) == height
    }

    /// The same picture in the target format, in memory of its own.
    func convert(_ frame: UnsafePointer<AVFrame>) throws -> [Plane] {
        let result = pool.take()
        let target = try FrameHandle()
        for (index, plane) in result.planes.enumerated() {
            plane.withBytes { bytes in
                cff_frame_point_plane(
                    target.frame, Int32(index), bytes.assumingMemoryBound(to: UInt8.self), Int32(plane.stride))
            }
        }
        let mark = FFmpegLog.mark()
        // The planes of `result` keep alive the memory that `target` points at; `target` ends with this call.
        let rows = cff_scaler_run(context, frame, target.frame, Int32(height))
        guard Int(rows) == height else {
            throw MediaError(
                .internalFault, operation: "convert a picture",
                reason: "A picture in the format \(PixelFormats.name(source)) could not be converted",
                ffmpegText: FFmpegStatus(rawValue: rows).text(since: mark))
        }
        return result.planes
    }

    /// What the code values mean after the conversion: for RGB, BT.601 up to 576 lines and BT.709 above, limited range,
    /// unless the source names another matrix; otherwise unchanged.
    static func resultColor(of color: ColorDescription, from source: AVPixelFormat, height: Int) -> ColorDescription {
        guard PixelFormats.isRGB(source) else { return color }
        var result = color
        let unknown = [Int32(AVCOL_SPC_RGB.rawValue), Int32(AVCOL_SPC_UNSPECIFIED.rawValue)]
        if unknown.contains(color.matrix) {
            result.matrix = Int32((height <= 576 ? AVCOL_SPC_SMPTE170M : AVCOL_SPC_BT709).rawValue)
        }
        result.range = .limited
        result.chromaLocation = .unspecified  // 4:4:4: there is nothing to site.
        return result
    }

    /// libswscale's number for a matrix; BT.601 where it has none, as it does by itself.
    static func scalerMatrix(_ matrix: Int32) -> Int32 {
        switch AVColorSpace(UInt32(max(matrix, 0))) {
        case AVCOL_SPC_BT709: SWS_CS_ITU709
        case AVCOL_SPC_FCC: SWS_CS_FCC
        case AVCOL_SPC_SMPTE240M: SWS_CS_SMPTE240M
        case AVCOL_SPC_BT2020_NCL, AVCOL_SPC_BT2020_CL: SWS_CS_BT2020
        default: SWS_CS_DEFAULT
        }
    }
}
