package import UplumaFrames

/// One of the pictures that are compared at every moment: the source enlarged by Lanczos, by a model, or a model's result
/// after the encoder.
package struct PreviewVersion: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// The source enlarged by a plain filter, beside which models are shown.
        case baseline
        case model
        /// What is left of a model's result after encoding.
        case encoded
    }

    package let kind: Kind
    /// In the catalog; of an encoded version, that of the model it was made from.
    package let name: String
    /// For captions: the name, or the name with the encoder and its settings.
    package let label: String

    package init(kind: Kind, name: String, label: String) {
        self.kind = kind
        self.name = name
        self.label = label
    }
}

/// A version at one moment.
package struct PreviewedPicture: Sendable {
    package let version: PreviewVersion
    /// As the job hands it to the encoder, or as a decoder gives it back.
    package let frame: Frame
    /// The same as a screen shows it.
    package let picture: RGBPicture
    /// What it took to make, on all threads; nil for encoded versions.
    package let milliseconds: Double?
    package let quality: PreviewReport.Quality

    package init(
        version: PreviewVersion, frame: Frame, picture: RGBPicture, milliseconds: Double?,
        quality: PreviewReport.Quality
    ) {
        self.version = version
        self.frame = frame
        self.picture = picture
        self.milliseconds = milliseconds
        self.quality = quality
    }
}

/// All versions of one frame; the first is the baseline.
package struct PreviewedMoment: Sendable {
    /// When the frame is shown, from the beginning of the file.
    package let seconds: Double
    /// The frame's number in the whole job, from 0; nil where nobody counted.
    package let frameNumber: Int?
    /// Lines of the source, which tell the matrix where it names none; nil where they are those of the pictures.
    package let sourceHeight: Int?
    /// All of one size.
    package let pictures: [PreviewedPicture]

    package init(
        seconds: Double, frameNumber: Int?, sourceHeight: Int? = nil, pictures: [PreviewedPicture]
    ) {
        precondition(!pictures.isEmpty, "a moment has pictures")
        self.seconds = seconds
        self.frameNumber = frameNumber
        self.sourceHeight = sourceHeight
        self.pictures = pictures
    }
}
