import ArgumentParser
import Foundation
import Upluma

/// `upluma plan`: what `upscale` would do, without doing it.
struct PlanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan",
        abstract: "Tell what `upscale` would do to a file, and how long it would take.",
        discussion: """
            The source is opened and every decision made as for `upscale` with the same options: model, size, formats, \
            fields, what becomes of each stream, and what is assumed where the source says nothing. Time, size and \
            memory are measured on two short excerpts, which are thrown away. Nothing is written.

            Example: upluma plan holiday.avi -o holiday.mp4 --scale 3
            """)

    @Argument(help: "The video: any file FFmpeg reads.")
    var input: String

    @Option(
        name: .shortAndLong,
        help: "The file that `upscale` would make, for its ending; it may exist (default: INPUT's name with .mkv).")
    var output: String?

    @OptionGroup var enlargement: EnlargementOptions
    @OptionGroup var picture: PictureOptions

    @OptionGroup var processor: ThreadOption
    @OptionGroup var part: ExcerptOptions
    @OptionGroup var streams: StreamOptions

    @Flag(inversion: .prefixedNo, help: "Measure how fast the job goes: some seconds.")
    var estimate = true

    @Flag(help: "Print JSON: one object.")
    var json = false

    func run() throws {
        let name =
            input == "-" ? "standard-input" : URL(fileURLWithPath: input).deletingPathExtension().lastPathComponent
        var options = UpscaleOptions(input: input, output: output ?? "\(name).mkv")
        enlargement.apply(to: &options)
        picture.apply(to: &options)
        options.threads = processor.threads
        part.apply(to: &options)
        streams.apply(to: &options)
        let job = PlanJob(options, measuresSpeed: estimate)
        let interrupts = InterruptHandler(exitStatus: FailureKind.interrupted.exitStatus) { job.cancel() }
        let plan = try withExtendedLifetime(interrupts) { try job.run() }
        Console.standardOutput.write(try json ? PlanCommand.json(plan) : PlanText.screen(plan))
    }

    private static func json(_ plan: JobPlan) throws -> String {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes, .sortedKeys]
        return String(decoding: try encoder.encode(plan), as: UTF8.self) + "\n"
    }
}
