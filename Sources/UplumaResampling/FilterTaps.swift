/// Which source samples make each target of one direction, and with which weights.
///
/// Weights are computed in double precision. When the target is coarser than the source the filter is stretched by the
/// step, so that it also removes what the target cannot show. The weights of all taps are divided by their sum first;
/// then taps outside the source are folded back by mirroring about the edge, the edge sample repeated (-1 is 0, -2 is
/// 1), and a tap that is still outside goes to the nearest sample. (The rule of the zimg library.)
package struct FilterTaps: Sendable {
    /// Taps of every target; rows that need fewer are padded with weights of 0.
    package let count: Int
    /// For each target, its first source sample; `first[i] + count` is at most the number of source samples.
    package let first: [Int]
    /// For each target, `count` weights that sum to one, or to the gain.
    package let weights: [Float]

    /// - Parameters:
    ///   - filter: any of the catalog.
    ///   - axis: where the targets lie on the source samples.
    ///   - gain: what weights are multiplied by, before they are rounded to float.
    package init(filter: ResampleFilter, axis: SampleAxis, gain: Double = 1) {
        let rows = (0..<axis.targetCount).map { Self.row(filter: filter, axis: axis, target: $0) }
        let taps = rows.reduce(1) { max($0, $1.weights.count) }
        var weights = [Float](repeating: 0, count: rows.count * taps)
        first = rows.map { min($0.first, axis.sourceCount - taps) }
        for (target, row) in rows.enumerated() {
            let begin = target * taps + row.first - first[target]
            for (k, weight) in row.weights.enumerated() { weights[begin + k] = Float(weight * gain) }
        }
        self.weights = weights
        count = taps
    }

    /// Every target is the source sample of the same number.
    package var isIdentity: Bool {
        count == 1 && first.indices.allSatisfy { first[$0] == $0 } && weights.allSatisfy { $0 == 1 }
    }

    /// The taps of one target in full precision: its first source sample, and the weights from there on, whose sum is one.
    package static func row(
        filter: ResampleFilter, axis: SampleAxis, target: Int
    ) -> (first: Int, weights: [Double]) {
        let (begin, unfolded) = unfoldedRow(filter: filter, axis: axis, target: target)
        let last = axis.sourceCount - 1
        let places = unfolded.indices.map { filter.place(begin + $0, last: last) }
        let lowest = places.reduce(last, min)
        var weights = [Double](repeating: 0, count: places.reduce(0, max) - lowest + 1)
        for (weight, place) in zip(unfolded, places) { weights[place - lowest] += weight }
        return (lowest, weights)
    }

    /// The same where the source has no end: the first sample may be negative, the last beyond the picture.
    static func unfoldedRow(
        filter: ResampleFilter, axis: SampleAxis, target: Int
    ) -> (first: Int, weights: [Double]) {
        // A picture that keeps its grid is kept, even by filters that would blur it.
        if axis.isIdentity { return (target, [1]) }
        let centre = axis.sourceCoordinate(target)
        if filter == .nearest { return (Int((centre + 0.5).rounded(.down)), [1]) }

        let stretch = max(axis.step, 1)
        let side = Int((filter.support * stretch).rounded(.up))
        let begin = Int(centre.rounded(.down)) + 1 - side
        let raw = (begin..<begin + 2 * side).map { filter.weight((Double($0) - centre) / stretch) }
        let sum = raw.reduce(0, +)
        return (begin, raw.map { $0 / sum })
    }
}

extension ResampleFilter {
    /// The sample that stands for place `place` of a row whose last sample is `last`.
    func place(_ place: Int, last: Int) -> Int {
        let mirrored = place < 0 ? -1 - place : place > last ? 2 * last + 1 - place : place
        return min(max(self == .nearest ? place : mirrored, 0), last)
    }
}
