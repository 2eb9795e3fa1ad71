import UplumaMedia
import UplumaNetworks

/// What `UpscaleJob` is to do. The defaults are those of the command line, and the command line takes them from here.
public struct UpscaleOptions: Sendable, Codable {
    /// A file, or `-` for standard input.
    public var input: String
    /// A file, or `-` for YUV4MPEG2 on standard output.
    public var output: String
    /// How many times the picture is enlarged; one of `supportedScales`, or 1 for a job that only reduces, by `downscaler`.
    public var scale = 2
    /// What reduces luma after it was enlarged: a downscaler of the catalog; nil for nothing.
    public var downscaler: String?
    /// A model or filter of the catalog, or a `.safetensors` file, that enlarges luma; `automaticModel` lets the source
    /// decide.
    public var model = UpscaleOptions.automaticModel
    /// The filter that resamples chroma, in one step.
    public var chromaFilter = "lanczos3"
    /// What runs the networks; one of `backends`.
    public var backend = automaticExecution
    /// The arithmetic of the networks; one of `precisions`.
    public var precision = automaticExecution
    public var encoder = EncoderOptions()
    /// The pixel format to encode; nil keeps the source's depth and subsampling.
    public var pixelFormat: String?
    /// Seconds into the source where the result begins; nil is its beginning.
    public var start: Double?
    /// Seconds to keep; nil is up to the end.
    public var duration: Double?
    /// What is done about interlaced pictures.
    public var deinterlacing = Deinterlacing.auto
    /// What happens to sound, subtitles and attachments that the output's container cannot hold.
    public var incompatibleStreams = IncompatibleStreams.convert
    /// Processor threads, within `threadRange`; nil is all of them.
    public var threads: Int?
    /// Whether the finished result is held against its source before it gets its name.
    public var verifies = false
    /// Whether the first damage of the source is an error.
    public var isStrict = false
    /// Whether the input may be an address in a network, or a playlist of such.
    public var allowsNetwork = false
    /// Whether an existing output may be replaced.
    public var overwrite = false
    /// Whether the job is done in steps that survive interruptions: the same job goes on where it was broken off.
    public var resumes = false

    /// Instead of a model's name: the one that suits the source's codec and rate.
    public static let automaticModel = ModelChoice.automatic
    /// What `upluma downscale` takes when nothing is said: the first of the catalog, whose networks come first.
    public static let defaultDownscaler = DownscalerCatalog.downscalers.first?.name ?? ""
    public static let supportedScales = [2, 3, 4, 8]
    /// Each worker waits on a thread of its own, of which Dispatch has a limited number.
    public static let threadRange = 1...64

    public init(input: String, output: String) {
        self.input = input
        self.output = output
    }
}

/// What becomes of pictures whose rows are of two moments; the raw values are those of the command line.
public enum Deinterlacing: String, CaseIterable, Sendable, Codable {
    /// What frames are marked as, or look like where marks are wrong, decides: interlaced ones are deinterlaced, film in
    /// NTSC video brought back, all others kept bit for bit.
    case auto
    /// Fields stay as they are.
    case off
    /// All frames are deinterlaced, marked or not.
    case bwdif
    /// Film at 29.97 frames a second (NTSC) becomes film at 23.976 again.
    case ivtc

    var mode: Deinterlacer.Mode? {
        switch self {
        case .auto: .auto
        case .off: nil
        case .bwdif: .bwdif
        case .ivtc: .ivtc
        }
    }
}

/// What to do with a stream that the output's container cannot hold.
public enum IncompatibleStreams: String, CaseIterable, Sendable, Codable {
    /// Turn sound and text subtitles into what the container holds, and say so; stop before the first frame where a stream
    /// has no way in, with a sentence that names it and a container that holds it.
    case convert
    /// Leave the stream out, and say so.
    case drop
    /// Stop before the first frame, whatever would be converted or lost.
    case fail

    var refusal: MediaWriter.Refusal {
        switch self {
        case .convert: .convert
        case .drop: .leaveOut
        case .fail: .fail
        }
    }
}

/// How the result is encoded.
public struct EncoderOptions: Sendable, Codable {
    /// The name of an FFmpeg video encoder; `automatic` is libx264 where the output's container holds H.264, else what it
    /// holds.
    public var name = EncoderOptions.automatic
    /// Constant quality, lower is better; nil takes `defaultCRF` where the encoder has the setting.
    public var crf: Int?
    /// The encoder's speed preset; nil is the encoder's own default.
    public var preset: String?
    /// Further options of the encoder, by FFmpeg's names.
    public var options: [String: String] = [:]
    /// Whether what the encoder makes may depend on nothing but what it is given. Encoders with several threads do not
    /// promise that: x264's `veryfast` makes now and then another picture on two threads.
    public var isSteady = false

    /// Instead of an encoder's name: the one for the container.
    public static let automatic = EncoderSettings.automatic
    /// Close to transparent for x264, so that what was gained is not lost again.
    public static let defaultCRF = EncoderSettings.defaultCRF

    public init() {}
}
