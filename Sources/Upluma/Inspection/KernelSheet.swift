import Foundation
import UplumaNetworks

/// The picture of a frame's kernels (figures 4 and 5 of the DAIR paper): kernels at the left, at the right how they differ
/// from the frame's mean. From top to bottom source and result with the regions' places, maps of the kernels' inner
/// elements over the frame, and every kernel of the regions.
struct KernelSheet {
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
        self.name = name
        let survey = picture.survey
        func largest(_ values: some Sequence<Float>) -> Double { values.reduce(0) { max($0, Double(abs($1))) } }
        differences = picture.regions.map { $0.differences(from: survey.phases) }
        weights = .around(
            zero: max(
                largest(picture.regions.lazy.flatMap { $0.kernels.joined() }),
                largest(survey.phases.lazy.joined().map(Float.init))), law: .root)
        changes = .around(zero: largest(differences.lazy.joined().joined()), law: .root)
    }

    func canvas() -> Canvas {
        let (side, size) = (picture.elements, picture.survey.size)
        let changes = picture.survey.maps.indices.map { picture.survey.change(ofElement: $0) }
        let regions = picture.regions.map(\.region)
        let parts = [
            title,
            Sheet.halves(overview, meanKernels),
            Sheet.halves(
                Sheet.heading("Weights: the kernels' inner \(side)×\(side) elements over the frame", weightText),
                Sheet.heading("Changes: the same less its mean", changeText)),
            Sheet.halves(maps(picture.survey.maps, "weight"), maps(changes, "change")),
            Sheet.halves(
                Sheet.heading(
                    "Kernels of \(picture.regions.count) regions",
                    "Each cell is the \(size)×\(size) kernel of one result pixel, and the cells lie as the pixels do. Beside "
                        + "them is the region in its surroundings, source above and result below."),
                Sheet.heading(
                    "How they differ from the mean",
                    "The same cells less the mean kernel of their place in a source pixel. Beside them the mean of the "
                        + "region's kernels.")),
            Sheet.halves(Sheet.panels(of: regions, kernels(ofRegion:)), Sheet.panels(of: regions, changes(ofRegion:))),
            Sheet.halves(
                .bar(weights, title: "weight", width: Sheet.halfWidth / 2, textScale: Sheet.textScale),
                .bar(self.changes, title: "change", width: Sheet.halfWidth / 2, textScale: Sheet.textScale)),
        ]
        return Sheet.canvas(parts)
    }

    // MARK: Title and overview

    private var title: Panel {
        let (shown, network) = (picture.shown, picture.network)
        let lattice = network.stages[0].lattice
        let size = picture.survey.size
        var facts = ["\((picture.modelName as NSString).lastPathComponent), \(network.factor)×"]
        facts.append("luma \(Sheet.size(picture.source)) → \(Sheet.size(picture.result))")
        if network.stages.count > 1 { facts.append("first of \(network.stages.count) stages, \(lattice.factor)×") }
        let intervals = lattice.intervals.map { "\($0 / lattice.factor)" }.joined(separator: ", ")
        facts.append("kernels \(size)×\(size)" + (intervals == "1" ? "" : ", a weight every \(intervals) pixels"))
        facts.append("f32")
        facts.append("blue and red grow with the square root of a number, so that small ones show")
        return Sheet.title(name, shown, facts: facts)
    }

    private var overview: Panel {
        let (source, result) = (picture.source.bounds, picture.result.bounds)
        let regions = picture.regions.map(\.region)
        let space = Grid.fitted(
            width: result.width, height: result.height, intoWidth: Sheet.columnWidth, height: Sheet.mostHeight)
        let pictures = [
            (picture.source, "Source, \(Sheet.size(picture.source))"),
            (picture.result, "Result, \(Sheet.size(picture.result))"),
        ].map { picture, caption in
            let grid = Grid(picture, part: picture.bounds, width: space.width, height: space.height)
            return Sheet.captioned(caption, Sheet.marked(.gray(grid), source: source, regions))
        }
        return .row(pictures + [departure(space)], gap: Sheet.gap)
    }

    /// Where kernels are unlike the mean ones.
    private func departure(_ space: (width: Int, height: Int)) -> Panel {
        let grid = picture.survey.departure
        let scale = ColorScale.rising(from: 0, to: Double(grid.values.max() ?? 0), law: .root)
        let map = Panel.colored(Grid(grid, width: space.width, height: space.height), scale)
        let bar = Panel.bar(
            scale, title: "distance from the mean", width: Sheet.columnWidth, textScale: Sheet.textScale)
        return .column([Sheet.captioned("Where kernels change", map), bar], gap: 8)
    }

    /// The mean kernel of each place that a result can have in a source pixel.
    private var meanKernels: Panel {
        let survey = picture.survey
        let tap = min(36, (Sheet.columnWidth / survey.factor - 12) / survey.size)
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
        let bar = Panel.bar(weights, title: "weight", width: Sheet.columnWidth, textScale: Sheet.textScale)
        let explained = Panel.text(
            text, width: 2 * Sheet.columnWidth + Sheet.gap, scale: Sheet.textScale, color: Sheet.captionColor)
        return .row(
            [Sheet.captioned("Mean kernels", .column(rows, gap: 10)), .column([explained, bar], gap: Sheet.gap)],
            gap: Sheet.gap)
    }
}
