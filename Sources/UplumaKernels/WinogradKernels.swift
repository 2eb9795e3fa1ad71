import CUplumaKernels

/// Convolutions of wide layers on rows that have their channels last, for one instruction set. Every level gives the same
/// bits.
///
/// Thread safety: the table of C functions never changes after creation, and the functions keep no state.
package struct WinogradKernels: @unchecked Sendable {
    package let level: CPULevel
    private let table: upluma_winograd_kernels
    private let convolutions: ConvolutionKernels

    /// - Parameter level: one of `CPULevel.available`.
    package init(level: CPULevel = .current) {
        precondition(level <= .detected, "this processor has no \(level)")
        let memory = UnsafeMutablePointer<upluma_winograd_kernels>.allocate(capacity: 1)
        defer { memory.deallocate() }
        upluma_winograd_kernels_init(memory, level.cLevel)
        self.level = level
        table = memory.pointee
        convolutions = ConvolutionKernels(level: level)
    }

    /// Four rows of a convolution with zero padding left and right.
    ///
    /// - Parameters:
    ///   - layer: weights and activation.
    ///   - target: the rows to make, asked for once each by number, 0 ..< 4 from top to bottom, apart from the inputs;
    ///     pixels beyond the width stay 0.
    ///   - scratch: `layer.scratchByteCount` bytes, 64-byte aligned.
    ///   - row: the inputs, asked for once each, 0 ..< 6 from the row above the first target to the one below the last.
    ///     A row outside the picture is a row of zeros.
    package func convolve(
        _ layer: WinogradConvolution, into target: (Int) -> ChannelsLastRow, scratch: UnsafeMutableRawPointer,
        row: (Int) -> ChannelsLastRow
    ) {
        precondition(UInt(bitPattern: scratch) % 64 == 0, "scratch memory is 64-byte aligned")
        withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: WinogradConvolution.patch) { rows in
            withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>?.self, capacity: WinogradConvolution.tile) {
                targets in
                var layout: ChannelsLastLayout?
                for index in 0..<WinogradConvolution.patch {
                    let input = row(index)
                    precondition(input.layout == layout ?? input.layout, "the rows have one layout")
                    precondition(input.layout.channels == Int(layer.layer.pointee.cin), "a row of the layer's channels")
                    layout = input.layout
                    rows.initializeElement(at: index, to: UnsafePointer(input.base))
                }
                guard let width = layout?.width else { return }
                let made = ChannelsLastLayout(channels: layer.outputChannels, width: width)
                for index in 0..<WinogradConvolution.tile {
                    let output = target(index)
                    precondition(output.layout == made, "a row of the layer's channels, as wide as its inputs")
                    targets.initializeElement(at: index, to: output.base)
                }
                table.conv_rows(
                    layer.layer, rows.baseAddress, targets.baseAddress, Int32(width),
                    scratch.assumingMemoryBound(to: Float.self))
                guard case .tanh = layer.activation else { return }
                for output in targets {
                    // Whole groups of 16: there are as many channels. 0 stays 0 beyond the width.
                    if let output { convolutions.tanh(output, count: width * made.channels) }
                }
            }
        }
    }

    /// Copies a planar row of floats; channels that only fill up a group become 0.
    ///
    /// - Parameters:
    ///   - source: as wide as the target, with room for as many channels.
    ///   - target: its pixels beyond the width become those of the source, which are 0.
    package func copy(_ source: FeatureRow, to target: ChannelsLastRow) {
        check(source, target)
        table.to_channels_last(
            target.base, source.channel(0), source.layout.planeStride, Int32(target.layout.channels),
            Int32(target.layout.width))
    }

    /// Copies a row to a planar one of floats with room for as many channels.
    package func copy(_ source: ChannelsLastRow, to target: FeatureRow) {
        check(target, source)
        table.to_planar(
            target.channel(0), target.layout.planeStride, source.base, Int32(source.layout.channels),
            Int32(source.layout.width))
    }

    private func check(_ planar: FeatureRow, _ last: ChannelsLastRow) {
        precondition(planar.layout.lane == .f32 && planar.layout.width == last.layout.width)
        precondition(planar.layout.channels == last.layout.channels, "both have whole groups of channels")
    }
}
