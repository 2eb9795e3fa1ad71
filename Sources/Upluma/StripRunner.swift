import Dispatch
package import UplumaFrames
package import UplumaNetworks
import UplumaResampling

/// Runs a chain of scalers on one plane with one thread or several, each stage divided into as many strips: the way to a
/// single picture in the shortest time. (A film is faster with one frame a thread, which computes no halo twice.)
///
/// Not sendable: its scratch memory serves one plane at a time.
package final class StripRunner {
    private let chain: ScalerChain
    private let threads: Int
    private let intermediates: [Plane]
    private let scratch: [ScratchMemory]

    package init(_ chain: ScalerChain, threads: Int) {
        self.chain = chain
        self.threads = max(1, threads)
        intermediates = chain.makeIntermediates()
        scratch = (0..<self.threads).map { _ in ScratchMemory(byteCount: chain.scratchByteCount) }
    }

    /// The whole plane; the samples do not depend on the number of threads.
    ///
    /// - Throws: what stopped one of the strips; the target is undefined then.
    package func scale(_ source: Plane, into target: Plane) throws {
        let failure = FirstFailure()
        for (index, stage) in chain.stages.enumerated() {
            let planes = chain.planes(ofStage: index, source: source, target: target, intermediates: intermediates)
            let strips = StripRunner.strips(
                rows: stage.targetSize.height, granularity: stage.rowGranularity, count: threads)
            let memory = Workers(scratch: scratch)
            DispatchQueue.concurrentPerform(iterations: strips.count) { worker in
                failure.catching {
                    try stage.scale(
                        planes.source, into: planes.target, rows: strips[worker], scratch: memory.scratch[worker])
                }
            }
            try failure.rethrow()
        }
    }

    /// `rows` divided into at most `count` strips of nearly equal height, each beginning at a multiple of `granularity`.
    package static func strips(rows: Int, granularity: Int, count: Int) -> [Range<Int>] {
        let units = (rows + granularity - 1) / granularity
        let parts = max(1, min(count, units))
        return (0..<parts).map { part in
            units * part / parts * granularity..<min(rows, units * (part + 1) / parts * granularity)
        }
    }

    /// Lets strips reach their memory: worker `n` touches element `n` alone, so nothing is shared.
    private struct Workers: @unchecked Sendable {
        let scratch: [ScratchMemory]
    }
}
