import CUplumaKernels
import Dispatch

/// The multiply-add peak of the processor, measured.
package enum PeakMeasurement {
    /// Operations a second, in 10⁹, that `threads` cores reach together with fused multiply-adds in registers; a
    /// multiply-add counts as two. Takes about a tenth of a second; the best of several bursts counts.
    package static func gigaflops(level: CPULevel, threads: Int) -> Double {
        (0..<8).map { _ in burst(level: level, threads: threads) }.max() ?? 0
    }

    private static func burst(level: CPULevel, threads: Int) -> Double {
        let rounds = 1_000_000
        let clock = ContinuousClock()
        let start = clock.now
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            var sink: Float = 0
            _ = upluma_peak_burst(level.cLevel, rounds, &sink)
        }
        let elapsed = (clock.now - start) / .seconds(1)
        var sink: Float = 0
        let operations = upluma_peak_burst(level.cLevel, 1, &sink) * Double(rounds) * Double(threads)
        return operations / elapsed / 1e9
    }
}
