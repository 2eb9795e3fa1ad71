import ArgumentParser
import Upluma

/// How a batch is worked on.
struct BatchWorkOptions: ParsableArguments {
    private static let defaults = BatchRunOptions(folder: "")

    @Option(help: ArgumentHelp("Workers, each a process of its own (default: one for each processor).", valueName: "n"))
    var jobs: Int?

    @OptionGroup var processor: ThreadOption

    @Option(
        help: ArgumentHelp(
            """
            Memory that all workers may take together: `4G`, `512M`, `50%` (default: \
            \(Int(MemoryBudget.defaultShare * 100))%).
            """, valueName: "amount"))
    var memory: MemoryValue?

    @Option(
        help: ArgumentHelp(
            "How far workers stand back behind other programs, \(Niceness.range.lowerBound) to \(Niceness.range.upperBound).",
            valueName: "n"))
    var nice = defaults.nice

    @Option(
        name: .customLong("while"),
        help: ArgumentHelp(
            "Work only at these hours, local time: `22:00-06:30`; may be given several times.", valueName: "hh:mm-hh:mm"
        ))
    var hours: [String] = []

    @Option(
        help: ArgumentHelp(
            "How often the same piece of work may fail before its file is put aside.", valueName: "n"))
    var attempts = defaults.attempts

    @Flag(help: "End when the first file is put aside.")
    var failFast = false

    @Flag(help: "Begin though the disk seems too small for the results.")
    var ignoreSpace = false

    func validate() throws {
        let jobsRange = BatchRunOptions.jobsRange
        if let jobs, !jobsRange.contains(jobs) {
            throw ValidationError("--jobs \(jobs): give \(jobsRange.lowerBound) to \(jobsRange.upperBound).")
        }
        guard Niceness.range.contains(nice) else {
            throw ValidationError(
                "--nice \(nice): give \(Niceness.range.lowerBound) to \(Niceness.range.upperBound).")
        }
        guard attempts >= 1 else { throw ValidationError("--attempts \(attempts): give 1 or more.") }
    }

    func options(_ folder: String) throws -> BatchRunOptions {
        var options = BatchRunOptions(folder: folder)
        (options.jobs, options.threads, options.memory) = (jobs, processor.threads, memory?.amount)
        (options.nice, options.attempts, options.failsFast) = (nice, attempts, failFast)
        options.hours = hours.isEmpty ? nil : try WorkingHours(hours)
        options.ignoresSpace = ignoreSpace
        return options
    }
}

/// An amount of memory.
struct MemoryValue: ExpressibleByArgument {
    let amount: MemoryAmount

    init?(argument: String) {
        guard let amount = MemoryAmount(argument) else { return nil }
        self.amount = amount
    }
}

/// The folder of a batch.
struct BatchFolderArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("The batch's folder: that of its results.", valueName: "dir"))
    var folder: String
}
