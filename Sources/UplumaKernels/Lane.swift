import CUplumaKernels

/// What the 4 bytes that a planar row of features holds of one pixel in one plane are made of.
package enum Lane: Sendable, Hashable, CaseIterable {
    /// One channel.
    case f32
    /// Two channels as bfloat16: floats cut to their upper half, rounded to nearest, halves to even.
    case bf16
    /// Four channels as bytes, each with a scale and a zero point of its own.
    case u8

    /// Channels that a lane holds.
    package var channels: Int {
        switch self {
        case .f32: 1
        case .bf16: 2
        case .u8: 4
        }
    }

    /// Planes that hold a number of channels.
    package func planes(channels: Int) -> Int { (channels + self.channels - 1) / self.channels }

    /// The same for C.
    var cLane: upluma_lane {
        switch self {
        case .f32: UPLUMA_LANE_F32
        case .bf16: UPLUMA_LANE_BF16
        case .u8: UPLUMA_LANE_U8
        }
    }
}

/// A float's nearest bfloat16, halves to even, as the 16 bits it is stored in; finite numbers only.
package func bfloat16Bits(_ value: Float) -> UInt16 {
    let bits = value.bitPattern
    return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
}
