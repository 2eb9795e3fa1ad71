import UplumaFrames
import UplumaQuality

/// A part of one picture as the original has it and as each model made it.
struct Exhibit: Sendable {
    /// One model's part.
    struct Result: Sendable {
        let model: String
        let codes: CodePlane
    }

    let set: String
    let image: String
    /// Where the part's first pixel lies in the picture.
    let x: Int
    let y: Int
    let original: CodePlane
    let results: [Result]
    /// By how much the models differ here: the spread of their mean squared errors, in squared code values.
    let spread: Double
    /// Whether black is 16 and white 235.
    let isLimited: Bool
}

/// Picks the parts of pictures where models differ most: the best of each picture, the best few of each set.
struct ExhibitChooser {
    /// Parts are `cells` cells of `cell` pixels each way; fewer in pictures that are smaller.
    private static let cells = 4
    private static let cell = 24
    private static let perSet = 3
    private static let most = 6

    private let border: Int
    /// Best first, at most `perSet` for each set; sets in the order they came in.
    private var candidates: [(set: String, exhibits: [Exhibit])] = []

    init(border: Int) {
        self.border = border
    }

    /// What to show: the best of each set first, then the second best, until there are enough.
    var chosen: [Exhibit] {
        var chosen: [Exhibit] = []
        for rank in 0..<ExhibitChooser.perSet {
            let ranked = candidates.compactMap { $0.exhibits.count > rank ? $0.exhibits[rank] : nil }
            chosen += ranked.sorted { $0.spread > $1.spread }.prefix(ExhibitChooser.most - chosen.count)
        }
        return chosen
    }

    mutating func consider(_ sample: EvaluationSample, set: String, models: [String], results: [Plane]) {
        let luma = sample.luma
        let codes = results.map { luma.codes(of: $0) }
        guard let best = place(luma.original, codes) else { return }
        let index = candidates.firstIndex { $0.set == set }
        let others = index.map { candidates[$0].exhibits } ?? []
        guard others.count < ExhibitChooser.perSet || best.spread > others.last?.spread ?? 0 else { return }
        let cut = { (plane: CodePlane) in
            plane.cropped(x: best.x, y: best.y, width: best.width, height: best.height)
        }
        let exhibit = Exhibit(
            set: set, image: sample.name, x: best.x, y: best.y, original: cut(luma.original),
            results: zip(models, codes).map { Exhibit.Result(model: $0, codes: cut($1)) }, spread: best.spread,
            isLimited: sample.isLimited)
        let exhibits = Array((others + [exhibit]).sorted { $0.spread > $1.spread }.prefix(ExhibitChooser.perSet))
        if let index { candidates[index].exhibits = exhibits } else { candidates.append((set, exhibits)) }
    }

    /// A rectangle of cells, and how far the models are apart in it.
    private struct Place {
        let x: Int
        let y: Int
        let width: Int
        let height: Int
        let spread: Double
    }

    /// The part with the largest spread, at whole cells inside the border; nil without models.
    private func place(_ original: CodePlane, _ results: [CodePlane]) -> Place? {
        let cells = CellGrid(width: original.width, height: original.height, border: border, cell: ExhibitChooser.cell)
        let errors = results.map { cells.squaredErrors(original, $0) }
        let (across, down) = (min(ExhibitChooser.cells, cells.columns), min(ExhibitChooser.cells, cells.rows))
        var best: Place?
        for row in 0...cells.rows - down {
            for column in 0...cells.columns - across {
                let sums = errors.map { errors in
                    (row..<row + down).reduce(0.0) { sum, y in
                        sum + errors[y * cells.columns + column..<y * cells.columns + column + across].reduce(0, +)
                    }
                }
                guard let largest = sums.max(), let smallest = sums.min() else { return nil }
                let (width, height) = (across * cells.cellWidth, down * cells.cellHeight)
                // Of a single model, where it is worst.
                let spread = (results.count > 1 ? largest - smallest : largest) / Double(width * height)
                if best.map({ spread > $0.spread }) ?? true {
                    best = Place(
                        x: border + column * cells.cellWidth, y: border + row * cells.cellHeight, width: width,
                        height: height, spread: spread)
                }
            }
        }
        return best
    }
}

/// A picture without its border, divided into cells of one size; what is left over at the right and bottom is not used.
private struct CellGrid {
    let columns: Int
    let rows: Int
    let cellWidth: Int
    let cellHeight: Int
    private let border: Int

    /// Cells are `cell` pixels each way, fewer where the picture is smaller than that.
    init(width: Int, height: Int, border: Int, cell: Int) {
        self.border = border
        cellWidth = min(cell, width - 2 * border)
        cellHeight = min(cell, height - 2 * border)
        columns = (width - 2 * border) / cellWidth
        rows = (height - 2 * border) / cellHeight
    }

    /// The sum of squared differences in each cell, rows first.
    func squaredErrors(_ a: CodePlane, _ b: CodePlane) -> [Double] {
        var sums = [Double](repeating: 0, count: columns * rows)
        for y in 0..<rows * cellHeight {
            let line = (border + y) * a.width + border
            for column in 0..<columns {
                var sum = 0.0
                for index in line + column * cellWidth..<line + (column + 1) * cellWidth {
                    let difference = a.samples[index] - b.samples[index]
                    sum += difference * difference
                }
                sums[y / cellHeight * columns + column] += sum
            }
        }
        return sums
    }
}
