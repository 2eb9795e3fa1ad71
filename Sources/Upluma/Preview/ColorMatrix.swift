import UplumaFrames

/// How the three planes of a picture become red, green and blue: `MatrixCoefficients` of ITU-T H.273 (table 4), by code
/// point.
struct ColorMatrix: Sendable, Equatable {
    enum Law: Sendable, Equatable {
        /// Y'CbCr, equations 38 to 40: the shares of red and blue in luma.
        case shares(red: Double, blue: Double)
        /// The planes are green, blue and red, equations 41 to 43.
        case identity
        /// YCgCo, equations 44 to 46.
        case greenOrange
    }

    let law: Law
    /// What was assumed, one sentence; nil when the code point says all.
    let assumption: String?

    /// Heights up to this are taken for standard definition, as where pictures of RGB are converted.
    private static let standardDefinitionLines = 576

    private static let bt601 = (name: "BT.601", law: Law.shares(red: 0.299, blue: 0.114))
    private static let bt709 = (name: "BT.709", law: Law.shares(red: 0.2126, blue: 0.0722))

    /// - Parameters:
    ///   - code: `MatrixCoefficients`. Unspecified, reserved and unknown ones are taken for BT.601 in sources of up to 576
    ///     lines and for BT.709 above.
    ///   - sourceHeight: lines of the source, not of what was made of it.
    init(_ code: Int32, sourceHeight: Int) {
        switch code {
        case 0: (law, assumption) = (.identity, nil)
        case 1: (law, assumption) = (Self.bt709.law, nil)
        case 4: (law, assumption) = (.shares(red: 0.30, blue: 0.11), nil)
        case 5, 6: (law, assumption) = (Self.bt601.law, nil)
        case 7: (law, assumption) = (.shares(red: 0.212, blue: 0.087), nil)
        case 8: (law, assumption) = (.greenOrange, nil)
        case 9, 10:
            law = .shares(red: 0.2627, blue: 0.0593)
            assumption =
                code == 9
                ? nil
                : "The source's colour is of constant luminance (BT.2020): it is shown as if luminance were not "
                    + "constant, with colours slightly off."
        default:
            let isSmall = sourceHeight <= Self.standardDefinitionLines
            let taken = isSmall ? Self.bt601 : Self.bt709
            law = taken.law
            let why =
                code == ColorDescription.unspecifiedCode
                ? "The source does not name the matrix of its colours"
                : "The source names matrix \(code) of H.273 for its colours, which is not known here"
            assumption = "\(why): they are shown with that of \(taken.name), usual for \(sourceHeight) lines."
        }
    }

    /// Shares of red, green and blue in the first plane.
    var lumaShares: (red: Double, green: Double, blue: Double) {
        switch law {
        case .shares(let red, let blue): (red, 1 - red - blue, blue)
        case .identity: (0, 1, 0)
        case .greenOrange: (0.25, 0.5, 0.25)
        }
    }

    /// The share of each plane's value (see `chromaMapping`) in red, green and blue.
    var rows: [[Double]] {
        switch law {
        case .shares(let red, let blue):
            let green = 1 - red - blue
            return [
                [1, 0, 2 * (1 - red)],
                [1, -2 * blue * (1 - blue) / green, -2 * red * (1 - red) / green],
                [1, 2 * (1 - blue), 0],
            ]
        case .identity: return [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
        case .greenOrange: return [[1, -1, 1], [1, 1, 0], [1, -1, -1]]
        }
    }

    /// How codes of the second and third plane map to values, where luma's are 0 for black and 1 for white.
    func chromaMapping(_ format: PictureFormat, range: SampleRange) -> SampleMapping {
        let luma = SampleMapping.shade(format, range: range)
        switch law {
        case .shares: return .tint(format, range: range)
        case .identity: return luma
        case .greenOrange:
            // Differences of codes as they are: the unit is that of luma, in limited range, too.
            var mapping = SampleMapping.chroma(format, range: range)
            mapping.unit = luma.unit
            return mapping
        }
    }
}
