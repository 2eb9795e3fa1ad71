import Foundation

/// Zeroed memory at the end of a page behind which nothing may be read or written, so that a kernel that leaves it ends
/// the test run; what lies before it is checked by `isIntact`.
final class GuardedMemory {
    /// 64-byte aligned when the count is a multiple of 64.
    let start: UnsafeMutableRawPointer
    private let memory: UnsafeMutableRawPointer
    private let byteCount: Int
    private static let guardByte: UInt8 = 0xA5

    init(byteCount: Int) {
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        let open = (byteCount + page - 1) / page * page + page
        self.byteCount = open + page
        guard let memory = mmap(nil, open + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            memory != MAP_FAILED, mprotect(memory + open, page, PROT_NONE) == 0
        else { preconditionFailure("no memory for \(byteCount) bytes") }
        self.memory = memory
        start = memory + (open - byteCount)
        memset(memory, Int32(Self.guardByte), open - byteCount)
    }

    deinit { munmap(memory, byteCount) }

    /// Memory before the bytes is as it was.
    var isIntact: Bool {
        UnsafeRawBufferPointer(start: memory, count: start - memory).allSatisfy { $0 == Self.guardByte }
    }
}
