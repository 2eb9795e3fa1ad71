import Foundation
import Testing
import UplumaFrames
import UplumaQuality
import UplumaResampling
import UplumaTestSupport

/// Scores and MATLAB's resizing against the training package's, another implementation that was proved by published
/// figures. Code values are stored as value / 255.
@Suite struct GoldenTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Goldens")
    private static let names =
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
        .filter { $0.hasSuffix(".safetensors") }.sorted()

    private static func file(_ name: String) throws -> SafetensorsFile {
        try SafetensorsFile(folder.appendingPathComponent(name))
    }

    /// Stored in 32-bit floats: codes come back to 1e-5, whole ones exactly.
    private static func plane(_ rows: [[Float]], isWhole: Bool = true) -> CodePlane {
        let samples = rows.joined().map { isWhole ? (Double($0) * 255).rounded() : Double($0) * 255 }
        return CodePlane(width: rows[0].count, height: rows.count, samples: samples)
    }

    @Test("there are goldens of every kind") func coverage() throws {
        let kinds = try Self.names.map { try Self.file($0).metadata["kind"] }
        #expect(Set(kinds) == ["imresize", "scores", "luma"])
        #expect(kinds.filter { $0 == "imresize" }.count == 8)
    }

    @Test("imresize is MATLAB's", arguments: names.filter { $0.hasPrefix("imresize") })
    func imresize(name: String) throws {
        let file = try Self.file(name)
        let input = Self.plane(try file.rows("input"))
        let expected = Self.plane(try file.rows("output"), isWhole: false)
        let grid = SampleGrid(
            source: PlaneSize(input.width, input.height), target: PlaneSize(expected.width, expected.height))
        let found = input.resized(filter: .catmullrom, grid: grid)
        // Code values; the golden is rounded to 32-bit floats of order one, 6e-8 · 255.
        #expect(zip(found.samples, expected.samples).allSatisfy { abs($0 - $1) < 2e-5 })
        let mapping = SampleMapping.luma(PictureFormat(chroma: .gray, bitDepth: 8), range: .limited)
        let codes = CodePlane(found.rounded(to: mapping), mapping: mapping)
        #expect(codes == Self.plane(try file.rows("codes")))
    }

    @Test("PSNR and SSIM", arguments: names.filter { $0.hasPrefix("scores") })
    func scores(name: String) throws {
        let file = try Self.file(name)
        let (a, b) = (Self.plane(try file.rows("a")), Self.plane(try file.rows("b")))
        let border = try #require(file.metadata["border"].flatMap { Int($0) })
        // Both sides compute in double precision; what is left is the golden's rounding to 32 bits, of 30 and of 1.
        #expect(abs(PlaneQuality.psnr(a, b, border: border) - Double(try file.floats("psnr")[0])) < 2e-6)
        #expect(abs(PlaneQuality.ssim(a, b, border: border) - Double(try file.floats("ssim")[0])) < 1e-7)
    }

    @Test("luma is MATLAB's rgb2ycbcr, code for code") func luma() throws {
        let file = try Self.file("luma.safetensors")
        let rows = try file.rows("rgb")
        let expected = Self.plane(try file.rows("luma"))
        let parts = (0..<3).map { component in
            let part = rows[component * expected.height..<(component + 1) * expected.height]
            return GuardedPlane(rows: part.map { $0.map { ($0 * 255).rounded() } }, sample: .uint8).plane
        }
        #expect(CodePlane.luma(red: parts[0], green: parts[1], blue: parts[2]) == expected)
    }
}
