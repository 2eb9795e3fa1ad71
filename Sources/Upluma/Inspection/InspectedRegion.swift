/// A place in a picture whose kernels are shown.
package struct InspectedRegion: Sendable, Hashable {
    /// Why it was chosen.
    package enum Kind: Sendable, Hashable {
        case smooth, edge, texture
        /// Named by the user; counted from 1.
        case named(Int)

        package var name: String {
            switch self {
            case .smooth: "smooth"
            case .edge: "edge"
            case .texture: "texture"
            case .named(let number): "region \(number)"
            }
        }
    }

    package let kind: Kind
    /// In source pixels.
    package let box: Box
    /// Root of the mean squared gradient in and around it: shades (black 0, white 1) for each pixel.
    package let gradient: Double
    /// How far the gradients have one direction: 0 all alike, 1 a straight edge.
    package let coherence: Double
}
