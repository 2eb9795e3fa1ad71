/// Chooses the parts of a picture in which versions differ most and there is something to see; a pure function of luma.
///
/// Sums over blocks of luma's squared differences from the baseline (D, all versions together) and of the baseline's squared
/// gradients (E) are summed over windows of the size asked for, on a lattice of blocks. The best window has the largest
/// D·E / (E + Ē), Ē the mean of E: differences count fully where there is detail, and little where there is none. Where no
/// version differs, the largest E counts. Windows lie as far from each other as they are wide where the picture has room for
/// that, so that they are not of one bush, and never overlap; the first in rows counts among equals.
struct CropPlaces: Sendable {
    private let width: Int
    private let height: Int
    /// Pixels of a block in both directions.
    private let side: Int
    private let columns: Int
    private let rows: Int
    /// Sums of blocks above and to the left: [row][column], one more than there are blocks.
    private let differences: [Double]
    private let details: [Double]

    /// Differences finer than 1/16 of an 8-bit code are none: luma has 12 bits here.
    private static let shift: UInt16 = 4

    /// - Parameters:
    ///   - lumas: of each version, 16 bits, rows first; the first is the baseline.
    ///   - side: pixels of a block.
    init(_ lumas: [[UInt16]], width: Int, height: Int, side: Int, threads: Int) {
        let (columns, rows) = ((width + side - 1) / side, (height + side - 1) / side)
        (self.width, self.height, self.side, self.columns, self.rows) = (width, height, side, columns, rows)
        let sums = [Double](rows: rows, length: 2 * columns, threads: threads) { range, target in
            for (index, row) in range.enumerated() {
                let lines = row * side..<min(height, (row + 1) * side)
                for column in 0..<columns {
                    let box = Box(
                        x: column * side, y: lines.lowerBound, width: min(side, width - column * side),
                        height: lines.count)
                    let place = 2 * (index * columns + column)
                    target[place] = Self.difference(lumas, width: width, box)
                    target[place + 1] = Self.detail(lumas[0], width: width, height: height, box)
                }
            }
        }
        func integral(_ offset: Int) -> [Double] {
            var table = [Double](repeating: 0, count: (rows + 1) * (columns + 1))
            for row in 0..<rows {
                var line = 0.0
                for column in 0..<columns {
                    line += sums[2 * (row * columns + column) + offset]
                    let index = (row + 1) * (columns + 1) + column + 1
                    table[index] = table[index - columns - 1] + line
                }
            }
            return table
        }
        differences = integral(0)
        details = integral(1)
    }

    /// The best places, best first; fewer where the picture has no room for more.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - cropWidth: of each, in pixels; at most the picture's.
    ///   - cropHeight: the same.
    func chosen(_ count: Int, width cropWidth: Int, height cropHeight: Int) -> [Box] {
        let whole = Double(width * height)
        let mean = details[details.count - 1] * Double(cropWidth * cropHeight) / whole
        var windows: [(box: Box, score: Double, detail: Double)] = []
        for y in stride(from: 0, through: height - cropHeight, by: side) {
            for x in stride(from: 0, through: width - cropWidth, by: side) {
                let box = Box(x: x, y: y, width: cropWidth, height: cropHeight)
                let (difference, detail) = (sum(differences, box), sum(details, box))
                let share = detail + mean > 0 ? detail / (detail + mean) : 1
                windows.append((box, difference * share, detail))
            }
        }
        var chosen: [Box] = []
        while chosen.count < count {
            func best(apart distance: Int) -> Box? {
                let taken = chosen.map { $0.grown(by: distance) }
                var best: (box: Box, score: Double, detail: Double)?
                for window in windows where taken.allSatisfy({ $0.intersection(window.box).isEmpty }) {
                    if let best, (best.score, best.detail) >= (window.score, window.detail) { continue }
                    best = window
                }
                return best?.box
            }
            guard let box = best(apart: cropWidth) ?? best(apart: 0) else { break }
            chosen.append(box)
        }
        return chosen
    }

    /// Over the blocks that a window touches.
    private func sum(_ table: [Double], _ box: Box) -> Double {
        let (left, right) = (box.x / side, min(columns, (box.maxX + side - 1) / side))
        let (top, bottom) = (box.y / side * (columns + 1), min(rows, (box.maxY + side - 1) / side) * (columns + 1))
        return table[bottom + right] - table[bottom + left] - table[top + right] + table[top + left]
    }

    // MARK: Blocks

    private static func difference(_ lumas: [[UInt16]], width: Int, _ box: Box) -> Double {
        var total = 0
        lumas[0].withUnsafeBufferPointer { base in
            for other in lumas.dropFirst() {
                other.withUnsafeBufferPointer { other in
                    for y in box.y..<box.maxY {
                        var line: Int32 = 0
                        for index in y * width + box.x..<y * width + box.maxX {
                            let difference = Int32(other[index] >> shift) &- Int32(base[index] >> shift)
                            // 16 squares of 12 bits, the most a block's row has, are less than 2^31.
                            line &+= difference &* difference
                        }
                        total += Int(line)
                    }
                }
            }
        }
        return Double(total)
    }

    private static func detail(_ luma: [UInt16], width: Int, height: Int, _ box: Box) -> Double {
        var total = 0
        luma.withUnsafeBufferPointer { luma in
            for y in box.y..<box.maxY {
                let below = y + 1 < height ? width : 0
                var line: Int32 = 0
                for index in y * width + box.x..<y * width + min(box.maxX, width - 1) {
                    let across = Int32(luma[index + 1] >> shift) &- Int32(luma[index] >> shift)
                    let down = Int32(luma[index + below] >> shift) &- Int32(luma[index] >> shift)
                    line &+= (across &* across &+ down &* down) >> 1
                }
                total += Int(line)
            }
        }
        return Double(total)
    }
}
