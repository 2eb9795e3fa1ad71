import CUplumaKernels

/// Where the taps of per-pixel kernels lie: f × f of them, `interval` pixels of the result apart, on the source enlarged
/// `factor` times by nearest neighbour (DAIR, eq. 1); with several intervals the sums of all of them under the same
/// weights (eq. 2).
///
/// Result pixel s · y + p reads, at tap k of a row or column, pixel s · y + p + interval · (k - f/2) of the enlarged
/// source, which is source pixel floor of that over s: the enlarged picture itself is never made.
package struct AdaptiveLattice: Sendable, Hashable {
    /// f: taps in each direction, odd.
    package let size: Int
    /// s: pixels of the result for a source pixel in each direction, 1...`largestFactor`.
    package let factor: Int
    /// In pixels of the result, at least one of them, each at least 1.
    package let intervals: [Int]
    /// Source rows and columns around a pixel that taps reach, in each direction.
    package let reach: Int
    /// Weights for each source pixel: f² · s².
    package var channels: Int { size * size * factor * factor }
    /// [interval][phase][tap]: source pixels relative to the pixel the phase belongs to:
    /// floor((phase + interval · (tap - f/2)) / s).
    package let offsets: [[[Int]]]
    /// The offsets in one row.
    private let flat: [Int32]

    package static let largestFactor = Int(UPLUMA_ADAPTIVE_LARGEST_FACTOR)

    package init(size: Int, factor: Int, intervals: [Int]) {
        precondition(size > 0 && size % 2 == 1, "a kernel has a middle tap, not \(size) taps")
        precondition((1...Self.largestFactor).contains(factor), "a factor of 1 to \(Self.largestFactor), not \(factor)")
        precondition(!intervals.isEmpty && intervals.allSatisfy { $0 > 0 }, "intervals of at least 1, not \(intervals)")
        self.size = size
        self.factor = factor
        self.intervals = intervals
        let offsets = intervals.map { interval in
            (0..<factor).map { phase in
                (0..<size).map { tap in
                    let place = phase + interval * (tap - size / 2)
                    return (place - (place % factor + factor) % factor) / factor
                }
            }
        }
        self.offsets = offsets
        reach = offsets.joined().joined().map(abs).max() ?? 0
        flat = offsets.joined().joined().map { Int32($0) }
    }

    /// Whether all phases of a source pixel read the same pixels, which the kernels have a faster way for.
    package var isShared: Bool { intervals.allSatisfy { $0 % factor == 0 } }

    /// The lattice as C sees it, valid inside `body` only.
    func withLattice(_ body: (UnsafePointer<upluma_adaptive_lattice>) -> Void) {
        flat.withUnsafeBufferPointer { offsets in
            guard let base = offsets.baseAddress else { preconditionFailure("a lattice has taps") }
            var lattice = upluma_adaptive_lattice(
                offsets: base, size: Int32(size), factor: Int32(factor), intervals: Int32(intervals.count),
                reach: Int32(reach), is_shared: isShared ? 1 : 0)
            body(&lattice)
        }
    }
}
