import Foundation
import UplumaNetworks

/// The picture of a frame's kernels (figures 4 and 5 of the DAIR paper): kernels at the left, at the right how they differ
/// from the frame's mean. From top to bottom source and result with the regions' places, maps of the kernels' inner
/// elements over the frame, and every kernel of the regions.
struct KernelSheet {
    /// Of each half.
    static let columns = 3
    static let columnWidth = 576
    static let gap = 24
    static let halfWidth = columns * columnWidth + (columns - 1) * gap
    private static let halfGap = 72
    static let width = 2 * halfWidth + halfGap
    static let margin = 40
    /// Rows of pictures are at most so high.
    static let mostHeight = 520
    /// Of text, and of headings.
    static let textScale = 3
    private static let headingScale = 4
    static let captionColor = RGB(gray: 80)

    let picture: KernelPicture
    /// Of kernels.
    let weights: ColorScale
    /// Of how far they are from the mean kernels.
    let changes: ColorScale
    /// [region][result][tap]
    let differences: [[[Float]]]
    private let name: String

    /// - Parameter name: of the input.
    init(_ picture: KernelPicture, name: String) {
        self.picture = picture
        self.name = (name as NSString).lastPathComponent
        let survey = picture.survey
        func largest(_ values: some Sequence<Float>) -> Double { values.reduce(0) { max($0, Double(abs($1))) } }
        differences = picture.regions.map { $0.differences(from: survey.phases) }
        weights = .around(
            zero: max(
                largest(picture.regions.lazy.flatMap { $0.kernels.joined() }),
                largest(survey.phases.lazy.joined().map(Float.init))), law: .root)
        changes = .around(zero: largest(differences.lazy.joined().joined()), law: .root)
    }

    /// The largest map that goes onto a sheet.
    static func mapSpace(elements: Int) -> (width: Int, height: Int) {
        let across = max(columns, elements)
        return ((halfWidth - (across - 1) * gap) / across, mostHeight * columns / across)
    }

    func canvas() -> Canvas {
        let (side, size) = (picture.elements, picture.survey.size)
        let changes = picture.survey.maps.indices.map { picture.survey.change(ofElement: $0) }
        let parts = [
            title,
            halves(overview, meanKernels),
            halves(
                heading("Weights: the kernels' inner \(side)×\(side) elements over the frame", weightText),
                heading("Changes: the same less its mean", changeText)),
            halves(maps(picture.survey.maps, "weight"), maps(changes, "change")),
            halves(
                heading(
                    "Kernels of \(picture.regions.count) regions",
                    "Each cell is the \(size)×\(size) kernel of one result pixel, and the cells lie as the pixels do. Beside "
                        + "them is the region in its surroundings, source above and result below."),
                heading(
                    "How they differ from the mean",
                    "The same cells less the mean kernel of their place in a source pixel. Beside them the mean of the "
                        + "region's kernels.")),
            halves(regions(kernels(ofRegion:)), regions(changes(ofRegion:))),
            halves(
                .bar(weights, title: "weight", width: Self.halfWidth / 2, textScale: Self.textScale),
                .bar(self.changes, title: "change", width: Self.halfWidth / 2, textScale: Self.textScale)),
        ]
        return Panel.column(parts, gap: Self.gap).widened(to: Self.width).canvas(margin: Self.margin)
    }

    // MARK: Arrangement

    private func halves(_ left: Panel, _ right: Panel) -> Panel {
        .row([left.widened(to: Self.halfWidth), right], gap: Self.halfGap)
    }

    private func heading(_ title: String, _ text: String) -> Panel {
        .column(
            [
                .text(title, width: Self.halfWidth, scale: Self.headingScale),
                .text(text, width: Self.halfWidth, scale: Self.textScale, color: Self.captionColor),
            ], gap: 4)
    }

    /// A panel below its caption.
    func captioned(_ caption: String, _ panel: Panel, width: Int = columnWidth) -> Panel {
        .column([.text(caption, width: width, scale: Self.textScale, isOneLine: true), panel], gap: 0)
            .widened(to: width)
    }

    // MARK: Title and overview

