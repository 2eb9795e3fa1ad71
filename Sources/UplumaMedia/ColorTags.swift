import CFFmpeg
import UplumaFrames

/// `ColorDescription` and FFmpeg's colour fields, which are the same code points under other types.
extension ColorDescription {
    init(
        range: AVColorRange, primaries: AVColorPrimaries, transfer: AVColorTransferCharacteristic, matrix: AVColorSpace,
        chromaLocation: AVChromaLocation, pixelFormat: AVPixelFormat
    ) {
        self.init(
            range: SampleRange(range, pixelFormat), primaries: Int32(primaries.rawValue),
            transfer: Int32(transfer.rawValue), matrix: Int32(matrix.rawValue),
            chromaLocation: ChromaLocation(rawValue: Int32(chromaLocation.rawValue)) ?? .unspecified)
    }

    init(_ frame: UnsafePointer<AVFrame>) {
        self.init(
            range: frame.pointee.color_range, primaries: frame.pointee.color_primaries,
            transfer: frame.pointee.color_trc, matrix: frame.pointee.colorspace,
            chromaLocation: frame.pointee.chroma_location, pixelFormat: AVPixelFormat(frame.pointee.format))
    }

    /// Takes from a frame what the stream leaves open.
    mutating func complete(by frame: ColorDescription) {
        let unsaid = Int32(AVCOL_PRI_UNSPECIFIED.rawValue)  // The same code in all three tables.
        if range == .unspecified { range = frame.range }
        if primaries == unsaid { primaries = frame.primaries }
        if transfer == unsaid { transfer = frame.transfer }
        if matrix == unsaid { matrix = frame.matrix }
        if chromaLocation == .unspecified { chromaLocation = frame.chromaLocation }
    }

    var avPrimaries: AVColorPrimaries { AVColorPrimaries(UInt32(max(primaries, 0))) }
    var avTransfer: AVColorTransferCharacteristic { AVColorTransferCharacteristic(UInt32(max(transfer, 0))) }
    var avMatrix: AVColorSpace { AVColorSpace(UInt32(max(matrix, 0))) }
    var avChromaLocation: AVChromaLocation { AVChromaLocation(UInt32(chromaLocation.rawValue)) }
    var avRange: AVColorRange {
        switch range {
        case .unspecified: AVCOL_RANGE_UNSPECIFIED
        case .limited: AVCOL_RANGE_MPEG
        case .full: AVCOL_RANGE_JPEG
        }
    }
}

extension SampleRange {
    fileprivate init(_ range: AVColorRange, _ format: AVPixelFormat) {
        if PixelFormats.isFullRangeTwin(format) || range == AVCOL_RANGE_JPEG {
            self = .full
        } else {
            self = range == AVCOL_RANGE_MPEG ? .limited : .unspecified
        }
    }
}

extension Rational {
    init(_ value: AVRational) { self.init(value.num, value.den) }
    var av: AVRational { AVRational(num: numerator, den: denominator) }
    /// The value, or nil for FFmpeg's 0/1 "unknown".
    static func known(_ value: AVRational) -> Rational? {
        let rational = Rational(value)
        return rational.isPositive ? rational : nil
    }
}

/// FFmpeg's name of a matrix, such as "bt709".
func colorMatrixName(_ matrix: Int32) -> String {
    guard let name = av_color_space_name(AVColorSpace(UInt32(max(matrix, 0)))) else { return "matrix \(matrix)" }
    return String(cString: name)
}
