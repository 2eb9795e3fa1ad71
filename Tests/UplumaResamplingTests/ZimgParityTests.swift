import Foundation
import Testing
import UplumaFrames
import UplumaResampling
import UplumaTestSupport

/// The zimg library's own output for one small image; part of the reference material outside the repository.
@Suite(.enabled(if: sharedFolder != nil, "UPLUMA_SHARED names the reference material"))
struct ZimgParityTests {
    @Test("lanczos3 is zimg's", arguments: ["2x", "3x", "4x", "1.5x"])
    func lanczos3(ratio: String) throws {
        let folder = try #require(sharedFolder)
        let file = try SafetensorsFile(folder.appendingPathComponent("reference/lanczos3.case1.safetensors"))
        let source = try file.rows("input")
        let expected = try file.rows("output_zimg.\(ratio)")
        let plane = GuardedPlane(rows: source, sample: .float32).plane
        let target = Plane(width: expected[0].count, height: expected.count, sample: .float32)
        FIRScaler(
            filter: .lanczos3, sourceSize: PlaneSize(plane.width, plane.height),
            targetSize: PlaneSize(target.width, target.height), source: .float, target: .float
        ).scale(plane, into: target)
        let comparison = PlaneComparison(expected, target.codes)
        // Samples of 0..1; zimg itself is 1.3e-7 from the double-precision result.
        #expect(comparison.largest < 2e-6, "\(comparison)")
    }
}
