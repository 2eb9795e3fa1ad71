import UplumaNetworks
import UplumaResampling

/// What `Evaluation` is to measure, and how. The defaults are those of the command line.
public struct EvaluationOptions: Sendable {
    /// Pictures, clips, and folders of them.
    public var paths: [String]
    /// Large over small, in both directions; one of `UpscaleOptions.supportedScales`.
    public var scale = 2
    /// Models and filters of the catalog, or `.safetensors` files; each is measured once.
    public var models = ["bicubic", "lanczos3", ModelChoice.clean]
    public var evaluationProtocol = EvaluationProtocol.imresize
    /// What makes the small picture: a filter, for every plane, or a downscaler of the catalog whose factor is `scale`, for
    /// luma (the protocol's filter makes chroma then); nil is the protocol's own.
    public var downscale: String?
    /// Small pictures stay in floating point instead of being rounded to the source's depth.
    public var floatSmall = false
    /// Results stay in floating point, too, and are not limited.
    public var floatResult = false
    /// Grey pictures keep the codes they are stored with (0 to 255) instead of becoming limited-range luma.
    public var grayAsStored = false
    /// Of a clip, each frame whose number is a multiple of this.
    public var every = 24
    /// Processor threads, within `UpscaleOptions.threadRange`; nil is all of them.
    public var threads: Int?
    /// What runs the networks; one of `UpscaleOptions.backends`.
    public var backend = automaticExecution
    /// The arithmetic of the networks; one of `UpscaleOptions.precisions`.
    public var precision = automaticExecution
    /// An HTML page to write; nil is none.
    public var page: String?
    /// Whether an existing page may be replaced.
    public var overwrite = false

    public init(paths: [String]) {
        self.paths = paths
    }
}

/// How the small picture is made and what is compared; the raw values are those of the command line.
public enum EvaluationProtocol: String, CaseIterable, Sendable {
    /// The papers': MATLAB's antialiased bicubic, as many pixels left out on each side as the scale says.
    case imresize
    /// The SP-VDSR article's: Catmull-Rom, whole pictures compared.
    case article

    /// Samples left out on each side of every plane.
    func border(scale: Int) -> Int { self == .imresize ? scale : 0 }

    /// What reduces when nobody asks for another one.
    var filter: ResampleFilter { self == .imresize ? .bicubic : .catmullrom }
}
