/// What `upluma benchmark` measured.
public struct BenchmarkReport: Sendable {
    /// The processor's name as the system gives it.
    public var cpu: String
    public var threads: Int
    /// Measured multiply-add peak of `threads` cores by precision (`f32`, and `bf16` and `int8` where the processor has
    /// instructions for them), in 10⁹ operations a second.
    public var peakGigaflops: [String: Double]
    public var results: [BenchmarkResult] = []
    public var kernels: [KernelResult] = []
    public var stages: [StageResult] = []
}

/// The speed of one network or filter at one size.
public struct BenchmarkResult: Sendable {
    /// Name in the catalog, or the chain as it was given.
    public var network: String
    /// Arithmetic: `f32`, `bf16` or `int8`.
    public var precision: String
    /// What ran it: `fused` (streaming executor), `onednn`, or `fir`.
    public var backend: String
    /// Size of the source picture.
    public var width: Int
    public var height: Int
    /// Milliseconds for one luma plane, from plane to plane, on all threads together; of a chain, for the layers alone.
    public var millisecondsMedian: Double
    public var millisecondsMinimum: Double
    /// 10⁹ operations a second at the median; a multiply-add counts as two.
    public var gigaflops: Double
    /// `gigaflops` over the measured peak of the precision.
    public var shareOfPeak: Double
    /// Largest resident memory of the process while this was measured.
    public var peakResidentBytes: Int
}

/// The speed of one kernel on rows that lie in the cache, on one thread.
public struct KernelResult: Sendable {
    public var kernel: String
    /// Sample type and shape.
    public var variant: String
    /// Instruction set, by its name for `UPLUMA_CPU`.
    public var level: String
    /// Samples of the row it writes (of a convolution: pixels).
    public var samples: Int
    /// Nanoseconds for one row.
    public var nanosecondsMedian: Double
    public var nanosecondsMinimum: Double
    /// Bytes read and written, in 10⁹ a second at the median; each byte of a row counted once.
    public var gigabytesPerSecond: Double
    /// 10⁹ operations a second at the median, a multiply-add counted as two; nil where nothing is summed.
    public var gigaflops: Double?
}

/// The time one step of a job takes for one 4:2:0 picture.
public struct StageResult: Sendable {
    /// The model that enlarges luma; empty for steps that none takes part in.
    public var network: String
    public var stage: String
    public var threads: Int
    /// Size of the source picture.
    public var width: Int
    public var height: Int
    /// Milliseconds from one finished picture to the next.
    public var millisecondsMedian: Double
    public var millisecondsMinimum: Double
    public var framesPerSecond: Double { 1000 / millisecondsMedian }
    /// Largest resident memory of the process while this was measured.
    public var peakResidentBytes: Int
}
