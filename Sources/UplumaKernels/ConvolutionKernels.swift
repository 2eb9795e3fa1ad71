import CUplumaKernels

/// Convolutions on rows of features, for one instruction set. Every level gives the same bits.
///
/// Thread safety: the table of C functions never changes after creation, and the functions keep no state.
package struct ConvolutionKernels: @unchecked Sendable {
    package let level: CPULevel
    private let table: upluma_conv_kernels

    /// - Parameter level: one of `CPULevel.available`.
    package init(level: CPULevel = .current) {
        precondition(level <= .detected, "this processor has no \(level)")
        let memory = UnsafeMutablePointer<upluma_conv_kernels>.allocate(capacity: 1)
        defer { memory.deallocate() }
        upluma_conv_kernels_init(memory, level.cLevel)
        self.level = level
        table = memory.pointee
    }

    /// One row of a 3×3 convolution with zero padding left and right.
    ///
    /// - Parameters:
    ///   - layer: weights and activation.
    ///   - above: the row above, a row of zeros at the top of the picture.
    ///   - here: the row the result lies at.
    ///   - below: the row below, a row of zeros at the bottom of the picture.
    ///   - target: room for `layer.writtenChannels` channels, apart from the inputs; its margins stay 0.
    package func convolve(
        _ layer: PackedConvolution, above: FeatureRow, here: FeatureRow, below: FeatureRow, into target: FeatureRow
    ) {
        precondition(above.layout == here.layout && below.layout == here.layout, "three rows of one layout")
        precondition(here.layout.channels >= layer.inputChannels && target.layout.channels >= layer.writtenChannels)
        precondition(here.layout.width == target.layout.width)
        layer.withLayer {
            table.conv3x3_row(
                $0, above.base, here.base, below.base, here.layout.channelStride, target.base,
                target.layout.channelStride, Int32(target.layout.width))
        }
    }

    /// Adds a row of sub-pixels and clips to 0...1: `row[factor * x + i]` gets channel `firstChannel + i` at pixel x.
    ///
    /// - Parameters:
    ///   - residual: at least `firstChannel + factor` channels.
    ///   - firstChannel: the channel of the first sub-pixel.
    ///   - factor: sub-pixels for each pixel.
    ///   - row: `factor * residual.layout.width` floats.
    package func addSubpixels(
        of residual: FeatureRow, firstChannel: Int, factor: Int, to row: UnsafeMutablePointer<Float>
    ) {
        precondition(firstChannel >= 0 && factor > 0 && firstChannel + factor <= residual.layout.channels)
        table.add_subpixels_clip(
            row, residual.channel(firstChannel), residual.layout.channelStride, Int32(factor),
            Int32(residual.layout.width))
    }
}
