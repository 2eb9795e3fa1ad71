import UplumaFrames

/// All that the picture of a frame's displaced taps is drawn from.
struct OffsetPicture {
    let modelName: String
    let shown: ShownFrame
    let source: ShadedPicture
    /// What the downscaler makes, of 8 bits.
    let small: ShadedPicture
    /// The same size by the papers' bicubic; nil where the catalog does not have it for the factor.
    let bicubic: ShadedPicture?
    let factor: Int
    /// Source pixels for a displacement of 1: taps are moved no further.
    let unit: Double
    let survey: OffsetSurvey
    /// Rows and columns of the kernels' inner elements that are mapped.
    let elements: Int
    let patterns: [SamplingPattern]

    var regions: [InspectedRegion] { patterns.map(\.region) }

    /// - Parameters:
    ///   - prediction: for pictures of the frame's size.
    ///   - small: as `small`.
    ///   - bicubic: as `bicubic`.
    ///   - elements: nil is 3 or 4.
    ///   - places: of regions; empty chooses them.
    /// - Throws: `UplumaError`: of kind `usage` for elements that cannot be mapped and for a place outside the picture, of
    ///   kind `interrupted`.
    init(
        of shown: ShownFrame, modelName: String, prediction: some TapPrediction,
        small: ShadedPicture, bicubic: ShadedPicture?, elements: Int?, places: [(x: Int, y: Int)], threads: Int?,
        isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws {
        let frame = shown.frame
        let (luma, factor, size) = (frame.planes[0], prediction.factor, prediction.kernelSize)
        try RegionChoice.check(places, width: frame.width, height: frame.height)
        self.elements = try Self.elements(elements, ofSize: size, modelName)
        self.shown = shown
        self.modelName = modelName
        self.factor = factor
        self.small = small
        self.bicubic = bicubic
        unit = Double(prediction.unit)
        source = ShadedPicture(luma, format: frame.format, range: frame.color.range)
        let choice = RegionChoice(width: frame.width, height: frame.height, shades: source.shades())
        patterns = choice.regions(at: places).map { SamplingPattern($0, of: prediction, source: luma) }
        let (kinds, bounds) = (OffsetTally.kinds, source.bounds)
        survey = try OffsetSurvey(
            of: prediction, source: luma, mostMap: Sheet.mapSpace(elements: self.elements),
            threads: InspectionWork.threads(threads),
            kind: { x, y in
                let box = Box(x: factor * x, y: factor * y, width: factor, height: factor).intersection(bounds)
                return kinds.firstIndex(of: choice.kind(of: box)) ?? 0
            },
            checkpoint: { if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") } })
    }

    /// Inner elements lie around the middle when their number is as odd or even as the kernel's.
    private static func elements(_ asked: Int?, ofSize size: Int, _ name: String) throws -> Int {
        let elements = asked ?? min(size, size % 2 == 1 ? 3 : 4)
        guard elements % 2 == size % 2, (1...size).contains(elements) else {
            throw UplumaError(
                .usage,
                "The kernels of \"\(name)\" are \(size)×\(size), and \(elements)×\(elements) of them do not lie around "
                    + "their middle. Give an \(size % 2 == 1 ? "odd" : "even") number from \(size % 2 == 1 ? 1 : 2) to "
                    + "\(size).")
        }
        return elements
    }

    /// Taps of the inner elements, in rows.
    var innerTaps: [Int] {
        let inner = (survey.size - elements) / 2..<(survey.size + elements) / 2
        return inner.flatMap { row in inner.map { survey.size * row + $0 } }
    }
}
