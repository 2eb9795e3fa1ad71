import CUplumaKernels

/// The taps of a horizontal pass in the layout of the kernels: targets in groups of 16, coefficients by group and tap.
///
/// Immutable; owns its memory.
package final class FIRRowTaps: @unchecked Sendable {  // the memory is written in `init` only
    /// Targets of a row, without padding.
    package let count: Int
    package let taps: Int
    /// Samples the source row holds.
    package let sourceCount: Int
    /// Floats one pass writes: `count` rounded up to whole groups.
    package var paddedCount: Int { groups * Self.group }

    /// Targets are computed in groups of this many.
    package static let group = Int(UPLUMA_FIR_GROUP)
    /// Floats that must be readable past the last sample of a source row; their content does not matter.
    package static let overread = Int(UPLUMA_FIR_OVERREAD)

    private let groups: Int
    private let reach: Int
    private let base: UnsafeMutableBufferPointer<Int32>
    private let offset: UnsafeMutableBufferPointer<Int32>
    private let coefficients: UnsafeMutableBufferPointer<Float>

    /// - Parameters:
    ///   - first: for each target, its first source sample; `first[x] + taps` is at most `sourceCount`.
    ///   - weights: for each target, its `taps` weights, which belong to samples `first[x]...`.
    ///   - taps: weights of each target, at least 1.
    ///   - sourceCount: samples of a source row.
    package init(first: [Int], weights: [Float], taps: Int, sourceCount: Int) {
        let (group, count) = (Self.group, first.count)
        precondition(count > 0 && taps > 0 && weights.count == count * taps, "a table of \(count) × \(taps) weights")
        precondition(first.allSatisfy { $0 >= 0 && $0 + taps <= sourceCount }, "taps lie inside the source")
        self.count = count
        self.taps = taps
        self.sourceCount = sourceCount
        groups = (count + group - 1) / group
        base = .allocate(capacity: groups)
        offset = .allocate(capacity: groups * group)
        coefficients = .allocate(capacity: groups * group * taps)
        var reach = 0
        for g in 0..<groups {
            // Targets past the end repeat the last one's place, with weights of zero.
            let firsts = (0..<group).map { first[min(g * group + $0, count - 1)] }
            let lowest = firsts.reduce(firsts[0], min)
            base[g] = Int32(lowest)
            for lane in 0..<group {
                let x = g * group + lane
                offset[x] = Int32(firsts[lane] - lowest)
                reach = max(reach, firsts[lane] - lowest)
                for k in 0..<taps {
                    coefficients[(g * taps + k) * group + lane] = x < count ? weights[x * taps + k] : 0
                }
            }
        }
        self.reach = reach
    }

    deinit {
        base.deallocate()
        offset.deallocate()
        coefficients.deallocate()
    }

    /// The table as C sees it, valid inside `body` only.
    func withTable(_ body: (UnsafePointer<upluma_fir_row_taps>) -> Void) {
        guard let base = base.baseAddress, let offset = offset.baseAddress, let coefficients = coefficients.baseAddress
        else { preconditionFailure("a table has at least one group") }
        var table = upluma_fir_row_taps(
            base: base, offset: offset, coefficients: coefficients, groups: Int32(groups), taps: Int32(taps),
            reach: Int32(reach))
        body(&table)
    }
}
