/// An exact fraction, as containers store time bases, frame rates and sample aspect ratios.
public struct Rational: Hashable, Sendable, CustomStringConvertible {
    public var numerator: Int32
    public var denominator: Int32

    public init(_ numerator: Int32, _ denominator: Int32) {
        self.numerator = numerator
        self.denominator = denominator
    }

    /// Both parts positive: a value that can be divided by.
    public var isPositive: Bool { numerator > 0 && denominator > 0 }

    public var doubleValue: Double { Double(numerator) / Double(denominator) }

    public var description: String { "\(numerator)/\(denominator)" }
}
