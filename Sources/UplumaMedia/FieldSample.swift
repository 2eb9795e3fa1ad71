package import UplumaFrames

/// What one frame says of its fields: its mark, and what it looks like beside its neighbours.
package struct FieldSample: Sendable, Equatable {
    /// The coding's word, or the container's where the coding has none.
    package var mark: FieldStructure
    /// Whether the coding asks for one more of its fields to be shown: film kept as film on NTSC (soft telecine).
    package var repeatsField: Bool
    package var look: FieldLook

    package init(mark: FieldStructure = .progressive, repeatsField: Bool = false, look: FieldLook = FieldLook()) {
        self.mark = mark
        self.repeatsField = repeatsField
        self.look = look
    }
}

/// What the rows of a frame look like beside those of its neighbours.
package struct FieldLook: Sendable, Equatable {
    /// Unknown where nothing moves, or what moves fits neither.
    package var structure: FieldStructure
    /// Whether its fields fit those of its neighbours clearly better than each other: fields of two whole pictures, put
    /// together wrongly or by the pattern of film.
    package var isWoven = false
    /// Whether something moves, though its structure is not clear.
    package var isUnclear = false

    package init(_ structure: FieldStructure = .unknown, isWoven: Bool = false, isUnclear: Bool = false) {
        self.structure = structure
        self.isWoven = isWoven
        self.isUnclear = isUnclear
    }

    /// Motion below these is none: as a part of the combing that a still picture's detail makes, and in 8-bit levels of
    /// combing a sample, which coding alone can make.
    package static let leastMotion = (share: 0.03, levels: 0.02)
    /// On the way from fields of moments half a frame apart (0) to fields of one moment (1). Measured: 0.9 and more in
    /// progressive clips, noisy ones, too; up to 0.45 in interlaced ones at any rate; whole frames of telecined film, which
    /// share a field with one neighbour, 0.5 to 0.7.
    package static let combedBelow = 0.3
    package static let wholeAbove = 0.8
    /// How much better than its own the neighbours' fields must fit, as a part of the motion: measured 1 and more in the
    /// woven frames of film.
    package static let wovenAbove = 0.25

    /// Judges by how combed a picture is with its own rows and with rows of its neighbours, in 8-bit levels a sample.
    ///
    /// - Parameters:
    ///   - own: combing of the frame as it is.
    ///   - topFirst: with one field's rows from the neighbour where it is 1.5 frames away if the top field is the first, and
    ///     half a frame if the bottom field is.
    ///   - bottomFirst: with those from the other neighbour.
    package init(own: Double, topFirst: Double, bottomFirst: Double) {
        let (near, far) = (min(topFirst, bottomFirst), max(topFirst, bottomFirst))
        let motion = max(far, own) - min(near, own)
        guard motion > max(FieldLook.leastMotion.levels, FieldLook.leastMotion.share * min(near, own)) else {
            self.init()
            return
        }
        let order = topFirst > bottomFirst ? FieldStructure.topFirst : .bottomFirst
        if own - near > FieldLook.wovenAbove * motion {
            self.init(order, isWoven: true)
        } else if near - own < FieldLook.combedBelow * (far - own) {
            self.init(order)
        } else if near - own > FieldLook.wholeAbove * (far - own) {
            self.init(.progressive)
        } else {
            self.init(isUnclear: true)
        }
    }
}

/// Which frames of a run are film by the 2:3 pattern: of every five frames two that follow each other are woven of two film
/// frames, the other three are whole.
enum FilmCadence {
    /// Three cycles: less is found by chance in video that moves unevenly, more is cut apart by editing.
    private static let window = 15
    private static let cycle = 5
    /// Of the six woven frames in three cycles, those that look combed at least, and those that look woven: coding softens
    /// some.
    private static let combedWanted = 5
    private static let wovenWanted = 3
    /// Combed frames out of place.
    private static let astrayAllowed = 1

    /// - Parameter samples: frames that follow one another.
    /// - Returns: for each of them, whether it lies in a stretch of three cycles or more.
    static func film(in samples: [FieldSample]) -> [Bool] {
        var result = [Bool](repeating: false, count: samples.count)
        guard samples.count >= window else { return result }
        for start in 0...samples.count - window {
            let part = samples[start..<start + window]
            if (0..<cycle).contains(where: { isFilm(part, phase: $0) }) {
                for index in part.indices { result[index] = true }
            }
        }
        return result
    }

    private static func isFilm(_ part: ArraySlice<FieldSample>, phase: Int) -> Bool {
        var (combed, woven, astray) = (0, 0, 0)
        for (place, sample) in part.enumerated() where sample.look.structure.isInterlaced {
            guard (place + cycle - phase) % cycle < 2 else {
                astray += 1
                continue
            }
            combed += 1
            if sample.look.isWoven { woven += 1 }
        }
        return combed >= combedWanted && woven >= wovenWanted && astray <= astrayAllowed
    }
}
