/// What a worker's process tells the one that started it: a JSON object a line on its standard output.
package enum WorkerMessage: Sendable, Codable {
    case note(String)
    /// What it does, and how many frames it has made since it began.
    case progress(WorkerProgress, frames: Int)
    /// A file reached an end.
    case ended(Int64)
    case willRetry(source: String, reason: String, attempt: Int, of: Int)
    /// The disk that results go to is full: the worker ends.
    case diskFull
    /// The worker cannot go on at all.
    case failed(kind: Int32, message: String)
}

/// What a worker's process is told on its standard input: first its settings, a JSON object on one line, then a word a line. When
/// the input ends, whoever started it is gone, and it finishes.
package enum WorkerOrder: String, Sendable {
    /// End behind the segment in hand.
    case finish
    /// End at once.
    case stop
}

/// What one worker needs to know beside what the ledger says.
package struct WorkerSettings: Sendable, Codable {
    /// The batch's folder.
    package var folder: String
    /// A name that no worker had before.
    package var id: String
    /// From 1.
    package var number: Int
    /// Threads that enlarge.
    package var threads: Int
    /// Bytes that the files of all workers may take together.
    package var memoryBytes: Int64
    package var nice: Int
    package var hours: WorkingHours?
    package var attempts: Int
    package var roles: Int
}
