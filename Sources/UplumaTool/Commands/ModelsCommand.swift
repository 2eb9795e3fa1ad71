import ArgumentParser
import Foundation
import Upluma

/// `upluma models`: the catalog.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the networks and filters that enlarge pictures, and those that reduce them.",
        discussion: """
            Every name of the first table can be given to --model; those of family `fir` to --chroma, too. The default of \
            --model is `auto`, which picks one of them by the source. Names of the second table, of downscalers, are for \
            `upscale --downscale` and `downscale --model`.
            """)

    @Argument(help: "Show only this one.")
    var name: String?

    @Flag(help: "Show only the downscalers.")
    var downscalers = false

    @Flag(help: "Print JSON: an array of objects, one a model, or with --downscalers one a downscaler.")
    var json = false

    func run() throws {
        if name == UpscaleOptions.automaticModel, !json {
            return Console.standardOutput.write(ModelInfo.automaticChoice + "\n")
        }
        if let name, let downscaler = try DownscalerInfo.named(name) { return try show(downscalers: [downscaler]) }
        if downscalers, name == nil { return try show(downscalers: DownscalerInfo.all()) }
        let models = try name.map { [try ModelInfo.named($0)] } ?? ModelInfo.all()
        Console.standardOutput.write(try json ? ModelsCommand.json(models) : ModelsCommand.table(models))
        guard name == nil, !json else { return }
        Console.standardOutput.write("\n")
        try show(downscalers: DownscalerInfo.all())
        Console.standardOutput.write("\n" + ModelInfo.automaticChoice + "\n")
    }

    private func show(downscalers: [DownscalerInfo]) throws {
        Console.standardOutput.write(
            try json ? ModelsCommand.json(downscalers) : ModelsCommand.table(downscalers))
    }

    private static func json(_ list: [some Encodable]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes, .sortedKeys]
        return String(decoding: try encoder.encode(list), as: UTF8.self) + "\n"
    }

    private static func table(_ models: [ModelInfo]) -> String {
        table(
            ["NAME", "FAMILY", "SCALES", "PARAMETERS", "OPS/PIXEL", "SUMMARY"],
            models.map {
                [
                    $0.name, $0.family, $0.scales.map(String.init).joined(separator: ","), "\($0.parameters)",
                    "\($0.operationsPerInputPixel)", $0.summary,
                ]
            })
    }

    private static func table(_ downscalers: [DownscalerInfo]) -> String {
        table(
            ["DOWNSCALER", "FAMILY", "FACTOR", "PARAMETERS", "OPS/PIXEL", "UPSCALER", "SUMMARY"],
            downscalers.map {
                [
                    $0.name, $0.family, "\($0.factor)", "\($0.parameters)", "\($0.operationsPerInputPixel)",
                    $0.upscaler ?? "-", $0.summary,
                ]
            })
    }

    private static func table(_ header: [String], _ rows: [[String]]) -> String {
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        return ([header] + rows).map { row in
            row.indices.map { column in
                column == row.count - 1
                    ? row[column] : row[column].padding(toLength: widths[column], withPad: " ", startingAt: 0)
            }.joined(separator: "  ") + "\n"
        }.joined()
    }
}
