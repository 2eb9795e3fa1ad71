/// Reduced pictures of many moments: a row for each moment and a column for each version. Of one version, moments are beside
/// each other, too.
struct PreviewGrid: Sendable {
    /// A sheet is at most about so wide; thumbnails fit it, but are neither narrower nor wider than this.
    static let mostWidth = 2400
    static let widths = 160...600
    /// Kept in all, in pixels; what goes beyond is reduced to half its width, down to the least.
    static let mostPixels = 24_000_000

    private struct Row: Sendable {
        let facts: [String]
        var pictures: [PreviewVersion: RGBPicture]
    }

    /// In the order of their first moment.
    private(set) var versions: [PreviewVersion] = []
    private var rows: [Row] = []
    private var milliseconds: [PreviewVersion: [Double]] = [:]
    private var mostThumbnail = Self.widths.upperBound
    private let threads: Int
    let style = SheetStyle(width: Self.mostWidth)

    init(threads: Int) { self.threads = threads }

    /// Width of a thumbnail, the picture's own where that is less.
    private var thumbnailWidth: Int {
        let columns = versions.count > 1 ? versions.count : 5
        // A gap goes with each but the last.
        let space = Self.mostWidth - 2 * style.margin + style.gap - (versions.count > 1 ? placeWidth : 0)
        return min(max(space / columns - style.gap, Self.widths.lowerBound), mostThumbnail)
    }

    /// Of the times beside the rows.
    private var placeWidth: Int { style.width(letters: 12) }

    /// Pixels of all thumbnails.
    var keptPixels: Int {
        rows.reduce(0) { sum, row in row.pictures.values.reduce(sum) { $0 + $1.width * $1.height } }
    }

    mutating func add(_ moment: PreviewedMoment) {
        let before = versions.count
        for picture in moment.pictures where !versions.contains(picture.version) { versions.append(picture.version) }
        if before > 0, versions.count > before { reduceAll() }
        let width = thumbnailWidth
        var row = Row(
            facts: PreviewText.place(seconds: moment.seconds, frameNumber: moment.frameNumber), pictures: [:])
        for picture in moment.pictures {
            row.pictures[picture.version] = thumbnail(picture.picture, width: width)
            if let time = picture.milliseconds { milliseconds[picture.version, default: []].append(time) }
        }
        rows.append(row)
        while keptPixels > Self.mostPixels, mostThumbnail > Self.widths.lowerBound {
            mostThumbnail = max(Self.widths.lowerBound, thumbnailWidth / 2)
            reduceAll()
        }
    }

    /// Brings thumbnails that were made for fewer versions or moments to the width of now.
    private mutating func reduceAll() {
        let width = thumbnailWidth
        for index in rows.indices {
            rows[index].pictures = rows[index].pictures.mapValues { thumbnail($0, width: width) }
        }
    }

    private func thumbnail(_ picture: RGBPicture, width: Int) -> RGBPicture {
        guard picture.width > width else { return picture }
        let height = Double(picture.height) * Double(width) / Double(picture.width)
        return picture.reduced(toWidth: width, height: max(1, Int(height.rounded())), threads: threads)
    }

    // MARK: Layout

    func layout() -> SheetLayout { versions.count > 1 ? table() : contactSheet() }

    private func facts(_ version: PreviewVersion) -> [String] {
        PreviewText.facts(
            milliseconds: milliseconds[version].flatMap(PreviewText.median), quality: PreviewReport.Quality())
    }

    private var cellWidth: Int {
        rows.lazy.flatMap { $0.pictures.values.lazy.map(\.width) }.reduce(Self.widths.lowerBound, max)
    }

    private func table() -> SheetLayout {
        var layout = SheetLayout()
        let (cell, gap) = (cellWidth, style.gap)
        let heads = versions.map {
            SheetCaption(name: $0.label, facts: facts($0)).lines(width: cell, style: style)
        }
        let heights = heads.map { $0.reduce(0) { $0 + style.line($1.scale) } }
        let head = heights.max() ?? 0
        func left(_ column: Int) -> Int { placeWidth + column * (cell + gap) }
        for (column, lines) in heads.enumerated() {
            layout.place(lines, x: left(column), y: head - heights[column], style: style)
        }
        var top = head
        for row in rows {
            let bottom = layout.place(lines(row.facts, width: placeWidth), x: 0, y: top, style: style)
            for (column, version) in versions.enumerated() {
                if let picture = row.pictures[version] { layout.place(picture, x: left(column), y: top) }
            }
            top = max(bottom, top + (row.pictures.values.map(\.height).max() ?? 0)) + gap
        }
        return layout
    }

    private func contactSheet() -> SheetLayout {
        var layout = SheetLayout()
        guard let version = versions.first else { return layout }
        let (cell, gap) = (cellWidth, style.gap)
        let columns = max(1, min(rows.count, (Self.mostWidth - 2 * style.margin + gap) / (cell + gap)))
        let width = columns * (cell + gap) - gap
        layout.append(
            SheetCaption(name: version.label, facts: facts(version)).lines(width: width, style: style), style: style,
            gap: 0)
        let cells = rows.compactMap { row in
            row.pictures[version].map { picture in
                SheetLayout.Cell(
                    caption: SheetCaption(name: row.facts[0], facts: Array(row.facts.dropFirst())),
                    content: .picture(
                        picture, part: Box(x: 0, y: 0, width: picture.width, height: picture.height), times: 1),
                    width: picture.width, height: picture.height)
            }
        }
        layout.append(SheetLayout(cells, columns: columns, cellWidth: cell, style: style), gap: gap)
        return layout
    }

    private func lines(_ facts: [String], width: Int) -> [SheetCaption.Line] {
        SheetCaption.packed(facts, width: width, scale: style.textScale).map {
            SheetCaption.Line(text: $0, color: SheetStyle.factColor, scale: style.textScale)
        }
    }
}
