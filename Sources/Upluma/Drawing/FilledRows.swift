import Dispatch

extension Array where Element: Sendable & BitwiseCopyable {
    /// Rows that are filled on several threads, in as many strips.
    ///
    /// - Parameters:
    ///   - rows: how many, at least one.
    ///   - length: elements of a row.
    ///   - body: writes every element of the rows it is given; the target begins with the first of them. Runs on several
    ///     threads at once.
    init(
        rows: Int, length: Int, threads: Int,
        filledBy body: @Sendable (_ rows: Range<Int>, _ target: UnsafeMutableBufferPointer<Element>) -> Void
    ) {
        let strips = StripRunner.strips(rows: rows, granularity: 1, count: threads)
        self.init(unsafeUninitializedCapacity: rows * length) { buffer, count in
            let target = StripTarget(buffer: buffer)
            if strips.count == 1 {
                body(0..<rows, buffer)
            } else {
                DispatchQueue.concurrentPerform(iterations: strips.count) { index in
                    let range = strips[index]
                    body(range, target.part(range.lowerBound * length..<range.upperBound * length))
                }
            }
            count = rows * length
        }
    }
}

/// Lets threads reach their strips: each writes its own rows alone, so nothing is shared.
private struct StripTarget<Element>: @unchecked Sendable {
    let buffer: UnsafeMutableBufferPointer<Element>

    func part(_ range: Range<Int>) -> UnsafeMutableBufferPointer<Element> { .init(rebasing: buffer[range]) }
}
