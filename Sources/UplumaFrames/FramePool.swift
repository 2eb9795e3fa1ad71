import Synchronization

/// Pictures of one size and format whose memory is used again, so that a running job allocates nothing.
///
/// Thread safety: any thread may call `take`, and the memory of a frame comes back on whichever thread drops it last;
/// the list of free blocks is guarded by a lock.
package final class FramePool: Sendable {
    package let format: PictureFormat
    package let width: Int
    package let height: Int
    /// Bytes of one picture, row padding included.
    package let bytesPerFrame: Int

    private let layout: [(offset: Int, stride: Int, width: Int, height: Int)]
    private let free = FreeBlocks()

    package init(format: PictureFormat, width: Int, height: Int) {
        self.format = format
        self.width = width
        self.height = height
        var offset = 0
        layout = (0..<format.chroma.planeCount).map { index in
            let size = format.planeSize(index, width: width, height: height)
            let stride = Plane.paddedStride(width: size.width, sample: format.sample)
            defer { offset += stride * size.height }
            return (offset, stride, size.width, size.height)
        }
        bytesPerFrame = offset
    }

    /// A picture with undefined content. The pool itself sets no bound: whoever takes frames bounds how many are alive.
    package func take() -> Frame {
        let block = free.pop() ?? UnsafeMutableRawPointer.allocate(byteCount: bytesPerFrame, alignment: 64)
        let storage = PlaneStorage(base: block, byteCount: bytesPerFrame) { [free] in free.push($0) }
        let planes = layout.map {
            Plane(
                storage: storage, offset: $0.offset, stride: $0.stride, width: $0.width, height: $0.height,
                sample: format.sample)
        }
        return Frame(format: format, width: width, height: height, planes: planes)
    }

    /// The blocks not in use. It outlives the pool while frames are alive, so that late frames find a home.
    private final class FreeBlocks: Sendable {
        private struct Block: @unchecked Sendable { let base: UnsafeMutableRawPointer }  // owned by the list alone
        private let blocks = Mutex<[Block]>([])

        func pop() -> UnsafeMutableRawPointer? { blocks.withLock { $0.popLast()?.base } }
        func push(_ base: UnsafeMutableRawPointer) {
            let block = Block(base: base)
            blocks.withLock { $0.append(block) }
        }
        deinit { blocks.withLock { $0.forEach { $0.base.deallocate() } } }
    }
}
