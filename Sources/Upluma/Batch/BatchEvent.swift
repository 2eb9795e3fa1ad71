public import Foundation

/// What a batch tells while it runs.
public enum BatchEvent: Sendable {
    /// Something that the user should know.
    case note(String)
    /// How far everything is; told about ten times a second.
    case progress(BatchProgress)
    /// A file reached an end: done, skipped, put aside or missing.
    case ended(BatchFileReport)
    /// A file failed and will be tried again.
    case willRetry(source: String, reason: String, attempt: Int, of: Int)
}

/// How far a batch is.
public struct BatchProgress: Sendable, Equatable {
    /// Files by state.
    public var files: [BatchFileState: Int] = [:]
    /// Seconds of video that are made, of files that are ready or done.
    public var secondsDone = 0.0
    /// Seconds of video in all, files that are not opened yet taken to be like the others by their bytes; nil when nothing
    /// tells.
    public var secondsTotal: Double?
    /// Frames that workers made since the start of this run.
    public var frames = 0
    /// Frames a second of all workers over the last seconds; 0 until it can be told.
    public var fps = 0.0
    /// Seconds left at this speed; nil until it can be told.
    public var etaSeconds: Double?
    /// Bytes of finished results.
    public var outputBytes: Int64 = 0
    /// Bytes that are free where results go; nil when the system does not tell.
    public var freeBytes: Int64?
    /// Whether workers wait: asked to pause, or outside of the hours they may work in.
    public var isPaused = false
    public var workers: [WorkerProgress] = []

    public init() {}

    public var total: Int { files.values.reduce(0, +) }
    public var ended: Int { files.filter { $0.key.isFinal }.values.reduce(0, +) }
    /// 0...1, by seconds of video; nil when nothing tells.
    public var share: Double? { secondsTotal.map { $0 > 0 ? min(1, secondsDone / $0) : 0 } }
}

/// What one worker does at the moment.
public struct WorkerProgress: Sendable, Equatable, Codable {
    /// The raw values are those of `--progress json`.
    public enum Activity: String, Sendable, Codable {
        case waiting, opening, enlarging, joining, verifying, paused
    }

    /// From 1.
    public var number: Int
    public var activity: Activity
    /// Of the source, as it lies under its root.
    public var file: String?
    /// From 1.
    public var chunk: Int?
    public var chunks: Int?
    /// Of the chunk, or of the file where it is joined.
    public var frame: Int?
    public var frames: Int?
    public var fps: Double?

    public init(number: Int, activity: Activity) {
        self.number = number
        self.activity = activity
    }
}

/// What became of one file, as reports and lines tell it.
public struct BatchFileReport: Sendable, Equatable, Codable {
    public var source: String
    /// Relative to the folder of the results.
    public var output: String
    public var state: BatchFileState
    /// Why it was skipped or put aside.
    public var reason: String?
    public var attempts: Int
    public var codec: String?
    public var width: Int?
    public var height: Int?
    public var resultWidth: Int?
    public var resultHeight: Int?
    /// Length of the video.
    public var videoSeconds: Double?
    public var frames: Int?
    public var sourceBytes: Int64
    public var outputBytes: Int64?
    /// Of the result, 64 hexadecimal digits.
    public var sha256: String?
    /// Seconds that workers spent on it.
    public var workSeconds: Double?
    public var finished: Date?
    public var assumptions: [String]
    public var warnings: [String]
    public var verification: VerificationReport?
    /// Absolute paths of small JPEG pictures, in square pixels; nil where there are none: a whole frame of the result, and
    /// a part of it, in the size of the result, of the source enlarged by Lanczos and of the result.
    public var lookWhole: String?
    public var lookBefore: String?
    public var lookAfter: String?

    public init(source: String, output: String, state: BatchFileState, sourceBytes: Int64) {
        self.source = source
        self.output = output
        self.state = state
        self.sourceBytes = sourceBytes
        attempts = 0
        assumptions = []
        warnings = []
    }
}

/// The head of a batch's report; its files come one after the other, since there may be a hundred thousand.
public struct BatchReportHead: Sendable, Equatable, Codable {
    /// Of the tool.
    public var version: String
    public var started: Date
    public var ended: Date
    /// Wall-clock seconds of all runs so far.
    public var seconds: Double
    /// What was asked for, option and value, in the words of the command line.
    public var options: [Option]
    /// Files by state (raw values).
    public var files: [String: Int]
    public var frames: Int
    public var sourceBytes: Int64
    public var outputBytes: Int64
    /// Remarks about the batch as a whole.
    public var notes: [String]

    public struct Option: Sendable, Equatable, Codable {
        public var name: String
        public var value: String
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(version: String, started: Date, ended: Date) {
        self.version = version
        self.started = started
        self.ended = ended
        (seconds, options, files, frames, sourceBytes, outputBytes, notes) = (0, [], [:], 0, 0, 0, [])
    }
}
