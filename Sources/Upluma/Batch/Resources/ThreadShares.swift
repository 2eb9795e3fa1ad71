/// How processors are divided among workers: each has threads of its own, and together they have no more than there are
/// processors.
public enum ThreadShares {
    /// Processors that a worker should have: frames of one chunk go through decoder, network and encoder one after the
    /// other, and while the encoder orders and writes one there should be a thread to enlarge the next.
    static let processorsAWorker = 2

    /// Workers to start when nothing is said. Files side by side scale better than threads in one encoder, so there
    /// are as many as can have two processors; on fewer than four it is one, which keeps both busy by itself.
    public static func defaultJobs(processors: Int) -> Int { max(1, processors / processorsAWorker) }

    /// Threads of each worker: what is left over goes to the first.
    ///
    /// - Parameters:
    ///   - processors: 1 or more.
    ///   - workers: 1 or more. Where there are more than processors, each has one thread, and they share.
    public static func threads(processors: Int, workers: Int) -> [Int] {
        let workers = max(1, workers)
        let (share, rest) = max(0, processors).quotientAndRemainder(dividingBy: workers)
        return (0..<workers).map { max(1, min(share + ($0 < rest ? 1 : 0), UpscaleOptions.threadRange.upperBound)) }
    }
}
