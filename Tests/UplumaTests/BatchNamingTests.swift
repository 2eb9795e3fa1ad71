import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma

/// What results are called, and that they do not lie among sources.
@Suite struct BatchNamingTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func make(_ paths: [String]) throws {
        for path in paths {
            let url = URL(fileURLWithPath: folder.file(path))
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            #expect(FileManager.default.createFile(atPath: url.path, contents: Data()))
        }
    }

    /// Results by sources' paths below the test's folder.
    private func names(
        _ inputs: [String], template: String? = nil, model: String = "sp-vdsr", existing: [String: String] = [:],
        isReversed: Bool = false
    ) throws -> [String: String] {
        let pairs = try pairs(inputs, template: template, model: model, existing: existing, isReversed: isReversed)
        return Dictionary(uniqueKeysWithValues: pairs)
    }

    private func pairs(
        _ inputs: [String], template: String? = nil, model: String = "sp-vdsr", existing: [String: String] = [:],
        isReversed: Bool = false
    ) throws -> [(source: String, result: String)] {
        var selection = BatchSelection(inputs: inputs.map { folder.file($0) })
        selection.nameTemplate = template
        try selection.check()
        let real = try #require(RealPath.of(folder.path))
        var files = try FileWalk(selection, output: "/nowhere") { _ in }.enumerated().map {
            ($0.offset + 1, $0.element)
        }
        if isReversed { files.reverse() }
        var naming = try OutputNaming(selection, scale: 2, model: model)
        func key(_ file: FoundFile) -> String { String(file.source.dropFirst(real.count + 1)) }
        for (number, file) in files { try naming.count(file, number: number, existing: existing[key(file)]) }
        return try files.map { number, file in
            (key(file), try naming.output(of: file, number: number, existing: existing[key(file)]))
        }
    }

    @Test("one folder is mirrored; several keep their names, files lie at the top")
    func tree() throws {
        try make(["in/a.avi", "in/x/b.mpg", "p/films/c.avi", "q/films/d.avi", "e.avi"])
        #expect(try names(["in"]) == ["in/a.avi": "a.mkv", "in/x/b.mpg": "x/b.mkv"])
        #expect(try names(["e.avi"]) == ["e.avi": "e.mkv"])
        #expect(
            try names(["in", "e.avi", "p/films", "q/films"]) == [
                "in/a.avi": "in/a.mkv", "in/x/b.mpg": "in/x/b.mkv", "p/films/c.avi": "p/films/c.mkv",
                "q/films/d.avi": "q/films/d.mkv", "e.avi": "e.mkv",
            ])
    }

    @Test("results that would be called alike keep their endings, all of them, in any order", arguments: [false, true])
    func alike(isReversed: Bool) throws {
        try make(["a.avi", "a.b.avi", "a.mpg", "b.avi", "c.avi", "c.avi.avi", "d", "d.avi", "x/a.avi"])
        #expect(
            try names([".", "d"], isReversed: isReversed) == [
                "a.avi": "\(name)/a.avi.mkv", "a.b.avi": "\(name)/a.b.mkv", "a.mpg": "\(name)/a.mpg.mkv",
                "b.avi": "\(name)/b.mkv", "c.avi": "\(name)/c.mkv", "c.avi.avi": "\(name)/c.avi.avi.mkv",
                "d": "d.mkv", "d.avi": "\(name)/d.mkv", "x/a.avi": "\(name)/x/a.mkv",
            ])
    }

    private var name: String { PathText.name(folder.path) }

    @Test("letters that look alike are two names")
    func composed() throws {
        try make(["\u{E9}.avi", "e\u{301}.avi"])
        let results = try pairs(["."]).map { Array($0.result.utf8) }
        #expect(Set(results) == [Array("\u{E9}.mkv".utf8), Array("e\u{301}.mkv".utf8)])
    }

    @Test("a place from an earlier plan is kept; what comes later gives way")
    func existing() throws {
        try make(["a.avi", "a.mpg", "b.avi"])
        let existing = ["a.avi": "a.mkv", "b.avi": "old/b.mp4"]
        #expect(
            try names(["."], existing: existing) == ["a.avi": "a.mkv", "a.mpg": "a.mpg.mkv", "b.avi": "old/b.mp4"])
    }

    @Test(
        "templates",
        arguments: [
            ("{name}", "x/film.v1.mkv"), ("{name} {scale}x.mp4", "x/film.v1 2x.mp4"), ("{name}.{ext}", "x/film.v1.AVI"),
            ("{folder} - {name}", "x/x - film.v1.mkv"), ("{number} {model}", "x/000001 net.mkv"),
            ("{model}/{name}.mkv", "x/net/film.v1.mkv"), ("{{{name}}}", "x/{film.v1}.mkv"),
            ("v1.5 {name}", "x/v1.5 film.v1.mkv"),
        ])
    func templates(template: String, expected: String) throws {
        try make(["in/x/film.v1.AVI"])
        #expect(
            try names(["in"], template: template, model: "/some/where/net.safetensors") == [
                "in/x/film.v1.AVI": expected
            ])
    }

    @Test(
        "templates that are none",
        arguments: [
            "{name", "name}", "{title}", "{}", "../{name}", "{name}/..", "./{name}", "/{name}", "{name}/", "",
            "a//{name}",
        ])
    func badTemplates(template: String) {
        let error = #expect(throws: UplumaError.self) { _ = try NameTemplate(template, ending: "mkv") }
        #expect(error?.kind == .usage && error?.message.contains("--name") == true)
    }

    @Test(
        "an ending may have its dot, and is one",
        arguments: [("mp4", true), (".mp4", true), ("", false), ("a/b", false), (".", false)])
    func endings(ending: String, isOne: Bool) {
        let values = NameTemplate.Values(name: "a", ending: "avi", folder: "f", scale: "2", model: "m", number: 1)
        #expect(
            (try? NameTemplate("{name}", ending: ending))?.path(values, keepsEnding: false) == (isOne ? "a.mp4" : nil))
    }

    @Test("two sources that no ending tells apart are an error that names both")
    func duplicates() throws {
        try make(["p/a.avi", "q/a.avi"])
        let error = #expect(throws: UplumaError.self) { _ = try names(["p/a.avi", "q/a.avi"]) }
        #expect(
            error?.kind == .usage && error?.message.contains("p/a.avi") == true
                && error?.message.contains("q/a.avi") == true)
        try make(["p/b.avi"])
        #expect(throws: UplumaError.self) { _ = try names(["p"], template: "same") }
        #expect(
            try names(["p/a.avi", "q/a.avi"], template: "{folder}/{name}") == [
                "p/a.avi": "p/a.mkv", "q/a.avi": "q/a.mkv",
            ])
    }

    @Test("names that are too long are cut, keep their endings, and stay different")
    func long() throws {
        let stem = String(repeating: "ü", count: 125)
        try make(["\(stem)1.ts", "\(stem)2.ts"])
        let results = try Array(names(["."], template: "{name} {scale}x").values)
        #expect(Set(results).count == 2)
        for result in results {
            #expect(result.utf8.count <= 255 - 8 && result.utf8.count > 230 && result.hasSuffix(".mkv"))
            #expect(OutputFile.partialPath(for: result) == result + ".partial")
        }
        #expect(OutputNaming.shortened("short.mkv") == "short.mkv")
    }

    // MARK: - Places

    private func place(_ inputs: [String], output: String, result: String? = nil, allows: Bool = false) throws {
        let selection = BatchSelection(inputs: inputs.map { folder.file($0) })
        let walk = try FileWalk(selection, output: folder.file(output)) { _ in }
        var place = try OutputPlace(
            output: folder.file(output), payload: folder.file(output), roots: walk.roots, allowsInsideSource: allows)
        if let result { try place.check(result, of: #require(walk.next())) }
    }

    @Test(
        "results among sources are refused unless that is allowed",
        arguments: [
            (["in"], "in", nil, false), (["in"], "in/new/deep", nil, false), (["in"], "out", "a.mkv", true),
            (["in"], "way/new", nil, false), (["in"], "inner", "a.mkv", true), (["in/a.avi"], "in", nil, false),
            (["in/a.avi"], "in/out", "a.mkv", true), (["in"], ".", "b.mkv", true), (["in"], ".", "in/b.mkv", false),
            (["in"], "out", "loop/b.mkv", false), (["in/a.avi"], ".", "in/b.mkv", false),
            (["way/x"], "in/y", nil, true),
        ] as [([String], String, String?, Bool)])
    func places(inputs: [String], output: String, result: String?, isRight: Bool) throws {
        try make(["in/a.avi", "in/x/b.avi", "out/file"])
        for link in ["way", "out/loop"] {
            try FileManager.default.createSymbolicLink(
                atPath: folder.file(link), withDestinationPath: folder.file("in"))
        }
        if isRight {
            try place(inputs, output: output, result: result)
        } else {
            let error = #expect(throws: UplumaError.self) { try place(inputs, output: output, result: result) }
            #expect(error?.kind == .usage && error?.message.contains("--inside-source") == true)
            try place(inputs, output: output, result: result, allows: true)
        }
    }

    @Test("a result never takes its source's place, and its folder is no file")
    func ownPlace() throws {
        try make(["in/a.mkv", "file"])
        try place(["in"], output: "in", result: "a 2x.mkv", allows: true)
        let error = #expect(throws: UplumaError.self) { try place(["in"], output: "in", result: "a.mkv", allows: true) }
        #expect(error?.kind == .usage && error?.message.contains("--name") == true)
        #expect(throws: UplumaError.self) { try place(["in"], output: "file") }
    }
}
