import CUplumaKernels

extension ConvolutionKernels {
    /// Adds a row of values to another and limits the sums to 0...1.
    ///
    /// - Parameters:
    ///   - values: `count` floats.
    ///   - row: `count` floats, which become the sums.
    package func add(
        _ values: UnsafePointer<Float>, count: Int, limitedTo01 row: UnsafeMutablePointer<Float>
    ) {
        // Sub-pixels of a factor of 1 are the pixels themselves.
        table.add_subpixels_clip(row, values, 0, 1, Int32(count))
    }
}
