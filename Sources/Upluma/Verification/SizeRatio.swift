import UplumaNetworks

/// How many times larger a result is than its source, as a reduced fraction, in both directions.
struct SizeRatio: Hashable {
    let numerator: Int
    let denominator: Int

    init(_ numerator: Int, _ denominator: Int) {
        var (a, b) = (numerator, denominator)
        while b != 0 { (a, b) = (b, a % b) }
        self.numerator = numerator / a
        self.denominator = denominator / a
    }

    init(_ change: PictureScale) { self.init(change.scale, change.factor) }

    /// Every ratio that a job can make: of all enlargements, reduced by all downscalers, in the order of preference where
    /// several fit a small picture.
    static let all: [SizeRatio] = {
        let factors = [1] + Set(DownscalerCatalog.downscalers.compactMap(\.factor)).sorted()
        let scales = UpscaleOptions.supportedScales + [1]
        var result: [SizeRatio] = []
        for ratio in factors.flatMap({ factor in scales.map { SizeRatio($0, factor) } }) where !result.contains(ratio) {
            result.append(ratio)
        }
        return result
    }()

    /// The size of a picture in this ratio, rounded up.
    func size(_ count: Int) -> Int { (count * numerator + denominator - 1) / denominator }

    /// "2 times", "1/2 of".
    var words: String {
        denominator == 1
            ? "\(numerator) times" : "\(numerator)/\(denominator) \(numerator < denominator ? "of" : "times")"
    }
}
