import CUplumaKernels
import Dispatch

/// The multiply-add peak of the processor, measured.
package enum PeakMeasurement {
    /// What is multiplied and added; the raw values are the names in reports.
    package enum Kind: String, CaseIterable, Sendable {
        case f32
        /// Pairs of bfloat16, summed in 32-bit floats.
        case bf16
        /// Fours of bytes, summed in 32 bits.
        case int8

        var cKind: upluma_peak_kind {
            switch self {
            case .f32: UPLUMA_PEAK_F32
            case .bf16: UPLUMA_PEAK_BF16
            case .int8: UPLUMA_PEAK_INT8
            }
        }
    }

    /// Operations a second, in 10⁹, that `threads` cores reach together with multiply-adds in registers; a multiply-add
    /// counts as two. Takes about a quarter of a second; the best of several bursts counts. Nil where the processor has
    /// no such instruction, or `level` is too low for it.
    package static func gigaflops(_ kind: Kind = .f32, level: CPULevel, threads: Int) -> Double? {
        var sink: Float = 0
        guard upluma_peak_burst(kind.cKind, level.cLevel, 1, &sink) > 0 else { return nil }
        return (0..<16).map { _ in burst(kind, level: level, threads: threads) }.max()
    }

    /// Keeps `threads` cores busy, so that they run at the clock they keep under load.
    package static func warmUp(level: CPULevel, threads: Int, seconds: Double) {
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        while clock.now < end { _ = burst(.f32, level: level, threads: threads) }
    }

    private static func burst(_ kind: Kind, level: CPULevel, threads: Int) -> Double {
        let rounds = 2_000_000
        let clock = ContinuousClock()
        let start = clock.now
        DispatchQueue.concurrentPerform(iterations: threads) { _ in
            var sink: Float = 0
            _ = upluma_peak_burst(kind.cKind, level.cLevel, rounds, &sink)
        }
        let elapsed = (clock.now - start) / .seconds(1)
        var sink: Float = 0
        let operations = upluma_peak_burst(kind.cKind, level.cLevel, 1, &sink) * Double(rounds) * Double(threads)
        return operations / elapsed / 1e9
    }
}
