/// What is applied to every result of a convolution.
package enum Activation: Sendable, Hashable {
    case none
    /// Negative results are multiplied by the slope; 0 is ReLU.
    case leaky(Float)
    /// PReLU: as `leaky`, with a slope of its own, of any sign and size, for each output channel.
    case perChannel([Float])
    /// The hyperbolic tangent, to 6 ULP in single precision.
    case tanh

    /// What each of `channels` results that is not above 0 is multiplied by before a `tanh`.
    func slopes(channels: Int) -> [Float] {
        switch self {
        case .none, .tanh: Array(repeating: 1, count: channels)
        case .leaky(let slope): Array(repeating: slope, count: channels)
        case .perChannel(let slopes): slopes
        }
    }
}
