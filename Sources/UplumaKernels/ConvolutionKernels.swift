import CUplumaKernels

/// Convolutions on rows of features, for one instruction set. Every level gives the same bits.
///
/// Thread safety: the table of C functions never changes after creation, and the functions keep no state.
package struct ConvolutionKernels: @unchecked Sendable {
    package let level: CPULevel
    let table: upluma_conv_kernels

    /// - Parameter level: one of `CPULevel.available`.
    package init(level: CPULevel = .current) {
        precondition(level <= .detected, "this processor has no \(level)")
        let memory = UnsafeMutablePointer<upluma_conv_kernels>.allocate(capacity: 1)
        defer { memory.deallocate() }
        upluma_conv_kernels_init(memory, level.cLevel)
        self.level = level
        table = memory.pointee
    }

    /// One row of a convolution with padding left and right.
    ///
    /// - Parameters:
    ///   - layer: weights and activation.
    ///   - target: of lanes as the layer writes them, room for `layer.writtenChannels` channels, apart from the inputs;
    ///     its margins stay as they are.
    ///   - row: the inputs, asked for once each by number, 0 ..< `layer.kernel` from top to bottom; the result lies at
    ///     the middle one. A row outside the picture is a row of the value 0. All have one layout.
    package func convolve(_ layer: PackedConvolution, into target: FeatureRow, row: (Int) -> FeatureRow) {
        precondition(target.layout.channels >= layer.writtenChannels && target.layout.lane == layer.output)
        withUnsafeTemporaryAllocation(of: UnsafeRawPointer?.self, capacity: layer.kernel) { rows in
            var layout: FeatureLayout?
            for index in 0..<layer.kernel {
                let input = row(index)
                precondition(input.layout == layout ?? input.layout, "the rows have one layout")
                layout = input.layout
                rows.initializeElement(at: index, to: UnsafeRawPointer(input.base))
            }
            guard let layout else { return }
            precondition(layout.channels >= layer.inputChannels && layout.width == target.layout.width)
            precondition(layout.lane == layer.input, "a row of \(layout.lane) for a layer that reads \(layer.input)")
            table.conv_row(
                layer.layer, rows.baseAddress, layout.planeStride, target.base, target.layout.planeStride,
                Int32(target.layout.width))
        }
        guard case .tanh = layer.activation else { return }
        for channel in 0..<layer.outputChannels {
            table.tanh_row(target.channel(channel), target.layout.paddedWidth)
        }
    }

    /// Replaces values by their hyperbolic tangents: at most 6 ULP from the exact ones (`upluma_conv.h`).
    ///
    /// - Parameters:
    ///   - values: `count` floats.
    ///   - count: a multiple of 16.
    package func tanh(_ values: UnsafeMutablePointer<Float>, count: Int) {
        precondition(count % Int(UPLUMA_CONV_GRAIN) == 0, "whole groups of values, not \(count)")
        table.tanh_row(values, count)
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
            row, residual.channel(firstChannel), residual.layout.planeStride, Int32(factor),
            Int32(residual.layout.width))
    }
}
