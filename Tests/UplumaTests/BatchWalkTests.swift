import Foundation
import Testing
import UplumaTestSupport

@testable import Upluma

/// Walks over generated trees.
@Suite struct BatchWalkTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Makes empty files, and the folders they lie in.
    private func make(_ paths: String...) throws {
        for path in paths {
            let url = URL(fileURLWithPath: folder.file(path))
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            #expect(FileManager.default.createFile(atPath: url.path, contents: Data(path.utf8)))
        }
    }

    private func selection(_ inputs: String..., change: (inout BatchSelection) -> Void = { _ in }) -> BatchSelection {
        var selection = BatchSelection(inputs: inputs.isEmpty ? [folder.path] : inputs.map { folder.file($0) })
        change(&selection)
        return selection
    }

    private func walk(
        _ selection: BatchSelection, output: String = "/nowhere",
        isOwnResult: @escaping (String) -> Bool = { _ in false }
    ) throws -> (paths: [String], tally: WalkTally, notes: [String]) {
        var notes: [String] = []
        let walk = try FileWalk(selection, output: output, isOwnResult: isOwnResult) { notes.append($0) }
        let paths = walk.map { $0.relative }
        return (paths, walk.tally, notes)
    }

    @Test("all video below a folder, in the order of paths as bytes")
    func order() throws {
        try make("b.avi", "a/z.mpg", "a.avi", "a b/x.mkv", "a/b/c.MP4", "notes.txt", "Z.avi", "a.d/x.ts")
        let (paths, tally, notes) = try walk(selection())
        #expect(paths == ["Z.avi", "a b/x.mkv", "a.avi", "a.d/x.ts", "a/b/c.MP4", "a/z.mpg", "b.avi"])
        #expect(paths == paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(tally.taken == 7 && tally.leftOut == [.noVideo: 1] && tally.folders == 5 && notes.isEmpty)
        #expect(try walk(selection { $0.isRecursive = false }).paths == ["Z.avi", "a.avi", "b.avi"])
    }

    @Test("what a file is: its path, bytes and last change")
    func facts() throws {
        try make("x/a.avi")
        let walk = try FileWalk(selection(), output: "/nowhere") { _ in }
        let file = try #require(walk.next())
        let real = try #require(RealPath.of(folder.path))
        #expect(file.source == real + "/x/a.avi" && file.bytes == 7 && walk.next() == nil)
        let attributes = try FileManager.default.attributesOfItem(atPath: file.source)
        let date = try #require(attributes[.modificationDate] as? Date)
        // A Date holds seconds since 2001 to about 100 ns.
        #expect(abs(Double(file.changed) / 1e9 - date.timeIntervalSince1970) < 1e-6)
    }

    @Test("names with anything in them; letters that look alike stay two files")
    func names() throws {
        let names = [
            "a b.avi", "a\nb.avi", "a\"b'.avi", "-x.avi", "%d.avi", "\u{E9}.avi", "e\u{301}.avi", "*[x].avi", "漢字.avi",
        ]
        for name in names { try make(name) }
        let paths = try walk(selection()).paths
        #expect(paths.count == names.count)
        #expect(Set(paths.map { Array($0.utf8) }) == Set(names.map { Array($0.utf8) }))
    }

    @Test("a name that is no UTF-8 is told and left out")
    func bytes() throws {
        try make("a.avi")
        let path =
            Array(folder.path.utf8CString.dropLast()) + [
                0x2F, 0x66, CChar(bitPattern: 0xFC), 0x72, 0x2E, 0x61, 0x76, 0x69, 0,
            ]
        let file = fopen(path, "w")
        try #require(file != nil, "this file system takes UTF-8 alone")
        if let file { fclose(file) }
        let (paths, tally, notes) = try walk(selection())
        #expect(paths == ["a.avi"] && tally.leftOut == [.notText: 1] && notes.count == 1)
    }

    @Test("hidden files and folders, systems' folders and unfinished results are left out, but not what is named")
    func hidden() throws {
        try make(
            "a.avi", "._a.avi", ".trash/b.avi", "$RECYCLE.BIN/c.avi", "x/.upluma/parts/d.avi", "x/e.mkv.partial",
            "lost+found/f.avi")
        let (paths, tally, _) = try walk(selection())
        #expect(paths == ["a.avi"] && tally.leftOut == [.hidden: 1, .unfinished: 1] && tally.foldersLeftOut == 4)
        #expect(try walk(selection { $0.includes = ["*.partial"] }).tally.leftOut[.unfinished] == 1)
        #expect(try walk(selection("._a.avi", ".trash")).paths == ["._a.avi", "b.avi"])
    }

    @Test("include and exclude")
    func patterns() throws {
        try make("a.avi", "a.dat", "x/b.avi", "x/b.dat", "x/b.txt", "x/extras/c.avi", "y/extras/d.mpg")
        func paths(_ includes: [String], _ excludes: [String]) throws -> [String] {
            try walk(selection { ($0.includes, $0.excludes) = (includes, excludes) }).paths
        }
        #expect(try paths(["*.avi"], []) == ["a.avi", "x/b.avi", "x/extras/c.avi"])
        #expect(try paths(["x/*"], []) == ["x/b.avi"])
        #expect(try paths(["*.dat"], []) == ["a.dat", "x/b.dat"])
        #expect(try paths(["*.dat", "x/**"], ["x/*.dat"]) == ["a.dat", "x/b.avi", "x/extras/c.avi"])
        #expect(try paths([], ["extras"]) == ["a.avi", "x/b.avi"])
        #expect(try paths([], ["x/"]) == ["a.avi", "y/extras/d.mpg"])
        #expect(try paths([], ["/*.avi"]) == ["x/b.avi", "x/extras/c.avi", "y/extras/d.mpg"])
        let tally = try walk(selection { $0.includes = ["*.avi"] }).tally
        #expect(tally.leftOut == [.notIncluded: 1, .noVideo: 3])
    }

    @Test("links are left out, or followed, each file once and circles cut")
    func links() throws {
        try make("films/a.avi", "films/sub/b.avi", "other/c.avi", "other/notes.txt")
        func link(_ path: String, to target: String) throws {
            try FileManager.default.createSymbolicLink(atPath: folder.file(path), withDestinationPath: target)
        }
        try link("films/sub/up", to: "..")
        try link("films/away", to: "../other")
        try link("films/away.mpg", to: "../other/c.avi")
        try link("films/dead.avi", to: "nothing.avi")
        try link("films/round.avi", to: "round.avi")
        try link("films/text", to: "../other/notes.txt")
        let plain = try walk(selection("films"))
        #expect(plain.paths == ["a.avi", "sub/b.avi"] && plain.tally.leftOut == [.link: 6])
        let followed = try walk(selection("films") { $0.followsLinks = true })
        #expect(followed.paths == ["a.avi", "away.mpg", "sub/b.avi"])
        // away/c.avi, text and away/notes.txt, dead and round.
        #expect(followed.tally.leftOut == [.twice: 1, .noVideo: 2, .deadLink: 2])
        // What is named is followed without being asked for.
        #expect(try walk(selection("films/away")).paths == ["c.avi"])
        #expect(try walk(selection("films/away.mpg")).paths == ["away.mpg"])
    }

    @Test("a file is taken once: hard links, inputs in inputs, names given twice, in any order")
    func once() throws {
        try make("a/x.avi", "a/b/y.avi", "c.avi", "a/z.dat")
        try FileManager.default.linkItem(atPath: folder.file("a/x.avi"), toPath: folder.file("a/linked.avi"))
        let hard = try walk(selection("a"))
        #expect(hard.paths == ["b/y.avi", "linked.avi"] && hard.tally.leftOut == [.twice: 1, .noVideo: 1])
        let inputs = ["a", "a/b", "a/b/y.avi", "c.avi", "./a/../c.avi", "a/z.dat", "a"]
        let expected = ["b/y.avi", "linked.avi", "z.dat", "c.avi"]
        #expect(try walk(BatchSelection(inputs: inputs.map { folder.file($0) })).paths == expected)
        #expect(try walk(BatchSelection(inputs: inputs.reversed().map { folder.file($0) })).paths == expected)
        // What an outer input leaves out may be named itself.
        let excluded = try walk(selection("a", "a/b") { $0.excludes = ["/b"] })
        #expect(excluded.paths == ["linked.avi", "y.avi"])
    }

    @Test("the batch's own folder and results are left out")
    func ownResults() throws {
        try make("a.avi", "out/a.mkv", "x/b.avi", "x/b.mkv")
        try FileManager.default.createSymbolicLink(atPath: folder.file("way"), withDestinationPath: "out")
        #expect(try walk(selection(), output: folder.file("out")).paths == ["a.avi", "x/b.avi", "x/b.mkv"])
        #expect(try walk(selection(), output: folder.file("way")).paths == ["a.avi", "x/b.avi", "x/b.mkv"])
        let real = try #require(RealPath.of(folder.path))
        let inside = try walk(selection("x"), output: folder.file("x")) { $0 == real + "/x/b.mkv" }
        #expect(inside.paths == ["b.avi"] && inside.tally.leftOut == [.ownResult: 1])
    }

    @Test("special files are left out without being opened, and refused by name")
    func special() throws {
        try make("a.avi")
        #expect(mkfifo(folder.file("pipe.avi"), 0o600) == 0)
        let (paths, tally, _) = try walk(selection())
        #expect(paths == ["a.avi"] && tally.leftOut == [.special: 1])
        for input in [folder.file("pipe.avi"), "/dev/null", "-"] {
            let error = #expect(throws: UplumaError.self) { _ = try walk(BatchSelection(inputs: [input])) }
            #expect(error?.kind == .usage)
        }
    }

    @Test(
        "a folder without read permission is told and passed over",
        .enabled(if: getuid() != 0, "root may read everything"))
    func permission() throws {
        try make("a.avi", "closed/b.avi")
        chmod(folder.file("closed"), 0)
        defer { chmod(folder.file("closed"), 0o700) }
        let (paths, tally, notes) = try walk(selection())
        #expect(paths == ["a.avi"] && tally.unreadableFolders == 1 && notes.count == 1)
    }

    /// Paths of more than PATH_MAX bytes can be made, step by step, but not be named: the system refuses them, to
    /// everybody.
    @Test("a folder that the system refuses is told and passed over")
    func refused() throws {
        try make("z.avi")
        let name = String(repeating: "d", count: 200)
        let start = open(folder.path, O_RDONLY | O_DIRECTORY)
        try #require(start >= 0)
        var (descriptor, path) = (start, folder.path)
        defer { close(descriptor) }
        while path.utf8.count <= 4096 {
            try #require(mkdirat(descriptor, name, 0o700) == 0)
            let next = openat(descriptor, name, O_RDONLY | O_DIRECTORY)
            try #require(next >= 0)
            close(descriptor)
            descriptor = next
            path += "/" + name
        }
        let (paths, tally, notes) = try walk(selection())
        #expect(paths == ["z.avi"] && tally.unreadableFolders == 1)
        #expect(notes.count == 1 && notes[0].contains("is left out"))
        try FFmpegTool.run("rm", ["-rf", folder.file(name)])
    }

    @Test("an input that is not there ends it before anything begins")
    func missing() throws {
        try make("a.avi")
        let error = #expect(throws: UplumaError.self) { _ = try walk(selection("a.avi", "b.avi")) }
        #expect(error?.kind == .noInput && error?.message.contains("b.avi") == true)
        #expect(throws: UplumaError.self) { _ = try walk(BatchSelection(inputs: [])) }
    }

    @Test("nothing to take is told with what was seen and why not")
    func empty() throws {
        try make("a.txt", "b.txt", ".c.avi", "x/d.avi")
        let error = try walk(selection { $0.excludes = ["x"] }).tally.emptyError
        #expect(error.kind == .noInput)
        #expect(
            error.message == """
                None of the 3 files in 1 folder (1 more were left out) is taken: 2 have an ending that is no video's, \
                1 is hidden. Name files themselves, or others with --include.
                """)
    }

    @Test("100,000 files: all found in their order, with one folder's names in memory")
    func scale() throws {
        let count = 100_000
        for outer in 0..<100 {
            let path = folder.file("f\(outer)")
            #expect(mkdir(path, 0o700) == 0)
            for inner in 0..<(count / 100) {
                let descriptor = open("\(path)/film number \(inner).avi", O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
                guard descriptor >= 0 else { throw FFmpegTool.Failure(description: "cannot make files") }
                close(descriptor)
            }
        }
        var last = ""
        var isOrdered = true
        let walk = try FileWalk(selection(), output: "/nowhere") { _ in }
        var most = 0
        for file in walk {
            isOrdered = isOrdered && PathText.precedes(last, file.relative)
            last = file.relative
            most = max(most, walk.waitingEntries)
        }
        #expect(isOrdered && walk.tally.taken == count)
        // The folders at the top, and one folder's files.
        #expect(most <= 100 + count / 100)
    }
}
