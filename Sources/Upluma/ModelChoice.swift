import UplumaMedia
import UplumaNetworks

/// What `--model auto` picks for a source, and why.
///
/// A source that says which downscaler made it smaller gets the model that was trained to undo that one (`DownscalerTag`).
///
/// Strong coding leaves errors that a network trained on clean pictures takes for detail and sharpens. From which rate on
/// that outweighs what the clean network restores better is measured: the tables under "Old video" in Docs/Models.md.
struct ModelChoice: Equatable {
    /// Name in the catalog.
    let model: String
    /// One sentence.
    let reason: String
    /// Whether it is another model than a source of which nothing is known would get, or chosen by what the source says.
    var isNotable: Bool { model != ModelChoice.clean || isByTag }
    private let isByTag: Bool
    /// What the user should know besides: of a tag that could not be followed.
    private(set) var remark: String?

    /// What `UpscaleOptions.model` says when the source decides.
    static let automatic = "auto"

    /// For sources that are clean or about which nothing is known.
    static let clean = "sp-vdsr"
    /// For coded sources; `clean` serves while the catalog has none of them.
    private static let films = ["sp-vdsr-film"]

    /// The model for coded sources, of those in a catalog.
    static func film(of catalog: [String]) -> String { films.first(where: catalog.contains) ?? clean }

    /// Codecs that err alike, and the rate below which their errors are what counts.
    struct Rule: Equatable {
        /// The usual name of the first codec.
        let name: String
        /// By FFmpeg's names: the first is the one that was measured, the others are built like it.
        let codecs: [String]
        /// In bits per pixel.
        let filmBelow: Double
    }

    /// In the order of their age. Codecs that are not here were made for editing (DV, MJPEG, ProRes), keep everything
    /// (FFV1), or are too new to be old video.
    static let rules = [
        Rule(name: "MPEG-2", codecs: ["mpeg2video", "mpeg1video"], filmBelow: 0.6),
        Rule(
            name: "MPEG-4",
            codecs: ["mpeg4", "msmpeg4v1", "msmpeg4v2", "msmpeg4v3", "h263", "flv1", "wmv1", "wmv2", "rv10", "rv20"],
            filmBelow: 0.35),
        Rule(name: "H.264", codecs: ["h264", "vp6", "vp6f", "vp8", "vc1", "wmv3", "rv30", "rv40"], filmBelow: 0.2),
    ]

    /// The choice for a codec (FFmpeg's name) at a rate in bits per pixel, nil when that is not known.
    ///
    /// - Parameter catalog: the names there are; `clean` is one of them.
    init(codec: String, bitsPerPixel: Double?, catalog: [String]) {
        let rule = ModelChoice.rules.first { $0.codecs.contains(codec) }
        let spoken = rule.map { $0.codecs.first == codec ? $0.name : codec } ?? codec
        guard let rule, let bitsPerPixel else {
            let what = rule == nil ? "" : " at an unknown rate"
            self.init(model: ModelChoice.clean, source: spoken + what)
            return
        }
        self.init(
            model: bitsPerPixel < rule.filmBelow ? ModelChoice.film(of: catalog) : ModelChoice.clean,
            source: "\(spoken) at \(ModelChoice.text(bitsPerPixel)) bits per pixel")
    }

    private init(model: String, source: String) {
        self.model = model
        isByTag = false
        reason = "The source is \(source): \(model) is used (--model NAME overrides)."
    }

    /// The choice by the downscaler that a source names.
    ///
    /// - Parameters:
    ///   - scale: how many times the source is to be enlarged.
    ///   - downscalers: those that are known.
    ///   - catalog: the names of the models there are.
    /// - Returns: nil when no model belongs to it here.
    init?(tag: DownscalerTag, scale: Int, downscalers: [Downscaler], catalog: [String]) {
        guard let downscaler = downscalers.first(where: { $0.name == tag.name }),
            let upscaler = downscaler.upscaler, let factor = downscaler.factor, catalog.contains(upscaler)
        else { return nil }
        model = upscaler
        isByTag = true
        let sizes = factor == scale ? "" : ", \(factor) times, and is to be enlarged \(scale) times"
        reason =
            "The source was made smaller by \(tag.name)\(sizes): \(upscaler), which belongs to it, is used "
            + "(--model NAME overrides)."
    }

    /// What is said of a tag that no model follows from; nil for downscalers that are known to have none.
    static func remark(on tag: DownscalerTag, downscalers: [Downscaler]) -> String? {
        let start = "The source was made smaller by \(tag.name)"
        guard let downscaler = downscalers.first(where: { $0.name == tag.name }) else {
            return "\(start), a downscaler that is not known here: the model is chosen as for any other source."
        }
        return downscaler.upscaler.map {
            "\(start), whose model \($0) is missing here: the model is chosen as for any other source."
        }
    }

    /// The choice for an opened source: by its tag, else by its codec and rate, which is measured where a rule asks for it.
    ///
    /// - Parameters:
    ///   - scale: how many times it is to be enlarged.
    ///   - downscalers: those that a tag may name.
    /// - Throws: `MediaError`.
    init(
        for facts: MediaFacts, scale: Int, downscalers: [Downscaler], isCancelled: @escaping @Sendable () -> Bool
    ) throws {
        let tag = facts.makerTag.flatMap { DownscalerTag(text: $0) }
        let catalog = ModelCatalog.models.map(\.name)
        let tagged = tag.flatMap {
            ModelChoice(tag: $0, scale: scale, downscalers: downscalers, catalog: catalog)
        }
        if let tagged {
            self = tagged
            return
        }
        let isRuled = ModelChoice.rules.contains { $0.codecs.contains(facts.video.codec) }
        let rate = isRuled ? try CodedRate.bitsPerPixel(of: facts, isCancelled: isCancelled) : nil
        self.init(codec: facts.video.codec, bitsPerPixel: rate, catalog: catalog)
        remark = tag.flatMap { ModelChoice.remark(on: $0, downscalers: downscalers) }
    }

    /// All rules in one sentence.
    static func summary(catalog: [String]) -> String {
        let film = ModelChoice.film(of: catalog)
        let tagged = "the model that belongs to the downscaler a file names"
        guard film != clean else { return "\(automatic) takes \(tagged), else \(clean)." }
        let rates = rules.map { "\($0.name) below \($0.filmBelow)" }
        return
            "\(automatic) takes \(tagged), \(film) for \(rates.joined(separator: ", ")) bits per pixel, else \(clean)."
    }

    /// Two decimals, or as many as two digits need.
    private static func text(_ rate: Double) -> String {
        let factor: Double = rate < 0.1 ? 1000 : 100
        return "\((rate * factor).rounded() / factor)"
    }
}
