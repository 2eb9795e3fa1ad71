package import UplumaFrames

/// Which encoder, and how it is set; names and values are FFmpeg's.
package struct EncoderSettings: Sendable {
    /// FFmpeg's name of the encoder; `automatic` lets the container decide.
    package var name: String
    /// Constant quality; nil for `defaultCRF` where the encoder has such a setting.
    package var crf: Int?
    /// Speed against size; nil for the encoder's default.
    package var preset: String?
    /// Further options of the encoder, as in `ffmpeg -KEY VALUE`; they win over the fields above.
    package var options: [String: String]
    /// Encoder threads; 0 lets the encoder choose.
    package var threads: Int
    /// Whether the same pictures must always become the same packets: lossy encoders then work on one thread, and on
    /// memory that begins alike (`AlikeMemory`).
    package var isSteady: Bool

    package static let defaultCRF = 16
    /// Instead of an encoder's name.
    package static let automatic = "auto"

    package init(
        name: String = "libx264", crf: Int? = nil, preset: String? = nil, options: [String: String] = [:],
        threads: Int = 0, isSteady: Bool = false
    ) {
        self.name = name
        self.crf = crf
        self.preset = preset
        self.options = options
        self.threads = threads
        self.isSteady = isSteady
    }
}

/// What an encoder is given: the pictures' size, format and meaning.
package struct OutputPicture: Sendable {
    package var width: Int
    package var height: Int
    package var format: PictureFormat
    package var color: ColorDescription
    /// Width over height of a sample; nil when unknown.
    package var sampleAspect: Rational?
    /// Unit of the frames' times, in seconds: that of the source's video stream.
    package var timeBase: Rational
    /// Frames per second for rate control and headers; nil when unknown. Times never come from it.
    package var frameRate: Rational?
    /// HDR10's metadata for coding and container.
    package var light: LightMetadata?

    package init(
        width: Int, height: Int, format: PictureFormat, color: ColorDescription, sampleAspect: Rational?,
        timeBase: Rational, frameRate: Rational?, light: LightMetadata? = nil
    ) {
        self.width = width
        self.height = height
        self.format = format
        self.color = color
        self.sampleAspect = sampleAspect
        self.timeBase = timeBase
        self.frameRate = frameRate
        self.light = light
    }
}
