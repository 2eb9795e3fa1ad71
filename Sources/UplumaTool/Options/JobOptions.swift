import ArgumentParser
import Upluma

/// The output of a job.
struct OutputOption: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: "The file to make; its ending chooses the container. `-` is YUV4MPEG2 on standard output.")
    var output: String
}

/// How a job is run and told, and the running of it: shared by the commands that make a file.
struct JobOptions: ParsableArguments {
    /// What every such command promises, for its help.
    static let promise =
        """
        Audio, subtitles, attachments, chapters, tags and timing are carried over unchanged; what OUTPUT cannot hold \
        as it is is told before the start. The result is written \
        as OUTPUT.partial and gets its name when it is complete; after an interruption or an error the partial \
        file stays and can be played as far as it goes.
        """

    @Option(help: "How progress is shown on standard error.")
    var progress = ProgressStyle.auto

    @Flag(
        help: "When done, read OUTPUT back and compare it with INPUT as `upluma verify` does; a loss is an error.")
    var verify = false

    @Flag(help: "Stop at the first damage of the source instead of concealing it.")
    var strict = false

    @Flag(help: "Let the input be an address (http, https, rtsp, ...), or a playlist of such.")
    var allowNetwork = false

    @Flag(help: "Replace OUTPUT if it exists.")
    var overwrite = false

    @Flag(
        help: """
            Work in steps that survive interruptions: what is done is kept in OUTPUT.resume, and the same command goes on \
            behind it.
            """)
    var resume = false

    @Flag(name: .shortAndLong, help: "Tell how the job is done: sizes, formats, threads, memory.")
    var verbose = false

    /// Does a job whose other options are set, and tells it.
    ///
    /// - Throws: `UplumaError`, or `ExitCode` when it has been told as JSON.
    func run(_ job: UpscaleOptions) throws {
        var options = job
        options.overwrite = overwrite
        options.resumes = resume
        options.verifies = verify
        options.isStrict = strict
        options.allowsNetwork = allowNetwork

        let reporter = ProgressReporter(style: progress, isVerbose: verbose)
        do {
            let job = UpscaleJob(options)
            let interrupts = InterruptHandler(exitStatus: FailureKind.interrupted.exitStatus) { job.cancel() }
            let summary = try withExtendedLifetime(interrupts) { try job.run { reporter.report($0) } }
            reporter.finish(last: summary.progress)
            show(summary, isMachineReadable: reporter.isMachineReadable)
        } catch let error as UplumaError {
            reporter.finish(last: nil)
            if reporter.isMachineReadable { Console.standardError.write(JSONLine.error(error)) }
            throw reporter.isMachineReadable ? ExitCode(error.kind.exitStatus) : error
        }
    }

    private func show(_ summary: UpscaleSummary, isMachineReadable: Bool) {
        if isMachineReadable {
            Console.standardError.write(JSONLine.done(summary))
        } else if progress != .none {
            Console.standardError.write(
                "upluma: \(summary.output): \(summary.frames) frames in \(ProgressText.elapsed(summary.seconds)), "
                    + ProgressText.bytes(summary.outputBytes)
                    + (summary.damage.sentence.map { "; in the source \($0)" } ?? "") + "\n")
        }
    }
}
