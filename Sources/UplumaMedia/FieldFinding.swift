package import UplumaFrames

/// What a source's pictures are made of, by their marks and by what was measured, and what `--deinterlace auto` does then.
package struct FieldFinding: Sendable, Equatable {
    package enum Structure: String, Sendable {
        /// Not looked at, or nothing moved: the marks are all there is.
        case unknown
        case progressive
        case interlaced
        /// Some places are interlaced, others are not.
        case partlyInterlaced
        /// Film in NTSC video by the 2:3 pattern, throughout.
        case telecined
        /// Film by the 2:3 pattern here, something else there.
        case filmAndVideo
    }

    /// What is done.
    package enum Treatment: Sendable, Equatable {
        /// Frames stay bit for bit as they are.
        case keep
        /// The deinterlacer's mode, and the field order where the marks are not to be followed.
        case filter(Deinterlacer.Mode, order: FieldStructure?)
    }

    package let structure: Structure
    /// Which field is first by what was measured; unknown when that is not clear.
    package let order: FieldStructure
    /// All that was counted.
    package let counts: FieldCounts
    package let treatment: Treatment

    // MARK: Thresholds

    /// Frames that a judgement of a place needs: single ones err, beside cuts and flashes. They must also be more than those
    /// that are unclear.
    package static let tellingFrames = 5
    /// From which share on of the telling frames a place is interlaced: nearly all are, or nearly none.
    package static let combedShare = 0.6
    /// Frames that must contradict their marks before those are not believed: two places' worth of agreement by chance.
    package static let contradictingFrames = 10
    /// Share of one order in all combed frames from which on it is taken for the order: wrong frames are of either.
    package static let orderShare = 0.9
    /// Share of film in all telling frames from which on one frame in five may be dropped everywhere, if no place speaks
    /// against it: scenes with little motion do not show the pattern.
    package static let filmShare = 0.5
    /// Share of a place's frames that must be interlaced, or whole, to speak against film: in film with little motion two
    /// frames in five at most look interlaced, and three at most whole.
    package static let videoShare = 0.7
    /// Frames a second between which a 2:3 pattern is that of film on NTSC (29.97).
    package static let filmRates = 29.5...30.5

    /// - Parameters:
    ///   - places: counts, a place each.
    ///   - frameRate: frames a second; nil when unknown.
    ///   - takesFieldMatching: whether the filters take the source's pictures.
    package init(places: [FieldCounts], frameRate: Rational?, takesFieldMatching: Bool) {
        let all = places.reduce(FieldCounts(), +)
        let kinds = places.map(FieldFinding.structure)
        let hasVideo = places.contains {
            Double(max($0.combed, $0.progressive)) > FieldFinding.videoShare * Double($0.looked)
                && $0.telling >= FieldFinding.tellingFrames
        }
        let isFilmRate = frameRate.map { FieldFinding.filmRates.contains($0.doubleValue) } ?? false
        var structure = FieldFinding.structure(of: kinds)
        if kinds.contains(.telecined) {
            let isThroughout = Double(all.film) >= FieldFinding.filmShare * Double(all.film + all.telling) && !hasVideo
            structure = isThroughout && isFilmRate && all.repeating == 0 ? .telecined : .filmAndVideo
        }
        let order = FieldFinding.order(all)
        self.structure = structure
        self.order = order
        counts = all
        treatment = FieldFinding.treatment(structure, order, all, takesFieldMatching: takesFieldMatching)
    }

    private static func structure(of place: FieldCounts) -> Structure {
        if 2 * place.film >= place.looked, place.film > 0 { return .telecined }
        guard place.telling >= tellingFrames else { return .unknown }
        let combed = max(place.topFirst, place.bottomFirst)
        let isCombed = Double(combed) >= combedShare * Double(place.telling)
        guard (isCombed ? combed : place.progressive) >= place.unclear else { return .unknown }
        return isCombed ? .interlaced : .progressive
    }

    private static func structure(of places: [Structure]) -> Structure {
        let kinds = Set(places).subtracting([.unknown])
        return kinds.count > 1 ? .partlyInterlaced : kinds.first ?? .unknown
    }

    private static func order(_ all: FieldCounts) -> FieldStructure {
        let (top, bottom) = (all.topFirst + all.filmTop, all.bottomFirst + all.filmBottom)
        guard max(top, bottom) >= contradictingFrames,
            Double(max(top, bottom)) >= orderShare * Double(top + bottom)
        else { return .unknown }
        return top > bottom ? .topFirst : .bottomFirst
    }

    private static func treatment(
        _ structure: Structure, _ order: FieldStructure, _ all: FieldCounts, takesFieldMatching: Bool
    ) -> Treatment {
        let asMarked = Treatment.filter(.auto, order: nil)
        // Nearly: the first frames of a stream may come without their marks.
        let isMarked = Double(all.marked) >= orderShare * Double(all.looked) && all.marked > 0
        switch structure {
        case .unknown: return asMarked
        case .progressive: return all.markedProgressive >= contradictingFrames ? .keep : asMarked
        case .telecined where takesFieldMatching:
            return .filter(.ivtc, order: order.isInterlaced ? order : nil)
        case .interlaced, .telecined:
            let mark = all.markedTop >= all.markedBottom ? FieldStructure.topFirst : .bottomFirst
            if isMarked, !order.isInterlaced || order == mark { return asMarked }
            if all.combed + all.film < contradictingFrames { return asMarked }
            return order.isInterlaced ? .filter(.bwdif, order: order) : .filter(.measured, order: nil)
        case .partlyInterlaced, .filmAndVideo:
            return isMarked || all.unmarkedCombed + (all.marked == 0 ? all.film : 0) < contradictingFrames
                ? asMarked : .filter(.measured, order: nil)
        }
    }
}
