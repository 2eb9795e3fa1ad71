import UplumaFrames
import UplumaMedia

/// Something the source does not say, and what it is taken for: one line in the log of a run.
struct Assumption: Equatable {
    /// What is not said; the raw values are those of `plan --json`.
    enum Subject: String, CaseIterable {
        case range
        case color
        case chromaLocation = "chroma_location"
        case sampleAspect = "sample_aspect"
        case fields
        case times
    }

    let subject: Subject
    /// What it is taken for, in a word or two.
    let taken: String
    /// One sentence.
    let message: String

    /// Everything the stream itself leaves open.
    static func all(of video: VideoFacts) -> [Assumption] {
        [range(video), color(video), chromaLocation(video), sampleAspect(video)].compactMap { $0 }
    }

    private static func range(_ video: VideoFacts) -> Assumption? {
        guard video.color.range == .unspecified else { return nil }
        return Assumption(
            subject: .range, taken: "limited",
            message: "The source does not say its range: taken as limited, and the result says nothing either.")
    }

    private static func color(_ video: VideoFacts) -> Assumption? {
        let missing = [
            (video.color.matrix, "matrix"), (video.color.primaries, "primaries"), (video.color.transfer, "transfer"),
        ].filter { $0.0 == ColorDescription.unspecifiedCode }.map(\.1)
        guard !missing.isEmpty, video.format.chroma != .gray else { return nil }
        let list = missing.joined(separator: ", ")
        return Assumption(
            subject: .color, taken: "untagged",
            message: "The source does not name its colour (\(list)): nothing is converted, and the result names none "
                + "either.")
    }

    private static func chromaLocation(_ video: VideoFacts) -> Assumption? {
        let siting = video.siting
        guard siting.isAssumed else { return nil }
        return Assumption(
            subject: .chromaLocation, taken: siting.location.words,
            message: "The source does not say where chroma sits: taken as \(siting.location.words), \(siting.why).")
    }

    private static func sampleAspect(_ video: VideoFacts) -> Assumption? {
        guard video.sampleAspect == nil else { return nil }
        return Assumption(
            subject: .sampleAspect, taken: "square",
            message: "The source does not say the shape of its samples: left unsaid, which players take for square.")
    }
}
