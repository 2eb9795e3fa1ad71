import UplumaFrames
import UplumaMedia
import UplumaNetworks
import UplumaResampling

/// What makes a job's pictures, by the names in its options: a model that enlarges, a downscaler that reduces, or both.
///
/// Names are looked up before anything is opened, so that a mistake in one is told at once.
struct PictureMakers {
    /// What reduces luma; nil when nothing does.
    let downscaler: LoadedDownscaler?
    let change: PictureScale
    /// The model the options name; nil when they name none.
    private let named: LoadedModel?
    /// Every downscaler that a source's tag may name.
    private let known: [Downscaler]

    /// The model of a job, and why it is that one when the source decided.
    typealias Choice = (model: LoadedModel?, reason: String?)

    /// - Parameter downscalers: all there are.
    /// - Throws: `UplumaError`, `UnknownModelError`, `UnknownDownscalerError` or `WeightsError`.
    init(_ options: UpscaleOptions, downscalers: [Downscaler]) throws {
        let (scale, scales) = (options.scale, UpscaleOptions.supportedScales)
        // Without a model there must be something else to do.
        guard scales.contains(scale) || scale == 1 && options.downscaler != nil else {
            let list = scales.map(String.init).joined(separator: ", ")
            throw UplumaError(.usage, "A scale of \(scale) is not supported. Give one of \(list).")
        }
        let isNamed = scale > 1 && options.model != UpscaleOptions.automaticModel
        named = isNamed ? try ModelCatalog.model(options.model).load() : nil
        downscaler = try options.downscaler.map { try DownscalerCatalog.downscaler($0, of: downscalers).load() }
        change = PictureScale(scale: scale, factor: downscaler?.factor ?? 1)
        known = downscalers
    }

    /// The model that enlarges the pictures of a source; nil where nothing enlarges.
    ///
    /// - Throws: `MediaError`, or `WeightsError`.
    func model(
        for facts: MediaFacts, report: (JobEvent) -> Void, isCancelled: @escaping @Sendable () -> Bool
    ) throws -> Choice {
        guard change.scale > 1 else { return (nil, nil) }
        if let named { return (named, nil) }
        let choice = try ModelChoice(
            for: facts, scale: change.scale, downscalers: known, isCancelled: isCancelled)
        choice.remark.map { report(.note($0)) }
        report(choice.isNotable ? .note(choice.reason) : .plan(choice.reason))
        return (try ModelCatalog.model(choice.model).load(), choice.reason)
    }

    /// SHA-256 of the weights of a model and of the downscaler behind it; none of filters.
    func weights(beside model: LoadedModel?) -> [String] {
        var hashes = model.map { $0.card.weights.flatMap { [$0.sha256, $0.int8SHA256].compactMap { $0 } } } ?? []
        if case .network(let weights) = downscaler?.content { hashes.append(weights.sha256) }
        return hashes
    }

    /// Whether pictures of a size can be made smaller, and what is to be said of it.
    ///
    /// - Throws: `UplumaError` of kind `usage` when they are smaller than what becomes a single pixel.
    func note(on source: FrameUpscaler.Picture) throws -> String? {
        guard let downscaler else { return nil }
        let (name, factor) = (downscaler.downscaler.name, downscaler.factor)
        let size = change.enlarged(PlaneSize(source.width, source.height))
        guard size.width >= factor, size.height >= factor else {
            throw UplumaError(
                .usage,
                "\(name) makes one pixel of \(factor)×\(factor), and the picture has only \(size.width)×\(size.height). "
                    + "Choose a smaller factor.")
        }
        guard change.scale == factor else { return nil }
        return "--scale \(change.scale) and \(name) cancel out: the result has the size of the source."
    }

    /// The tag of the result; nil where there is nothing to say.
    var tag: DownscalerTag? { downscaler.flatMap { DownscalerTag($0.downscaler) } }

    /// The encoder for the result. One that refuses small pictures is told to be perhaps too small: its own words seldom say
    /// so.
    ///
    /// - Throws: `MediaError`, or `UplumaError` of kind `usage`.
    func encoder(
        _ choice: EncoderChoice, _ settings: EncoderSettings, _ picture: OutputPicture, _ container: MediaContainer
    ) throws -> VideoEncoder {
        do {
            return try VideoEncoder(choice, settings: settings, picture: picture, container: container)
        } catch let error as MediaError where error.category == .usage && error.subject == choice.name {
            guard let downscaler, min(picture.width, picture.height) < Self.ordinary else { throw error }
            throw UplumaError(
                .usage,
                "\(error.description) It may not take pictures as small as the \(picture.width)×\(picture.height) that "
                    + "\(downscaler.downscaler.name) makes: choose a smaller factor, or another encoder with --encoder."
            )
        }
    }

    /// Rows and columns from which on every encoder takes a picture.
    private static let ordinary = 256
}
