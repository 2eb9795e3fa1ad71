import Foundation
import Testing
import UplumaTestSupport

/// What the documentation says of the command line, held against the tool itself.
@Suite struct DocumentationTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private func text(_ name: String) throws -> String {
        try String(contentsOf: Self.root.appendingPathComponent(name), encoding: .utf8)
    }

    private func help(_ command: [String]) throws -> String {
        let result = try Tool.run(command + ["--help"], environment: ["COLUMNS": "1000"])
        try #require(result.status == 0)
        return String(decoding: result.output, as: UTF8.self)
    }

    @Test("the README names every command") func commands() throws {
        let screen = try help([])
        let list = try #require(screen.components(separatedBy: "SUBCOMMANDS:\n").last)
        let names = list.components(separatedBy: "\n\n")[0].split(separator: "\n").compactMap {
            $0.split(separator: " ").first
        }
        #expect(names.count >= 6)
        let readme = try text("README.md")
        for name in names { #expect(readme.contains("\n    upluma \(name) "), "\(name)") }
    }

    @Test("Formats lists every option of upscale that has a default, and the default it has") func defaults() throws {
        let rows = try text("Docs/Formats.md").split(separator: "\n").filter { $0.hasPrefix("| `--") }
        var listed: [String: String] = [:]
        for row in rows {
            let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            listed[cells[0].trimmingCharacters(in: ["`"])] = cells[1].trimmingCharacters(in: ["`"])
        }
        let defaults = try defaults(of: "upscale")
        #expect(defaults.count >= 8)
        for (name, value) in defaults { #expect(listed[name] == value, "\(name)") }
        for name in listed.keys { #expect(defaults[name] != nil, "\(name) has no default, or is no option") }
        // The table holds for the other direction, too, but for what makes the picture.
        let reducing = try self.defaults(of: "downscale")
        let own = ["--scale", "--model"]
        #expect(reducing.filter { !own.contains($0.key) } == defaults.filter { !own.contains($0.key) })
        #expect(reducing["--scale"] == nil && reducing["--model"] != nil)
    }

    /// The options of a command that have a default, as its help shows it.
    private func defaults(of command: String) throws -> [String: String] {
        var defaults: [String: String] = [:]
        // "  --scale <scale>  … (default: 2)"; a long name has a line of its own, the text follows.
        var name: String?
        for line in try help([command]).split(separator: "\n") {
            if line.hasPrefix("  -") {
                name = line.split(separator: " ").first { $0.hasPrefix("--") }.map(String.init)
            }
            guard let name, let place = line.range(of: "default: ") else { continue }
            defaults[name] = String(line[place.upperBound...].prefix { $0 != ")" })
        }
        return defaults
    }
}
