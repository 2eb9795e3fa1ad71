/// Numbers on a grid, for pictures of them.
package struct Grid: Sendable, Equatable {
    package let width: Int
    package let height: Int
    /// Rows first.
    package var values: [Float]

    package init(width: Int, height: Int, values: [Float]) {
        precondition(width > 0 && height > 0 && values.count == width * height, "\(width)×\(height) numbers")
        self.width = width
        self.height = height
        self.values = values
    }

    package subscript(x: Int, y: Int) -> Float { values[y * width + x] }

    /// The largest size at which a picture goes into a space: whole multiples of its own, or smaller in both directions
    /// alike.
    package static func fitted(
        width: Int, height: Int, intoWidth spaceWidth: Int, height spaceHeight: Int
    ) -> (width: Int, height: Int) {
        let times = min(spaceWidth / width, spaceHeight / height)
        if times >= 1 { return (times * width, times * height) }
        let share = min(Double(spaceWidth) / Double(width), Double(spaceHeight) / Double(height))
        return (max(1, Int(Double(width) * share)), max(1, Int(Double(height) * share)))
    }

    /// A part of a picture at another size, each result the mean of the area it covers; at whole multiples of the size
    /// pixels are repeated.
    package init(_ picture: ShadedPicture, part: Box, width: Int, height: Int) {
        self.init(part: part, width: width, height: height, row: picture.row)
    }

    /// The numbers at another size, as a picture's.
    package init(_ grid: Grid, width: Int, height: Int) {
        let part = Box(x: 0, y: 0, width: grid.width, height: grid.height)
        self.init(part: part, width: width, height: height) { y in
            Array(grid.values[y * grid.width..<(y + 1) * grid.width])
        }
    }

    /// Means over squares of `side` numbers; those at the right and bottom may be smaller.
    package func means(overBlocksOf side: Int) -> Grid {
        precondition(side > 0, "blocks of \(side)")
        if side == 1 { return self }
        let (columns, rows) = ((width + side - 1) / side, (height + side - 1) / side)
        var sums = [Float](repeating: 0, count: columns * rows)
        for (index, value) in values.enumerated() {
            sums[index / width / side * columns + index % width / side] += value
        }
        for index in sums.indices {
            let (y, x) = index.quotientAndRemainder(dividingBy: columns)
            sums[index] /= Float(min(side, height - y * side) * min(side, width - x * side))
        }
        return Grid(width: columns, height: rows, values: sums)
    }

    private init(part: Box, width: Int, height: Int, row: (Int) -> [Float]) {
        let columns = Self.shares(from: part.width, to: width)
        let rows = Self.shares(from: part.height, to: height)
        var values = [Float](repeating: 0, count: width * height)
        for y in 0..<part.height where !rows[y].isEmpty {
            let samples = row(part.y + y)
            var line = [Float](repeating: 0, count: width)
            for x in 0..<part.width {
                for (target, share) in columns[x] { line[target] += share * samples[part.x + x] }
            }
            for (target, share) in rows[y] {
                for x in 0..<width { values[target * width + x] += share * line[x] }
            }
        }
        self.init(width: width, height: height, values: values)
    }

    /// What each source sample gives to which results: shares of a result sum to one.
    private static func shares(from source: Int, to target: Int) -> [[(target: Int, share: Float)]] {
        let size = Double(source) / Double(target)
        var shares: [[(target: Int, share: Float)]] = Array(repeating: [], count: source)
        for result in 0..<target {
            let (start, end) = (Double(result) * size, Double(result + 1) * size)
            for index in Int(start)..<min(source, Int(end.rounded(.up))) {
                let covered = min(end, Double(index + 1)) - max(start, Double(index))
                if covered > 1e-9 { shares[index].append((result, Float(covered / size))) }
            }
        }
        return shares
    }
}
