import UplumaMedia

/// `--verify` of a job: the finished result held against its source, with what the job meant to change, before it gets its
/// name.
enum UpscaleVerification {
    /// Whether both files can be read once more when the job is done.
    ///
    /// - Throws: `UplumaError` of kind `usage`.
    static func check(_ plan: UpscalePlan, _ output: OutputFile) throws {
        guard plan.source.facts.isSeekable else {
            throw UplumaError(
                .usage, "--verify reads the source a second time, which a pipe does not allow. Name a file.")
        }
        guard !plan.options.allowsNetwork else {
            throw UplumaError(
                .usage, "--verify reads the source a second time, and not through the network. Save it to a file first."
            )
        }
        guard case .file = output.destination else {
            throw UplumaError(
                .usage, "--verify reads the result back, which a pipe does not allow. Name a file with -o.")
        }
    }

    /// Compares the closed file with the source and tells the outcome.
    ///
    /// - Throws: `UplumaError` of kind `badInput` that names what was lost.
    static func run(
        _ job: UpscalePreparation, report: (JobEvent) -> Void, isCancelled: @escaping @Sendable () -> Bool
    ) throws {
        // Progress of the job has reached its end; that of the comparison would send it back.
        let found = try compare(job, isCancelled: isCancelled) { _ in }
        report(.verified(found))
        guard found.passed else { throw UplumaError(.badInput, sentence(found, source: job.plan.options.input)) }
    }

    /// What was lost, in a sentence.
    static func sentence(_ found: VerificationReport, source: String) -> String {
        let losses = found.lost.map { "\($0.item.rawValue) (\($0.message))" }.joined(separator: ", ")
        return "The result did not keep everything of \"\(source)\": \(losses)."
    }

    /// Compares the closed file with the source.
    ///
    /// - Parameter progress: called with frames read, of both files together.
    /// - Throws: `UplumaError` or `MediaError` when one cannot be read.
    static func compare(
        _ job: UpscalePreparation, isCancelled: @escaping @Sendable () -> Bool, progress: (Int) -> Void
    ) throws -> VerificationReport {
        let options = job.plan.options
        var expected = VerificationExpectations()
        expected.start = options.start
        expected.duration = options.duration
        expected.isFilm = job.deinterlacer?.mode == .ivtc
        for fate in job.plan.streams.fates {
            switch fate.outcome {
            case .dropped: expected.fates[fate.index] = .dropped
            case .converted(let codec, _): expected.fates[fate.index] = .converted(codec)
            case .encoded, .copied, .cover, .rewritten: continue
            }
        }
        expected.isTurnedUpright = job.plan.uprighting.turn != nil
        expected.change = job.plan.makers.change
        expected.format = options.pixelFormat == nil ? nil : job.upscaler.target.format
        return try Verification.compare(
            source: options.input, result: job.output.writePath, expected, threads: options.threads ?? 0,
            report: { if case .progress(let now) = $0 { progress(now.frame) } }, isCancelled: isCancelled)
    }
}
