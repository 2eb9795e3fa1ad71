import Foundation
import Synchronization
import UplumaMedia

/// What `Verification` is to compare. The defaults are those of the command line, and the command line takes them from
/// here.
public struct VerificationOptions: Sendable {
    public var source: String
    public var result: String
    /// Seconds into the source where the result begins; nil is its beginning.
    public var start: Double?
    /// Seconds of the source that the result holds; nil is up to the end.
    public var duration: Double?
    /// How the result was deinterlaced: of `ivtc`, and of `auto` where it finds film, four frames of five are expected.
    public var deinterlacing = Deinterlacing.auto
    /// Decoder threads, within `UpscaleOptions.threadRange`; nil is all.
    public var threads: Int?

    public init(source: String, result: String) {
        self.source = source
        self.result = result
    }
}

/// Holds a result against its source, item by item: whether anything was lost that is not a pixel.
///
/// Both files are read and decoded from end to end, the source with the very times that an upscaling run gives it.
///
/// Thread safety: `run` is called once; `cancel` may be called from any thread at any time.
public final class Verification: Sendable {
    private let options: VerificationOptions
    private let isCancelled = Mutex(false)

    public init(_ options: VerificationOptions) {
        self.options = options
    }

    /// Stops at the next packet; `run` then throws kind `interrupted`.
    public func cancel() { isCancelled.withLock { $0 = true } }

    /// Does the work.
    ///
    /// - Parameter report: receives progress, on the calling thread.
    /// - Throws: `UplumaError` when a file cannot be read. Losses are no error: they are in the report.
    public func run(_ report: (JobEvent) -> Void) throws -> VerificationReport {
        var expected = VerificationExpectations()
        expected.start = options.start
        expected.duration = options.duration
        do {
            for path in [options.source, options.result] where path == OutputFile.standardStream {
                throw UplumaError(.usage, "A pipe cannot be verified. Name two files.")
            }
            expected.isFilm = try isFilm()
            return try Verification.compare(
                source: options.source, result: options.result, expected, threads: options.threads ?? 0, report: report
            ) { [self] in isCancelled.withLock { $0 } }
        } catch {
            throw isCancelled.withLock { $0 }
                ? UplumaError(.interrupted, "Interrupted.") : UplumaError(any: error)
        }
    }

    /// Whether film is expected: asked for, or what `auto` finds in the source.
    private func isFilm() throws -> Bool {
        guard options.deinterlacing == .auto else { return options.deinterlacing == .ivtc }
        let isCancelled: @Sendable () -> Bool = { [self] in self.isCancelled.withLock { $0 } }
        let facts = try MediaSource(path: options.source, isCancelled: isCancelled).facts
        return try FieldTreatment(
            .auto, facts, start: options.start, duration: options.duration, threads: options.threads,
            isCancelled: isCancelled
        ).mode == .ivtc
    }

    /// Reads both files and compares them.
    ///
    /// - Parameter threads: of each decoder; 0 is all.
    /// - Throws: `MediaError` or `UplumaError` when a file cannot be read.
    static func compare(
        source: String, result: String, _ expected: VerificationExpectations, threads: Int,
        report: (JobEvent) -> Void, isCancelled: @escaping @Sendable () -> Bool
    ) throws -> VerificationReport {
        let reader = try InventoryReader(path: source, isCancelled: isCancelled)
        let excerpt = try Excerpt(start: expected.start, duration: expected.duration, of: reader.source)
        let other = try InventoryReader(path: result, isCancelled: isCancelled)
        // The source is read as long as the result, and one has as many frames as the other, more or less.
        let frames = reader.source.facts.video.frameCount.map { count in
            2 * Int((Double(count) * (excerpt.share(of: reader.source.facts.duration) ?? 1)).rounded(.up))
        }
        var meter = ProgressMeter(frames: frames, startingAt: ProcessInfo.processInfo.systemUptime)
        func show(_ count: Int) {
            let now = ProcessInfo.processInfo.systemUptime
            if count % 8 == 0 { report(.progress(meter.update(frame: count, outputBytes: 0, at: now))) }
        }
        try excerpt.seek(reader.source)
        let before = try reader.read(
            InventoryReader.Part(
                contains: excerpt.contains(pts:), isPast: excerpt.isPast(pts:), isFarBehind: excerpt.isFarBehind),
            threads: threads, progress: show)
        let done = before.picture.times.count
        let after = try other.read(threads: threads) { show(done + $0) }
        return VerificationReport(
            source: source, result: result,
            items: Comparison(source: before, result: after, expected: expected, span: excerpt.span).verdicts())
    }
}
