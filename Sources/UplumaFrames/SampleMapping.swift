/// How the code values of a plane map to the numbers the filters and networks work with: value = (code - zero) / unit.
///
/// Luma: 0..1 stands for code 0 to 255 at 8 bits, limited range or full, so that footroom and headroom (below 16, above
/// 235) survive: limited-range codes of depth d are divided by 255 · 2^(d-8), full-range ones by 2^d - 1. The networks
/// are trained on limited-range luma divided by 255, the convention of the papers (DESIGN's evaluation protocol).
/// Chroma: zero is the neutral code 2^(d-1), the unit that of luma; values lie around -0.5...0.5.
package struct SampleMapping: Sendable, Hashable {
    package var sample: SampleType
    /// The code of value 0.
    package var zero: Float
    /// Codes per 1.0.
    package var unit: Float
    /// The highest code; the lowest is 0. Infinite for float planes, which are not clamped.
    package var maximum: Float

    /// Float planes hold the values themselves.
    package static let float = SampleMapping(sample: .float32, zero: 0, unit: 1, maximum: .infinity)

    package static func luma(_ format: PictureFormat, range: SampleRange) -> SampleMapping {
        let top = Float((1 << format.bitDepth) - 1)
        let unit = range == .full ? top : Float(255 << (format.bitDepth - 8))
        return SampleMapping(sample: format.sample, zero: 0, unit: unit, maximum: top)
    }

    package static func chroma(_ format: PictureFormat, range: SampleRange) -> SampleMapping {
        var mapping = luma(format, range: range)
        mapping.zero = Float(1 << (format.bitDepth - 1))
        return mapping
    }

    /// Luma by its meaning: black is 0 and white is 1, whatever the range. For pictures whose range is to change.
    package static func shade(_ format: PictureFormat, range: SampleRange) -> SampleMapping {
        guard range != .full else { return luma(format, range: range) }
        let step = Float(1 << (format.bitDepth - 8))
        return SampleMapping(
            sample: format.sample, zero: 16 * step, unit: 219 * step, maximum: Float((1 << format.bitDepth) - 1))
    }

    /// Chroma by its meaning: -0.5...0.5 is all that the range allows.
    package static func tint(_ format: PictureFormat, range: SampleRange) -> SampleMapping {
        var mapping = chroma(format, range: range)
        if range != .full { mapping.unit = 224 * Float(1 << (format.bitDepth - 8)) }
        return mapping
    }

    package init(sample: SampleType, zero: Float, unit: Float, maximum: Float) {
        self.sample = sample
        self.zero = zero
        self.unit = unit
        self.maximum = maximum
    }
}
