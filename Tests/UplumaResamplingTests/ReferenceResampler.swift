import UplumaResampling

/// A plane resampled by the definition, sample by sample, in double precision and without any table.
func referenceResample(_ rows: [[Float]], filter: ResampleFilter, grid: SampleGrid) -> [[Double]] {
    let columns = (0..<grid.x.targetCount).map { referenceWeights(filter, grid.x, $0) }
    return (0..<grid.y.targetCount).map { y in
        let down = referenceWeights(filter, grid.y, y)
        return columns.map { along in
            down.reduce(0) { sum, v in
                sum + v.weight * along.reduce(0) { $0 + $1.weight * Double(rows[v.place][$1.place]) }
            }
        }
    }
}

/// Every source sample the filter reaches from target `index`, with its share; places may repeat.
private func referenceWeights(
    _ filter: ResampleFilter, _ axis: SampleAxis, _ index: Int
) -> [(place: Int, weight: Double)] {
    guard !axis.isIdentity else { return [(index, 1)] }
    let centre = axis.sourceCoordinate(index)
    let last = axis.sourceCount - 1
    if filter == .nearest { return [(min(max(Int((centre + 0.5).rounded(.down)), 0), last), 1)] }
    let stretch = max(axis.step, 1)
    let reach = Int((filter.support * stretch).rounded(.up)) + 1
    let nearest = Int(centre.rounded())
    let weights = (nearest - reach...nearest + reach).map { ($0, filter.weight((Double($0) - centre) / stretch)) }
    let sum = weights.reduce(0) { $0 + $1.1 }
    return weights.map { place, weight in
        let mirrored = place < 0 ? -place - 1 : (place > last ? last - (place - last - 1) : place)
        return (min(max(mirrored, 0), last), weight / sum)
    }
}
