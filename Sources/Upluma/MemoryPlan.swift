import UplumaFrames

/// How many pictures a job holds at once and what they weigh: worked out before the start, so that memory is bounded by
/// arithmetic and not by luck.
///
/// What decoder and encoder keep for themselves comes on top: reference pictures and frame threads on one side, the
/// encoder's lookahead on the other (libx264 `medium` keeps about 50 pictures of the output size), and the packets a muxer
/// gathers to put streams in step (ten seconds at most).
package struct MemoryPlan: Equatable {
    /// Frames that are enlarged at the same time.
    package let workers: Int
    /// Decoded frames that wait for a worker.
    package let decodedDepth: Int
    /// Results, from the one that is due on, that wait for the encoder.
    package let window: Int
    package let sourceFrameBytes: Int
    package let targetFrameBytes: Int
    /// Scratch memory and intermediate planes of one worker.
    package let workerBytes: Int
    /// Source pictures that the deinterlacer keeps, at most.
    package let heldFrames: Int

    package init(
        threads: Int, sourceFrameBytes: Int, targetFrameBytes: Int, workerBytes: Int, heldFrames: Int = 0
    ) {
        workers = max(1, threads)
        decodedDepth = 2
        // As many again as there are workers: while one frame is late, the others go on by one.
        window = 2 * workers
        self.sourceFrameBytes = sourceFrameBytes
        self.targetFrameBytes = targetFrameBytes
        self.workerBytes = workerBytes
        self.heldFrames = heldFrames
    }

    /// Decoded pictures alive: one being decoded, those in the deinterlacer, those that wait, one in each worker.
    package var sourceFrames: Int { 1 + heldFrames + decodedDepth + workers }
    /// Enlarged pictures alive: one in each worker, those that wait, one on its way into the encoder.
    package var targetFrames: Int { workers + window + 1 }

    package var totalBytes: Int {
        sourceFrames * sourceFrameBytes + targetFrames * targetFrameBytes + workers * workerBytes
    }
}
