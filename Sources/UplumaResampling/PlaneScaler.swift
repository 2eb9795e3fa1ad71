package import UplumaFrames

/// Width and height of a plane, in samples.
package struct PlaneSize: Hashable, Sendable {
    package var width: Int
    package var height: Int

    package init(_ width: Int, _ height: Int) {
        self.width = width
        self.height = height
    }
}

/// Makes a plane of one size from a plane of another, strip by strip: what every filter and every network is.
///
/// A scaler is a value fixed at creation (sizes, sample mappings, weights, instruction set) and may be used by many
/// threads at once, each with scratch memory of its own. The rows of a strip do not depend on where strips begin: any
/// division of the target into strips gives the same samples, bit for bit.
package protocol PlaneScaler: Sendable {
    /// What can go wrong while it works; nothing, for most.
    associatedtype Failure: Error = Never

    var sourceSize: PlaneSize { get }
    var targetSize: PlaneSize { get }

    /// Strips begin and end at multiples of this many target rows (or at the last row).
    var rowGranularity: Int { get }

    /// Bytes of scratch memory one call of `scale` needs; grows with the width, not with the height.
    var scratchByteCount: Int { get }

    /// Computes target rows `rows`. Neither plane is kept.
    ///
    /// - Parameters:
    ///   - source: a plane of `sourceSize`, in the sample type the scaler was made for.
    ///   - target: a plane of `targetSize`; only the rows in `rows` are written.
    ///   - rows: target rows, beginning and ending as `rowGranularity` says.
    ///   - scratch: at least `scratchByteCount` bytes, used by this call alone; content undefined before and after.
    /// - Throws: what stopped it; rows in `rows` are undefined then.
    func scale(_ source: Plane, into target: Plane, rows: Range<Int>, scratch: ScratchMemory) throws(Failure)
}

extension PlaneScaler {
    /// The whole plane in one strip; for tests and single pictures.
    package func scale(_ source: Plane, into target: Plane) throws(Failure) {
        try scale(
            source, into: target, rows: 0..<targetSize.height, scratch: ScratchMemory(byteCount: scratchByteCount))
    }

    /// Stops the program where a call of `scale` is not what the scaler was made for.
    package func check(_ source: Plane, _ target: Plane, rows: Range<Int>, scratch: ScratchMemory) {
        precondition(
            source.width == sourceSize.width && source.height == sourceSize.height,
            "the source is \(source.width)×\(source.height), not the scaler's \(sourceSize)")
        precondition(
            target.width == targetSize.width && target.height == targetSize.height,
            "the target is \(target.width)×\(target.height), not the scaler's \(targetSize)")
        precondition(
            rows.lowerBound % rowGranularity == 0
                && (rows.upperBound % rowGranularity == 0 || rows.upperBound == targetSize.height),
            "strips are multiples of \(rowGranularity) rows")
        precondition(scratch.byteCount >= scratchByteCount, "\(scratchByteCount) bytes of scratch memory are needed")
    }
}

/// Working memory of one worker: 64-byte aligned, content undefined between calls.
///
/// Not sendable on purpose: one thread at a time uses it.
package final class ScratchMemory {
    package let byteCount: Int
    private let base: UnsafeMutableRawPointer

    package init(byteCount: Int) {
        self.byteCount = byteCount
        base = .allocate(byteCount: max(byteCount, 1), alignment: 64)
    }

    deinit { base.deallocate() }

    /// The bytes, valid inside `body` only.
    package func withBytes<Result, Failure: Error>(
        _ body: (UnsafeMutableRawPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(base)
    }
}
