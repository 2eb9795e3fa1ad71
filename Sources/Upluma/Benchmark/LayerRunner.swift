import Dispatch
import UplumaKernels
import UplumaNetworks
import UplumaResampling

/// Runs the layers of a network on one picture, in strips on several threads, and drops what they make.
///
/// Not sendable: its scratch memory serves one picture at a time.
final class LayerRunner {
    private let executor: StreamingExecutor
    private let strips: [Range<Int>]
    private let memory: Workers

    /// - Parameters:
    ///   - chain: the network.
    ///   - size: of the grid its layers work on.
    ///   - precision: one that the executor supports for the network.
    ///   - threads: strips the picture is divided into.
    init(_ chain: ConvolutionChain, size: PlaneSize, precision: Precision = .f32, threads: Int) {
        let executor = StreamingExecutor(chain: chain, size: size, precision: precision)
        self.executor = executor
        strips = StripRunner.strips(rows: size.height, granularity: 1, count: threads)
        memory = Workers(scratch: strips.map { _ in ScratchMemory(byteCount: executor.scratchByteCount) })
    }

    /// - Parameter load: fills an input row, by its number; called by all threads.
    func run(load: @Sendable (Int, UnsafeMutablePointer<Float>) -> Void) {
        let (executor, strips, memory) = (executor, strips, memory)
        DispatchQueue.concurrentPerform(iterations: strips.count) { worker in
            memory.scratch[worker].withBytes { bytes in
                var cursor = executor.begin(rows: strips[worker], scratch: bytes)
                for _ in strips[worker] { _ = cursor.nextRow(load: load) }
            }
        }
    }

    /// Lets strips reach their memory: worker `n` touches element `n` alone, so nothing is shared.
    private struct Workers: @unchecked Sendable {
        let scratch: [ScratchMemory]
    }
}
