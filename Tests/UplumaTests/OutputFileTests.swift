import Foundation
import Testing
import Upluma
import UplumaTestSupport

@Suite struct OutputFileTests {
    private func kind(_ body: () throws -> Void) -> FailureKind? {
        do {
            try body()
            return nil
        } catch {
            return (error as? UplumaError)?.kind
        }
    }

    @Test("the name appears only with the commit, and the partial file goes with it") func commit() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("result.mkv")
        let output = try OutputFile(path: path, input: folder.file("in.mkv"), overwrite: false)
        try Data("picture".utf8).write(to: URL(fileURLWithPath: output.writePath))
        #expect(output.writePath == path + ".partial")
        #expect(!FileManager.default.fileExists(atPath: path))
        try output.commit()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "picture")
        #expect(!FileManager.default.fileExists(atPath: output.writePath))
    }

    @Test("a file that exists is kept, unless told otherwise, and then replaced whole") func existing() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("result.mkv")
        try Data("old".utf8).write(to: URL(fileURLWithPath: path))
        #expect(kind { _ = try OutputFile(path: path, input: "in.mkv", overwrite: false) } == .cannotCreate)
        let output = try OutputFile(path: path, input: "in.mkv", overwrite: true)
        try Data("new".utf8).write(to: URL(fileURLWithPath: output.writePath))
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "old")
        try output.commit()
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "new")
    }

    @Test("a file that appears meanwhile is not overwritten") func race() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("result.mkv")
        let output = try OutputFile(path: path, input: "in.mkv", overwrite: false)
        try Data("theirs".utf8).write(to: URL(fileURLWithPath: path))
        #expect(kind { try output.commit() } == .cannotCreate)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "theirs")
        #expect(FileManager.default.fileExists(atPath: output.writePath))
    }

    @Test("the input under another name is still the input", arguments: ["same", "symbolic", "hard", "partial"])
    func input(way: String) throws {
        let folder = try TemporaryDirectory()
        let source = folder.file(way == "partial" ? "out.mkv.partial" : "in.mkv")
        try Data("source".utf8).write(to: URL(fileURLWithPath: source))
        var path = folder.file("out.mkv")
        switch way {
        case "same": path = source
        case "symbolic": try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: source)
        case "hard": try FileManager.default.linkItem(atPath: source, toPath: path)
        default: break
        }
        #expect(kind { _ = try OutputFile(path: path, input: source, overwrite: true) } == .usage)
        #expect(try String(contentsOfFile: source, encoding: .utf8) == "source")
    }

    @Test("an output that is a link is replaced where it points; a partial file that is a link is refused") func links()
        throws
    {
        let folder = try TemporaryDirectory()
        let (real, link) = (folder.file("real.mkv"), folder.file("link.mkv"))
        try Data("old".utf8).write(to: URL(fileURLWithPath: real))
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: real)
        let output = try OutputFile(path: link, input: "in.mkv", overwrite: true)
        try Data("new".utf8).write(to: URL(fileURLWithPath: output.writePath))
        try output.commit()
        #expect(try String(contentsOfFile: real, encoding: .utf8) == "new")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == real)

        try FileManager.default.createSymbolicLink(
            atPath: folder.file("other.mkv.partial"), withDestinationPath: real)
        #expect(
            kind { _ = try OutputFile(path: folder.file("other.mkv"), input: "in.mkv", overwrite: true) }
                == .cannotCreate)
        #expect(try String(contentsOfFile: real, encoding: .utf8) == "new")
    }

    @Test("only what this job made or wrote is discarded", arguments: [true, false], [true, false])
    func discard(isFound: Bool, isBegun: Bool) throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("result.mkv")
        if isFound { try Data("earlier".utf8).write(to: URL(fileURLWithPath: path + ".partial")) }
        let output = try OutputFile(path: path, input: "in.mkv", overwrite: false)
        #expect(output.notes.isEmpty != isFound)
        output.discard(isBegun: isBegun)
        #expect(FileManager.default.fileExists(atPath: path + ".partial") == (isFound && !isBegun))
    }

    @Test("two jobs cannot write the same output") func locked() throws {
        let folder = try TemporaryDirectory()
        let path = folder.file("result.mkv")
        let first = try OutputFile(path: path, input: "in.mkv", overwrite: false)
        withExtendedLifetime(first) {
            #expect(kind { _ = try OutputFile(path: path, input: "in.mkv", overwrite: false) } == .tryAgain)
        }
    }

    @Test("a folder, and a folder that is not there, say so") func folders() throws {
        let folder = try TemporaryDirectory()
        #expect(kind { _ = try OutputFile(path: folder.path, input: "in.mkv", overwrite: true) } == .cannotCreate)
        do {
            _ = try OutputFile(path: folder.file("missing/out.mkv"), input: "in.mkv", overwrite: false)
            Issue.record("a missing folder was accepted")
        } catch let error as UplumaError {
            #expect(error.kind == .cannotCreate)
            #expect(error.message.contains("Create the folder \"\(folder.file("missing"))\" first"))
        }
    }
}
