import UplumaFrames

/// How a job divides its frames among threads, how many pictures it holds at once and what they weigh: worked out before
/// the start, so that memory is bounded by arithmetic and not by luck.
///
/// One frame a thread is fastest: nothing is computed twice. Frames so large that this takes more than `mostBytes`, and
/// films of fewer frames than there are threads, are made one at a time, each divided among all threads.
///
/// What decoder and encoder keep for themselves comes on top: reference pictures and frame threads on one side, the
/// encoder's lookahead on the other (libx264 `medium` keeps about 50 pictures of the output size), and the packets a muxer
/// gathers to put streams in step (ten seconds at most).
package struct MemoryPlan: Equatable {
    /// What a job's pictures weigh.
    package struct Weights: Sendable {
        package var sourceFrameBytes: Int
        package var targetFrameBytes: Int
        /// Scratch memory and intermediate planes of a worker that divides a frame among some threads.
        package var workerBytes: @Sendable (_ threads: Int) -> Int
        /// Source pictures that the deinterlacer keeps, at most.
        package var heldFrames = 0

        package init(
            sourceFrameBytes: Int, targetFrameBytes: Int, workerBytes: @escaping @Sendable (_ threads: Int) -> Int,
            heldFrames: Int = 0
        ) {
            self.sourceFrameBytes = sourceFrameBytes
            self.targetFrameBytes = targetFrameBytes
            self.workerBytes = workerBytes
            self.heldFrames = heldFrames
        }
    }

    /// Frames that are enlarged at the same time.
    package let workers: Int
    /// Threads that enlarge each of them.
    package let threadsPerFrame: Int
    /// Decoded frames that wait for a worker.
    package let decodedDepth: Int
    /// Results, from the one that is due on, that wait for the encoder.
    package let window: Int
    /// Decoded pictures alive: one being decoded, those in the deinterlacer, those that wait, one in each worker.
    package let sourceFrames: Int
    /// Enlarged pictures alive: one in each worker, those that wait, one on its way into the encoder.
    package let targetFrames: Int
    /// Bytes of all pictures and workspaces.
    package let totalBytes: Int

    /// Above this, frames are made one at a time: 1080p in 4:2:0 to 2160p on 16 threads stays below it.
    package static let mostBytes = 768 << 20

    /// - Parameters:
    ///   - threads: 1 or more.
    ///   - frames: how many there are, where that is known.
    ///   - weights: of this job.
    package init(threads: Int, frames: Int?, weights: Weights) {
        let inFlight = MemoryPlan(workers: max(1, threads), threadsPerFrame: 1, weights)
        let isShort = frames.map { $0 < threads } ?? false
        self =
            isShort || inFlight.totalBytes > Self.mostBytes
            ? MemoryPlan(workers: 1, threadsPerFrame: max(1, threads), weights) : inFlight
    }

    private init(workers: Int, threadsPerFrame: Int, _ weights: Weights) {
        let isInFlight = threadsPerFrame == 1
        self.workers = workers
        self.threadsPerFrame = threadsPerFrame
        decodedDepth = isInFlight ? 2 : 1
        // As many again as there are workers: while one frame is late, the others go on by one.
        window = isInFlight ? 2 * workers : 1
        sourceFrames = 1 + weights.heldFrames + decodedDepth + workers
        targetFrames = workers + window + 1
        totalBytes =
            sourceFrames * weights.sourceFrameBytes + targetFrames * weights.targetFrameBytes
            + workers * weights.workerBytes(threadsPerFrame)
    }
}
