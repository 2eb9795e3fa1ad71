import COneDNN

/// Memory that steps read and write.
enum OneDNNBuffer {
    case input(Int)
    case output(Int)
    case workspace(byteCount: Int)
}

/// One thing that is done in a run.
enum OneDNNStep: Sendable {
    /// A tensor that a primitive reads or writes.
    struct Tensor: Sendable {
        let role: upluma_dnn_role
        /// Of a concatenation's part; 0 otherwise.
        var index = 0
        let layout: OneDNNLayout
        let buffer: Int
    }

    /// Weights, biases and slopes.
    struct Constant: Sendable {
        let role: upluma_dnn_role
        /// Of the post-op that reads it; 0 otherwise.
        var index = 0
        let constant: OneDNNConstant
    }

    case primitive(OneDNNPrimitive, [Tensor], [Constant])
    case padding(PixelPadding, source: Int, target: Int)

    /// Those it touches.
    var buffers: [Int] {
        switch self {
        case .primitive(_, let tensors, _): tensors.map(\.buffer)
        case .padding(_, let source, let target): [source, target]
        }
    }

    var scratchpadByteCount: Int {
        if case .primitive(let primitive, _, _) = self { primitive.scratchpadByteCount } else { 0 }
    }
}

/// Padding and cutting in any layout whose pixels are runs of bytes: planar, blocks of channels, or all channels
/// together.
struct PixelPadding: Sendable {
    let padding: Padding
    /// Planes of pixels: channels, or blocks of them.
    let planes: Int
    /// Bytes of a pixel of one plane.
    let pixelByteCount: Int
    /// Rows and columns of the picture.
    let source: Extent
    let target: Extent

    func run(from source: UnsafeMutableRawPointer, to target: UnsafeMutableRawPointer) {
        let (sourceRow, targetRow) = (self.source.columns * pixelByteCount, self.target.columns * pixelByteCount)
        // The columns that are there lie side by side in both.
        let first = max(0, padding.insets.left)
        let kept = max(0, -padding.insets.left)
        let count = max(0, min(self.target.columns - first, self.source.columns - kept))
        let added = [
            0..<min(first, self.target.columns), min(first + count, self.target.columns)..<self.target.columns,
        ]
        for plane in 0..<planes {
            let from = source + plane * self.source.rows * sourceRow
            let to = target + plane * self.target.rows * targetRow
            for y in 0..<self.target.rows {
                let row = to + y * targetRow
                guard let read = padding.source(y - padding.insets.top, count: self.source.rows) else {
                    row.initializeMemory(as: UInt8.self, repeating: 0, count: targetRow)
                    continue
                }
                let there = from + read * sourceRow
                if count > 0 {
                    (row + first * pixelByteCount).copyMemory(
                        from: there + kept * pixelByteCount, byteCount: count * pixelByteCount)
                }
                for x in added.joined() {
                    if let column = padding.source(x - padding.insets.left, count: self.source.columns) {
                        (row + x * pixelByteCount).copyMemory(
                            from: there + column * pixelByteCount, byteCount: pixelByteCount)
                    } else {
                        (row + x * pixelByteCount).initializeMemory(
                            as: UInt8.self, repeating: 0, count: pixelByteCount)
                    }
                }
            }
        }
    }
}
