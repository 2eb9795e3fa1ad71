/// What a batch is to make: stored in its ledger, so that everything that works on it later needs the folder alone. The
/// defaults are those of the command line, and the command line takes them from here.
public struct BatchOptions: Sendable {
    /// The folder of results, ledger and reports.
    public var folder: String
    /// Which files, and what their results are called.
    public var selection: BatchSelection
    /// What is done to each of them; input and output are each file's own.
    public var job: UpscaleOptions
    /// Whether results are an archive: FFV1 in a BagIt bag, with checksums and records.
    public var isArchive = false
    /// Seconds of film that one worker makes before it asks for more, a multiple of `chunkUnit`; 0 is a whole file.
    public var chunkSeconds = BatchOptions.defaultChunkSeconds
    /// Whether files that were put aside are tried again.
    public var retriesFailed = false

    /// Encoders begin anew so often, in seconds of film.
    public static let chunkUnit = SegmentGrid.seconds
    public static let defaultChunkSeconds = 180

    public init(folder: String, selection: BatchSelection) {
        (self.folder, self.selection) = (folder, selection)
        job = UpscaleOptions(input: "", output: "")
        job.verifies = true
    }
}

/// How a batch is worked on: nothing of it changes what is made.
public struct BatchRunOptions: Sendable {
    /// The batch's folder.
    public var folder: String
    /// Workers, each a process of its own; nil for as many as the processors can feed.
    public var jobs: Int?
    /// Processor threads of all workers together; nil is all.
    public var threads: Int?
    /// Memory of all workers together; nil is `MemoryBudget.defaultShare` of what there is.
    public var memory: MemoryAmount?
    /// Priority of the workers, within `Niceness.range`.
    public var nice = 0
    /// Hours in which work may be done; nil is always.
    public var hours: WorkingHours?
    /// How often the same piece of work may fail before its file is put aside.
    public var attempts = 3
    /// Whether the first file that is put aside ends the run.
    public var failsFast = false
    /// Whether to begin though the disk seems too small.
    public var ignoresSpace = false
    /// Whether results are joined, or left as chunks.
    public var joins = true
    /// Whether chunks are made, or only those joined that are complete.
    public var makes = true

    public static let jobsRange = 1...64

    public init(folder: String) { self.folder = folder }
}

/// What a ledger keeps of how chunks are drawn up.
struct BatchLimits: Codable, Equatable {
    var chunkSeconds: Int
}
