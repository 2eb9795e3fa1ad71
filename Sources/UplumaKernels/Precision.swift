/// The numbers that a network's sums are made of.
package enum Precision: String, CaseIterable, Sendable, Hashable {
    case f32, bf16, int8
}
