import ArgumentParser
import Upluma

/// `upluma batch status`: where it stands.
struct BatchStatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Tell how far a batch is, who works on what, and what was put aside.",
        discussion: "Example: upluma batch status ~/tapes-large")

    @OptionGroup var folder: BatchFolderArgument

    @Flag(help: "Print JSON: one object.")
    var json = false

    func run() throws {
        let batch = try BatchFolder(folder.folder)
        let (troubles, count) = try batch.troubles()
        let status = BatchStatus(
            folder: batch.path, progress: try batch.progress(), troubles: troubles, troubleCount: count,
            reportJSON: batch.reportJSON)
        Console.standardOutput.write(try json ? BatchStatusText.json(status) : BatchStatusText.screen(status))
    }
}

/// `upluma batch pause`: all workers wait.
struct BatchPauseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Make all workers of a batch wait where they are.",
        discussion: """
            They keep what they have in memory and use no processor, until `upluma batch continue`. A batch that is begun \
            while it is paused waits, too.

            Example: upluma batch pause ~/tapes-large
            """)

    @OptionGroup var folder: BatchFolderArgument

    func run() throws {
        try BatchFolder(folder.folder).pause()
        Console.standardError.write("upluma: Paused. To go on: upluma batch continue \(folder.folder)\n")
    }
}

/// `upluma batch continue`: all workers go on.
struct BatchContinueCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "continue",
        abstract: "Let the workers of a paused batch go on.",
        discussion: "Example: upluma batch continue ~/tapes-large")

    @OptionGroup var folder: BatchFolderArgument

    func run() throws {
        let wasPaused = try BatchFolder(folder.folder).resume()
        Console.standardError.write("upluma: \(wasPaused ? "Going on." : "The batch was not paused.")\n")
    }
}
