/// The part of a picture that another one of its own shape fills, the rest being bars: what geometry asks for when a
/// recording changes its shape on the way.
package struct PictureFit: Hashable, Sendable {
    /// Left column and top row of the part, and its size, in samples.
    package let x: Int
    package let y: Int
    package let width: Int
    package let height: Int

    /// One picture's width, height and sample aspect.
    package struct Shape: Sendable, Hashable {
        package var width: Int
        package var height: Int
        /// Width over height of a sample; square when nobody says.
        package var sampleAspect: Rational?

        package init(width: Int, height: Int, sampleAspect: Rational?) {
            self.width = width
            self.height = height
            self.sampleAspect = sampleAspect
        }

        /// Width over height on the screen.
        package var displayAspect: Double { Double(width) / Double(height) * (sampleAspect?.doubleValue ?? 1) }
    }

    /// How much of its width or height a picture may be stretched rather than get bars: less than the difference of the
    /// two readings of PAL's pixels (12/11 and 16/15, 2.3 %), more than rounding.
    package static let slack = 0.01

    /// The whole of `target` when both shapes are alike, else the largest part in its middle that has the shape.
    ///
    /// - Parameters:
    ///   - shape: of the picture that comes in.
    ///   - target: of the picture it goes into.
    ///   - meant: the target's shape, where its width and height are rounded up from something else; nil where they are not.
    ///   - unit: what the part's edges are multiples of: the luma samples of a chroma sample.
    package init(_ shape: Shape, into target: Shape, meant: Shape? = nil, unit: (x: Int, y: Int) = (1, 1)) {
        let ratio = shape.displayAspect / (meant ?? target).displayAspect
        guard ratio.isFinite, ratio > 0, abs(ratio - 1) > PictureFit.slack else {
            (x, y, width, height) = (0, 0, target.width, target.height)
            return
        }
        let across = PictureFit.part(of: target.width, share: min(ratio, 1), unit: unit.x)
        let down = PictureFit.part(of: target.height, share: min(1 / ratio, 1), unit: unit.y)
        (x, width) = (across.first, across.count)
        (y, height) = (down.first, down.count)
    }

    /// Bars at the sides, bars above and below, or none.
    package enum Bars: Sendable, Equatable { case none, sides, aboveAndBelow }

    package static func bars(_ shape: Shape, into target: Shape) -> Bars {
        let ratio = shape.displayAspect / target.displayAspect
        guard ratio.isFinite, ratio > 0, abs(ratio - 1) > slack else { return .none }
        return ratio < 1 ? .sides : .aboveAndBelow
    }

    private static func part(of size: Int, share: Double, unit: Int) -> (first: Int, count: Int) {
        guard share < 1 else { return (0, size) }
        let wanted = Int((Double(size) * share / Double(unit)).rounded()) * unit
        let count = min(max(wanted, unit), size)
        return ((size - count) / 2 / unit * unit, count)
    }
}
