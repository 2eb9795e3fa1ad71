/// The size of one picture's features: channels, rows, columns. The batch is 1 everywhere.
package struct TensorShape: Sendable, Hashable, CustomStringConvertible {
    package var channels: Int
    package var height: Int
    package var width: Int

    package init(channels: Int, height: Int, width: Int) {
        self.channels = channels
        self.height = height
        self.width = width
    }

    package var count: Int { channels * height * width }

    /// Bytes of a `Tensor` of this shape.
    package var byteCount: Int { count * MemoryLayout<Float>.stride }

    /// "64×480×720": channels, height, width.
    package var description: String { "\(channels)×\(height)×\(width)" }
}
