import Synchronization

/// A block of memory that planes lie in, freed (or handed back) when the last plane lets go of it.
///
/// Thread safety: the bytes are written only by whoever made the storage, before it is shared; afterwards they are read
/// only. That convention, kept by `Frame`'s users, is what makes the class sendable.
package final class PlaneStorage: @unchecked Sendable {
    /// Bytes that vector code may touch safely start here; 64-byte aligned when made by `init(byteCount:)`.
    private let base: UnsafeMutableRawPointer
    package let byteCount: Int
    private let release: @Sendable (UnsafeMutableRawPointer) -> Void

    /// Takes over memory owned elsewhere; `release` runs once, on any thread, when the last plane is gone.
    package init(
        base: UnsafeMutableRawPointer, byteCount: Int, release: @escaping @Sendable (UnsafeMutableRawPointer) -> Void
    ) {
        self.base = base
        self.byteCount = byteCount
        self.release = release
    }

    /// New memory, 64-byte aligned, its content undefined.
    package convenience init(byteCount: Int) {
        let base = UnsafeMutableRawPointer.allocate(byteCount: max(byteCount, 1), alignment: 64)
        self.init(base: base, byteCount: byteCount) { $0.deallocate() }
    }

    deinit { release(base) }

    /// The bytes, valid inside `body` only.
    package func withBytes<Result>(_ body: (UnsafeMutableRawBufferPointer) throws -> Result) rethrows -> Result {
        try body(UnsafeMutableRawBufferPointer(start: base, count: byteCount))
    }
}

/// One rectangle of samples, rows first, each row `stride` bytes after the one before.
///
/// Nothing may be assumed about alignment or padding of rows: kernels read and write exactly `width` samples a row.
package struct Plane: Sendable {
    package let storage: PlaneStorage
    /// Byte offset of the first sample in the storage.
    package let offset: Int
    /// Bytes from one row to the next; at least `width * sample.byteCount`.
    package let stride: Int
    package let width: Int
    package let height: Int
    package let sample: SampleType

    package init(storage: PlaneStorage, offset: Int = 0, stride: Int, width: Int, height: Int, sample: SampleType) {
        precondition(width > 0 && height > 0 && stride >= width * sample.byteCount && offset >= 0)
        precondition(offset + (height - 1) * stride + width * sample.byteCount <= storage.byteCount)
        self.storage = storage
        self.offset = offset
        self.stride = stride
        self.width = width
        self.height = height
        self.sample = sample
    }

    /// A plane with memory of its own, rows padded to 64 bytes, content undefined.
    package init(width: Int, height: Int, sample: SampleType) {
        let stride = Plane.paddedStride(width: width, sample: sample)
        self.init(
            storage: PlaneStorage(byteCount: stride * height), stride: stride, width: width, height: height,
            sample: sample)
    }

    /// Bytes of a row padded to whole 64-byte lines.
    package static func paddedStride(width: Int, sample: SampleType) -> Int {
        (width * sample.byteCount + 63) / 64 * 64
    }

    /// Some of its columns, in the same memory; not empty.
    package func columns(_ range: Range<Int>) -> Plane {
        precondition(range.lowerBound >= 0 && range.upperBound <= width, "columns \(range) of \(width)")
        return Plane(
            storage: storage, offset: offset + range.lowerBound * sample.byteCount, stride: stride, width: range.count,
            height: height, sample: sample)
    }

    /// The bytes from the first sample on, valid inside `body` only; row `y` starts at `y * stride`.
    package func withBytes<Result>(_ body: (UnsafeMutableRawPointer) throws -> Result) rethrows -> Result {
        try storage.withBytes { bytes in
            guard let base = bytes.baseAddress else { preconditionFailure("a plane's storage has an address") }
            return try body(base + offset)
        }
    }
}
