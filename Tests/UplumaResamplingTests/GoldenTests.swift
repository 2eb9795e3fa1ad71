import Foundation
import Testing
import UplumaFrames
import UplumaKernels
import UplumaResampling
import UplumaTestSupport

private let goldens: [URL] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Goldens")
    let all = try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    return (all ?? []).filter { $0.pathExtension == "safetensors" }.sorted { $0.path < $1.path }
}()

/// The scaler against the training package's resampler, another implementation of the same rule in double precision.
///
/// Each file holds `input` and `output` (rows first) and, as metadata, `filter`, `shift_x` and `shift_y` in source
/// samples; the sizes of the two tensors give the ratios.
@Suite(.enabled(if: !goldens.isEmpty, "Goldens are made by the training package"))
struct GoldenTests {
    @Test("one rule on both sides", arguments: goldens.map(\.lastPathComponent))
    func golden(name: String) throws {
        let file = try SafetensorsFile(try #require(goldens.first { $0.lastPathComponent == name }))
        let filter = try #require(file.metadata["filter"].flatMap { ResampleFilter(named: $0) })
        let shiftX = try #require(file.metadata["shift_x"].flatMap { Double($0) })
        let shiftY = try #require(file.metadata["shift_y"].flatMap { Double($0) })
        let source = GuardedPlane(rows: try file.rows("input"), sample: .float32).plane
        let expected = try file.rows("output")
        let size = PlaneSize(try #require(expected.first).count, expected.count)
        for level in CPULevel.available {
            let target = GuardedPlane(width: size.width, height: size.height, sample: .float32)
            FIRScaler(
                filter: filter, sourceSize: PlaneSize(source.width, source.height), targetSize: size, shiftX: shiftX,
                shiftY: shiftY, source: .float, target: .float, level: level
            ).scale(source, into: target.plane)
            let comparison = PlaneComparison(expected, target.plane.codes)
            // Samples of 0..1: float arithmetic, as in `FIRScalerTests.reference`.
            #expect(comparison.largest < 1e-6, "\(level): \(comparison)")
            #expect(target.isIntact)
        }
    }

    @Test("the goldens cover enlarging, reducing and shifts")
    func coverage() throws {
        let files = try goldens.map { try SafetensorsFile($0) }
        let ratios = files.map { Double($0.shapes["output"]?.last ?? 0) / Double($0.shapes["input"]?.last ?? 1) }
        #expect(ratios.contains { $0 > 1 } && ratios.contains { $0 < 1 } && ratios.contains(1))
        #expect(files.contains { $0.metadata["shift_x"].flatMap { Double($0) } != 0 })
        #expect(Set(files.compactMap { $0.metadata["filter"] }).count >= 4)
    }
}
