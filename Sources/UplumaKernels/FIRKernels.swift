import CUplumaKernels

/// Separable FIR filtering of rows of floats, at one instruction-set level; the same bits at every level.
///
/// The order of operations is defined in `upluma_fir.h`.
package struct FIRKernels: @unchecked Sendable {  // a table of code addresses, never written after `init`
    package let level: CPULevel
    let table: upluma_fir_kernels

    /// - Parameter level: one of `CPULevel.available`.
    package init(level: CPULevel = .current) {
        precondition(level <= .detected, "this processor has no \(level)")
        let memory = UnsafeMutablePointer<upluma_fir_kernels>.allocate(capacity: 1)
        defer { memory.deallocate() }
        upluma_fir_kernels_init(memory, level.cLevel)
        table = memory.pointee
        self.level = level
    }

    /// Filters along a row.
    ///
    /// - Parameters:
    ///   - source: `taps.sourceCount` floats, followed by `FIRRowTaps.overread` readable ones.
    ///   - taps: where each target takes its samples.
    ///   - target: `taps.paddedCount` floats, all written; those past `taps.count` are 0 where the source is finite.
    package func horizontal(
        _ source: UnsafePointer<Float>, taps: FIRRowTaps, into target: UnsafeMutablePointer<Float>
    ) {
        taps.withTable { table.horizontal(target, source, $0) }
    }

    /// Filters across rows: target[x] is the sum over k of `rows[k][x] * weights[k]`.
    ///
    /// - Parameters:
    ///   - rows: `taps` rows of `count` floats.
    ///   - weights: `taps` weights.
    ///   - taps: at least 1.
    ///   - count: a multiple of `FIRRowTaps.group`.
    ///   - target: `count` floats, all written.
    package func vertical(
        _ rows: UnsafePointer<UnsafePointer<Float>>, weights: UnsafePointer<Float>, taps: Int, count: Int,
        into target: UnsafeMutablePointer<Float>
    ) {
        precondition(taps > 0 && count % FIRRowTaps.group == 0, "\(taps) taps, rows of \(count)")
        table.vertical(target, rows, weights, taps, count)
    }
}
