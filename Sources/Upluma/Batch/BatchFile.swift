package import Foundation

/// Where a file of a batch stands; the raw values are those of ledger, reports and `batch status --json`.
public enum BatchFileState: String, Codable, CaseIterable, Sendable {
    /// Named by the plan, not opened yet.
    case listed
    /// Opened and understood: its chunks are known, and some may be done.
    case ready
    /// Its result stands complete under its own name.
    case done
    /// Not to be done, for a reason that is no fault: the options leave it out.
    case skipped
    /// Put aside after it failed; the reason is kept.
    case quarantined
    /// No longer where it was when the plan was made.
    case missing

    /// Whether nothing more is to be done about it.
    public var isFinal: Bool { self != .listed && self != .ready }
}

/// One source file of a batch, as the ledger keeps it.
package struct BatchFile: Sendable, Equatable {
    package var id: Int64
    /// Absolute path.
    package var source: String
    /// Path of the result, relative to the folder that results go to; "/" between its parts.
    package var output: String
    /// Of the source when it was listed.
    package var sourceBytes: Int64
    /// Nanoseconds since 1970 of its last change then.
    package var sourceChanged: Int64
    package var state: BatchFileState
    /// Of source, options and weights: `BatchFingerprint`.
    package var fingerprint: String
    /// Failures so far, those of its chunks included.
    package var attempts: Int
    /// Why it was skipped or put aside.
    package var reason: String?
    /// What looking into it told; nil until then.
    package var survey: BatchSurvey?
    /// What became of it; nil until it is done.
    package var result: BatchOutcome?

    package init(
        id: Int64, source: String, output: String, sourceBytes: Int64, sourceChanged: Int64, state: BatchFileState,
        fingerprint: String, attempts: Int = 0, reason: String? = nil, survey: BatchSurvey? = nil,
        result: BatchOutcome? = nil
    ) {
        self.id = id
        self.source = source
        self.output = output
        self.sourceBytes = sourceBytes
        self.sourceChanged = sourceChanged
        self.state = state
        self.fingerprint = fingerprint
        self.attempts = attempts
        self.reason = reason
        self.survey = survey
        self.result = result
    }
}

/// What opening a source told: enough to draw up its chunks and to divide memory.
package struct BatchSurvey: Sendable, Equatable, Codable {
    package var codec: String
    package var width: Int
    package var height: Int
    /// Size of the result's pictures.
    package var targetWidth: Int
    package var targetHeight: Int
    /// Length of the video; nil when the source does not tell.
    package var seconds: Double?
    /// Frames that will come, when the source tells.
    package var frames: Int?
    /// Bytes of memory that one worker on it may take.
    package var memoryBytes: Int64
    /// Whether entering it in the middle costs as much as reading all that lies before: its chunks are done in order, by
    /// one worker at a time.
    package var isSequential: Bool
    /// How the pictures are made on the processor that looked: networks, precision. Another processor that would make them
    /// otherwise leaves the file alone.
    package var execution: [String]
    /// What the source does not say and what it is taken for, a sentence each.
    package var assumptions: [String]
    /// What else was remarked when it was opened, a sentence each.
    package var notes: [String]

    package init(
        codec: String, width: Int, height: Int, targetWidth: Int, targetHeight: Int, seconds: Double?, frames: Int?,
        memoryBytes: Int64, isSequential: Bool, execution: [String] = [], assumptions: [String] = [],
        notes: [String] = []
    ) {
        (self.codec, self.width, self.height) = (codec, width, height)
        (self.targetWidth, self.targetHeight) = (targetWidth, targetHeight)
        (self.seconds, self.frames) = (seconds, frames)
        (self.memoryBytes, self.isSequential) = (memoryBytes, isSequential)
        (self.execution, self.assumptions, self.notes) = (execution, assumptions, notes)
    }
}

/// A part of a file's frames that one worker makes: those whose time stamps lie in it.
package struct BatchChunk: Sendable, Equatable {
    package enum State: String, Codable, Sendable {
        case waiting, done
    }

    package var file: Int64
    /// From 0, in the order of time.
    package var number: Int
    /// First time stamp that is in, in the video stream's time base; nil from the beginning.
    package var start: Int64?
    /// First time stamp that is out; nil to the end.
    package var end: Int64?
    package var state: State
    package var attempts: Int
    /// Frames that are made and on the disk.
    package var frames: Int
    /// Bytes and SHA-256 (hexadecimal) of its coded pictures when it is done.
    package var bytes: Int64
    package var hash: String?
    /// Seconds of work.
    package var seconds: Double

    package init(
        file: Int64, number: Int, start: Int64?, end: Int64?, state: State = .waiting, attempts: Int = 0,
        frames: Int = 0, bytes: Int64 = 0, hash: String? = nil, seconds: Double = 0
    ) {
        (self.file, self.number, self.start, self.end, self.state) = (file, number, start, end, state)
        (self.attempts, self.frames, self.bytes, self.hash, self.seconds) = (attempts, frames, bytes, hash, seconds)
    }
}

/// What became of a file that is done.
package struct BatchOutcome: Sendable, Equatable, Codable {
    package var frames: Int
    package var outputBytes: Int64
    /// SHA-256 of the result, hexadecimal.
    package var hash: String
    /// Processor-independent: seconds that workers spent on it, chunks and joining.
    package var seconds: Double
    /// Notes, repairs and losses, a sentence each.
    package var warnings: [String]
    /// What holding the result against its source told; nil where that was not asked for.
    package var verification: VerificationReport?
    /// When it was finished.
    package var finished: Date

    package init(
        frames: Int, outputBytes: Int64, hash: String, seconds: Double, warnings: [String] = [],
        verification: VerificationReport? = nil, finished: Date = Date()
    ) {
        (self.frames, self.outputBytes, self.hash, self.seconds) = (frames, outputBytes, hash, seconds)
        (self.warnings, self.verification, self.finished) = (warnings, verification, finished)
    }
}
