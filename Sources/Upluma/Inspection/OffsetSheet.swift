import Foundation

/// The picture of a frame's displaced taps (figure 4 of the CAR paper): weights at the left, displacements at the right.
/// From top to bottom source and small picture with the regions' places, maps of the kernels' inner elements over the
/// frame, and the sampling pattern of a small pixel of each region.
struct OffsetSheet {
    let picture: OffsetPicture
    private let name: String
    /// Of the maps of weights.
    let weights: ColorScale
    /// Of the maps of displacements.
    let wheel: ColorWheel
    /// Of the patterns' taps.
    let tapWeights: ColorScale
    /// The source pixels shown around each pattern's middle, on either side of it.
    let reach: Double

    /// - Parameter name: of the input.
    init(_ picture: OffsetPicture, name: String) {
        self.picture = picture
        self.name = name
        let (survey, taps) = (picture.survey, picture.innerTaps)
        weights = .around(
            zero: taps.reduce(0) { max($0, Double(survey.weights[$1].values.lazy.map(abs).max() ?? 0)) }, law: .root)
        wheel = ColorWheel(
            longest: taps.reduce(0) { longest, tap in
                zip(survey.horizontal[tap].values, survey.vertical[tap].values).reduce(longest) {
                    max($0, Double(($1.0 * $1.0 + $1.1 * $1.1).squareRoot()))
                }
            })
        tapWeights = .around(
            zero: picture.patterns.flatMap(\.taps).reduce(0) { max($0, abs($1.weight)) }, law: .root)
        reach = picture.patterns.map(\.reach).max() ?? 0
    }

    func canvas() -> Canvas {
        let (side, regions) = (picture.elements, picture.regions)
        return Sheet.canvas([
            title,
            Sheet.halves(overview, movement),
            Sheet.halves(
                Sheet.heading("Weights: the kernels' inner \(side)×\(side) elements over the frame", weightText),
                Sheet.heading("Displacements: where the same elements move to", displacementText)),
            Sheet.halves(weightMaps, displacementMaps),
            Sheet.halves(
                Sheet.heading("Sampling patterns of \(regions.count) regions", patternText),
                Sheet.heading("What each source pixel counts for", shareText)),
            Sheet.halves(Sheet.panels(of: regions, pattern(ofRegion:)), Sheet.panels(of: regions, shares(ofRegion:))),
            Sheet.halves(
                .bar(tapWeights, title: "weight of a tap", width: Sheet.halfWidth / 2, textScale: Sheet.textScale),
                .bar(
                    shareScale, title: "share of a source pixel", width: Sheet.halfWidth / 2, textScale: Sheet.textScale
                )),
        ])
    }

    // MARK: Title and overview

    private var title: Panel {
        let size = picture.survey.size
        return Sheet.title(
            name, picture.shown,
            facts: [
                "\((picture.modelName as NSString).lastPathComponent), \(picture.factor)× smaller",
                "luma \(Sheet.size(picture.source)) → \(Sheet.size(picture.small))",
                "kernels \(size)×\(size)",
                "taps move by at most \(NumberText.short(picture.unit)) source pixels along an axis",
                "colours grow with the square root of a number, so that small ones show",
            ])
    }

    /// The source and the small pictures, all at one size.
    private var overview: Panel {
        let space = overviewSpace
        var pictures = [
            (picture.source, "Source, \(Sheet.size(picture.source))"),
            (picture.small, "Reduced, \(Sheet.size(picture.small))"),
        ]
        if let bicubic = picture.bicubic { pictures.append((bicubic, "Reduced by bicubic")) }
        let panels = pictures.map { shown, caption in
            let grid = Grid(shown, part: shown.bounds, width: space.width, height: space.height)
            return Sheet.captioned(
                caption, Sheet.marked(.gray(grid), source: picture.source.bounds, picture.regions))
        }
        return .row(panels, gap: Sheet.gap)
    }

    /// Of a picture or map of the whole frame.
    private var overviewSpace: (width: Int, height: Int) {
        let source = picture.source.bounds
        return Grid.fitted(
            width: source.width, height: source.height, intoWidth: Sheet.columnWidth, height: Sheet.mostHeight)
    }

    /// Where taps move, the legend of directions, and how far they move in words.
    private var movement: Panel {
        let (length, space) = (picture.survey.length, overviewSpace)
        let scale = ColorScale.rising(from: 0, to: Double(length.values.max() ?? 0), law: .root)
        let map = Panel.colored(Grid(length, width: space.width, height: space.height), scale)
        let bar = Panel.bar(
            scale, title: "mean length, source pixels", width: Sheet.columnWidth, textScale: Sheet.textScale)
        return .row(
            [
                .column([Sheet.captioned("How far taps move", map), bar], gap: 8),
                Panel.wheel(wheel, title: "displacement, source pixels", width: 500, textScale: Sheet.textScale)
                    .widened(to: Sheet.columnWidth),
                movementText,
            ], gap: Sheet.gap)
    }

    private var movementText: Panel {
        func line(_ name: String, _ movement: OffsetSurvey.Movement) -> String {
            "\(name): \(NumberText.short(movement.mean)) in the mean, "
                + "\(Int((100 * movement.farShare).rounded()))% of taps beyond half a pixel"
        }
        let survey = picture.survey
        let areas = survey.areas.compactMap { area in
            area.movement.map { movement in
                line("\(area.kind.name), \(Int((100 * movement.share).rounded()))% of the frame", movement)
            }
        }
        let (lowest, mean, highest) = survey.sums
        let texts =
            ["Displacements in source pixels", line("whole frame", survey.whole)] + areas + [
                "A kernel's weights sum to \(NumberText.short(lowest)) to \(NumberText.short(highest)), in the mean "
                    + "\(NumberText.short(mean))."
            ]
        return .column(
            texts.enumerated().map { index, text in
                .text(
                    text, width: Sheet.columnWidth, scale: Sheet.textScale,
                    color: index == 0 ? .black : Sheet.captionColor)
            }, gap: 10)
    }
}
