import ArgumentParser
import Upluma

/// `upluma batch`: many files, unattended.
struct BatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batch",
        abstract: "Enlarge whole archives, unattended, with nothing lost on the way.",
        discussion: """
            `upluma batch DIR -o OUT` does everything: plans, makes, joins, reports (options: `upluma batch all --help`). \
            What is done is kept in OUT after whatever happens, and the same command goes on behind it. A file that fails \
            is put aside with the reason, and the others go on.

            The steps can be had one by one, in several processes at once: `plan`, `run`, `join`, `status`.

            Example: upluma batch ~/tapes -o ~/tapes-large --below 720p --while 22:00-07:00
            """,
        subcommands: [
            BatchAllCommand.self, BatchPlanCommand.self, BatchRunCommand.self, BatchJoinCommand.self,
            BatchStatusCommand.self, BatchPauseCommand.self, BatchContinueCommand.self, BatchAuditCommand.self,
            BatchWorkCommand.self,
        ],
        defaultSubcommand: BatchAllCommand.self)
}

/// `upluma batch all`, or no word at all: plan and run.
struct BatchAllCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "all",
        abstract: "Plan, make and join everything.",
        discussion: """
            The folders and files are listed and written into the ledger in OUT/.upluma, workers make their results, and a \
            report is written. Files that are done already stay, unless they, the options or the weights changed.

            Ctrl-C once ends behind what is in hand, twice at once. The same command goes on.

            Example: upluma batch ~/tapes -o ~/tapes-large
            """)

    @OptionGroup var files: BatchFilesOptions
    @OptionGroup var job: BatchJobOptions
    @OptionGroup var work: BatchWorkOptions

    @Option(help: "How progress is shown on standard error.")
    var progress = ProgressStyle.auto

    func run() throws {
        let (options, working) = (try job.options(files), try work.options(files.output))
        try BatchTelling.run(progress) { try BatchTelling.steps(plan: options, work: working, $0) }
    }
}

/// `upluma batch plan`: what is to be done.
struct BatchPlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "List files and write them into the ledger; open none.",
        discussion: """
            Workers open the files later and draw up their chunks. Planning again takes in what is new, and has what \
            changed done again.

            Example: upluma batch plan ~/tapes -o ~/tapes-large --exclude '**/raw/**'
            """)

    @OptionGroup var files: BatchFilesOptions
    @OptionGroup var job: BatchJobOptions

    @Option(help: "How progress is shown on standard error.")
    var progress = ProgressStyle.auto

    func run() throws {
        let options = try job.options(files)
        try BatchTelling.run(progress) { screen in
            guard let summary = try BatchTelling.steps(plan: options, work: nil, screen) else { return }
            screen.finish()
            let left = summary.leftOut.map { "; left out: \($0)" } ?? ""
            Console.standardOutput.write(
                "\(summary.taken) files, \(ProgressText.bytes(summary.bytes))\(left)\n")
        }
    }
}

/// `upluma batch run`: the work, by any number of processes.
struct BatchRunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Make what the plan says; join what is complete, unless told not to.",
        discussion: """
            Any number of these may work on one batch at the same time. Options of the pictures are those of the plan.

            Example: upluma batch run ~/tapes-large --jobs 4 --nice 10
            """)

    @OptionGroup var folder: BatchFolderArgument
    @OptionGroup var work: BatchWorkOptions

    @Flag(inversion: .prefixedNo, help: "Join chunks into results when a file's are complete.")
    var join = true

    @Option(help: "How progress is shown on standard error.")
    var progress = ProgressStyle.auto

    func run() throws {
        var options = try work.options(folder.folder)
        options.joins = join
        try BatchTelling.run(progress) { try BatchTelling.steps(plan: nil, work: options, $0) }
    }
}

/// `upluma batch join`: results of chunks that are complete.
struct BatchJoinCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "join",
        abstract: "Check chunks and join them into results, where a file's are complete.",
        discussion: """
            The coded pictures are checked, put together with the source's other streams, compared with the source, \
            hashed, and get their name.

            Example: upluma batch join ~/tapes-large
            """)

    @OptionGroup var folder: BatchFolderArgument
    @OptionGroup var work: BatchWorkOptions

    @Option(help: "How progress is shown on standard error.")
    var progress = ProgressStyle.auto

    func run() throws {
        var options = try work.options(folder.folder)
        options.makes = false
        try BatchTelling.run(progress) { try BatchTelling.steps(plan: nil, work: options, $0) }
    }
}
