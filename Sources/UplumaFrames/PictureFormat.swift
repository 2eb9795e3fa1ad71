/// How many chroma samples a picture keeps for its luma samples.
public enum ChromaFormat: String, CaseIterable, Sendable {
    case gray
    case yuv420
    case yuv422
    case yuv444
    case yuv440
    case yuv411
    case yuv410

    /// Binary logarithm of luma width over chroma width; 0 for grey.
    public var log2Width: Int {
        switch self {
        case .gray, .yuv444, .yuv440: 0
        case .yuv420, .yuv422: 1
        case .yuv411, .yuv410: 2
        }
    }

    /// Binary logarithm of luma height over chroma height; 0 for grey.
    public var log2Height: Int {
        switch self {
        case .gray, .yuv444, .yuv422, .yuv411: 0
        case .yuv420, .yuv440: 1
        case .yuv410: 2
        }
    }

    /// 1 for grey (Y), 3 for the others (Y, Cb, Cr).
    public var planeCount: Int { self == .gray ? 1 : 3 }
}

/// The sample grid of a planar Y'CbCr (or grey) picture.
///
/// Samples of 8 bits are stored in one byte, samples of 9 to 16 bits in the low bits of a native-endian 16-bit word.
public struct PictureFormat: Hashable, Sendable, CustomStringConvertible {
    public var chroma: ChromaFormat
    /// Bits of a sample, 8 to 16.
    public var bitDepth: Int

    public init(chroma: ChromaFormat, bitDepth: Int) {
        precondition((8...16).contains(bitDepth), "a sample has 8 to 16 bits, not \(bitDepth)")
        self.chroma = chroma
        self.bitDepth = bitDepth
    }

    /// How one sample lies in memory.
    public var sample: SampleType { bitDepth == 8 ? .uint8 : .uint16 }

    /// Width and height of plane `index` (0 is luma) of a picture of `width` × `height`; chroma sizes round up.
    public func planeSize(_ index: Int, width: Int, height: Int) -> (width: Int, height: Int) {
        guard index > 0 else { return (width, height) }
        let (x, y) = (chroma.log2Width, chroma.log2Height)
        return ((width + (1 << x) - 1) >> x, (height + (1 << y) - 1) >> y)
    }

    public var description: String { "\(chroma.rawValue) \(bitDepth) bit" }
}

/// How one sample of a plane lies in memory.
public enum SampleType: Sendable, Hashable {
    case uint8
    /// Native-endian, value in the low bits.
    case uint16
    case float32

    public var byteCount: Int {
        switch self {
        case .uint8: 1
        case .uint16: 2
        case .float32: 4
        }
    }
}
