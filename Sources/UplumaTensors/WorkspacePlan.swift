/// Where the values of a run lie in its workspace: values that are not alive at the same time share memory.
struct WorkspacePlan {
    /// A value: its bytes, and the steps from the one that writes it to the last that reads it.
    struct Request {
        var byteCount: Int
        var lifetime: ClosedRange<Int>
    }

    /// Byte offset of each value, a multiple of 64.
    let offsets: [Int]
    let byteCount: Int

    /// First fit, in the order in which values begin to live.
    init(_ requests: [Request]) {
        var offsets = Array(repeating: 0, count: requests.count)
        var placed: [(range: Range<Int>, last: Int)] = []
        var end = 0
        let order = requests.indices.sorted {
            (requests[$0].lifetime.lowerBound, $0) < (requests[$1].lifetime.lowerBound, $1)
        }
        for index in order {
            let request = requests[index]
            placed.removeAll { $0.last < request.lifetime.lowerBound }
            placed.sort { $0.range.lowerBound < $1.range.lowerBound }
            let size = (request.byteCount + 63) / 64 * 64
            var start = 0
            for other in placed {
                if start + size <= other.range.lowerBound { break }
                start = max(start, other.range.upperBound)
            }
            offsets[index] = start
            placed.append((start..<start + size, request.lifetime.upperBound))
            end = max(end, start + size)
        }
        self.offsets = offsets
        byteCount = end
    }
}
