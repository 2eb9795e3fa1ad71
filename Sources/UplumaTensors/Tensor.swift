/// Features of one picture in memory of its own: 32-bit floats, planar (NCHW with N = 1: all rows of channel 0 first),
/// without padding, 64-byte aligned.
///
/// Not sendable: one thread at a time uses it.
package final class Tensor {
    package let shape: TensorShape
    private let base: UnsafeMutablePointer<Float>

    /// A tensor of zeros.
    package init(_ shape: TensorShape) {
        precondition(shape.channels > 0 && shape.height > 0 && shape.width > 0, "a tensor has values: \(shape)")
        self.shape = shape
        let memory = UnsafeMutableRawPointer.allocate(byteCount: shape.byteCount, alignment: 64)
        base = memory.initializeMemory(as: Float.self, repeating: 0, count: shape.count)
    }

    /// A tensor of the values given, [channel][row][column].
    package convenience init(_ shape: TensorShape, values: [Float]) {
        precondition(values.count == shape.count, "\(values.count) values for \(shape)")
        self.init(shape)
        base.update(from: values, count: values.count)
    }

    deinit { base.deallocate() }

    /// All values, [channel][row][column].
    package var values: [Float] { Array(UnsafeBufferPointer(start: base, count: shape.count)) }

    /// The values in place, valid inside `body` only.
    package func withValues<Result, Failure: Error>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(UnsafeMutableBufferPointer(start: base, count: shape.count))
    }
}
