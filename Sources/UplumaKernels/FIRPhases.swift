import CUplumaKernels

/// The taps of an enlargement by a whole factor in the layout of the kernels: target factor · x + p takes the samples
/// from x + first[p] on, with the weights of phase p.
///
/// Immutable; owns its memory.
package final class FIRPhases: @unchecked Sendable {  // the memory is written in `init` only
    package let factor: Int
    /// The lowest and the highest sample any phase takes, counted from x; 0 where phases have no taps.
    package let reach: ClosedRange<Int>

    /// The largest factor there are kernels for.
    package static let largestFactor = Int(UPLUMA_FIR_LARGEST_FACTOR)
    /// Floats that must be readable past the last sample that `reach` names for the last x.
    package static let overread = Int(UPLUMA_FIR_OVERREAD)

    private let stride: Int
    private let first: UnsafeMutableBufferPointer<Int32>
    private let taps: UnsafeMutableBufferPointer<Int32>
    private let coefficients: UnsafeMutableBufferPointer<Float>

    /// - Parameters:
    ///   - first: for each phase, its first sample, counted from x; 1...`largestFactor` phases.
    ///   - weights: for each phase, its weights, any number of them.
    package init(first: [Int], weights: [[Float]]) {
        factor = first.count
        precondition((1...Self.largestFactor).contains(factor) && weights.count == factor, "\(factor) phases")
        let stride = max(1, weights.map(\.count).max() ?? 1)
        self.stride = stride
        self.first = .allocate(capacity: factor)
        taps = .allocate(capacity: factor)
        coefficients = .allocate(capacity: factor * stride)
        coefficients.initialize(repeating: 0)
        for phase in 0..<factor {
            self.first[phase] = Int32(first[phase])
            taps[phase] = Int32(weights[phase].count)
            for (k, weight) in weights[phase].enumerated() { coefficients[phase * stride + k] = weight }
        }
        let used = (0..<factor).filter { !weights[$0].isEmpty }
        reach = (used.map { first[$0] }.min() ?? 0)...(used.map { first[$0] + weights[$0].count - 1 }.max() ?? 0)
    }

    deinit {
        first.deallocate()
        taps.deallocate()
        coefficients.deallocate()
    }

    /// The table as C sees it, valid inside `body` only.
    func withTable(_ body: (UnsafePointer<upluma_fir_phases>) -> Void) {
        guard let first = first.baseAddress, let taps = taps.baseAddress, let coefficients = coefficients.baseAddress
        else { preconditionFailure("a table has at least one phase") }
        var table = upluma_fir_phases(
            first: first, taps: taps, coefficients: coefficients, stride: Int32(stride), factor: Int32(factor))
        body(&table)
    }
}
