import Foundation
import UplumaFrames

/// A picture of pictures: versions of one moment or of many, with captions. Takes one moment after the other and keeps what
/// it shows of them.
struct PreviewSheet: Sendable {
    /// A sheet is at most so large, in pixels: FFmpeg writes no larger PNG files.
    static let mostPixels = 200_000_000

    private struct Section: Sendable {
        let place: [String]
        let style: SheetStyle
        let layout: SheetLayout
    }

    private let views: [PreviewView]?
    private let name: String
    private let scale: Int
    private let threads: Int
    /// The size of the results that came first.
    private var size: (width: Int, height: Int)?
    private var depth = 8
    private var tag: RGBPicture.ColorTag?
    private var pixelAspect: Rational?
    private var moments = 0
    private var sections: [Section] = []
    private var grid: PreviewGrid?
    /// The first moment while nobody knows whether it is the only one.
    private var only: PreviewedMoment?

    /// - Parameters:
    ///   - views: what is shown, from top to bottom; `grid`, which is of all moments, stands before or behind what is shown
    ///     of each. Nil: of one moment `ShownMoment.automaticViews`, of several ones a grid.
    ///   - input: path or name of the file, or `-`.
    ///   - scale: of the results, for the title.
    ///   - threads: for reductions and maps.
    init(views: [PreviewView]?, input: String, scale: Int, threads: Int) {
        self.views = views
        name = input == "-" ? "standard input" : (input as NSString).lastPathComponent
        self.scale = scale
        self.threads = max(1, threads)
    }

    /// - Throws: `UplumaError` of kind `usage` when the sheet would become too large; it then is as it was before.
    mutating func add(_ moment: PreviewedMoment) throws {
        var sheet = self
        sheet.take(moment)
        let (width, height) = sheet.extent
        guard width * height <= Self.mostPixels else {
            throw UplumaError(
                .usage,
                "A sheet of \(sheet.moments == 1 ? "one moment" : "\(sheet.moments) moments") would be \(width)×\(height) "
                    + "pixels large. Ask for fewer moments or views, or for a grid, which reduces the pictures.")
        }
        self = sheet
    }

    private mutating func take(_ moment: PreviewedMoment) {
        let first = moment.pictures[0].picture
        if moments == 0 {
            (size, tag, pixelAspect) = ((first.width, first.height), first.tag, first.pixelAspect)
        }
        moments += 1
        if moment.pictures.contains(where: { $0.picture.depth == 16 }) { depth = 16 }
        guard let views else {
            if moments == 1 {
                only = moment
            } else {
                if let first = only {
                    grid = PreviewGrid(threads: threads)
                    grid?.add(first)
                    only = nil
                }
                grid?.add(moment)
            }
            return
        }
        if views.contains(.grid) {
            grid = grid ?? PreviewGrid(threads: threads)
            grid?.add(moment)
        }
        if views.contains(where: { $0 != .grid }) { sections.append(section(moment, views)) }
    }

    private func section(_ moment: PreviewedMoment, _ views: [PreviewView]) -> Section {
        let shown = ShownMoment(moment, threads: threads)
        return Section(
            place: PreviewText.place(seconds: moment.seconds, frameNumber: moment.frameNumber), style: shown.style,
            layout: shown.layout(views))
    }

    // MARK: The picture

    /// Everything that was added. Its samples have 16 bits when a picture's have; tag and shape are the pictures'.
    func picture() -> RGBPicture {
        if views == [.single], sections.count == 1,
            case .picture(let alone, _, _)? = sections[0].layout.items.first?.content
        {
            return alone
        }
        let (layout, style) = composed()
        var surface = SheetSurface(
            width: layout.width + 2 * style.margin, height: layout.height + 2 * style.margin, depth: depth, tag: tag,
            color: SheetStyle.background)
        surface.draw(layout, x: style.margin, y: style.margin)
        return surface.picture(tag: tag, pixelAspect: pixelAspect)
    }

    /// The size of the picture.
    private var extent: (width: Int, height: Int) {
        if only != nil { return (0, 0) }
        let (layout, style) = composed()
        return (layout.width + 2 * style.margin, layout.height + 2 * style.margin)
    }

    /// Title and parts, without the margin around them.
    private func composed() -> (layout: SheetLayout, style: SheetStyle) {
        var sections = sections
        if let only {
            sections = [section(only, ShownMoment.automaticViews(versions: only.pictures.count))]
        }
        let table = grid?.layout()
        let styles = sections.map(\.style) + (grid.map { [$0.style] } ?? [])
        let style = styles.max { $0.textScale < $1.textScale } ?? SheetStyle(width: 0)
        let width = (sections.map(\.layout) + (table.map { [$0] } ?? [])).reduce(style.leastWidth) { max($0, $1.width) }

        var facts = ["enlarged \(scale) times"]
        if let size { facts.append("\(size.width)×\(size.height) pixels") }
        if moments == 1, let place = sections.first?.place { facts += place }
        if moments > 1 { facts.append("\(moments) moments") }
        var layout = SheetLayout()
        layout.append(
            SheetCaption(name: name, facts: facts).lines(width: width, style: style, nameScale: style.titleScale),
            style: style, gap: 0)
        if let table, views?.first ?? .grid == .grid { layout.append(table, gap: 2 * style.gap) }
        for section in sections {
            if moments > 1 {
                layout.append(
                    SheetCaption(name: section.place.joined(separator: PreviewText.separator), facts: [])
                        .lines(width: width, style: style, nameScale: style.titleScale),
                    style: style, gap: 2 * style.wideGap)
            }
            layout.append(section.layout, gap: moments > 1 ? style.gap : 2 * style.gap)
        }
        if let table, let first = views?.first, first != .grid { layout.append(table, gap: 2 * style.wideGap) }
        return (layout, style)
    }
}
