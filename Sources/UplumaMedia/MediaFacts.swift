package import UplumaFrames

/// What an opened input is: values, copied out of FFmpeg's structures once.
package struct MediaFacts: Sendable {
    /// The path as the caller gave it.
    package var path: String
    /// FFmpeg's short name of the container, such as "matroska,webm".
    package var container: String
    /// Bytes; nil for pipes.
    package var fileSize: Int64?
    /// Time stamp at which the file begins, in microseconds: the smallest of any stream. 0 when unknown.
    package var startMicroseconds: Int64
    /// Seconds; nil when the container does not know.
    package var duration: Double?
    package var streams: [MediaStream]
    package var video: VideoFacts
    /// Whether `seek` can work: false for pipes.
    package var isSeekable: Bool
    /// Whether the container has a clock: false for elementary streams, whose frames are counted.
    package var hasTimeStamps: Bool
    /// Whether the network may be used to read it.
    package var allowsNetwork = false
    /// What Upluma said of how it made the file, beginning with `MakerTag.mark`; nil for files of others.
    package var makerTag: String?
}

extension VideoFacts {
    /// Whether samples are numbers of colours in a palette, which comes with a packet of its own.
    package var hasPalette: Bool { pixelFormatName == "pal8" }
}

extension MediaFacts {
    /// Whether the file holds a picture rather than a film, by its demuxer.
    package var isPicture: Bool { container.hasSuffix("_pipe") || container == "image2" }

    /// Whether the container itself says how long it is, rather than FFmpeg estimating it from a bit rate.
    package var statesItsLength: Bool { video.frameCountIsStated || container.contains("matroska") }
}

/// One stream of the input.
package struct MediaStream: Sendable {
    package enum Kind: String, Sendable { case video, audio, subtitle, attachment, data, unknown }

    /// Position in the file, from 0.
    package var index: Int
    package var kind: Kind
    /// FFmpeg's name of the codec, such as "h264".
    package var codec: String
    /// As the file says it, mostly ISO 639-2 ("eng").
    package var language: String?
    package var title: String?
    /// Cover art and the like: a video stream of a single picture that is not the film.
    package var isAttachedPicture: Bool
    /// The stream to upscale.
    package var isMainVideo: Bool
    package var timeBase: Rational
}

/// The video stream to upscale, as its pictures come out of the decoder.
package struct VideoFacts: Sendable {
    /// Position of the stream in the file.
    package var index: Int
    package var codec: String
    package var width: Int
    package var height: Int
    /// The planes of the frames `VideoDecoder` hands out.
    package var format: PictureFormat
    /// FFmpeg's name of the format in the stream; differs from `format` where the decoder converts (RGB, palettes, alpha).
    package var pixelFormatName: String
    package var color: ColorDescription
    /// Width over height of a sample, the container's word before the codec's; nil when neither says.
    package var sampleAspect: Rational?
    /// Unit of `Frame.pts` and `Frame.duration`, in seconds.
    package var timeBase: Rational
    /// Average frames per second; nil when unknown. For estimates and encoder hints, never for timestamps.
    package var frameRate: Rational?
    /// Frames in the stream; nil when nothing tells.
    package var frameCount: Int64?
    /// Whether the container states `frameCount`; otherwise it is duration times frame rate.
    package var frameCountIsStated: Bool
    /// Seconds; nil when unknown.
    package var duration: Double?
    /// What the stream as a whole says; single frames may differ.
    package var fieldOrder: FieldStructure
    /// Clockwise degrees the picture is to be turned for display, 0..<360. The pixels are not turned.
    package var rotation: Double
    /// Whether closed captions come with the first picture.
    package var hasCaptions: Bool
    /// Whether players are to turn or mirror the picture in any way.
    package var isTurned: Bool
    /// The same done to samples; nil for none, and for angles that leave the picture's grid.
    package var turn: PictureTurn?
    /// HDR10's metadata where the first picture carries it; what the container says is not here.
    package var light: LightMetadata?
}
