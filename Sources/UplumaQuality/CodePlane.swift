package import UplumaFrames

/// One plane of a picture as scores see it: 64-bit floats, rows first and without padding, in code values of 8 bits.
///
/// Planes of other depths are brought to that scale (a code of 10-bit limited-range luma counts a quarter), so 255 is the
/// peak of every plane: one value of `SampleMapping`. Chroma keeps its zero at 128.
package struct CodePlane: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// `width * height` of them; mostly 0...255, neither limited nor rounded.
    package var samples: [Double]

    /// The code value of one unit of `SampleMapping`.
    package static let peak = 255.0

    package init(width: Int, height: Int, samples: [Double]) {
        precondition(width > 0 && height > 0 && samples.count == width * height, "\(width)×\(height) samples")
        self.width = width
        self.height = height
        self.samples = samples
    }

    /// - Parameters:
    ///   - plane: codes of `mapping`, or 32-bit floats that hold its values.
    ///   - mapping: of an integer format.
    package init(_ plane: Plane, mapping: SampleMapping) {
        precondition(plane.sample == mapping.sample || plane.sample == .float32, "a plane of its mapping's samples")
        let perCode = CodePlane.peak / Double(mapping.unit)
        let zero = Double(mapping.zero) * perCode
        let width = plane.width
        let samples = [Double](unsafeUninitializedCapacity: width * plane.height) { buffer, count in
            plane.withBytes { base in
                for y in 0..<plane.height {
                    let row = base + y * plane.stride
                    let target = y * width
                    switch plane.sample {
                    case .uint8:
                        for x in 0..<width {
                            buffer[target + x] = perCode * Double(row.load(fromByteOffset: x, as: UInt8.self))
                        }
                    case .uint16:
                        for x in 0..<width {
                            buffer[target + x] = perCode * Double(row.load(fromByteOffset: 2 * x, as: UInt16.self))
                        }
                    case .float32:
                        for x in 0..<width {
                            buffer[target + x] =
                                CodePlane.peak * Double(row.load(fromByteOffset: 4 * x, as: Float.self)) + zero
                        }
                    }
                }
            }
            count = buffer.count
        }
        self.init(width: width, height: plane.height, samples: samples)
    }

    /// The same picture in an integer sample type: nearest code, halves up (as MATLAB's `uint8`), limited to 0...maximum.
    package func rounded(to mapping: SampleMapping) -> Plane {
        let codes = Double(mapping.unit) / CodePlane.peak
        let top = Double(mapping.maximum)
        let plane = Plane(width: width, height: height, sample: mapping.sample)
        plane.withBytes { base in
            for y in 0..<height {
                let row = base + y * plane.stride
                for x in 0..<width {
                    let code = min(max((samples[y * width + x] * codes + 0.5).rounded(.down), 0), top)
                    switch mapping.sample {
                    case .uint8: row.storeBytes(of: UInt8(code), toByteOffset: x, as: UInt8.self)
                    case .uint16: row.storeBytes(of: UInt16(code), toByteOffset: 2 * x, as: UInt16.self)
                    case .float32: preconditionFailure("float planes have no codes")
                    }
                }
            }
        }
        return plane
    }

    /// The same picture as 32-bit floats: the values that `mapping` gives the codes.
    package func floats(of mapping: SampleMapping) -> Plane {
        let zero = Double(mapping.zero) / Double(mapping.unit)
        let plane = Plane(width: width, height: height, sample: .float32)
        plane.withBytes { base in
            for y in 0..<height {
                let row = base + y * plane.stride
                for x in 0..<width {
                    let value = Float(samples[y * width + x] / CodePlane.peak - zero)
                    row.storeBytes(of: value, toByteOffset: 4 * x, as: Float.self)
                }
            }
        }
        return plane
    }

    /// The rectangle of `width` × `height` samples whose first sample is (`x`, `y`).
    package func cropped(x: Int = 0, y: Int = 0, width: Int, height: Int) -> CodePlane {
        precondition(x >= 0 && y >= 0 && x + width <= self.width && y + height <= self.height, "a part of the plane")
        if width == self.width && height == self.height { return self }
        var part: [Double] = []
        part.reserveCapacity(width * height)
        for row in y..<y + height { part += samples[row * self.width + x..<row * self.width + x + width] }
        return CodePlane(width: width, height: height, samples: part)
    }

    /// The plane without `border` samples on each side.
    package func inside(border: Int) -> CodePlane {
        precondition(min(width, height) > 2 * border, "a border of \(border) leaves nothing of \(width)×\(height)")
        return cropped(x: border, y: border, width: width - 2 * border, height: height - 2 * border)
    }
}