    private var title: Panel {
        let (shown, network) = (picture.shown, picture.network)
        let lattice = network.stages[0].lattice
        let size = picture.survey.size
        var place = [name]
        if shown.number != nil || shown.seconds > 0 { place.append("at \(ClockText.plain(shown.seconds)) s") }
        if let number = shown.number { place.append("frame \(number)") }
        var facts = ["\((picture.modelName as NSString).lastPathComponent), \(network.factor)×"]
        facts.append("luma \(Self.size(picture.source)) → \(Self.size(picture.result))")
        if network.stages.count > 1 { facts.append("first of \(network.stages.count) stages, \(lattice.factor)×") }
        let intervals = lattice.intervals.map { "\($0 / lattice.factor)" }.joined(separator: ", ")
        facts.append("kernels \(size)×\(size)" + (intervals == "1" ? "" : ", a weight every \(intervals) pixels"))
        facts.append("f32")
        facts.append("blue and red grow with the square root of a number, so that small ones show")
        let lines = [(place, 5, RGB.black), (facts, Self.textScale, Self.captionColor)]
        return .column(
            lines.map { words, scale, color in
                .text(words.joined(separator: " · "), width: Self.width, scale: scale, color: color, isOneLine: true)
            }, gap: 4)
    }

    private static func size(_ picture: ShadedPicture) -> String { "\(picture.bounds.width)×\(picture.bounds.height)" }

    private var overview: Panel {
        let result = picture.result.bounds
        let space = Grid.fitted(
            width: result.width, height: result.height, intoWidth: Self.columnWidth, height: Self.mostHeight)
        let pictures = [
            (picture.source, "Source, \(Self.size(picture.source))"),
            (picture.result, "Result, \(Self.size(picture.result))"),
        ].map { picture, caption in
            let grid = Grid(picture, part: picture.bounds, width: space.width, height: space.height)
            return captioned(caption, marked(.gray(grid)))
        }
        return .row(pictures + [departure(space)], gap: Self.gap)
    }

    /// Where kernels are unlike the mean ones.
    private func departure(_ space: (width: Int, height: Int)) -> Panel {
        let grid = picture.survey.departure
        let scale = ColorScale.rising(from: 0, to: Double(grid.values.max() ?? 0), law: .root)
        let map = Panel.colored(Grid(grid, width: space.width, height: space.height), scale)
        let bar = Panel.bar(scale, title: "distance from the mean", width: Self.columnWidth, textScale: Self.textScale)
        return .column([captioned("Where kernels change", map), bar], gap: 8)
    }

    /// An overview with the places of the regions.
    private func marked(_ panel: Panel) -> Panel {
        let source = picture.source.bounds
        return Panel(width: panel.width, height: panel.height) { canvas, x, y in
            panel.draw(on: &canvas, x: x, y: y)
            for (index, kernels) in picture.regions.enumerated() {
                let box = kernels.region.box
                let (sx, sy) = (
                    Double(panel.width) / Double(source.width), Double(panel.height) / Double(source.height)
                )
                let exact = Box(
                    x: x + Int(Double(box.x) * sx), y: y + Int(Double(box.y) * sy),
                    width: Int((Double(box.width) * sx).rounded(.up)),
                    height: Int((Double(box.height) * sy).rounded(.up)))
                // Large enough to be found.
                let place = exact.grown(by: max(0, 12 - min(exact.width, exact.height) + 1) / 2)
                canvas.outline(place, Self.color(index), thickness: 3)
                canvas.outline(place.grown(by: 3), .white)
            }
        }
    }

    /// The mean kernel of each place that a result can have in a source pixel.
    private var meanKernels: Panel {
        let survey = picture.survey
        let tap = min(36, (Self.columnWidth / survey.factor - 12) / survey.size)
        let rows = (0..<survey.factor).map { dy in
            Panel.row(
                (0..<survey.factor).map { .kernel(survey.phases[dy * survey.factor + $0], weights, tap: tap) }, gap: 10)
        }
        let (lowest, mean, highest) = survey.sums
        let text =
            "A result pixel is a weighted sum of the \(survey.size)×\(survey.size) source pixels around it, and the network "
            + "predicts the weights, its kernel. These are the frame's mean kernels for the \(survey.factor)×\(survey.factor) "
            + "results of a source pixel, placed as the results lie. A kernel's weights sum to "
            + "\(NumberText.short(lowest)) to \(NumberText.short(highest)), in the mean \(NumberText.short(mean)): that is "
            + "what a flat picture is multiplied by."
        let bar = Panel.bar(weights, title: "weight", width: Self.columnWidth, textScale: Self.textScale)
        let explained = Panel.text(
            text, width: 2 * Self.columnWidth + Self.gap, scale: Self.textScale, color: Self.captionColor)
        return .row(
            [captioned("Mean kernels", .column(rows, gap: 10)), .column([explained, bar], gap: Self.gap)], gap: Self.gap
        )
    }
}
