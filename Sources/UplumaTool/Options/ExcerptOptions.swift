import ArgumentParser
import Upluma

/// Which part of the source is made: shared by every command that makes video.
struct ExcerptOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where to begin: seconds or [HH:]MM:SS[.mmm].", valueName: "time"))
    var start: TimeValue?

    @Option(help: ArgumentHelp("How much to do: seconds or [HH:]MM:SS[.mmm].", valueName: "time"))
    var duration: TimeValue?

    func validate() throws {
        if let duration, duration.seconds <= 0 { throw ValidationError("--duration: give more than 0 seconds.") }
    }

    /// Writes these options into those of a job.
    func apply(to options: inout UpscaleOptions) {
        options.start = start?.seconds
        options.duration = duration?.seconds
    }
}
