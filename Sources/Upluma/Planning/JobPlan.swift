import UplumaFrames
import UplumaMedia

/// What a job would do to a file, and what it would take: the decisions of a job, without its work.
///
/// Encodes to the keys of `plan --json` (in snake case); they are stable.
public struct JobPlan: Sendable, Encodable {
    /// The source as it was understood.
    public struct Source: Sendable, Encodable {
        /// FFmpeg's name of the container.
        public var container: String
        public var codec: String
        public var width: Int
        public var height: Int
        /// FFmpeg's name of the format in the stream.
        public var pixelFormat: String
        /// Width over height of a sample, as a fraction; nil when the source does not say.
        public var sampleAspect: String?
        /// Frames a second, as a fraction; nil when unknown.
        public var frameRate: String?
        /// Length of the video in seconds; nil when unknown.
        public var seconds: Double?
        /// Frames in the source; nil when nothing tells.
        public var frames: Int?
        /// Whether the container states `frames`; otherwise it follows from the length.
        public var framesAreStated: Bool
        /// What its pictures show of fields; nil where nothing was looked at.
        public var fields: String?
        /// Clockwise degrees by which players turn the picture.
        public var rotation: Double
    }

    /// The result as it would be.
    public struct Result: Sendable, Encodable {
        public var container: String
        public var encoder: String
        public var width: Int
        public var height: Int
        /// Subsampling and depth.
        public var format: String
        /// Frames in the result; nil when nothing tells.
        public var frames: Int?
        /// What enlarges luma, by its name in the catalog; nil when nothing does.
        public var model: String?
        /// Why it is that one; nil when the options name it.
        public var modelReason: String?
        /// What reduces luma, by its name in the catalog; nil when nothing does.
        public var downscaler: String?
        /// How their networks are run.
        public var modelRuns: [String]
        /// The filter that resamples chroma.
        public var chroma: String
        /// What is done about fields: `off`, or how they are made progressive.
        public var deinterlacing: String
    }

    /// What becomes of a stream of the source.
    public struct Stream: Sendable, Encodable {
        /// Position in the source, from 0.
        public var index: Int
        /// `video`, `audio`, `subtitle`, `attachment`, `data` or `unknown`.
        public var kind: String
        /// FFmpeg's name of its codec.
        public var codec: String
        /// `encoded`, `copied`, `cover`, `converted`, `rewritten` or `dropped`.
        public var fate: String
        /// The codec it is converted to.
        public var becomes: String?
        /// Why it is dropped.
        public var reason: String?
    }

    /// Something the source does not say.
    public struct Assumed: Sendable, Encodable {
        public var about: String
        public var taken: String
        public var message: String
    }

    /// How the work is divided, and the memory it takes.
    public struct Memory: Sendable, Encodable {
        /// Frames made at the same time, and threads for each.
        public var workers: Int
        public var threadsPerFrame: Int
        /// All pictures and workspaces; decoder and encoder keep theirs on top.
        public var picturesBytes: Int
        /// The most that was resident while the speed was measured; nil without an estimate.
        public var peakBytes: Int?
    }

    /// Time and size, from excerpts that were made and thrown away.
    public struct Estimate: Sendable, Encodable {
        /// Frames that were made to measure.
        public var measuredFrames: Int
        /// Frames a second: of the slowest and the fastest excerpt.
        public var slowestFps: Double
        public var fastestFps: Double
        /// Of the whole job, at the mean speed and at those two; nil when the number of frames is unknown.
        public var seconds: Double?
        public var mostSeconds: Double?
        public var leastSeconds: Double?
        /// Size of the result's video; nil when too little was made to tell.
        public var outputBytes: Int64?
        /// The same, were all of it like the excerpt that takes least, and like the one that takes most.
        public var leastOutputBytes: Int64?
        public var mostOutputBytes: Int64?
    }

    public var input: String
    public var output: String
    public var source: Source
    public var result: Result
    public var streams: [Stream]
    public var assumptions: [Assumed]
    /// What a run would remark on: repairs, conversions, what is left out.
    public var notes: [String]
    public var memory: Memory
    /// Nil when not asked for, or not possible: pipes, standard output.
    public var estimate: Estimate?
}

extension JobPlan {
    init(_ plan: UpscalePlan, notes: [String], estimate: SpeedEstimate?) {
        let (facts, video) = (plan.source.facts, plan.source.facts.video)
        input = plan.options.input
        output = plan.options.output
        source = Source(
            container: facts.container, codec: video.codec, width: video.width, height: video.height,
            pixelFormat: video.pixelFormatName, sampleAspect: video.sampleAspect.map(\.description),
            frameRate: video.frameRate.map(\.description), seconds: video.duration,
            frames: video.frameCount.map { Int($0) }, framesAreStated: video.frameCountIsStated,
            fields: plan.fields.finding?.summary, rotation: video.rotation)
        let target = plan.upscaler.target
        result = Result(
            container: plan.container.name, encoder: plan.encoder.name, width: target.width, height: target.height,
            format: target.format.description, frames: estimate?.wholeFrames ?? plan.expectedFrames,
            model: plan.modelName,
            modelReason: plan.modelReason, downscaler: plan.makers.downscaler?.downscaler.name,
            modelRuns: plan.upscaler.runs, chroma: plan.options.chromaFilter,
            deinterlacing: plan.deinterlacer.map { "\($0.mode)" } ?? Deinterlacing.off.rawValue)
        streams = plan.streams.fates.map(Stream.init)
        assumptions = plan.assumptions.map {
            Assumed(about: $0.subject.rawValue, taken: $0.taken, message: $0.message)
        }
        self.notes = notes
        memory = Memory(
            workers: plan.memory.workers, threadsPerFrame: plan.memory.threadsPerFrame,
            picturesBytes: plan.memory.totalBytes, peakBytes: estimate?.peakBytes)
        self.estimate = estimate.flatMap { Estimate($0, frames: $0.wholeFrames ?? plan.expectedFrames) }
    }
}

extension JobPlan.Stream {
    fileprivate init(_ fate: StreamFate) {
        (index, kind, codec) = (fate.index, fate.kind.rawValue, fate.codec)
        switch fate.outcome {
        case .encoded: self.fate = "encoded"
        case .copied: self.fate = "copied"
        case .cover: self.fate = "cover"
        case .rewritten: self.fate = "rewritten"
        case .converted(let codec, _):
            self.fate = "converted"
            becomes = codec
        case .dropped(let why):
            self.fate = "dropped"
            reason = why
        }
    }
}

extension JobPlan.Estimate {
    /// Nil when no frame was made.
    fileprivate init?(_ estimate: SpeedEstimate, frames: Int?) {
        guard let slowest = estimate.slowest, let fastest = estimate.fastest, let each = estimate.secondsPerFrame else {
            return nil
        }
        measuredFrames = estimate.frames
        (slowestFps, fastestFps) = (slowest, fastest)
        seconds = frames.map { Double($0) * each.mean }
        mostSeconds = frames.map { Double($0) * each.most }
        leastSeconds = frames.map { Double($0) * each.least }
        func bytes(_ perFrame: Double?) -> Int64? {
            frames.flatMap { count in perFrame.map { Int64(($0 * Double(count)).rounded()) } }
        }
        outputBytes = bytes(estimate.bytesPerFrame)
        leastOutputBytes = bytes(estimate.leastBytesPerFrame)
        mostOutputBytes = bytes(estimate.mostBytesPerFrame)
    }
}
