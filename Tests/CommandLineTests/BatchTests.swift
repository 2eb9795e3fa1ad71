import Foundation
import Testing
import UplumaTestSupport

/// `upluma batch`, as a person uses it: whole archives, mistakes, changes of mind.
@Suite(.timeLimit(.minutes(20))) struct BatchTests {
    private func status(_ folder: String) throws -> [String: Any] {
        let result = try Tool.run(["batch", "status", folder, "--json"])
        #expect(result.status == 0, "\(result.errorText)")
        return try #require(JSONSerialization.jsonObject(with: result.output) as? [String: Any])
    }

    private func files(_ folder: String) throws -> [String: Int] {
        try #require(try status(folder)["files"] as? [String: Int])
    }

    @Test("a tree of films becomes the same tree of results; one bad file is put aside and named") func whole() throws {
        let archive = try FilmArchive()
        let output = archive.folder.file("large")
        let result = try archive.batch(output)
        #expect(result.status == 79, "\(result.errorText)")
        #expect(result.errorText.contains("broken.avi"))
        for film in FilmArchive.films {
            let path = archive.result(output, film)
            let source = archive.source + "/" + film
            let ending = ["mpg", "avi", "mp4"].first { FileManager.default.fileExists(atPath: "\(source).\($0)") }
            let verified = try Tool.run(["verify", "\(source).\(try #require(ending))", path])
            #expect(verified.status == 0, "\(String(decoding: verified.output, as: UTF8.self))")
        }
        #expect(try Probe(archive.result(output, "two")).streams.map(\.codec) == ["h264", "aac"])
        #expect(try files(output)["done"] == 3 && files(output)["quarantined"] == 1)
        // The report names every file and has its hashes.
        let report = try #require(
            JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: output + "/batch-report.json")))
                as? [String: Any])
        let rows = try #require(report["files"] as? [[String: Any]])
        #expect(rows.count == 4)
        #expect(rows.filter { ($0["sha256"] as? String)?.count == 64 }.count == 3)
        #expect(FileManager.default.fileExists(atPath: output + "/batch-report.html"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: output + "/.upluma/parts").isEmpty)
        let audited = try Tool.run(["batch", "audit", output])
        #expect(audited.status == 0, "\(String(decoding: audited.output, as: UTF8.self))")
    }

    @Test("what is done stays; changed files and options are redone and said so; a stranger is not overwritten")
    func again() throws {
        let archive = try FilmArchive(withBadFile: false)
        let output = archive.folder.file("large")
        #expect(try archive.batch(output).status == 0)
        let first = try archive.results(output)
        func stamps() throws -> [Date] {
            try FilmArchive.films.map {
                try #require(
                    FileManager.default.attributesOfItem(atPath: archive.result(output, $0))[.modificationDate] as? Date
                )
            }
        }
        let before = try stamps()
        #expect(try archive.batch(output).status == 0)
        #expect(try stamps() == before, "nothing is made twice")

        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=3", "-c:v", "mpeg4", archive.source + "/1994/short.avi"])
        let changed = try archive.batch(output)
        #expect(changed.status == 0 && changed.errorText.contains("the source changed since it was planned"))
        #expect(try Probe.decodedFrames(archive.result(output, "1994/short")) == 75)
        #expect(try archive.results(output)[0] == first[0])

        let other = try archive.batch(output, ["--crf", "30"])
        #expect(other.status == 0, "\(other.errorText)")
        #expect(other.errorText.contains("options or weights are others"))
        #expect(try archive.results(output)[0].count < first[0].count)

        // Somebody else's file in the place of a result.
        let stranger = Data("mine".utf8)
        try stranger.write(to: URL(fileURLWithPath: archive.result(output, "two")))
        let refused = try archive.batch(output, ["--crf", "31"])
        #expect(refused.errorText.contains("exists already and was not made by this batch"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: archive.result(output, "two"))) == stranger)
        #expect(try archive.batch(output, ["--crf", "32", "--overwrite"]).status == 0)
        #expect(try Probe.decodedFrames(archive.result(output, "two")) == 300)
    }

    @Test("the results do not depend on jobs, threads, chunks, or how the steps were divided") func divisions() throws {
        let archive = try FilmArchive(withBadFile: false)
        let one = archive.folder.file("one")
        #expect(try archive.batch(one, ["--jobs", "1", "--chunk", "0", "--threads", "1"]).status == 0)
        let expected = try archive.results(one)
        let three = archive.folder.file("three")
        #expect(try archive.batch(three, ["--jobs", "3", "--threads", "4"]).status == 0)
        #expect(try archive.results(three) == expected)

        let steps = archive.folder.file("steps")
        let plan = try Tool.run(["batch", "plan"] + archive.arguments(steps).dropFirst())
        #expect(plan.status == 0, "\(plan.errorText)")
        #expect(try files(steps)["listed"] == 3)
        #expect(try Tool.run(["batch", "run", steps, "--no-join", "--jobs", "2"]).status == 0)
        #expect(!FileManager.default.fileExists(atPath: archive.result(steps, "two")))
        #expect(try files(steps)["ready"] == 3)
        #expect(try Tool.run(["batch", "join", steps]).status == 0)
        #expect(try archive.results(steps) == expected)
    }

    @Test("two runs at once share one batch") func together() throws {
        let archive = try FilmArchive(withBadFile: false)
        let alone = archive.folder.file("alone")
        #expect(try archive.batch(alone).status == 0)
        let shared = archive.folder.file("shared")
        #expect(try Tool.run(["batch", "plan"] + archive.arguments(shared).dropFirst()).status == 0)
        let script = #""$0" batch run "$1" --jobs 1 & a=$!; "$0" batch run "$1" --jobs 1 & b=$!; wait $a && wait $b"#
        let result = try ProcessResult.running("/bin/bash", ["-c", script, Tool.url.path, shared])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try archive.results(shared) == archive.results(alone))
    }

    @Test("--fail-fast ends at the first file that is put aside; --retry tries again what was") func failing() throws {
        let archive = try FilmArchive()
        let output = archive.folder.file("large")
        let result = try archive.batch(output, ["--fail-fast", "--jobs", "1"])
        #expect(result.status == 79, "\(result.errorText)")
        #expect(try files(output)["quarantined"] == 1)
        #expect(
            (try files(output)["listed"] ?? 0) + (try files(output)["ready"] ?? 0) > 0, "others were still to be done")
        // A good copy is got, of another size, and the rest is done.
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1", "-c:v", "mpeg4", archive.source + "/broken.avi"])
        let again = try archive.batch(output, ["--retry"])
        #expect(again.status == 0, "\(again.errorText)")
        #expect(try files(output)["done"] == 4)
    }

    @Test("selection: what is below a size, of a codec, by name; results are called as wanted") func selection() throws
    {
        let archive = try FilmArchive(withBadFile: false)
        let output = archive.folder.file("large")
        let result = try archive.batch(
            output,
            ["--exclude", "holiday*", "--below", "50p", "--not-codec", "h264", "--name", "{folder} {name} {scale}x"])
        #expect(result.status == 0, "\(result.errorText)")
        #expect(try files(output)["done"] == 1 && files(output)["skipped"] == 1)
        #expect(FileManager.default.fileExists(atPath: output + "/1994/1994 short 2x.mkv"))
    }

    @Test(
        "mistakes are told before anything is made",
        arguments: [
            (["--model", "sp-vsdr"], 64, "sp-vsdr"), (["--chunk", "7"], 64, "multiple"),
            (["--name", "{nam}"], 64, "{nam}"),
            (["--archive", "--crf", "20"], 64, "--archive"), (["--container", "xyz"], 64, "xyz"),
            (["--while", "25:00-3"], 64, "25:00"),
            (["--include", "*.xyz"], 66, "--include"), (["--memory", "lots"], 64, "lots"),
            (["--jobs", "0"], 64, "--jobs"),
        ])
    func mistakes(options: [String], status: Int32, word: String) throws {
        let archive = try FilmArchive(seconds: 1, withBadFile: false)
        let output = archive.folder.file("large")
        let result = try Tool.run(["batch", archive.source, "-o", output] + options)
        #expect(result.status == status, "\(result.errorText)")
        #expect(result.errorText.contains(word), "\(result.errorText)")
        #expect(!FileManager.default.fileExists(atPath: output), "no folder is left behind")
    }

    @Test("results never go among the sources unasked") func places() throws {
        let archive = try FilmArchive(seconds: 1, withBadFile: false)
        let inside = archive.source + "/large"
        let refused = try archive.batch(inside)
        #expect(refused.status == 64 && refused.errorText.contains("--inside-source"), "\(refused.errorText)")
        #expect(!FileManager.default.fileExists(atPath: inside))
        #expect(try archive.batch(inside, ["--inside-source"]).status == 0)
        // Planned once more, results are no sources.
        let again = try archive.batch(inside, ["--inside-source"])
        #expect(again.status == 0, "\(again.errorText)")
        #expect(try files(inside)["done"] == 3)
    }

    @Test(
        "there is no batch: every command says so", arguments: ["status", "run", "join", "pause", "continue", "audit"])
    func nothing(command: String) throws {
        let folder = try TemporaryDirectory()
        let result = try Tool.run(["batch", command, folder.path])
        #expect(result.status == 66, "\(result.errorText)")
    }

    @Test("an archive is a bag that sha256sum and an audit agree with; a flipped byte is found and named")
    func archived() throws {
        let archive = try FilmArchive(seconds: 12, withBadFile: false)
        let output = archive.folder.file("bag")
        let arguments = ["batch", archive.source, "-o", output, "--model", "sp-vdsr", "--archive"]
        let result = try Tool.run(arguments)
        #expect(result.status == 0, "\(result.errorText)")
        let film = output + "/data/two.mkv"
        #expect(try Probe(film).video?.codec == "ffv1")
        for name in ["two.mkv.json", "two.source.framemd5", "two.result.framemd5"] {
            #expect(FileManager.default.fileExists(atPath: output + "/data/" + name), "\(name)")
        }
        try FFmpegTool.run(
            "bash", ["-c", "cd \"$0\" && sha256sum --quiet -c manifest-sha256.txt tagmanifest-sha256.txt", output])
        let audited = try Tool.run(["batch", "audit", output])
        #expect(audited.status == 0, "\(String(decoding: audited.output, as: UTF8.self))")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: film))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: film))
        let damaged = try Tool.run(["batch", "audit", output])
        #expect(damaged.status == 65)
        #expect(String(decoding: damaged.output, as: UTF8.self).contains("two.mkv"))
    }
}
