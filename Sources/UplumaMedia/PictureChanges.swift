import UplumaFrames

/// Watches for pictures that are no longer of the form the stream began with.
struct PictureChanges {
    /// What the eye and the encoder would notice.
    private struct Form: Equatable {
        var shape: PictureFit.Shape
        var format: PictureFormat
        var isFullRange: Bool

        var words: String {
            let aspect = shape.sampleAspect.map { ", samples \($0.numerator):\($0.denominator)" } ?? ""
            return "\(shape.width)×\(shape.height) \(format)\(aspect)\(isFullRange ? ", full range" : "")"
        }
    }

    private let video: VideoFacts
    private let beginning: Form
    private var current: Form
    /// What the coding itself said at the beginning, where it spoke.
    private var codedAspect: Rational?
    private var count = 0
    private static let mostNotes = 20

    init(_ video: VideoFacts) {
        self.video = video
        beginning = Form(
            shape: PictureFit.Shape(width: video.width, height: video.height, sampleAspect: video.sampleAspect),
            format: video.format, isFullRange: video.color.range == .full)
        current = beginning
    }

    /// The sample aspect of a frame. The container's word holds as long as the coding's own stays what it was: that the
    /// two differ from the first frame on is no change.
    mutating func aspect(_ coded: Rational?) -> Rational? {
        guard let coded else { return video.sampleAspect }
        guard let codedAspect else {
            codedAspect = coded
            return video.sampleAspect ?? coded
        }
        return coded == codedAspect ? video.sampleAspect ?? coded : coded
    }

    /// A remark where this frame differs from the one before; nil for most.
    mutating func note(_ frame: Frame) -> String? {
        var form = Form(
            shape: PictureFit.Shape(width: frame.width, height: frame.height, sampleAspect: frame.sampleAspect),
            format: frame.format, isFullRange: frame.color.range == .full)
        // A shape that nobody stated at the beginning is learnt, not changed.
        if beginning.shape.sampleAspect == nil { form.shape.sampleAspect = nil }
        guard form != current else { return nil }
        current = form
        count += 1
        guard count <= PictureChanges.mostNotes else { return nil }
        let place = "At \(inMilliseconds(Double(frame.pts) * video.timeBase.doubleValue)) seconds the picture"
        guard form != beginning else { return "\(place) changes back to \(form.words)." }
        let bars =
            switch PictureFit.bars(form.shape, into: beginning.shape) {
            case .none: ""
            case .sides: ", with black bars at its sides"
            case .aboveAndBelow: ", with black bars above and below"
            }
        return "\(place) changes to \(form.words); it is fitted into the picture of the beginning (Lanczos 3)\(bars)."
    }

    /// At the end: how many changes there were beyond those told.
    var summary: String? {
        count > PictureChanges.mostNotes ? "The picture changed its size, format or shape \(count) times." : nil
    }
}
