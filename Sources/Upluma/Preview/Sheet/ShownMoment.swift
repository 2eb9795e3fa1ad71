import UplumaFrames

/// What the views of a moment are made from: its pictures as large as the sheet shows them, and their luma.
struct ShownMoment: Sendable {
    /// A sheet of whole pictures is at most so wide; larger pictures are reduced.
    static let mostWidth = 12000
    /// Rows of pictures beside each other are at most so wide: what goes beyond begins a new row.
    static let mostRowWidth = 8192
    /// Versions in a row.
    static let mostColumns = 4
    /// Of all pictures together, in pixels.
    static let mostPixels = 80_000_000

    let pictures: [PreviewedPicture]
    let style: SheetStyle
    /// Of the pictures' size in either direction at which they are shown whole.
    let share: Double
    /// Pictures as they are shown whole.
    let shown: [RGBPicture]
    /// Whole pictures in a row.
    let columns: Int
    /// What a whole picture has of the sheet's width.
    let cellWidth: Int
    let threads: Int
    /// That made red, green and blue.
    private let matrix: ColorMatrix

    init(_ moment: PreviewedMoment, threads: Int) {
        pictures = moment.pictures
        let frame = moment.pictures[0].frame
        matrix = ColorMatrix(frame.color.matrix, sourceHeight: moment.sourceHeight ?? frame.height)
        self.threads = threads
        let first = moment.pictures[0].picture
        let (width, height, count) = (first.width, first.height, moment.pictures.count)
        let most = Self.mostWidth - 2 * SheetStyle(width: Self.mostWidth).margin
        let share = min(
            1, Double(most) / Double(width),
            (Double(Self.mostPixels) / (Double(count) * Double(width) * Double(height))).squareRoot())
        func reduced(_ length: Int) -> Int { min(length, max(1, Int((share * Double(length)).rounded()))) }
        let size = (width: reduced(width), height: reduced(height))
        self.share = share

        let rows = (count + Self.mostColumns - 1) / Self.mostColumns
        let columns = max(1, min((count + rows - 1) / rows, Self.mostRowWidth / size.width))
        let style = SheetStyle(width: columns * size.width)
        (self.columns, self.style) = (columns, style)
        cellWidth = max(size.width, style.leastCell)
        shown = moment.pictures.map { $0.picture.reduced(toWidth: size.width, height: size.height, threads: threads) }
    }

    /// Of a row of whole pictures.
    var rowWidth: Int { columns * cellWidth + (columns - 1) * style.gap }

    /// Luma of all pictures at their own size (`RGBPicture.luma`).
    func lumas() -> [[UInt16]] {
        let weights = LumaWeights(matrix)
        return pictures.map { $0.picture.luma(weights, threads: threads) }
    }

    /// The pictures' own size.
    var width: Int { pictures[0].picture.width }
    var height: Int { pictures[0].picture.height }

    /// What a caption says of a reduction.
    var shareFacts: [String] { share < 1 ? ["shown at \(PreviewText.percent(share)) of its size"] : [] }
}
