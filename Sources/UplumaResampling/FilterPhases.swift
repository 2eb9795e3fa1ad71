import UplumaKernels

/// The taps of an enlargement by a whole factor, the same for every source sample.
///
/// Weights are those of `FilterTaps` before taps outside the picture are folded back: the row is continued instead, by
/// the same rule, `margins` samples on both sides.
///
/// A class, so that the rows of a picture can use it without counting references to its parts.
final class FilterPhases: Sendable {
    let table: FIRPhases
    /// For each sample before the row, leftmost first, the sample it repeats.
    let left: [Int]
    /// For each sample after the row, the sample it repeats.
    let right: [Int]

    /// Nil unless the step is 1 / factor with a factor that there are kernels for, and the margins are not out of all
    /// proportion.
    ///
    /// - Parameters:
    ///   - filter: any of the catalog.
    ///   - axis: where the targets lie on the source samples.
    ///   - gain: what weights are multiplied by, before they are rounded to float.
    init?(filter: ResampleFilter, axis: SampleAxis, gain: Double) {
        let factor = axis.stepDenominator / axis.stepNumerator
        guard axis.stepDenominator % axis.stepNumerator == 0, (1...FIRPhases.largestFactor).contains(factor) else {
            return nil
        }
        var first: [Int] = []
        var weights: [[Float]] = []
        for phase in 0..<factor {
            let (begin, row) = FilterTaps.unfoldedRow(filter: filter, axis: axis, target: phase)
            // A sinc's zeros, up to rounding: they change no result.
            let used = row.indices.filter { abs(row[$0]) > 0x1p-40 }
            guard let low = used.first, let high = used.last else { return nil }
            first.append(begin + low)
            weights.append(row[low...high].map { Float($0 * gain) })
        }
        let table = FIRPhases(first: first, weights: weights)
        let lastPixel = (axis.targetCount + factor - 1) / factor - 1
        let before = max(0, -table.reach.lowerBound)
        let after = max(0, lastPixel + table.reach.upperBound - (axis.sourceCount - 1))
        guard max(before, after) <= FilterPhases.largestMargin else { return nil }
        self.table = table
        left = (-before..<0).map { filter.place($0, last: axis.sourceCount - 1) }
        right = (axis.sourceCount..<axis.sourceCount + after).map { filter.place($0, last: axis.sourceCount - 1) }
    }

    /// Pictures shifted further than this are left to `FIRRowTaps`.
    private static let largestMargin = 64
}
