import UplumaFrames
import UplumaNetworks
import UplumaResampling

extension OffsetPicture {
    /// Reads the frame, and asks a downscaler for everything.
    ///
    /// - Throws: `UplumaError`, `MediaError`, and what stops the downscaler.
    init(
        _ options: OffsetInspectionOptions, _ downscaler: LoadedDownscaler, notes: @escaping @Sendable (String) -> Void,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws {
        let shown = try ShownFrame(
            path: options.input, at: options.time, threads: options.threads, notes: notes,
            isCancelled: isCancelled)
        let frame = shown.frame
        let threads = InspectionWork.threads(options.threads)
        let bicubic = DownscalerCatalog.downscalers.first {
            $0.kind == .filter(.bicubic) && $0.factor == downscaler.factor
        }
        try self.init(
            of: shown, modelName: downscaler.downscaler.name,
            prediction: try OffsetPrediction(
                downscaler, sourceSize: PlaneSize(frame.width, frame.height),
                source: .luma(frame.format, range: frame.color.range)),
            small: try Self.reduced(frame, by: downscaler, threads: threads),
            bicubic: try bicubic.map { try Self.reduced(frame, by: $0.load(), threads: threads) },
            elements: options.elements, places: options.regions, threads: threads, isCancelled: isCancelled)
    }

    /// A frame's luma as a downscaler makes it, of 8 bits in the frame's range.
    private static func reduced(
        _ frame: Frame, by downscaler: LoadedDownscaler, threads: Int
    ) throws -> ShadedPicture {
        let format = PictureFormat(chroma: .gray, bitDepth: 8)
        let (range, size) = (frame.color.range, PlaneSize(frame.width, frame.height))
        let target = downscaler.targetSize(of: size)
        let plane = Plane(width: target.width, height: target.height, sample: format.sample)
        let chain = try downscaler.makeScaler(
            sourceSize: size, source: .luma(frame.format, range: range), target: .luma(format, range: range))
        try StripRunner(chain, threads: threads).scale(frame.planes[0], into: plane)
        return ShadedPicture(plane, format: format, range: range)
    }
}

extension OffsetPrediction: TapPrediction {}
