import UplumaKernels

/// A row of features in guarded memory.
final class GuardedFeatureRow {
    let row: FeatureRow
    private let memory: GuardedMemory

    init(layout: FeatureLayout) {
        memory = GuardedMemory(byteCount: layout.byteCount)
        row = FeatureRow(at: memory.start, layout: layout)
    }

    func fill(_ values: [[Float]]) {
        for (channel, pixels) in values.enumerated() {
            for (x, pixel) in pixels.enumerated() { row.channel(channel)[x] = pixel }
        }
    }

    /// [channel][pixel]
    var values: [[Float]] {
        (0..<row.layout.channels).map { channel in (0..<row.layout.width).map { row.channel(channel)[$0] } }
    }

    func fill(lanes: [[UInt32]]) {
        for (plane, pixels) in lanes.enumerated() {
            for (x, pixel) in pixels.enumerated() { row.plane(plane)[x] = pixel }
        }
    }

    /// [plane][pixel]
    var lanes: [[UInt32]] {
        (0..<row.layout.planes).map { plane in (0..<row.layout.width).map { row.plane(plane)[$0] } }
    }

    var isIntact: Bool { isIntact(zeros: []) }

    /// Memory before the row is as it was, and every lane that is not a pixel is the value 0: 0, or in a row of bytes those
    /// of `zeros`, half a margin on each side of a plane.
    func isIntact(zeros: [UInt8]) -> Bool {
        guard memory.isIntact else { return false }
        let lanes = UnsafeBufferPointer(
            start: memory.start.assumingMemoryBound(to: UInt32.self), count: row.layout.byteCount / 4)
        let stride = row.layout.planeStride
        let firstPixel = lanes.count - row.layout.planes * stride
        return lanes.indices.allSatisfy { index in
            let x = (index - firstPixel + stride) % stride
            if index >= firstPixel && x < row.layout.width { return true }
            // From half a margin before a plane's first pixel on, padding is that plane's.
            let plane = (index - firstPixel + firstPixel / 2 + stride) / stride - 1
            guard !zeros.isEmpty, (0..<row.layout.planes).contains(plane) else { return lanes[index] == 0 }
            let expected = (0..<4).reduce(UInt32(0)) { sum, part in
                let channel = 4 * plane + part
                return sum | (channel < zeros.count ? UInt32(zeros[channel]) << (8 * part) : 0)
            }
            return lanes[index] == expected
        }
    }
}
