import Dispatch
import Synchronization
package import UplumaFrames
package import UplumaNetworks
import UplumaResampling

/// What the kernels predicted for a whole picture are like: numbers of each element, and maps of the inner ones.
///
/// Kernels are predicted in strips of rows and only sums and maps kept, so memory grows with the size of the maps. The
/// strips follow from the picture's size alone: results do not depend on the number of threads.
package struct KernelSurvey: Sendable {
    /// One element over all results.
    package struct Element: Sendable, Equatable {
        /// From 0, in the kernel.
        package let row: Int
        package let column: Int
        package let mean: Double
        package let deviation: Double
        package let lowest: Double
        package let highest: Double
    }

    /// Rows and columns of a kernel.
    package let size: Int
    /// Results for each source pixel in both directions.
    package let factor: Int
    /// size², rows first.
    package let elements: [Element]
    /// The mean kernel of each of the factor² results of a source pixel, rows first; each kernel rows first.
    package let phases: [[Double]]
    /// Lowest, mean and highest of what a kernel's elements sum to, all intervals together: what a flat picture is
    /// multiplied by.
    package let sums: (lowest: Double, mean: Double, highest: Double)
    /// Of each element: factor² numbers for each block of source pixels, placed as their results are, each the mean over
    /// the results of the block in that place.
    package let maps: [Grid]
    /// How far kernels are from the mean kernel of their place (`phases`): root of the mean squared distance, on the grid
    /// of the maps.
    package let departure: Grid
    /// Source pixels in both directions of a block; with 1 a map has a number for every result.
    package let block: Int

    /// An element's map, less the element's mean in each place.
    package func change(ofElement tap: Int) -> Grid {
        var map = maps[tap]
        for index in map.values.indices {
            let (y, x) = index.quotientAndRemainder(dividingBy: map.width)
            map.values[index] -= Float(phases[y % factor * factor + x % factor][tap])
        }
        return map
    }

    /// Bytes of kernel elements that one thread holds.
    private static let stripBytes = 32 << 20

    /// - Parameters:
    ///   - prediction: of the picture's size.
    ///   - source: the picture.
    ///   - levels: intervals at which each kernel is applied.
    ///   - most: largest width and height of a map, which blocks are chosen for.
    ///   - threads: strips at a time.
    ///   - checkpoint: called now and then; what it throws ends the survey.
    package init(
        of prediction: KernelPrediction, source: Plane, levels: Int, mostMap most: (width: Int, height: Int),
        threads: Int,
        checkpoint: () throws -> Void
    ) rethrows {
        let (size, factor) = (prediction.kernelSize, prediction.factor)
        let (width, height) = (source.width, source.height)
        func blocks(_ length: Int, _ most: Int) -> Int { (length - 1) / max(1, most / factor) + 1 }
        let block = max(blocks(width, most.width), blocks(height, most.height))
        let shape = KernelTally.Shape(size: size, factor: factor, width: width, block: block, levels: levels)
        let rowBytes = size * size * factor * factor * width * MemoryLayout<Float>.stride
        let stripRows = max(1, min(Self.stripBytes / rowBytes, (height + 3) / 4) / block) * block
        let strips = stride(from: 0, to: height, by: stripRows).map { $0..<min(height, $0 + stripRows) }

        var total = KernelTally(shape)
        for start in stride(from: 0, to: strips.count, by: max(1, threads)) {
            try checkpoint()
            let batch = Array(strips[start..<min(strips.count, start + max(1, threads))])
            for tally in concurrently(
                batch.count,
                { index in
                    KernelTally(
                        shape, prediction.elements(of: source, taps: Array(0..<size * size), rows: batch[index]))
                })
            {
                total.add(tally)
            }
        }

        self.size = size
        self.factor = factor
        self.block = block
        elements = (0..<size * size).map { total.element($0) }
        phases = (0..<factor * factor).map { phase in (0..<size * size).map { total.mean($0, phase: phase) } }
        sums = total.sums
        maps = total.maps
        departure = total.departure
    }
}

/// The results of a few independent pieces of work, done at the same time.
func concurrently<Result: Sendable>(_ count: Int, _ work: @Sendable (Int) -> Result) -> [Result] {
    let results = Mutex<[Result?]>(Array(repeating: nil, count: count))
    DispatchQueue.concurrentPerform(iterations: count) { index in
        let result = work(index)
        results.withLock { $0[index] = result }
    }
    return results.withLock { $0.compactMap { $0 } }
}
