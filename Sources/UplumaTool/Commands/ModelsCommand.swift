import ArgumentParser
import Foundation
import Upluma

/// `upluma models`: the catalog.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "List the networks and filters that enlarge pictures.",
        discussion: """
            Every name here can be given to --model; those of family `fir` to --chroma, too. The default of --model is \
            `auto`, which picks one of them by the source.
            """)

    @Argument(help: "Show only this one.")
    var name: String?

    @Flag(help: "Print JSON: an array of objects, one a model.")
    var json = false

    func run() throws {
        if name == UpscaleOptions.automaticModel, !json {
            return Console.standardOutput.write(ModelInfo.automaticChoice + "\n")
        }
        let models = try name.map { [try ModelInfo.named($0)] } ?? ModelInfo.all()
        Console.standardOutput.write(try json ? ModelsCommand.json(models) : ModelsCommand.table(models))
        if name == nil, !json { Console.standardOutput.write("\n" + ModelInfo.automaticChoice + "\n") }
    }

    private static func json(_ models: [ModelInfo]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .withoutEscapingSlashes, .sortedKeys]
        return String(decoding: try encoder.encode(models), as: UTF8.self) + "\n"
    }

    private static func table(_ models: [ModelInfo]) -> String {
        let header = ["NAME", "FAMILY", "SCALES", "PARAMETERS", "OPS/PIXEL", "SUMMARY"]
        let rows = models.map {
            [
                $0.name, $0.family, $0.scales.map(String.init).joined(separator: ","), "\($0.parameters)",
                "\($0.operationsPerInputPixel)", $0.summary,
            ]
        }
        let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
        return ([header] + rows).map { row in
            row.indices.map { column in
                column == row.count - 1
                    ? row[column] : row[column].padding(toLength: widths[column], withPad: " ", startingAt: 0)
            }.joined(separator: "  ") + "\n"
        }.joined()
    }
}
