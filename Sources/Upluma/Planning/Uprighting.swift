import UplumaFrames
import UplumaMedia

/// What becomes of a rotation that the output's container cannot say: the samples themselves are turned.
struct Uprighting {
    /// Nil when pictures stay as they are stored.
    let turn: PictureTurn?
    /// What the user should know; nil when the rotation is kept, or there is none.
    let note: String?

    /// - Throws: `UplumaError` of kind `usage` when nothing is to be changed.
    init(_ video: VideoFacts, container: MediaContainer, _ policy: IncompatibleStreams) throws {
        guard video.isTurned, !container.holdsRotation else {
            (turn, note) = (nil, nil)
            return
        }
        let missing = "\(container.displayName) does not keep the rotation of the source"
        let remedy = "Use an .mp4 output, which keeps it"
        guard policy != .fail else {
            throw UplumaError(
                .usage, "\(missing). \(remedy); or have the picture turned with --on-incompatible convert.")
        }
        guard policy == .convert, let wanted = video.turn, wanted.fits(video.format.chroma) else {
            turn = nil
            let why =
                policy == .convert
                ? "; a picture in \(video.format) cannot be turned as it asks" : ""
            note = "\(missing)\(why): players will show it as it is stored. \(remedy)."
            return
        }
        turn = wanted
        note = "\(missing): the picture itself is \(wanted.words), so that it stands upright."
    }

    /// The picture that is enlarged.
    func picture(of video: VideoFacts) -> FrameUpscaler.Picture {
        let stored = (width: video.width, height: video.height)
        let size = turn?.size(width: stored.width, height: stored.height) ?? stored
        return FrameUpscaler.Picture(format: video.format, width: size.width, height: size.height)
    }

    func sampleAspect(of video: VideoFacts) -> Rational? {
        turn.map { $0.sampleAspect(video.sampleAspect) } ?? video.sampleAspect
    }

    /// Where chroma lies in the picture that is enlarged.
    func placement(of video: VideoFacts) -> ChromaPlacement {
        turn?.placement(video.placement, video.format.chroma, width: video.width, height: video.height)
            ?? video.placement
    }
}
