/// The numbers behind the picture of a frame's displaced taps; encodes to the stable keys of `inspect offsets --json`.
///
/// Lengths and places are in source pixels.
public struct OffsetReport: Sendable, Encodable {
    public struct Size: Sendable, Encodable {
        public let width: Int
        public let height: Int
    }

    /// One tap over all small pixels of the frame.
    public struct Element: Sendable, Encodable {
        /// Where it rests: to the right of the small pixel's middle, and below it.
        public let x: Double
        public let y: Double
        /// Of its weight, with the standard deviation.
        public let mean: Double
        public let deviation: Double
        public let lowest: Double
        public let highest: Double
        /// Of its displacement.
        public let meanLength: Double
        public let longest: Double
    }

    public struct Weights: Sendable, Encodable {
        public let lowest: Double
        public let highest: Double
        /// What the weights of a kernel sum to.
        public let lowestSum: Double
        public let meanSum: Double
        public let highestSum: Double
    }

    /// How far the taps of some small pixels are moved.
    public struct Movement: Sendable, Encodable {
        /// Share of the frame's small pixels.
        public let share: Double
        public let meanLength: Double
        /// A tap counts by the magnitude of its weight.
        public let weightedMeanLength: Double
        /// Share of taps that are moved by more than half a source pixel.
        public let farShare: Double
    }

    /// The small pixel whose pattern is drawn for a region.
    public struct Region: Sendable, Encodable {
        public let name: String
        public let x: Int
        public let y: Int
        public let width: Int
        public let height: Int
        /// Root of the mean squared gradient, in shades (black 0, white 1) for each pixel.
        public let gradient: Double
        /// How far the gradients have one direction, 0...1.
        public let coherence: Double
        /// Column and row of the small pixel.
        public let pixelX: Int
        public let pixelY: Int
        public let meanLength: Double
        public let longest: Double
        /// Rows of the kernel.
        public let weights: [[Double]]
        /// Rows of displacements, [to the right, downwards].
        public let displacements: [[[Double]]]
    }

    public let input: String
    /// Seconds from the beginning of the file.
    public let time: Double
    /// From 0, by time and average frame rate; nil for a single picture.
    public let frame: Int?
    public let source: Size
    public let result: Size
    public let model: String
    public let factor: Int
    /// Rows and columns of a kernel.
    public let kernelSize: Int
    /// The most that a tap can be moved along an axis.
    public let farthest: Double
    public let precision: String
    public let weights: Weights
    /// Of the whole frame.
    public let movement: Movement
    /// By what is around the small pixels: `smooth`, `edge`, `texture`; null where the frame has none.
    public let areas: [String: Movement?]
    /// The keys of `areas`, in their order.
    public static let areaNames = OffsetTally.kinds.map(\.name)
    /// Rows first.
    public let elements: [Element]
    public let regions: [Region]
    /// The picture that was written.
    public let output: String
    public let picture: Size

    private enum CodingKeys: String, CodingKey {
        case input, time, frame, source, result, model, factor, farthest, precision, weights, movement, areas, elements
        case regions, output, picture
        case kernelSize = "kernel_size"
    }
}

extension OffsetReport.Element {
    private enum CodingKeys: String, CodingKey {
        case x, y, mean, deviation, lowest, highest, longest
        case meanLength = "mean_length"
    }
}

extension OffsetReport.Weights {
    private enum CodingKeys: String, CodingKey {
        case lowest, highest
        case lowestSum = "lowest_sum"
        case meanSum = "mean_sum"
        case highestSum = "highest_sum"
    }
}

extension OffsetReport.Movement {
    private enum CodingKeys: String, CodingKey {
        case share
        case meanLength = "mean_length"
        case weightedMeanLength = "weighted_mean_length"
        case farShare = "far_share"
    }

    init(_ movement: OffsetSurvey.Movement) {
        share = movement.share
        meanLength = movement.mean
        weightedMeanLength = movement.weightedMean
        farShare = movement.farShare
    }
}

extension OffsetReport.Region {
    private enum CodingKeys: String, CodingKey {
        case name, x, y, width, height, gradient, coherence, longest, weights, displacements
        case pixelX = "pixel_x"
        case pixelY = "pixel_y"
        case meanLength = "mean_length"
    }

    init(_ pattern: SamplingPattern, size: Int) {
        let region = pattern.region
        name = region.kind.name
        (x, y, width, height) = (region.box.x, region.box.y, region.box.width, region.box.height)
        gradient = region.gradient
        coherence = region.coherence
        (pixelX, pixelY) = pattern.pixel
        meanLength = pattern.meanLength
        longest = pattern.longest
        func rows<Value>(_ value: (SamplingPattern.Tap) -> Value) -> [[Value]] {
            (0..<size).map { row in pattern.taps[size * row..<size * (row + 1)].map(value) }
        }
        weights = rows(\.weight)
        displacements = rows { [$0.moved.x - $0.rest.x, $0.moved.y - $0.rest.y] }
    }
}

extension OffsetReport {
    init(_ picture: OffsetPicture, options: OffsetInspectionOptions, canvas: Canvas) {
        let survey = picture.survey
        func size(_ box: Box) -> Size { Size(width: box.width, height: box.height) }
        input = options.input
        time = (picture.shown.seconds * 1e6).rounded() / 1e6
        frame = picture.shown.number
        source = size(picture.source.bounds)
        result = size(picture.small.bounds)
        model = picture.modelName
        factor = picture.factor
        kernelSize = survey.size
        farthest = picture.unit
        precision = "f32"
        weights = Weights(
            lowest: survey.elements.map(\.lowest).min() ?? 0, highest: survey.elements.map(\.highest).max() ?? 0,
            lowestSum: survey.sums.lowest, meanSum: survey.sums.mean, highestSum: survey.sums.highest)
        movement = Movement(survey.whole)
        areas = Dictionary(uniqueKeysWithValues: survey.areas.map { ($0.kind.name, $0.movement.map(Movement.init)) })
        elements = survey.elements.map {
            Element(
                x: $0.x, y: $0.y, mean: $0.mean, deviation: $0.deviation, lowest: $0.lowest, highest: $0.highest,
                meanLength: $0.meanLength, longest: $0.longest)
        }
        regions = picture.patterns.map { Region($0, size: survey.size) }
        output = options.output
        self.picture = size(canvas.bounds)
    }
}
