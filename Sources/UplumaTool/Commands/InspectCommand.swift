import ArgumentParser

/// `upluma inspect`: pictures of what goes on inside a model.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Draw what goes on inside a model.",
        subcommands: [InspectKernelsCommand.self, InspectOffsetsCommand.self])
}
