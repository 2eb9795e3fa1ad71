import Foundation
import Testing
import UplumaTestSupport

/// `--backend` and `--precision` as a user gives them.
@Suite(.timeLimit(.minutes(20))) struct ExecutionTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private func pictures() throws -> String {
        let path = folder.file("set")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try FFmpegTool.ffmpeg(
            ["-f", "lavfi", "-i", "testsrc2=s=66x50:r=2:d=1", "-vf", "gblur=1", "\(path)/p%d.png"])
        return path
    }

    /// Raw frames of a clip enlarged by a backend.
    private func frames(_ backend: String) throws -> [UInt8] {
        let result = try Tool.run([
            "upscale", folder.file("in.mkv"), "-o", "-", "--model", "sp-vdsr", "--backend", backend, "--precision",
            "f32", "--progress", "none",
        ])
        try #require(result.status == 0, "\(result.errorText)")
        return Array(result.output)
    }

    @Test("a job says how networks are run when asked", arguments: ["fused", "onednn"])
    func verbose(backend: String) throws {
        try Clips.make(folder.file("in.mkv"))
        let result = try Tool.run([
            "upscale", folder.file("in.mkv"), "-o", folder.file("out.mkv"), "--model", "sp-vdsr", "--backend", backend,
            "--precision", "f32", "--verbose",
        ])
        #expect(result.status == 0 && result.errorText.contains("sp-vdsr ×2: \(backend), f32"), "\(result.errorText)")
    }

    @Test("fused and onednn make the same pictures") func agreement() throws {
        try Clips.make(folder.file("in.mkv"))
        let (fused, other) = (try frames("fused"), try frames("onednn"))
        #expect(fused.count == other.count && fused.count > 100_000)
        let differences = zip(fused, other).map { abs(Int($0) - Int($1)) }
        // Sums in another order differ by 1e-6 of the range: by one code where that is a rounding boundary, and there are
        // few of those.
        #expect(differences.allSatisfy { $0 <= 1 })
        #expect(differences.count { $0 > 0 } < fused.count / 1000)
    }

    @Test("every backend scores the same") func scores() throws {
        let set = try pictures()
        let scores = try ["fused", "onednn", "reference"].map { backend in
            let result = try Tool.run([
                "evaluate", set, "--models", "lanczos3,sp-vdsr", "--backend", backend, "--precision", "f32", "--json",
                "--progress", "none",
            ])
            try #require(result.status == 0, "\(result.errorText)")
            let object = try JSONSerialization.jsonObject(with: result.output) as? [String: Any]
            let models = try #require(object?["models"] as? [String: [String: Any]])
            return try ["lanczos3", "sp-vdsr"].map { try #require(models[$0]?["psnr_y"] as? Double) }
        }
        // Results are rounded to codes; single ones fall to the other side.
        for score in scores { for (a, b) in zip(score, scores[0]) { #expect(abs(a - b) < 0.005) } }
    }

    @Test("an evaluation says how networks are run, filters left out") func verboseEvaluation() throws {
        let result = try Tool.run([
            "evaluate", try pictures(), "--models", "lanczos3,sp-vdsr", "--backend", "onednn", "--verbose",
            "--progress", "none",
        ])
        #expect(result.status == 0)
        #expect(result.errorText.contains("sp-vdsr ×2: onednn, "), "\(result.errorText)")
        #expect(!result.errorText.contains("lanczos3 ×2"))
    }

    @Test(
        "what cannot be stops a job before it starts",
        arguments: [
            (["--model", "sp-vdsr", "--backend", "onednn", "--precision", "int8"], "--backend fused"),
            (["--model", "sp-vdsr", "--backend", "reference", "--precision", "bf16"], "--precision f32"),
            (["--model", "srcnn", "--precision", "int8"], "--precision bf16 or f32"),
            (["--backend", "tpu"], "'auto', 'fused', 'onednn' or 'reference'"),
            (["--precision", "f16"], "'auto', 'f32', 'bf16' or 'int8'"),
        ])
    func impossible(options: [String], says: String) throws {
        try Clips.make(folder.file("in.mkv"))
        let result = try Tool.run(["upscale", folder.file("in.mkv"), "-o", folder.file("out.mkv")] + options)
        #expect(result.status == 64 && result.errorText.contains(says), "\(result.errorText)")
        #expect(!FileManager.default.fileExists(atPath: folder.file("out.mkv")))
        #expect(!FileManager.default.fileExists(atPath: folder.file("out.mkv.partial")))
    }
}
