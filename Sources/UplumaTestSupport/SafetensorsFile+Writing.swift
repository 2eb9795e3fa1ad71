package import Foundation

extension SafetensorsFile {
    /// The bytes of a file of 32-bit floats.
    ///
    /// - Parameter tensors: name, axis lengths, and elements with the last axis fastest.
    package static func bytes(
        metadata: [String: String], tensors: [(name: String, shape: [Int], floats: [Float])]
    ) throws -> Data {
        var header: [String: Any] = ["__metadata__": metadata]
        var data = Data()
        for (name, shape, floats) in tensors {
            let start = data.count
            for float in floats { withUnsafeBytes(of: float.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
            header[name] = ["dtype": "F32", "shape": shape, "data_offsets": [start, data.count]]
        }
        let text = try JSONSerialization.data(withJSONObject: header, options: .sortedKeys)
        return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) } + text + data
    }
}

/// A small downscaler of seeded weights, architecture `car-light`: two layers of convolution whose kernels are about a
/// Gaussian, sum to one, and change with the picture.
package enum SeededDownscaler {
    /// - Parameters:
    ///   - size: rows and columns of the kernels.
    ///   - movement: largest weight of the layer that displaces taps; 0 leaves them all where they rest.
    package static func bytes(factor: Int = 2, size: Int = 6, movement: Float = 0.5, seed: UInt64 = 11) throws -> Data {
        var noise = SeededNoise(seed: seed)
        let (inputs, inner, taps) = (factor * factor, 8, size * size)
        func random(_ count: Int, _ most: Float) -> [Float] { (0..<count).map { _ in noise.float(in: -1...1) * most } }
        let half = Float(size - 1) / 2
        let bell = (0..<taps).map { tap -> Float in
            let (x, y) = (Float(tap % size) - half, Float(tap / size) - half)
            return exp(-(x * x + y * y) / Float(factor * factor))
        }
        let sum = bell.reduce(0, +)
        // What changes the weights adds up to nothing, so that they still sum to one.
        var changes = random(taps * inner * 9, 0.01)
        for input in 0..<inner * 9 {
            let mean = (0..<taps).reduce(Float(0)) { $0 + changes[$1 * inner * 9 + input] } / Float(taps)
            for tap in 0..<taps { changes[tap * inner * 9 + input] -= mean }
        }
        let metadata = [
            "architecture": "car-light", "scale": "\(factor)", "kernel_size": "\(size)",
            "widths": "\(inputs)-\(inner)-\(3 * taps)", "kernels": "3-3", "guide": "bicubic",
        ]
        return try SafetensorsFile.bytes(
            metadata: metadata,
            tensors: [
                ("conv1.weight", [inner, inputs, 3, 3], random(inner * inputs * 9, 0.5)),
                ("conv1.bias", [inner], random(inner, 0.1)),
                (
                    "conv2.weight", [3 * taps, inner, 3, 3],
                    changes + random(2 * taps * inner * 9, movement)
                ),
                ("conv2.bias", [3 * taps], bell.map { $0 / sum } + [Float](repeating: 0, count: 2 * taps)),
            ])
    }
}
