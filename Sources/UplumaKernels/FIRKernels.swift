import CUplumaKernels
package import UplumaFrames

/// Separable FIR filtering of rows, at one instruction-set level; the same bits at every level.
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

    /// Filters across rows: target[x] is `start` and the sum over k of sample x of row `rows.lowerBound + k` times
    /// `weights[k]`.
    ///
    /// - Parameters:
    ///   - plane: where the samples lie, of any type; codes, not values.
    ///   - rows: rows of the plane, at least one.
    ///   - weights: one for each row, then, with a `second` target, one for each row again.
    ///   - start: what the sums begin with.
    ///   - target: `plane.width` floats, all written.
    ///   - second: nil, or room for a second target row of the same source rows.
    package func vertical(
        _ plane: Plane, rows: Range<Int>, weights: UnsafePointer<Float>, start: Float,
        into target: UnsafeMutablePointer<Float>, second: UnsafeMutablePointer<Float>? = nil
    ) {
        precondition(!rows.isEmpty && rows.lowerBound >= 0 && rows.upperBound <= plane.height, "\(rows) of \(plane)")
        let (stride, taps, width) = (plane.stride, rows.count, plane.width)
        plane.withBytes { bytes in
            let base = bytes + rows.lowerBound * stride
            switch plane.sample {
            case .uint8:
                table.vertical_u8(
                    target, second, base.assumingMemoryBound(to: UInt8.self), stride, weights, taps, start, width)
            case .uint16:
                table.vertical_u16(
                    target, second, base.assumingMemoryBound(to: UInt16.self), stride, weights, taps, start, width)
            case .float32:
                table.vertical_f32(
                    target, second, base.assumingMemoryBound(to: Float.self), stride, weights, taps, start, width)
            }
        }
    }

    /// Filters along a row, at any ratio.
    ///
    /// - Parameters:
    ///   - source: `taps.sourceCount` floats, followed by `FIRRowTaps.overread` readable ones.
    ///   - taps: where each target takes its samples.
    ///   - start: what the sums begin with.
    ///   - target: `taps.paddedCount` floats, all written; those past `taps.count` are `start` where the source is
    ///     finite.
    package func horizontal(
        _ source: UnsafePointer<Float>, taps: FIRRowTaps, start: Float = 0, into target: UnsafeMutablePointer<Float>
    ) {
        taps.withTable { table.horizontal(target, source, $0, start) }
    }

    /// Filters along a row, enlarged by a whole factor, to a row of samples.
    ///
    /// - Parameters:
    ///   - source: sample 0; readable from `phases.reach.lowerBound` on, and up to `FIRPhases.overread` floats past the
    ///     last one that is used.
    ///   - phases: where the targets take their samples. Their sums are codes of the target.
    ///   - ending: what sums begin with, and their limits.
    ///   - y: the row of `target` that is written.
    ///   - target: its width is the number of targets.
    package func enlarge(
        _ source: UnsafePointer<Float>, phases: FIRPhases, ending: FIREnding, asRow y: Int, of target: Plane
    ) {
        precondition((0..<target.height).contains(y), "row \(y) of \(target.height)")
        ending.check(factor: phases.factor, targetWidth: target.width, sample: target.sample)
        target.withBytes { bytes in
            let row = bytes + y * target.stride
            phases.withTable { table in
                ending.withEnding { ending in
                    switch target.sample {
                    case .uint8:
                        self.table.enlarge_u8(
                            row.assumingMemoryBound(to: UInt8.self), source, table, ending, target.width)
                    case .uint16:
                        self.table.enlarge_u16(
                            row.assumingMemoryBound(to: UInt16.self), source, table, ending, target.width)
                    case .float32:
                        self.table.enlarge_f32(
                            row.assumingMemoryBound(to: Float.self), source, table, ending, target.width)
                    }
                }
            }
        }
    }

    /// The same to `count` floats.
    package func enlarge(
        _ source: UnsafePointer<Float>, phases: FIRPhases, ending: FIREnding, count: Int,
        into target: UnsafeMutablePointer<Float>
    ) {
        ending.check(factor: phases.factor, targetWidth: count, sample: .float32)
        phases.withTable { table in
            ending.withEnding { self.table.enlarge_f32(target, source, table, $0, count) }
        }
    }
}
