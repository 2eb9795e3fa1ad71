/// The arithmetic of a network's multiplications; sums are wider.
package enum Precision: String, CaseIterable, Sendable, Hashable {
    case f32, bf16, int8
}
