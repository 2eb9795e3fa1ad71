/// What a preview showed, and what the whole job would take.
///
/// Encodes to the keys of `preview --json` (in snake case); they are stable.
public struct PreviewReport: Sendable, Encodable {
    /// Figures of one picture; those that were not asked for, or cannot be had, are nil. PSNR in dB, infinite between equal
    /// pictures (and left out of JSON then); SSIM is 1 at most.
    public struct Quality: Sendable, Encodable, Equatable {
        /// Luma of the result, reduced to the source's size again, beside the source's.
        public var selfConsistencyPsnrY: Double?
        /// Luma beside that of a reference.
        public var psnrY: Double?
        public var ssimY: Double?
        /// Luma after the encoder beside luma before it.
        public var encodedPsnrY: Double?

        public init() {}

        private enum CodingKeys: CodingKey {
            case selfConsistencyPsnrY, psnrY, ssimY, encodedPsnrY
        }

        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
            try container.encodeIfPresent(finite(selfConsistencyPsnrY), forKey: .selfConsistencyPsnrY)
            try container.encodeIfPresent(finite(psnrY), forKey: .psnrY)
            try container.encodeIfPresent(ssimY, forKey: .ssimY)
            try container.encodeIfPresent(finite(encodedPsnrY), forKey: .encodedPsnrY)
        }
    }

    /// One version of a frame.
    public struct Picture: Sendable, Encodable {
        /// `baseline`, `model` or `encoded`.
        public var kind: String
        /// In the catalog.
        public var name: String
        public var label: String
        /// What it took to make, on all threads.
        public var milliseconds: Double?
        public var quality: Quality
    }

    /// One frame.
    public struct Moment: Sendable, Encodable {
        /// From the beginning of the file.
        public var seconds: Double
        /// In the whole job, from 0; nil where nobody counted.
        public var frame: Int?
        public var pictures: [Picture]
    }

    /// What the whole job would take with one model.
    public struct Job: Sendable, Encodable {
        public var model: String
        public var encoder: String
        /// Frames of the whole job; nil when nothing tells.
        public var frames: Int?
        /// All pictures and workspaces; decoder and encoder keep theirs on top.
        public var picturesBytes: Int
        /// The most that was resident while the speed was measured.
        public var peakBytes: Int?
        /// Nil when not asked for, or not possible: pipes.
        public var estimate: JobPlan.Estimate?
    }

    public var input: String
    public var output: String
    public var scale: Int
    /// Of the results.
    public var width: Int
    public var height: Int
    /// Subsampling and depth of the results.
    public var format: String
    public var moments: [Moment]
    /// One for each model, in their order.
    public var jobs: [Job]
    /// What the source does not say and what it is taken for, conversions, repairs.
    public var notes: [String]
}
