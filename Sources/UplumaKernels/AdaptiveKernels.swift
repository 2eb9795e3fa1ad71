import CUplumaKernels

/// Per-pixel resampling of rows, at one instruction-set level; the same bits at every level.
///
/// The order of operations is defined in `upluma_adaptive.h`.
///
/// Thread safety: the table of C functions never changes after creation, and the functions keep no state.
package struct AdaptiveKernels: @unchecked Sendable {
    package let level: CPULevel
    let table: upluma_adaptive_kernels

    /// - Parameter level: one of `CPULevel.available`.
    package init(level: CPULevel = .current) {
        precondition(level <= .detected, "this processor has no \(level)")
        let memory = UnsafeMutablePointer<upluma_adaptive_kernels>.allocate(capacity: 1)
        defer { memory.deallocate() }
        upluma_adaptive_kernels_init(memory, level.cLevel)
        self.level = level
        table = memory.pointee
    }

    /// The `factor` rows of the result that belong to one source row: result pixel (s · y + dy, s · x + dx) is the sum over
    /// all taps of weight times source pixel, for every interval of the lattice.
    ///
    /// - Parameters:
    ///   - lattice: where taps lie.
    ///   - weights: a planar row of floats or bfloat16 pairs, channel s² · tap + s · dy + dx, tap = f · ky + kx; at least
    ///     `lattice.channels` channels. Its width is that of the source.
    ///   - limit: whether results are limited to 0...1; NaN becomes 0 then.
    ///   - row: the source row at a relative offset, asked for once each, from -`lattice.reach` to `lattice.reach`; at the
    ///     top and bottom of the picture the caller gives the edge row again. Pixel 0 of floats: `lattice.reach` pixels
    ///     before it and after the last hold the border (the edge pixel repeated), and all up to the width rounded up to
    ///     16, plus `lattice.reach`, is readable.
    ///   - target: for each dy, asked for once, room for `factor` · (width rounded up to 16) floats, apart from everything
    ///     else; `factor` · width are results, what is beyond is undefined.
    package func resample(
        _ lattice: AdaptiveLattice, weights: FeatureRow, limit: Bool, row: (Int) -> UnsafePointer<Float>,
        into target: (Int) -> UnsafeMutablePointer<Float>
    ) {
        let layout = weights.layout
        precondition(layout.lane != .u8, "weights are floats or bfloat16")
        precondition(layout.channels >= lattice.channels, "\(lattice.channels) weights for each pixel of \(layout)")
        let count = 2 * lattice.reach + 1
        withUnsafeTemporaryAllocation(of: UnsafePointer<Float>.self, capacity: count) { rows in
            withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<Float>.self, capacity: lattice.factor) { targets in
                for index in 0..<count { rows.initializeElement(at: index, to: row(index - lattice.reach)) }
                for dy in 0..<lattice.factor { targets.initializeElement(at: dy, to: target(dy)) }
                guard let rows = rows.baseAddress, let targets = targets.baseAddress else { return }
                let function = layout.lane == .bf16 ? table.resample_bf16 : table.resample_f32
                lattice.withLattice {
                    function($0, weights.base, layout.planeStride, rows, targets, layout.width, limit ? 1 : 0)
                }
            }
        }
    }
}
