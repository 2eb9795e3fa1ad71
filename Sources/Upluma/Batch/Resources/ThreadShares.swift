/// How processors are divided among workers: each has threads of its own, and together they have no more than there are
/// processors.
public enum ThreadShares {
    /// Workers to start when nothing is said: one for each processor. The encoder of a chunk has one thread, so that its work
    /// repeats, and is what a worker waits for with most networks: on two processors two workers made 16.0 frames a second where
    /// one made 9.3 (480p to 960p, libx264 `medium`; `Samples/batch-speed.py`).
    public static func defaultJobs(processors: Int) -> Int {
        max(1, min(processors, BatchRunOptions.jobsRange.upperBound))
    }

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
