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

    @Test("a residual is added before the row is limited and rounded", arguments: [2, 3, 4])
    func residual(factor: Int) {
        let mapping = SampleMapping.luma(PictureFormat(chroma: .gray, bitDepth: 8), range: .limited)
        let (source, target) = (PlaneSize(37, 9), PlaneSize(37 * factor, 9 * factor))
        let plane = GuardedPlane(width: source.width, height: source.height, sample: .uint8)
        plane.plane.fill(.noise, maximum: 255, seed: 4)
        let layout = FeatureLayout(channels: factor, width: source.width)
        let features = ScratchMemory(byteCount: layout.byteCount)
        let values = FIRRowStream(filter: .lanczos3, sourceSize: source, targetSize: target, source: mapping)
        let codes = FIRRowStream(
            filter: .lanczos3, sourceSize: source, targetSize: target, source: mapping, target: mapping)
        #expect(codes.wholeFactor == factor)
        let scratch = ScratchMemory(byteCount: values.scratchByteCount + codes.scratchByteCount)
        let result = GuardedPlane(width: target.width, height: target.height, sample: .uint8)
        features.withBytes { memory in
            memory.initializeMemory(as: UInt8.self, repeating: 0, count: layout.byteCount)
            let residual = FeatureRow(at: memory, layout: layout)
            var noise = SeededNoise(seed: 9)
            for channel in 0..<factor {
                for x in 0..<source.width { residual.channel(channel)[x] = noise.float(in: -0.5...0.5) }
            }
            scratch.withBytes { base in
                var plain = values.begin(atTargetRow: 0, scratch: base)
                var stored = codes.begin(atTargetRow: 0, scratch: base + values.scratchByteCount)
                for y in 0..<target.height {
                    var row = [Float](repeating: 0, count: values.rowStride)
                    plain.nextRow(from: plane.plane, into: &row)
                    stored.nextRow(
                        from: plane.plane, adding: .init(residual, firstChannel: 0), asRow: y, of: result.plane)
                    let exact = (0..<target.width).map { x in
                        min(max(row[x] + residual.channel(x % factor)[x / factor], 0), 1) * 255
                    }
                    // In codes: half a code of rounding, and some roundings to float of sums up to 255 (2^-17 each).
                    let differences = zip(result.plane.codes[y], exact).map { abs($0 - $1) }
                    #expect(differences.allSatisfy { $0 <= 0.5 + 0x1p-14 }, "row \(y): \(differences.max() ?? 0)")
                }
            }
        }
        #expect(result.isIntact)
    }
}
