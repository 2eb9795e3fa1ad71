import Foundation
package import UplumaFrames

/// A plane that notices who steps outside it.
///
/// Each row is followed by bytes that must stay what they are (`isIntact`), except the last one: right behind its last
/// sample begins memory that may be neither read nor written, so that even an over-read ends the test run. Rows start at
/// addresses aligned to a sample only.
package struct GuardedPlane: Sendable {
    package let plane: Plane
    private static let guardByte: UInt8 = 0xA5

    /// - Parameters:
    ///   - width: samples of a row.
    ///   - height: rows.
    ///   - sample: how a sample lies in memory; all are filled with guard bytes first.
    ///   - guardSamples: samples of guard bytes behind each row.
    package init(width: Int, height: Int, sample: SampleType, guardSamples: Int = 37) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let stride = (width + guardSamples) * sample.byteCount
        let byteCount = (height - 1) * stride + width * sample.byteCount
        let open = (byteCount + page - 1) / page * page
        guard let memory = mmap(nil, open + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED, mprotect(memory + open, page, PROT_NONE) == 0
        else { preconditionFailure("no memory for a guarded plane of \(byteCount) bytes") }
        memset(memory, Int32(Self.guardByte), open)
        let storage = PlaneStorage(base: memory, byteCount: open) { munmap($0, open + page) }
        plane = Plane(
            storage: storage, offset: open - byteCount, stride: stride, width: width, height: height, sample: sample)
    }

    /// A plane of `sample`s given row by row.
    package init(rows: [[Float]], sample: SampleType) {
        self.init(width: rows.first?.count ?? 0, height: rows.count, sample: sample)
        plane.fill { x, y in rows[y][x] }
    }

    /// Nothing outside the plane's samples has changed.
    package var isIntact: Bool {
        plane.storage.withBytes { bytes in
            bytes[..<plane.offset].allSatisfy { $0 == Self.guardByte }
                && (0..<plane.height - 1).allSatisfy { y in
                    let end = plane.offset + y * plane.stride + plane.width * plane.sample.byteCount
                    return bytes[end..<plane.offset + (y + 1) * plane.stride].allSatisfy { $0 == Self.guardByte }
                }
        }
    }
}

extension Plane {
    /// Writes every sample; `value(x, y)` is a code the sample type can hold.
    package func fill(_ value: (_ x: Int, _ y: Int) -> Float) {
        withBytes { bytes in
            for y in 0..<height {
                let row = bytes + y * stride
                for x in 0..<width {
                    let code = value(x, y)
                    switch sample {
                    case .uint8: row.storeBytes(of: UInt8(code), toByteOffset: x, as: UInt8.self)
                    case .uint16: row.storeBytes(of: UInt16(code), toByteOffset: 2 * x, as: UInt16.self)
                    case .float32: row.storeBytes(of: code, toByteOffset: 4 * x, as: Float.self)
                    }
                }
            }
        }
    }

    /// Fills the plane with a test pattern of codes 0...`maximum`.
    package func fill(_ pattern: TestPattern, maximum: Float, seed: UInt64) {
        var noise = SeededNoise(seed: seed)
        fill { x, y in pattern.code(x: x, y: y, width: width, maximum: maximum, noise: &noise) }
    }

    /// The samples as numbers, row by row.
    package var codes: [[Float]] {
        withBytes { bytes in
            (0..<height).map { y in
                (0..<width).map { x in
                    let row = bytes + y * stride
                    switch sample {
                    case .uint8: return Float(row.load(fromByteOffset: x, as: UInt8.self))
                    case .uint16: return Float(row.loadUnaligned(fromByteOffset: 2 * x, as: UInt16.self))
                    case .float32: return row.loadUnaligned(fromByteOffset: 4 * x, as: Float.self)
                    }
                }
            }
        }
    }
}
