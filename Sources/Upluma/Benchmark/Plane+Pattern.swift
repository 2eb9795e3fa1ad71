import UplumaFrames

extension Plane {
    /// Sets integer samples of `bitDepth` bits to a picture with edges and shades, moved by `shift` columns; speed does not
    /// depend on which.
    func fillWithPattern(bitDepth: Int, shift: Int = 0) {
        withBytes { base in
            for y in 0..<height {
                for column in 0..<width {
                    let x = column + shift
                    let code = ((x ^ y) + x * y / 97) & 255
                    switch sample {
                    case .uint8:
                        base.storeBytes(of: UInt8(code), toByteOffset: y * stride + column, as: UInt8.self)
                    case .uint16:
                        base.storeBytes(
                            of: UInt16(code << (bitDepth - 8)), toByteOffset: y * stride + 2 * column, as: UInt16.self)
                    case .float32: preconditionFailure("float planes have no bit depth")
                    }
                }
            }
        }
    }
}
