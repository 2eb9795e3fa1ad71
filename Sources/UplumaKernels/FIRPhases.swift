import CUplumaKernels

/// The taps of an enlargement by a whole factor in the layout of the kernels: target factor · x + p takes the samples
/// of a window around x, the same for all phases p, with weights of its own.
///
/// Immutable; owns its memory.
package final class FIRPhases: @unchecked Sendable {  // the memory is written in `init` only
    package let factor: Int
    /// The first and the last sample of the window, counted from x; 0 where phases have no taps.
    package let reach: ClosedRange<Int>

    /// The largest factor there are kernels for.
    package static let largestFactor = Int(UPLUMA_FIR_LARGEST_FACTOR)
    /// Floats that must be readable past the last sample that `reach` names for the last x.
    package static let overread = Int(UPLUMA_FIR_OVERREAD)

    private let taps: Int
    private let coefficients: UnsafeMutableBufferPointer<Float>

    /// - Parameters:
    ///   - first: for each phase, its first sample, counted from x; 1...`largestFactor` phases.
    ///   - weights: for each phase, its weights, any number of them; they count as 0 elsewhere in the window.
    package init(first: [Int], weights: [[Float]]) {
        let factor = first.count
        self.factor = factor
        precondition((1...Self.largestFactor).contains(factor) && weights.count == factor, "\(factor) phases")
        let used = (0..<factor).filter { !weights[$0].isEmpty }
        let lowest = used.map { first[$0] }.min() ?? 0
        let end = used.map { first[$0] + weights[$0].count }.max() ?? 0
        reach = lowest...max(lowest, end - 1)
        taps = end - lowest
        coefficients = .allocate(capacity: max(1, taps * factor))
        coefficients.initialize(repeating: 0)
        for phase in used {
            for (k, weight) in weights[phase].enumerated() {
                coefficients[(first[phase] - lowest + k) * factor + phase] = weight
            }
        }
    }

    deinit { coefficients.deallocate() }

    /// The table as C sees it, valid inside `body` only.
    func withTable(_ body: (UnsafePointer<upluma_fir_phases>) -> Void) {
        guard let base = coefficients.baseAddress else { preconditionFailure("the table has memory") }
        var table = upluma_fir_phases(
            coefficients: base, first: Int32(reach.lowerBound), taps: Int32(taps), factor: Int32(factor))
        body(&table)
    }
}
