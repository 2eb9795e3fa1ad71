/// Random numbers that are the same in every run: SplitMix64 (Steele, Lea and Flood, 2014).
package struct SeededNoise: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Evenly distributed in `range`.
    package mutating func float(in range: ClosedRange<Float>) -> Float { Float.random(in: range, using: &self) }
}

/// What test pictures hold: noise, and the cases on which arithmetic goes wrong first.
package enum TestPattern: CaseIterable, Sendable {
    case noise
    case lowest
    case highest
    /// Lowest and highest in turn, along rows and columns.
    case alternating
    /// The highest value left of the middle column, the lowest from there on.
    case edge

    /// The sample at (x, y) of a picture `width` wide, for samples from 0 to `maximum`; whole numbers.
    package func code(x: Int, y: Int, width: Int, maximum: Float, noise: inout SeededNoise) -> Float {
        switch self {
        case .noise: Float(Int.random(in: 0...Int(maximum), using: &noise))
        case .lowest: 0
        case .highest: maximum
        case .alternating: (x + y) % 2 == 0 ? 0 : maximum
        case .edge: x < width / 2 ? maximum : 0
        }
    }
}
