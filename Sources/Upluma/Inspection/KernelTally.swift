import UplumaFrames

/// Sums over the kernels of a strip of rows, added up strip by strip.
struct KernelTally: Sendable {
    struct Shape: Sendable {
        /// Rows and columns of a kernel.
        let size: Int
        let factor: Int
        /// Source pixels of a row.
        let width: Int
        /// As `KernelSurvey.block`.
        let block: Int
        let levels: Int

        var taps: Int { size * size }
        var phases: Int { factor * factor }
        var mapWidth: Int { factor * ((width + block - 1) / block) }
    }

    private let shape: Shape
    /// Results in each phase.
    private var count = 0
    /// [tap][phase]
    private var totals: [Double]
    /// [tap]
    private var squares: [Double]
    private var lowest: [Float]
    private var highest: [Float]
    private var lowestSum = Float.infinity
    private var highestSum = -Float.infinity
    /// Rows of each element's map so far, one after the other; the last one is of the kernels' squared lengths.
    private var mapRows: [[Float]]

    init(_ shape: Shape) {
        self.shape = shape
        totals = Array(repeating: 0, count: shape.taps * shape.phases)
        squares = Array(repeating: 0, count: shape.taps)
        lowest = Array(repeating: .infinity, count: shape.taps)
        highest = Array(repeating: -.infinity, count: shape.taps)
        mapRows = Array(repeating: [], count: shape.taps + 1)
    }

    /// - Parameter planes: of each element, as `KernelPrediction` gives them for some rows; a whole number of blocks high,
    ///   but for the last ones.
    init(_ shape: Shape, _ planes: [Plane]) {
        self.init(shape)
        let (width, height) = (planes[0].width, planes[0].height)
        count = (width / shape.factor) * (height / shape.factor)
        var lengths: [[Float]] = []
        for y in 0..<height {
            var (sums, length) = ([Float](repeating: 0, count: width), [Float](repeating: 0, count: width))
            for (tap, plane) in planes.enumerated() {
                let row = plane.floats(row: y)
                add(row, tap: tap, phaseRow: y % shape.factor)
                for x in 0..<width {
                    sums[x] += row[x]
                    length[x] += row[x] * row[x]
                }
            }
            lengths.append(length)
            lowestSum = min(lowestSum, sums.min() ?? .infinity)
            highestSum = max(highestSum, sums.max() ?? -.infinity)
        }
        mapRows =
            planes.map { plane in Self.map(shape, width: width, height: height) { plane.floats(row: $0) } }
            + [Self.map(shape, width: width, height: height) { lengths[$0] }]
    }

    private mutating func add(_ row: [Float], tap: Int, phaseRow: Int) {
        var (least, most) = (lowest[tap], highest[tap])
        var square = 0.0
        for phaseColumn in 0..<shape.factor {
            var total = 0.0
            for x in stride(from: phaseColumn, to: row.count, by: shape.factor) {
                let value = row[x]
                least = min(least, value)
                most = max(most, value)
                total += Double(value)
                square += Double(value) * Double(value)
            }
            totals[tap * shape.phases + phaseRow * shape.factor + phaseColumn] += total
        }
        (lowest[tap], highest[tap]) = (least, most)
        squares[tap] += square
    }

    /// Rows of a map: means over blocks of source pixels, each of the factor² results by itself.
    private static func map(_ shape: Shape, width: Int, height: Int, _ row: (Int) -> [Float]) -> [Float] {
        let (factor, block) = (shape.factor, shape.block)
        guard block > 1 else { return (0..<height).flatMap(row) }
        let side = factor * block
        let columns = (0..<width).map { $0 / side * factor + $0 % factor }
        return stride(from: 0, to: height, by: side).flatMap { top in
            (0..<factor).flatMap { phase in
                let rows = stride(from: top + phase, to: min(height, top + side), by: factor)
                var sums = [Float](repeating: 0, count: shape.mapWidth)
                var count = 0
                for y in rows {
                    for (x, value) in row(y).enumerated() { sums[columns[x]] += value }
                    count += 1
                }
                return sums.enumerated().map { index, sum in
                    let across = min(block, shape.width - index / factor * block)
                    return sum / Float(count * across)
                }
            }
        }
    }

    /// Takes in the strip below.
    mutating func add(_ other: KernelTally) {
        count += other.count
        for index in totals.indices { totals[index] += other.totals[index] }
        for tap in squares.indices {
            squares[tap] += other.squares[tap]
            lowest[tap] = min(lowest[tap], other.lowest[tap])
            highest[tap] = max(highest[tap], other.highest[tap])
        }
        lowestSum = min(lowestSum, other.lowestSum)
        highestSum = max(highestSum, other.highestSum)
        for index in mapRows.indices { mapRows[index] += other.mapRows[index] }
    }

    // MARK: Results

    func mean(_ tap: Int, phase: Int) -> Double { totals[tap * shape.phases + phase] / Double(count) }

    private func mean(_ tap: Int) -> Double {
        (0..<shape.phases).reduce(0) { $0 + mean(tap, phase: $1) } / Double(shape.phases)
    }

    func element(_ tap: Int) -> KernelSurvey.Element {
        let mean = mean(tap)
        let variance = squares[tap] / Double(count * shape.phases) - mean * mean
        return KernelSurvey.Element(
            row: tap / shape.size, column: tap % shape.size, mean: mean, deviation: max(0, variance).squareRoot(),
            lowest: Double(lowest[tap]), highest: Double(highest[tap]))
    }

    var sums: (lowest: Double, mean: Double, highest: Double) {
        let levels = Double(shape.levels)
        let mean = (0..<shape.taps).reduce(0) { $0 + self.mean($1) }
        return (levels * Double(lowestSum), levels * mean, levels * Double(highestSum))
    }

    /// Of each element.
    var maps: [Grid] { mapRows.dropLast().map(grid) }

    /// Root of the mean squared distance of kernels from the mean kernel of all results in the same place.
    var departure: Grid {
        let (factor, phases) = (shape.factor, shape.phases)
        let kernels = (0..<phases).map { phase in (0..<shape.taps).map { mean($0, phase: phase) } }
        let lengths = kernels.map { kernel in kernel.reduce(0) { $0 + $1 * $1 } }
        var grid = grid(mapRows[shape.taps])
        for index in grid.values.indices {
            let (y, x) = index.quotientAndRemainder(dividingBy: shape.mapWidth)
            let phase = y % factor * factor + x % factor
            var product = 0.0
            for tap in 0..<shape.taps { product += Double(mapRows[tap][index]) * kernels[phase][tap] }
            grid.values[index] = Float(max(0, Double(grid.values[index]) - 2 * product + lengths[phase]).squareRoot())
        }
        return grid
    }

    private func grid(_ values: [Float]) -> Grid {
        Grid(width: shape.mapWidth, height: values.count / shape.mapWidth, values: values)
    }
}

extension Plane {
    /// A row of a plane of floats.
    func floats(row y: Int) -> [Float] {
        precondition(sample == .float32 && (0..<height).contains(y), "a row of floats")
        return withBytes { bytes in
            Array(
                UnsafeBufferPointer(
                    start: (bytes + y * stride).assumingMemoryBound(to: Float.self), count: width))
        }
    }
}
