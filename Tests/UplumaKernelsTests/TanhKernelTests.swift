import Foundation
import Testing
import UplumaKernels
import UplumaTestSupport

@Suite struct TanhKernelTests {
    /// Exact values are those of the C library in double precision. 5.6 ULP is the largest error over all numbers (all
    /// were tried once); single-precision roundings of two polynomials, a product and a quotient.
    static let largestError = 6.0

    @Test("at most 6 ULP from exact, the same bits at every level, odd")
    func accuracy() {
        // A number in 4099 of all positive ones (a prime, so that every low bit takes part), and the special ones.
        var numbers = stride(from: UInt32(0), to: Float.infinity.bitPattern, by: 4099).map(Float.init(bitPattern:))
        numbers += [.infinity, .leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 9, 9.02, 7.919]
        numbers += numbers.map { -$0 }
        let expected = values(of: numbers, level: .portable)
        for level in CPULevel.available {
            let found = values(of: numbers, level: level)
            #expect(found.map(\.bitPattern) == expected.map(\.bitPattern), "\(level)")
        }
        for (x, y) in zip(numbers, expected) {
            let exact = tanh(Double(x))
            let error = abs(Double(y) - exact) / Double(max(Float(abs(exact)).ulp, .leastNonzeroMagnitude))
            #expect(error <= Self.largestError && abs(y) <= 1, "tanh(\(x)) = \(y), \(error) ULP")
        }
        let half = numbers.count / 2
        #expect(zip(expected[..<half], expected[half...]).allSatisfy { ($0).bitPattern == (-$1).bitPattern })
    }

    @Test("NaN gives the same bits at every level") func undefined() {
        for level in CPULevel.available { #expect(values(of: [.nan], level: level) == [1], "\(level)") }
    }

    @Test("nothing but the row is written", arguments: [16, 32, 112]) func bounds(count: Int) {
        for level in CPULevel.available {
            let plane = GuardedPlane(rows: [(0..<count).map { Float($0) / 16 - 2 }], sample: .float32)
            plane.plane.withBytes {
                ConvolutionKernels(level: level).tanh($0.assumingMemoryBound(to: Float.self), count: count)
            }
            #expect(plane.isIntact, "\(level)")
        }
    }

    @Test("a layer with tanh is the layer without, then tanh; margins stay 0") func layer() {
        let layout = FeatureLayout(channels: 1, width: 21)
        let input = GuardedFeatureRow(layout: layout)
        input.fill([(0..<21).map { Float($0) / 8 - 1 }])
        func result(_ activation: Activation, _ level: CPULevel) -> GuardedFeatureRow {
            let layer = PackedConvolution(
                inputChannels: 1, outputChannels: 3, kernel: 1, weights: .floats([1, -2, 3]), bias: [0.5, 0, 0],
                activation: activation)
            let target = GuardedFeatureRow(layout: FeatureLayout(channels: 4, width: 21))
            ConvolutionKernels(level: level).convolve(layer, into: target.row) { _ in input.row }
            return target
        }
        for level in CPULevel.available {
            let found = result(.tanh, level)
            let expected = result(.none, level).values.map { values(of: $0, level: level) }
            #expect(PlaneComparison(found.values, expected).isBitEqual && found.isIntact, "\(level)")
        }
    }

    private func values(of numbers: [Float], level: CPULevel) -> [Float] {
        var padded = numbers + Array(repeating: 0, count: (16 - numbers.count % 16) % 16)
        let count = padded.count
        padded.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return }
            ConvolutionKernels(level: level).tanh(base, count: count)
        }
        return Array(padded.prefix(numbers.count))
    }
}
