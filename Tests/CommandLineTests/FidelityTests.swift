import Foundation
import Testing
import UplumaTestSupport

/// Every file of the catalog, enlarged into every container that can hold it, keeps everything: `upscale --verify` says so
/// before the result has its name, and `verify` says so afterwards.
@Suite struct FidelityTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let file: GeneratedFile
        let ending: String
        var testDescription: String { "\(file) → .\(ending)" }

        static let all = GeneratedFile.all.flatMap { file in file.results.map { Case(file: file, ending: $0) } }

        /// FFV1 where the container holds it, which keeps every depth and subsampling; else the default.
        var encoder: [String] {
            file.options.contains("--encoder") || !["mkv", "avi"].contains(ending) ? [] : ["--encoder", "ffv1"]
        }
    }

    @Test("nothing is lost", arguments: Case.all)
    func keeps(_ example: Case) throws {
        let folder = try TemporaryDirectory()
        let source = try example.file.make(in: folder)
        let result = folder.file("result.\(example.ending)")
        let run = try Tool.run(
            ["upscale", source, "-o", result, "--model", "bilinear", "--verify", "--threads", "1"] + example.encoder
                + example.file.options)
        try #require(run.status == 0, "\(run.errorText)")
        #expect(run.errorText.contains("Verified: "))
        let check = try Tool.run(["verify", source, result, "--progress", "none"] + Self.shared(example.file.options))
        #expect(check.status == 0, "\(String(decoding: check.output, as: UTF8.self))\(check.errorText)")
    }

    /// The options of `upscale` that `verify` needs to know: which part, and whether film was made.
    private static func shared(_ options: [String]) -> [String] {
        zip(options, options.dropFirst()).filter { ["--start", "--duration", "--deinterlace"].contains($0.0) }
            .flatMap { [$0.0, $0.1] }
    }
}
