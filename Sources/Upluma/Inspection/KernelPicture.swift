import UplumaFrames
import UplumaNetworks
import UplumaResampling

/// All that the picture of a frame's kernels is drawn from.
struct KernelPicture {
    let modelName: String
    let network: AdaptiveNetwork
    let shown: ShownFrame
    let source: ShadedPicture
    /// Of the whole network.
    let result: ShadedPicture
    /// Of its first stage, to which the kernels belong.
    let firstResult: ShadedPicture
    let survey: KernelSurvey
    /// Rows and columns of the kernels' inner elements that are mapped.
    let elements: Int
    let regions: [RegionKernels]

    init(
        _ options: KernelInspectionOptions, _ model: (name: String, network: AdaptiveNetwork),
        notes: @escaping @Sendable (String) -> Void, isCancelled: @escaping @Sendable () -> Bool
    ) throws {
        let shown = try ShownFrame(
            path: options.input, at: options.time, threads: options.threads, notes: notes,
            isCancelled: isCancelled)
        try self.init(
            of: shown, modelName: model.name, network: model.network, elements: options.elements,
            places: options.regions, threads: options.threads, isCancelled: isCancelled)
    }

    /// - Parameters:
    ///   - places: of regions; empty chooses them.
    /// - Throws: `UplumaError`: of kind `usage` for a place outside the picture, of kind `interrupted`.
    init(
        of shown: ShownFrame, modelName: String, network: AdaptiveNetwork, elements: Int, places: [(x: Int, y: Int)],
        threads: Int?, isCancelled: @escaping @Sendable () -> Bool = { false }
    ) throws {
        let frame = shown.frame
        let (luma, range) = (frame.planes[0], frame.color.range)
        try RegionChoice.check(places, width: frame.width, height: frame.height)
        let threads = InspectionWork.threads(threads)
        self.shown = shown
        self.modelName = modelName
        self.network = network
        self.elements = elements
        source = ShadedPicture(luma, format: frame.format, range: range)
        let first = AdaptiveNetwork(stages: [network.stages[0]])
        result = try KernelPicture.result(of: network, on: frame, threads: threads)
        firstResult = network == first ? result : try KernelPicture.result(of: first, on: frame, threads: threads)

        let prediction = KernelPrediction(
            network: network, sourceSize: PlaneSize(frame.width, frame.height),
            source: .luma(frame.format, range: range))
        let chosen = RegionChoice(width: frame.width, height: frame.height, shades: source.shades())
            .regions(at: places)
        regions = chosen.map { RegionKernels($0, of: prediction, source: luma) }
        survey = try KernelSurvey(
            of: prediction, source: luma, levels: network.stages[0].lattice.intervals.count,
            mostMap: Sheet.mapSpace(elements: elements), threads: threads
        ) {
            if isCancelled() { throw UplumaError(.interrupted, "Interrupted.") }
        }
    }

    /// A frame's luma as a network makes it, of 8 bits in the frame's range.
    private static func result(of network: AdaptiveNetwork, on frame: Frame, threads: Int) throws -> ShadedPicture {
        let format = PictureFormat(chroma: .gray, bitDepth: 8)
        let range = frame.color.range
        let scaler = AdaptiveScaler(
            network: network, sourceSize: PlaneSize(frame.width, frame.height),
            source: .luma(frame.format, range: range), target: .luma(format, range: range))
        let target = Plane(width: scaler.targetSize.width, height: scaler.targetSize.height, sample: format.sample)
        try StripRunner(ScalerChain(stages: [scaler]), threads: threads).scale(frame.planes[0], into: target)
        return ShadedPicture(target, format: format, range: range)
    }
}
