import UplumaFrames

/// Frames of one place in a source (about a second) or of all places together, by what they are marked as and look like.
package struct FieldCounts: Sendable, Equatable {
    /// Frames looked at.
    package var looked = 0
    package var markedTop = 0
    package var markedBottom = 0
    /// Frames that ask for a repeated field.
    package var repeating = 0
    /// Frames in the 2:3 pattern of film. The counts of looks below are of the others.
    package var film = 0
    package var topFirst = 0
    package var bottomFirst = 0
    package var progressive = 0
    /// Frames that move but fit neither.
    package var unclear = 0
    /// Of the progressive ones, those marked as interlaced.
    package var markedProgressive = 0
    /// Of the interlaced ones, those not marked so.
    package var unmarkedCombed = 0
    /// Frames in the 2:3 pattern that look as if the top or the bottom field were first.
    package var filmTop = 0
    package var filmBottom = 0

    package init() {}

    package var marked: Int { markedTop + markedBottom }
    package var combed: Int { topFirst + bottomFirst }
    /// Frames that show how they were made.
    package var telling: Int { combed + progressive }

    /// Sorts frames that follow one another into places.
    ///
    /// - Parameter length: frames a place; the last may be longer by half.
    package static func places(of run: [FieldSample], length: Int) -> [FieldCounts] {
        let film = FilmCadence.film(in: run)
        let count = max(1, (run.count + length / 2) / length)
        var places = [FieldCounts](repeating: FieldCounts(), count: run.isEmpty ? 0 : count)
        for (index, sample) in run.enumerated() {
            places[min(index / length, count - 1)].add(sample, isFilm: film[index])
        }
        return places
    }

    private mutating func add(_ sample: FieldSample, isFilm: Bool) {
        looked += 1
        if sample.mark == .topFirst { markedTop += 1 }
        if sample.mark == .bottomFirst { markedBottom += 1 }
        if sample.repeatsField { repeating += 1 }
        if isFilm {
            film += 1
            if sample.look.structure == .topFirst { filmTop += 1 }
            if sample.look.structure == .bottomFirst { filmBottom += 1 }
            return
        }
        switch sample.look.structure {
        case .topFirst: topFirst += 1
        case .bottomFirst: bottomFirst += 1
        case .progressive: progressive += 1
        case .unknown: if sample.look.isUnclear { unclear += 1 }
        }
        if sample.look.structure == .progressive, sample.mark.isInterlaced { markedProgressive += 1 }
        if sample.look.structure.isInterlaced, !sample.mark.isInterlaced { unmarkedCombed += 1 }
    }

    package static func + (a: FieldCounts, b: FieldCounts) -> FieldCounts {
        var sum = a
        for count in [
            \FieldCounts.looked, \.markedTop, \.markedBottom, \.repeating, \.film, \.topFirst, \.bottomFirst,
            \.progressive, \.unclear, \.markedProgressive, \.unmarkedCombed, \.filmTop, \.filmBottom,
        ] as [WritableKeyPath<FieldCounts, Int>] { sum[keyPath: count] += b[keyPath: count] }
        return sum
    }
}
