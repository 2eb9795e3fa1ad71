import Foundation
import UplumaKernels

/// A row of features at the end of a memory page behind which nothing may be read or written, so that a kernel that
/// leaves its row ends the test run; what lies before the row and its margins is checked by `isIntact`.
final class GuardedFeatureRow {
    let row: FeatureRow
    private let memory: UnsafeMutableRawPointer
    private let byteCount: Int
    private let start: Int
    private static let guardByte: UInt8 = 0xA5

    init(layout: FeatureLayout) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let open = (layout.byteCount + page - 1) / page * page + page
        byteCount = open + page
        guard let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED, mprotect(memory + open, page, PROT_NONE) == 0
        else { preconditionFailure("no memory for a row of \(layout.byteCount) bytes") }
        self.memory = memory
        start = open - layout.byteCount
        memset(memory, Int32(Self.guardByte), start)
        row = FeatureRow(at: memory + start, layout: layout)
    }

    deinit { munmap(memory, byteCount) }

    func fill(_ values: [[Float]]) {
        for (channel, pixels) in values.enumerated() {
            for (x, pixel) in pixels.enumerated() { row.channel(channel)[x] = pixel }
        }
    }

    /// [channel][pixel]
    var values: [[Float]] {
        (0..<row.layout.channels).map { channel in (0..<row.layout.width).map { row.channel(channel)[$0] } }
    }

    /// Memory before the row is as it was, and every float of the row that is not a pixel is 0.
    var isIntact: Bool {
        let before = UnsafeRawBufferPointer(start: memory, count: start)
        guard before.allSatisfy({ $0 == Self.guardByte }) else { return false }
        let floats = UnsafeBufferPointer(
            start: (memory + start).assumingMemoryBound(to: Float.self), count: row.layout.byteCount / 4)
        let firstPixel = floats.count - row.layout.channels * row.layout.planeStride
        return floats.indices.allSatisfy { index in
            let x = (index - firstPixel) % row.layout.planeStride
            let isPixel = index >= firstPixel && x < row.layout.width
            return isPixel || floats[index].bitPattern == 0
        }
    }
}
