import CUplumaKernels

/// Where the taps of per-pixel kernels lie when every pixel moves them by displacements of its own, and what they read
/// beyond the edge.
///
/// Both axes of a pixel (x, y) of the result have an origin in the source, step · x + start and step · y + start. Tap t
/// samples, bilinearly, `across[t]` + unit · its horizontal displacement columns and `down[t]` + unit · its vertical one
/// rows from there.
package struct DisplacedTaps: Sendable, Hashable {
    package enum Border: Sendable, Hashable {
        /// The edge pixel is repeated. The fraction of a position is taken before it is moved into the source (CAR).
        case edge
        /// Each of the four pixels around a position counts as 0 outside the source and, where there is a window, outside
        /// that many rows and columns from the origin on (DKN).
        case zero(window: Int?)
    }

    /// [tap] Source columns from the origin.
    package let across: [Float]
    /// [tap] Source rows from the origin.
    package let down: [Float]
    /// Source pixels for each unit of displacement.
    package let unit: Float
    /// Source pixels from one pixel of the result to the next, 1 or more.
    package let step: Int
    /// Where the origin of pixel 0 lies, in both directions.
    package let start: Int
    package let border: Border

    package var count: Int { across.count }

    package init(across: [Float], down: [Float], unit: Float, step: Int, start: Int, border: Border) {
        precondition(!across.isEmpty && across.count == down.count, "\(across.count) and \(down.count) taps")
        precondition(step > 0, "a step of at least 1, not \(step)")
        if case .zero(let window?) = border { precondition(window > 0, "a window of at least 1, not \(window)") }
        self.across = across
        self.down = down
        self.unit = unit
        self.step = step
        self.start = start
        self.border = border
    }

    /// CAR's: a picture reduced `scale` times by k × k taps, k = 3 · scale + 1, row by row, spread around the middle of
    /// the pixels that become one; displacements in units of `scale`.
    ///
    /// The source is the picture with `k / 2` pixels of reflection around it, and coordinates are those of the padded one.
    package static func reducing(by scale: Int) -> DisplacedTaps {
        let size = 3 * scale + 1
        let middle = Float(scale - 1) / 2
        return DisplacedTaps(
            across: (0..<size * size).map { Float($0 % size) + middle },
            down: (0..<size * size).map { Float($0 / size) + middle }, unit: Float(scale), step: scale, start: 0,
            border: .edge)
    }

    /// The light CAR's: a picture reduced `scale` times by size × size taps, row by row, spread around the middle of the
    /// pixels that become one, at whole pixels where both numbers are even or both odd; displacements in units of `scale`.
    ///
    /// Coordinates are those of the picture itself.
    package static func reducing(by scale: Int, size: Int) -> DisplacedTaps {
        // (scale - size) / 2 = (scale - 1) / 2 - (size - 1) / 2, its whole part rounded down.
        let start = (scale - size) >> 1
        let rest = Float(scale - size - 2 * start) / 2
        return DisplacedTaps(
            across: (0..<size * size).map { Float($0 % size) + rest },
            down: (0..<size * size).map { Float($0 / size) + rest }, unit: Float(scale), step: scale, start: start,
            border: .edge)
    }

    /// Source rows that row `y` of the result is made of as long as no displacement is beyond ±1 by more than rounding;
    /// some may lie outside the source.
    package func rows(of y: Int) -> ClosedRange<Int> {
        let origin = y * step + start
        let (lowest, highest) = down.reduce((Float.infinity, -Float.infinity)) { (min($0.0, $1), max($0.1, $1)) }
        // The row after a position is read too; a position that rounding moved up by a hair has the row before it.
        return origin + Int((lowest - abs(unit)).rounded(.down)) - 1...origin
            + Int((highest + abs(unit)).rounded(.down)) + 1
    }

    /// DKN's and FDKN's: 3 × 3 taps in a patch of 15 × 15 pixels around each. Taps go from the middle of the patch to the
    /// right and down, column by column, and all is shrunk by 14/15: that is how the networks were trained.
    package static let patch: DisplacedTaps = {
        let (size, window) = (3, 15)
        let unit = Float(window - 1) / Float(window)
        let places = (0..<size).map { Float((window / 2 + $0) * (window - 1)) / Float(window) }
        return DisplacedTaps(
            across: (0..<size * size).map { places[$0 / size] }, down: (0..<size * size).map { places[$0 % size] },
            unit: unit, step: 1, start: -(window / 2), border: .zero(window: window))
    }()

    /// The taps as C sees them, valid inside `body` only.
    func withTaps(_ body: (UnsafePointer<upluma_displaced_taps>) -> Void) {
        across.withUnsafeBufferPointer { across in
            down.withUnsafeBufferPointer { down in
                guard let columns = across.baseAddress, let rows = down.baseAddress else {
                    preconditionFailure("there are taps")
                }
                let (isZeroOutside, window) =
                    switch border {
                    case .edge: (false, 0)
                    case .zero(let window): (true, window ?? 0)
                    }
                var taps = upluma_displaced_taps(
                    across: columns, down: rows, unit: unit, taps: Int32(across.count), step: Int32(step),
                    start: Int32(start), is_zero_outside: isZeroOutside ? 1 : 0, window: Int32(window))
                body(&taps)
            }
        }
    }
}
