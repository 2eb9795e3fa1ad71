import Testing
import Upluma

/// How frames are divided among threads, from what they weigh.
@Suite struct MemoryPlanTests {
    static let small = MemoryPlan.Weights(
        sourceFrameBytes: 1_000_000, targetFrameBytes: 4_000_000, workerBytes: { $0 * 500_000 }, heldFrames: 3)
    /// 7680×4320 in 4:2:0 of 8 bits, enlarged twice.
    static let huge = MemoryPlan.Weights(
        sourceFrameBytes: 7680 * 4320 * 3 / 2, targetFrameBytes: 15360 * 8640 * 3 / 2, workerBytes: { $0 * 8_000_000 })

    @Test("a film has one frame a thread, and its bytes are the sum of what is alive")
    func film() {
        let plan = MemoryPlan(threads: 4, frames: 1000, weights: Self.small)
        #expect(plan.workers == 4 && plan.threadsPerFrame == 1 && plan.decodedDepth == 2 && plan.window == 8)
        #expect(plan.sourceFrames == 1 + 3 + 2 + 4 && plan.targetFrames == 4 + 8 + 1)
        #expect(plan.totalBytes == 10 * 1_000_000 + 13 * 4_000_000 + 4 * 500_000)
        #expect(MemoryPlan(threads: 4, frames: nil, weights: Self.small) == plan)
        #expect(MemoryPlan(threads: 4, frames: 4, weights: Self.small) == plan)
    }

    @Test("fewer frames than threads: all threads on one frame")
    func short() {
        for frames in 0...3 {
            let plan = MemoryPlan(threads: 4, frames: frames, weights: Self.small)
            #expect(plan.workers == 1 && plan.threadsPerFrame == 4, "\(frames) frames")
        }
        #expect(MemoryPlan(threads: 1, frames: 1, weights: Self.small).workers == 1)
    }

    @Test("4320p stays under 1 GB on any number of threads, one frame at a time", arguments: [2, 4, 16])
    func large(threads: Int) {
        let plan = MemoryPlan(threads: threads, frames: 1000, weights: Self.huge)
        #expect(plan.workers == 1 && plan.threadsPerFrame == threads && plan.totalBytes < 1_000_000_000)
    }

    @Test("1080p to 2160p has one frame a thread on 16 threads")
    func ordinary() {
        let weights = MemoryPlan.Weights(
            sourceFrameBytes: 1920 * 1080 * 3 / 2, targetFrameBytes: 3840 * 2160 * 3 / 2,
            workerBytes: { $0 * 2_000_000 })
        #expect(MemoryPlan(threads: 16, frames: nil, weights: weights).workers == 16)
    }
}
