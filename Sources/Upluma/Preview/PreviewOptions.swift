/// Which frames a preview shows.
public enum PreviewMoments: Sendable, Equatable {
    /// Those on the screen at these times, in seconds from the beginning of the file.
    case times([Double])
    /// By number in the whole job, from 0.
    case frames([Int])
    /// One after every so many seconds, from the beginning on.
    case every(Double)
    /// So many that differ most from each other, and have detail.
    case scenes(Int)
}

/// How the pictures of a sheet are arranged; the raw values are those of the command line.
public enum PreviewView: String, CaseIterable, Sendable {
    /// All versions beside each other, whole.
    case sides
    /// One picture: the baseline on its left, the last version on its right.
    case split
    /// The parts in which versions differ most, several times enlarged.
    case crops
    /// Where each version is lighter or darker than the baseline.
    case difference
    /// A row for each moment and a column for each version, reduced.
    case grid
    /// The picture alone, each sample as the job makes it: one moment, one model.
    case single
}

/// How a picture is written to standard output; the raw values are those of the command line.
public enum TerminalFormat: String, CaseIterable, Sendable {
    case kitty, iterm2, sixel
    /// The file itself, for another program.
    case png
}

/// A terminal that pictures are shown on.
public struct TerminalScreen: Sendable, Equatable {
    public var format: TerminalFormat
    /// Pixels that a picture may take; one that is larger is reduced.
    public var width: Int
    public var height: Int
    /// Whether the terminal is reached through tmux, which must be told to let pictures pass.
    public var isInsideTmux: Bool

    public init(format: TerminalFormat, width: Int, height: Int, isInsideTmux: Bool = false) {
        self.format = format
        self.width = width
        self.height = height
        self.isInsideTmux = isInsideTmux
    }
}

/// What a preview shows, of which job.
public struct PreviewOptions: Sendable {
    /// The job that is previewed: input, scale, filters, encoder, threads. Its model and output do not count.
    public var job: UpscaleOptions
    /// Names in the catalog, weights files, or `auto`, each a version beside the baseline.
    public var models = [UpscaleOptions.automaticModel]
    public var moments = PreviewMoments.scenes(1)
    /// A file ending in `.png` or `.html`; `-` for `screen`.
    public var output: String
    /// Where a picture is shown when the output is `-`.
    public var screen: TerminalScreen?
    /// How a sheet is arranged; nil for what suits the number of moments.
    public var views: [PreviewView]?
    /// Bits of a PNG's samples, 8 or 16; nil for 8 where the results have 8, else 16.
    public var depth: Int?
    /// Whether each result is shown a second time as the encoder leaves it.
    public var encodes = false
    /// Whether short excerpts are made to tell what the whole job would take: some seconds for each model.
    public var estimates = true
    /// A film or picture of the results' size that they are held against; nil for none.
    public var reference: String?
    /// Whether an existing output may be replaced.
    public var overwrite = false

    /// What models are shown beside.
    public static let baseline = "lanczos3"
    /// More moments than these are refused.
    public static let mostMoments = 200

    public init(input: String, output: String) {
        job = UpscaleOptions(input: input, output: "preview.mkv")
        self.output = output
    }
}
