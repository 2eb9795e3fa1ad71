import UplumaMedia

/// The frames that a preview shows, found one after the other.
struct MomentChoice {
    /// A frame to be found.
    private enum Place {
        /// In seconds from the beginning of the file.
        case time(Double)
        case number(Int)
    }

    private let places: [Place]
    /// Whether places behind the last frame are left out rather than refused: nobody named them.
    private let isComputed: Bool

    var count: Int { places.count }

    /// - Throws: `UplumaError` of kind `usage` for too many moments, or ones that cannot be counted in this source.
    init(_ moments: PreviewMoments, _ seeker: FrameSeeker) throws {
        switch moments {
        case .times(let times):
            places = times.map(Place.time)
            isComputed = false
        case .frames(let numbers):
            places = numbers.map(Place.number)
            isComputed = false
        case .every(let seconds):
            guard let total = seeker.facts.video.duration ?? seeker.facts.duration else {
                throw UplumaError(
                    .usage, "The source does not say how long it lasts, which --every needs. Give times with --at.")
            }
            let most = Double(PreviewOptions.mostMoments)
            guard total / seconds <= most else {
                throw UplumaError(
                    .usage,
                    "--every \(ClockText.near(seconds)) s would show \(Int(total / seconds) + 1) frames. Give at least "
                        + "\(ClockText.near((100 * total / most).rounded(.up) / 100)) s.")
            }
            places = Swift.stride(from: 0, to: total, by: seconds).map(Place.time)
            isComputed = true
        case .scenes(let count):
            places = try SceneSearch.times(count, seeker).map(Place.time)
            isComputed = true
        }
        guard !places.isEmpty, places.count <= PreviewOptions.mostMoments else {
            throw UplumaError(
                .usage, "\(places.count) moments cannot be shown. Give 1 to \(PreviewOptions.mostMoments).")
        }
    }

    /// Finds the frames in order and hands each out once.
    ///
    /// - Throws: as `FrameSeeker`, and what `body` throws.
    func forEach(_ seeker: FrameSeeker, _ body: (FrameSeeker.Found) throws -> Void) throws {
        var shown: Set<Int64> = []
        for (index, place) in places.enumerated() {
            do {
                let found =
                    switch place {
                    case .time(let time): try seeker.frame(onScreenAt: time)
                    case .number(let number): try seeker.frame(number: number)
                    }
                if shown.insert(found.frame.pts).inserted { try body(found) }
            } catch let error as UplumaError where isComputed && error.kind == .badInput && index > 0 {
                continue
            }
        }
    }
}
