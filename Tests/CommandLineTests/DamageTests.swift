import Foundation
import Testing
import UplumaTestSupport

/// Broken sources: shown as far as they go, in time, counted, and the same in every run.
@Suite struct DamageTests {
    private let folder: TemporaryDirectory

    init() throws {
        folder = try TemporaryDirectory()
    }

    /// A broken file and what must come of it.
    struct Case: Sendable, CustomStringConvertible {
        let name: String
        /// Frames that come out.
        var frames = GeneratedFile.framesBeforeDamage
        /// Whether frames are shown again in the place of lost ones; nil where either may be.
        var repeats: Bool?
        var description: String { name }
    }

    static let cases = [
        Case(name: "flipped.avi", repeats: false), Case(name: "flipped-key.mkv", repeats: false),
        Case(name: "scrambled.mkv"), Case(name: "scrambled.mpg"), Case(name: "scrambled-jpeg.avi"),
        Case(name: "lost.ts"),
        // The frames up to the next key frame, the eighth, cannot be decoded; the one that is missing left no trace.
        Case(name: "no-key.mkv", frames: GeneratedFile.framesBeforeDamage - 1, repeats: true),
        Case(name: "garbage.mkv"), Case(name: "garbage.ts"),
    ]

    /// Broken files whose damage nothing in them tells of.
    static let silent = ["lost.mkv", "scrambled-vp8.mkv", "garbage.avi"]

    private func upscale(_ input: String, _ output: String, _ more: [String] = []) throws -> ProcessResult {
        try Tool.run(
            [
                "upscale", input, "-o", folder.file(output), "--model", "nearest", "--encoder", "ffv1", "--progress",
                "json",
            ]
                + more)
    }

    private func done(_ result: ProcessResult) throws -> [String: Any] {
        let line = try #require(result.errorText.split(separator: "\n").last)
        return try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
    }

    @Test("frames and times are kept, and damage is counted", arguments: cases)
    func kept(_ file: Case) throws {
        let path = try GeneratedFile.named(file.name).make(in: folder)
        let result = try upscale(path, "out.mkv")
        #expect(result.status == 0, "\(result.errorText)")
        let done = try done(result)
        #expect(done["frames"] as? Int == file.frames, "\(result.errorText)")
        #expect((done["damaged"] as? Int ?? 0) >= 1, "\(result.errorText)")
        #expect(result.errorText.contains("Damage in"), "\(result.errorText)")
        if let repeats = file.repeats { #expect((done["repeated"] as? Int ?? 0 > 0) == repeats, "\(result.errorText)") }
        let times = try Probe(folder.file("out.mkv")).videoPackets().map(\.time)
        // 1 ms: Matroska's clock.
        for (before, after) in zip(times, times.dropFirst()) {
            #expect(abs(after - before - 0.04) < 0.0015, "\(before) to \(after)")
        }
    }

    @Test(
        "what is cut short goes as far as it goes", arguments: ["cut.ts", "cut.mpg", "cut.avi", "cut.mkv", "cut.flv"])
    func cut(_ name: String) throws {
        let result = try upscale(GeneratedFile.named(name).make(in: folder), "out.mkv")
        #expect(result.status == 0, "\(result.errorText)")
        // Three packets are gone, with a frame or two that wait for them in the decoder; a sixth of the file at most.
        let frames = try done(result)["frames"] as? Int ?? 0
        #expect((20...GeneratedFile.framesBeforeDamage).contains(frames), "\(result.errorText)")
    }

    @Test("a frame that is gone without a trace leaves its time to the one before")
    func lostWithoutTrace() throws {
        let result = try upscale(GeneratedFile.named("lost.mkv").make(in: folder), "out.mkv")
        #expect(result.status == 0, "\(result.errorText)")
        let times = try Probe(folder.file("out.mkv")).videoPackets().map(\.time)
        #expect(times.count == GeneratedFile.framesBeforeDamage - 1)
        let holes = zip(times, times.dropFirst()).filter { $1 - $0 > 0.0415 }
        // 1 ms: Matroska's clock.
        #expect(holes.count == 1 && holes.allSatisfy { abs($1 - $0 - 0.08) < 0.0015 }, "\(times)")
        #expect(abs((times.last ?? 0) - 0.96) < 0.0015)
    }

    @Test(
        "the same damage makes the same pictures on any number of threads",
        arguments: cases.map(\.name) + silent + ["cut.ts", "cut.mpg", "cut.avi", "cut.mkv", "cut.flv"])
    func deterministic(_ name: String) throws {
        let path = try GeneratedFile.named(name).make(in: folder)
        var hashes: [[String]] = []
        for threads in ["1", "2", "5"] {
            #expect(try upscale(path, "\(threads).mkv", ["--threads", threads]).status == 0)
            hashes.append(try Probe.frameHashes(folder.file("\(threads).mkv")))
        }
        #expect(hashes[0] == hashes[1] && hashes[0] == hashes[2])
    }

    @Test("--strict makes the first damage an error that names its place", arguments: cases)
    func strict(_ file: Case) throws {
        let path = try GeneratedFile.named(file.name).make(in: folder)
        let result = try Tool.run(
            [
                "upscale", path, "-o", folder.file("out.mkv"), "--model", "nearest", "--encoder", "ffv1", "--strict",
                "--progress", "none",
            ])
        #expect(result.status == 65, "\(result.errorText)")
        #expect(result.errorText.contains("is damaged") && result.errorText.contains(file.name), "\(result.errorText)")
        #expect(result.errorText.contains("second") || result.errorText.contains("byte"), "\(result.errorText)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("out.mkv")))
    }

    @Test("--strict lets whole files pass") func strictOnWholeFiles() throws {
        try Clips.make(folder.file("in.mp4"))
        let result = try upscale(folder.file("in.mp4"), "out.mkv", ["--strict"])
        #expect(result.status == 0, "\(result.errorText)")
        let done = try done(result)
        #expect(done["damaged"] as? Int == 0 && done["concealed"] as? Int == 0 && done["repeated"] as? Int == 0)
    }
}
