/// What the code values of a picture mean, carried from source to result unchanged.
///
/// Primaries, transfer and matrix are code points of ITU-T H.273.
public struct ColorDescription: Hashable, Sendable {
    /// "Unspecified" among the code points of primaries, transfer and matrix.
    public static let unspecifiedCode: Int32 = 2

    public var range: SampleRange
    public var primaries: Int32
    public var transfer: Int32
    public var matrix: Int32
    public var chromaLocation: ChromaLocation

    public init(
        range: SampleRange = .unspecified, primaries: Int32 = unspecifiedCode,
        transfer: Int32 = unspecifiedCode, matrix: Int32 = unspecifiedCode,
        chromaLocation: ChromaLocation = .unspecified
    ) {
        self.range = range
        self.primaries = primaries
        self.transfer = transfer
        self.matrix = matrix
        self.chromaLocation = chromaLocation
    }
}

/// Which code values stand for black and white.
public enum SampleRange: Sendable, Hashable {
    /// The source does not say; treated as limited, the rule for Y'CbCr video.
    case unspecified
    /// Black 16, white 235 at 8 bits (chroma 16 to 240), shifted left for greater depths; values outside are legal.
    case limited
    /// Black 0, white 2^depth - 1.
    case full
}

/// Where chroma samples sit on the luma grid: H.273 `ChromaLocType` plus one, 0 for "the source does not say".
public enum ChromaLocation: Int32, Sendable, Hashable, CaseIterable {
    case unspecified = 0
    /// MPEG-2, MPEG-4, H.264: on the left luma column, between two rows.
    case left
    /// MPEG-1, JPEG, H.261, H.263: in the middle of the luma samples it belongs to.
    case center
    /// DV, BT.2020: on the top left luma sample.
    case topLeft
    case top
    case bottomLeft
    case bottom

    /// Where the first chroma sample lies, in luma samples right of and below the first luma sample, for a plane
    /// subsampled by 2^`log2Width` and 2^`log2Height`.
    ///
    /// A direction that is not subsampled has offset 0. An unspecified location counts as `left`, which is what nearly
    /// all 4:2:0 video of the last thirty years uses. 4:1:1 and 4:1:0 follow the same words: left is column 0, centre is
    /// the middle of the group.
    public func lumaOffset(log2Width: Int, log2Height: Int) -> (x: Double, y: Double) {
        let middleX = Double((1 << log2Width) - 1) / 2
        let middleY = Double((1 << log2Height) - 1) / 2
        let bottomY = Double((1 << log2Height) - 1)
        switch self {
        case .unspecified, .left: return (0, middleY)
        case .center: return (middleX, middleY)
        case .topLeft: return (0, 0)
        case .top: return (middleX, 0)
        case .bottomLeft: return (0, bottomY)
        case .bottom: return (middleX, bottomY)
        }
    }
}
