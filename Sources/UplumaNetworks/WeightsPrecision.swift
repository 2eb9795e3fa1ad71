/// How the numbers of a weights file are stored, as its metadata `precision` names it.
package enum WeightsPrecision: String, Sendable, Hashable, CaseIterable {
    /// Every tensor in float32.
    case f32
    /// All layers but the first in 8 bits (`LayerQuantization`); its biases and scales in float32.
    case int8

    /// The file beside a float32 file that holds the same network in this precision.
    func fileName(beside file: String) -> String {
        switch self {
        case .f32: file
        case .int8: file.replacing(".safetensors", with: "-\(rawValue).safetensors")
        }
    }
}
