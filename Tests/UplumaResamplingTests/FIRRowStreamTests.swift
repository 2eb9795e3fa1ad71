import Testing
import UplumaFrames
import UplumaKernels
import UplumaResampling
import UplumaTestSupport

@Suite struct FIRRowStreamTests {
    @Test(
        "rows are those of the scaler, wherever the stream begins",
        arguments: [
            (PlaneSize(37, 12), PlaneSize(74, 24)), (PlaneSize(37, 12), PlaneSize(37, 36)),
            (PlaneSize(37, 12), PlaneSize(111, 12)), (PlaneSize(37, 12), PlaneSize(37, 12)),
            (PlaneSize(37, 40), PlaneSize(16, 9)),
        ])
    func rows(source: PlaneSize, target: PlaneSize) {
        let mapping = SampleMapping.luma(PictureFormat(chroma: .gray, bitDepth: 8), range: .limited)
        let plane = GuardedPlane(width: source.width, height: source.height, sample: .uint8)
        plane.plane.fill(.noise, maximum: 255, seed: 2)
        let stream = FIRRowStream(filter: .lanczos3, sourceSize: source, targetSize: target, source: mapping)
        #expect(stream.rowStride >= target.width && stream.rowStride % 16 == 0 && stream.scratchByteCount % 64 == 0)

        let whole = Plane(width: target.width, height: target.height, sample: .float32)
        FIRScaler(filter: .lanczos3, sourceSize: source, targetSize: target, source: mapping, target: .float)
            .scale(plane.plane, into: whole)
        let expected = whole.codes
        let scratch = ScratchMemory(byteCount: stream.scratchByteCount)
        for begin in [0, 1, target.height / 2, target.height - 1] {
            scratch.withBytes { base in
                var cursor = stream.begin(atTargetRow: begin, scratch: base)
                for y in begin..<target.height {
                    #expect(cursor.row == y)
                    var row = [Float](repeating: -7, count: stream.rowStride + 16)
                    cursor.nextRow(from: plane.plane, into: &row)
                    #expect(PlaneComparison([Array(row[..<target.width])], [expected[y]]).isBitEqual, "row \(y)")
                    #expect(row[target.width..<stream.rowStride].allSatisfy { $0 == 0 })
                    #expect(row[stream.rowStride...].allSatisfy { $0 == -7 }, "row \(y): written past the row")
                }
            }
        }
    }

    @Test("scratch memory does not grow with the height")
    func scratch() {
        let low = FIRRowStream(
            filter: .lanczos3, sourceSize: PlaneSize(64, 50), targetSize: PlaneSize(128, 100), source: .float)
        let high = FIRRowStream(
            filter: .lanczos3, sourceSize: PlaneSize(64, 500), targetSize: PlaneSize(128, 1000), source: .float)
        #expect(low.scratchByteCount == high.scratchByteCount)
    }
}
