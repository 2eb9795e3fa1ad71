import UplumaFrames
import UplumaResampling

extension Plane {
    /// Sets every sample to `code`; of integer planes.
    func fill(code: Int) {
        withBytes { base in
            for y in 0..<height {
                let row = base + y * stride
                switch sample {
                case .uint8: row.initializeMemory(as: UInt8.self, repeating: UInt8(code), count: width)
                case .uint16: row.initializeMemory(as: UInt16.self, repeating: UInt16(code), count: width)
                case .float32: preconditionFailure("float planes have no codes")
                }
            }
        }
    }

    /// Copies the last column and row of the part `size` into what lies right of and below it.
    func replicateEdges(from size: (width: Int, height: Int)) {
        guard size.width < width || size.height < height else { return }
        let bytes = sample.byteCount
        withBytes { base in
            for y in 0..<size.height {
                let last = base + y * stride + (size.width - 1) * bytes
                for x in size.width..<max(width, size.width) {
                    (base + y * stride + x * bytes).copyMemory(from: last, byteCount: bytes)
                }
            }
            for y in size.height..<max(height, size.height) {
                (base + y * stride).copyMemory(from: base + (size.height - 1) * stride, byteCount: width * bytes)
            }
        }
    }
}
