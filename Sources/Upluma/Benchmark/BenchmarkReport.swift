/// What `upluma benchmark` measured.
public struct BenchmarkReport: Sendable {
    /// The processor's name as the system gives it.
    public var cpu: String
    public var threads: Int
    /// Measured multiply-add peak of `threads` cores by precision, in 10⁹ operations a second.
    public var peakGigaflops: [String: Double]
    public var results: [BenchmarkResult]
}

/// The speed of one network or filter at one size.
public struct BenchmarkResult: Sendable {
    /// Name in the catalog.
    public var network: String
    /// Arithmetic: `f32`.
    public var precision: String
    /// What ran it: `fused` (streaming executor) or `fir`.
    public var backend: String
    /// Size of the source picture.
    public var width: Int
    public var height: Int
    /// Milliseconds for one luma plane of 8 bits, from plane to plane, on all threads together.
    public var millisecondsMedian: Double
    public var millisecondsMinimum: Double
    /// 10⁹ operations a second at the median; a multiply-add counts as two.
    public var gigaflops: Double
    /// `gigaflops` over the measured peak.
    public var shareOfPeak: Double
    /// Largest resident memory of the process so far.
    public var peakResidentBytes: Int
}
