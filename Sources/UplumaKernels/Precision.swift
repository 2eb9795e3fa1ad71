/// The numbers that a network's sums are made of.
package enum Precision: String, CaseIterable, Sendable, Hashable {
    case f32, bf16, int8
}

extension Precision {
    /// Whether processors of a level multiply such numbers in instructions of their own, several at a time.
    package func isNative(at level: CPULevel) -> Bool {
        switch self {
        case .f32: true
        case .bf16, .int8: level >= .avx512dot
        }
    }
}
