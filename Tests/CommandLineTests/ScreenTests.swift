import Foundation
import Testing
import UplumaTestSupport

/// The catalog as `upluma models --json` tells it.
enum ModelListing {
    static func objects() throws -> [[String: Any]] {
        let result = try Tool.run(["models", "--json"])
        guard result.status == 0 else { throw FFmpegTool.Failure(description: result.errorText) }
        return try JSONSerialization.jsonObject(with: result.output) as? [[String: Any]] ?? []
    }

    static func names() throws -> [String] { try objects().compactMap { $0["name"] as? String } }
}

/// What the tool prints: help screens, listings, progress.
@Suite struct ScreenTests {
    private static let goldens = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Goldens")

    @Test(
        "help screens are as agreed",
        arguments: [
            "", "upscale", "downscale", "preview", "plan", "verify", "evaluate", "models", "inspect", "inspect kernels",
            "inspect offsets", "benchmark", "batch", "batch all", "batch plan", "batch run", "batch join",
            "batch status",
            "batch pause", "batch continue", "batch audit",
        ])
    func help(command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        let result = try Tool.run(words + ["--help"], environment: ["COLUMNS": "80"])
        #expect(result.status == 0)
        let name = (["help"] + words).joined(separator: "-") + ".txt"
        let file = Self.goldens.appendingPathComponent(name)
        let screen = String(decoding: result.output, as: UTF8.self)
        if ProcessInfo.processInfo.environment["UPLUMA_UPDATE_GOLDENS"] != nil {
            try screen.write(to: file, atomically: true, encoding: .utf8)
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(screen == golden, "if the change is meant: UPLUMA_UPDATE_GOLDENS=1 swift test --filter ScreenTests")
    }

    @Test func modelsAsJSON() throws {
        let objects = try ModelListing.objects()
        let keys: Set = [
            "name", "family", "scales", "parameters", "operations_per_input_pixel", "weights_sha256", "summary",
            "weights",
        ]
        for object in objects { #expect(keys.isSubset(of: object.keys)) }
        let network = try #require(objects.first { $0["name"] as? String == "sp-vdsr" })
        // Six 3×3 convolutions 1→8→8→8→8→8→4.
        #expect(network["parameters"] as? Int == 2708)
        #expect(network["operations_per_input_pixel"] as? Int == 2 * 9 * (8 + 4 * 64 + 32))
        #expect((network["weights_sha256"] as? String)?.count == 64)
        let weights = try #require(network["weights"] as? [[String: Any]])
        #expect(weights.compactMap { $0["scale"] as? Int } == network["scales"] as? [Int])
        #expect(weights.first?["sha256"] as? String == network["weights_sha256"] as? String)
        #expect(weights.first?["parameters"] as? Int == 2708)
    }

    @Test("downscalers have the keys of models and their own, in a list of their own") func downscalersAsJSON() throws {
        let models = try ModelListing.objects()
        let result = try Tool.run(["models", "--downscalers", "--json"])
        let objects = try #require(JSONSerialization.jsonObject(with: result.output) as? [[String: Any]])
        let keys = Set(try #require(models.first).keys).union(["factor", "upscaler"])
        for object in objects {
            #expect(Set(object.keys) == keys)
            let name = try #require(object["name"] as? String)
            #expect((object["factor"] as? Int ?? 0) > 1 && (object["scales"] as? [Int])?.isEmpty == true, "\(name)")
            #expect(!models.contains { $0["name"] as? String == name }, "the two lists share no name")
            let one = try Tool.run(["models", name, "--json"])
            let alone = try #require(JSONSerialization.jsonObject(with: one.output) as? [[String: Any]])
            #expect(alone.count == 1 && alone[0]["name"] as? String == name)
        }
        let text = String(decoding: try Tool.run(["models"]).output, as: UTF8.self)
        let table = String(decoding: try Tool.run(["models", "--downscalers"]).output, as: UTF8.self)
        #expect(text.contains("\n\n" + table) && table.split(separator: "\n").count == objects.count + 1)
        let lanczos = try #require(objects.first { $0["name"] as? String == "lanczos3-2x" })
        // Twelve taps down for half the rows, twelve along for a quarter of the samples.
        #expect(lanczos["operations_per_input_pixel"] as? Int == 2 * 12 / 2 + 2 * 12 / 4)
    }

    @Test func modelsAsTable() throws {
        let text = String(decoding: try Tool.run(["models"]).output, as: UTF8.self)
        for name in try ModelListing.names() { #expect(text.contains("\n\(name) ")) }
        let one = try Tool.run(["models", "sp-vdsr"])
        #expect(String(decoding: one.output, as: UTF8.self).split(separator: "\n").count == 2)
        let none = try Tool.run(["models", "nonsense"])
        #expect(none.status == 64 && none.errorText.contains("sp-vdsr"))
    }

    @Test func progressAsJSON() throws {
        let folder = try TemporaryDirectory()
        try FFmpegTool.ffmpeg(
            [
                "-f", "lavfi", "-i", "testsrc2=s=112x84:r=25:d=8", "-c:v", "libx264", "-preset", "ultrafast",
                folder.file("in.mkv"),
            ])
        let result = try Tool.run(
            ["upscale", folder.file("in.mkv"), "-o", folder.file("out.mkv"), "--scale", "8", "--progress", "json"])
        try #require(result.status == 0, "\(result.errorText)")
        #expect(result.output.isEmpty)
        let objects = try result.errorText.split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let events = objects.compactMap { $0["event"] as? String }
        #expect(events.count == objects.count)
        #expect(events.contains("note"), "running a network more than once is told")
        #expect(events.last == "done")
        let progress = objects.filter { $0["event"] as? String == "progress" }
        let last = try #require(progress.last)
        #expect(last["frame"] as? Int == 200 && last["frames"] as? Int == 200 && last["percent"] as? Double == 100)
        for key in ["fps", "eta_seconds", "output_bytes"] { #expect(last[key] != nil) }
        let done = try #require(objects.last)
        let size = try FileManager.default.attributesOfItem(atPath: folder.file("out.mkv"))[.size] as? Int
        #expect(done["frames"] as? Int == 200 && done["output_bytes"] as? Int == size)
    }

    @Test("without a terminal there are lines, with --progress none nothing at all") func quiet() throws {
        let folder = try TemporaryDirectory()
        try Clips.make(folder.file("in.mkv"))
        let lines = try Tool.run(["upscale", folder.file("in.mkv"), "-o", folder.file("a.mkv")])
        #expect(lines.output.isEmpty && !lines.errorText.contains("\r") && !lines.errorText.contains("\u{1B}"))
        #expect(lines.errorText.contains("12 frames"))
        let nothing = try Tool.run(["upscale", folder.file("in.mkv"), "-o", folder.file("b.mkv"), "--progress", "none"])
        #expect(nothing.output.isEmpty && nothing.errorText.isEmpty, "\(nothing.errorText)")
    }

    @Test func bar() throws {
        let folder = try TemporaryDirectory()
        try Clips.make(folder.file("in.mkv"))
        let result = try Tool.run(["upscale", folder.file("in.mkv"), "-o", folder.file("out.mkv"), "--progress", "bar"])
        let last = try #require(result.errorText.split(separator: "\r").last)
        #expect(last.contains("100.0%") && last.contains("frame 12/12") && last.contains("fps") && last.contains("ETA"))
    }

    @Test("--verbose tells sizes, formats and memory") func verbose() throws {
        let folder = try TemporaryDirectory()
        try Clips.make(folder.file("in.mkv"))
        let text = try Tool.run(["upscale", folder.file("in.mkv"), "-o", folder.file("out.mkv"), "-v"]).errorText
        for word in ["64×48", "128×96", "workers", "MB"] { #expect(text.contains(word), "\(text)") }
    }

    @Test func benchmarkAsJSON() throws {
        let result = try Tool.run(
            [
                "benchmark", "--json", "--network", "sp-vdsr,lanczos3", "--size", "64x48", "--threads", "1",
                "--seconds", "0.01",
            ])
        try #require(result.status == 0, "\(result.errorText)")
        let report = try #require(JSONSerialization.jsonObject(with: result.output) as? [String: Any])
        #expect(report["cpu"] is String && report["threads"] as? Int == 1)
        #expect((report["peak_gflops"] as? [String: Double])?["f32"] ?? 0 > 0.1)
        let rows = try #require(report["results"] as? [[String: Any]])
        let ways = rows.map { "\($0["network"] ?? "") \($0["backend"] ?? "") \($0["precision"] ?? "")" }
        // And in other precisions, where the processor has them.
        #expect(ways.first == "sp-vdsr fused f32" && ways.last == "lanczos3 fir f32" && Set(ways).count == ways.count)
        #expect(ways.contains("sp-vdsr onednn f32"))
        for key in [
            "precision", "backend", "width", "height", "ms_median", "ms_min", "gflops", "share_of_peak",
            "peak_rss_bytes",
        ] {
            for row in rows { #expect(row[key] != nil, "\(key)") }
        }
    }

    @Test("benchmark's sections, as tables and as JSON") func benchmarkSections() throws {
        let options = [
            "benchmark", "--network", "lanczos3,1-4x2-4", "--size", "64x48", "--threads", "2", "--seconds", "0.001",
        ]
        let text = try Tool.run(options + ["--what", "all"]).output
        let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
        for word in ["NETWORK", "KERNEL", "STAGE", "1-4x2-4", "enlarge", "frames in flight", "decode"] {
            #expect(lines.contains { $0.hasPrefix(word) }, "\(word)")
        }
        let json = try Tool.run(options + ["--what", "stages", "--bit-depth", "10", "--json"])
        let report = try #require(JSONSerialization.jsonObject(with: json.output) as? [String: Any])
        let stages = try #require(report["stages"] as? [[String: Any]])
        for stage in stages {
            for key in [
                "network", "stage", "threads", "width", "height", "ms_median", "ms_min", "fps", "peak_rss_bytes",
            ] {
                #expect(stage[key] != nil, "\(key)")
            }
        }
        #expect((report["results"] as? [Any])?.isEmpty == true && (report["kernels"] as? [Any])?.isEmpty == true)
        #expect(try Tool.run(options + ["--precision", "f8"]).status == 64)
        #expect(try Tool.run(options + ["--what", "nothing"]).status == 64)
    }

    @Test func version() throws {
        let text = String(decoding: try Tool.run(["--version"]).output, as: UTF8.self)
        #expect(text.trimmingCharacters(in: .whitespacesAndNewlines).split(separator: ".").count == 3)
    }
}
