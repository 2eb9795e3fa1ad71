import Foundation
import Testing
import UplumaMedia
import UplumaTestSupport

/// Every input that cannot be used says so in one sentence, with the file's name, a category and what to do.
@Suite struct InputErrorTests {
    let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    /// Ways a file can be bad.
    enum Trouble: String, CaseIterable {
        case missing, directory, empty, text, noIndex, cutShort, audioOnly, coverOnly, unknownCodec
    }

    @Test("bad inputs", arguments: Trouble.allCases)
    func bad(trouble: Trouble) throws {
        let path = try make(trouble)
        let error = try #require(throws: MediaError.self) { try MediaSource(path: path) }
        let (category, words): (MediaError.Category, [String]) =
            switch trouble {
            case .missing: (.noInput, ["There is no file", "Check the name"])
            case .directory: (.noInput, ["is a folder"])
            case .empty: (.badInput, ["is empty (0 bytes)"])
            case .text: (.badInput, ["is not a video that FFmpeg recognises", "Check that it is a video"])
            case .noIndex: (.badInput, ["is cut short", "moov", "complete copy"])
            case .cutShort: (.badInput, ["is cut short: its index names", "ffmpeg -i IN -c copy OUT"])
            case .audioOnly: (.badInput, ["has no video stream, only audio"])
            case .coverOnly: (.badInput, ["has no video stream, only audio, cover art"])
            case .unknownCodec: (.badInput, ["cannot decode"])
            }
        #expect(error.category == category)
        #expect(error.subject == path)
        for word in words { #expect(error.description.contains(word), "\(error)") }
        #expect(error.description.contains(path), "\(error)")
        #expect(!error.description.contains("\n") && error.description.hasSuffix("."), "\(error)")
    }

    @Test("a file without read permission", .enabled(if: getuid() != 0, "root may read everything"))
    func unreadable() throws {
        let path = try Samples.make("locked.mkv", in: folder, ["-c:v", "ffv1"])
        try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: path)
        let error = try #require(throws: MediaError.self) { try MediaSource(path: path) }
        #expect(error.category == .noInput && error.description.contains("may not be read"))
    }

    @Test("numbers in the sentence about a cut file are those of the file")
    func cutNumbers() throws {
        let path = try make(.cutShort)
        let size = try Data(contentsOf: URL(fileURLWithPath: path)).count
        let error = try #require(throws: MediaError.self) { try MediaSource(path: path) }
        #expect(error.description.contains("the file has \(size)"))
    }

    @Test("damage in the middle costs frames, not the run")
    func damaged() throws {
        let path = try Samples.make(
            "damaged.mkv", in: folder, source: "testsrc2=s=64x48:r=25:d=2", ["-c:v", "libx264", "-g", "10", "-bf", "0"])
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        for index in bytes.count / 2..<bytes.count / 2 + 300 { bytes[index] = 0x55 }
        try bytes.write(to: URL(fileURLWithPath: path))
        let run = Transcoding()
        let frames = try run.run(path, folder.file("out.mkv"))
        #expect((30...50).contains(frames))
        #expect(run.notes.contains("Damage"))
    }

    @Test("pictures that change their size come out as they are, and the log says when")
    func changingSize() throws {
        let source = try MediaSource(path: GeneratedFile.named("size.ts").make(in: folder))
        let notes = Notes()
        let decoder = try VideoDecoder(source, notes: notes.handler)
        var widths: [Int] = []
        while let packet = try source.read() { try decoder.decode(packet) { widths.append($0.width) } }
        try decoder.decode(nil) { widths.append($0.width) }
        #expect(widths == Array(repeating: 64, count: 12) + Array(repeating: 96, count: 12))
        #expect(notes.all.filter { $0.contains("changes to 96×64") }.count == 1, "\(notes.all)")
    }

    @Test("a read that waits on a pipe ends when the run is cancelled", .timeLimit(.minutes(20)))
    func cancelledPipe() throws {
        let pipe = folder.file("pipe.y4m")
        #expect(mkfifo(pipe, 0o600) == 0)
        // Both ends: opening does not block, and nothing ever arrives.
        let descriptor = open(pipe, O_RDWR)
        defer { close(descriptor) }
        let asked = Notes()
        let error = try #require(throws: MediaError.self) {
            try MediaSource(
                path: pipe,
                isCancelled: {
                    asked.handler("asked")
                    return asked.all.count > 3
                })
        }
        #expect(error.category == .cancelled)
    }

    private func make(_ trouble: Trouble) throws -> String {
        let path = folder.file("\(trouble.rawValue).mp4")
        let url = URL(fileURLWithPath: path)
        switch trouble {
        case .missing: break
        case .directory: try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        case .empty: try Data().write(to: url)
        case .text: try Data("Dear diary, this is not a film.\n".utf8).write(to: url)
        case .noIndex:
            let whole = try Samples.make("whole.mp4", in: folder, ["-c:v", "mpeg4"])
            let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
            try bytes.prefix(bytes.count / 2).write(to: url)
        case .cutShort:
            let whole = try Samples.make("whole.mp4", in: folder, ["-c:v", "mpeg4", "-movflags", "+faststart"])
            let bytes = try Data(contentsOf: URL(fileURLWithPath: whole))
            try bytes.prefix(bytes.count * 3 / 4).write(to: url)
        case .audioOnly: try FFmpegTool.ffmpeg(["-f", "lavfi", "-i", "sine=d=0.2", "-c:a", "aac", path])
        case .coverOnly:
            try FFmpegTool.ffmpeg([
                "-f", "lavfi", "-i", "sine=d=0.2", "-f", "lavfi", "-i", "testsrc2=s=32x32:d=0.04", "-map", "0:a",
                "-map",
                "1:v", "-c:v", "png", "-disposition:v", "attached_pic", path,
            ])
        case .unknownCodec:
            let known = try Samples.make("known.mkv", in: folder, ["-c:v", "libx264"])
            var bytes = try Data(contentsOf: URL(fileURLWithPath: known))
            let codec = try #require(bytes.range(of: Data("V_MPEG4/ISO/AVC".utf8)))
            bytes.replaceSubrange(codec, with: Data("V_MPEG4/ISO/XYZ".utf8))
            try bytes.write(to: url)
        }
        return path
    }
}
