import CUplumaKernels

/// Which instruction sets kernels may use; each level includes the ones below it.
package enum CPULevel: Int, CaseIterable, Comparable, Sendable, CustomStringConvertible {
    /// Plain C, on every processor.
    case portable
    /// AVX2 and FMA (x86-64).
    case avx2
    /// AVX-512 F, BW, DQ and VL (x86-64).
    case avx512
    /// The same with BF16 and VNNI: dot products of bfloat16 numbers and of bytes.
    case avx512dot

    /// The highest level this processor supports.
    package static let detected = CPULevel(rawValue: Int(upluma_cpu_detect().rawValue)) ?? .portable

    /// The levels this processor can run, lowest first: what tests and benchmarks walk through.
    package static var available: [CPULevel] { allCases.filter { $0 <= detected } }

    package var description: String {
        switch self {
        case .portable: "portable"
        case .avx2: "avx2"
        case .avx512: "avx512"
        case .avx512dot: "avx512dot"
        }
    }

    package static func < (left: CPULevel, right: CPULevel) -> Bool { left.rawValue < right.rawValue }

    /// The same level for C.
    var cLevel: upluma_cpu_level { upluma_cpu_level(rawValue: UInt32(rawValue)) }
}
