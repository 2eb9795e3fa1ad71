import Testing

@testable import UplumaKernels

/// A test of a level means something only if the level has kernels of its own.
@Suite struct KernelTableTests {
    @Test("AVX2 replaces every kernel", .enabled(if: CPULevel.detected >= .avx2))
    func avx2() { checkDistinct(.portable, .avx2) }

    @Test("AVX-512 replaces every kernel", .enabled(if: CPULevel.detected >= .avx512))
    func avx512() {
        checkDistinct(.avx2, .avx512)
        checkDistinct(.portable, .avx512)
    }

    private func checkDistinct(_ low: CPULevel, _ high: CPULevel) {
        let samples = zip(addresses(SampleKernels(level: low).table), addresses(SampleKernels(level: high).table))
        let fir = zip(addresses(FIRKernels(level: low).table), addresses(FIRKernels(level: high).table))
        let convolutions = zip(
            addresses(ConvolutionKernels(level: low).table), addresses(ConvolutionKernels(level: high).table))
        let adaptive = zip(
            addresses(AdaptiveKernels(level: low).table), addresses(AdaptiveKernels(level: high).table))
        let displaced = zip(
            addresses(DisplacedKernels(level: low).table), addresses(DisplacedKernels(level: high).table))
        let all = Array(samples) + Array(fir) + Array(convolutions) + Array(adaptive) + Array(displaced)
        for (index, pair) in all.enumerated() {
            #expect(pair.0 != pair.1, "entry \(index) of \(high) is that of \(low)")
        }
    }

    /// The entries of a table of function pointers.
    private func addresses<Table>(_ table: Table) -> [UInt] {
        withUnsafeBytes(of: table) { Array($0.bindMemory(to: UInt.self)) }
    }
}
