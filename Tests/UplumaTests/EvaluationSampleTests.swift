import Testing
import UplumaFrames
import UplumaNetworks
import UplumaQuality
import UplumaResampling
import UplumaTestSupport

@testable import Upluma

/// What a frame of a clip is turned into before it is scored.
@Suite struct EvaluationSampleTests {
    private static var rules: SamplePlane.Rules {
        SamplePlane.Rules(filter: .catmullrom, floatSmall: false, floatResult: false)
    }

    /// A smooth picture: waves of a different direction in each plane.
    private static func frame(
        _ format: PictureFormat, width: Int, height: Int, color: ColorDescription
    ) -> Frame {
        let top = Float((1 << format.bitDepth) - 1)
        let planes = (0..<format.chroma.planeCount).map { index in
            let size = format.planeSize(index, width: width, height: height)
            let plane = Plane(width: size.width, height: size.height, sample: format.sample)
            plane.fill { x, y in
                let wave = Float((x * (3 + index) + y * (5 - index)) % 64) / 63
                return (top * (0.1 + 0.8 * wave)).rounded()
            }
            return plane
        }
        return Frame(format: format, width: width, height: height, planes: planes, color: color)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let chroma: ChromaFormat
        let depth: Int
        let location: ChromaLocation
        let scale: Int
        var testDescription: String { "\(chroma) \(depth) bit \(location) ×\(scale)" }
    }

    @Test(
        "small planes are enlarged exactly as the main job does it, chroma on its site",
        arguments: [
            Case(chroma: .yuv420, depth: 8, location: .left, scale: 2),
            Case(chroma: .yuv420, depth: 10, location: .topLeft, scale: 3),
            Case(chroma: .yuv422, depth: 8, location: .center, scale: 2),
            Case(chroma: .yuv411, depth: 8, location: .left, scale: 4),
            Case(chroma: .yuv444, depth: 8, location: .unspecified, scale: 8),
            Case(chroma: .gray, depth: 8, location: .unspecified, scale: 2),
        ])
    func asTheMainJob(_ form: Case) throws {
        let format = PictureFormat(chroma: form.chroma, bitDepth: form.depth)
        let color = ColorDescription(range: .limited, chromaLocation: form.location)
        // Sides that are no multiples of the scale.
        let source = Self.frame(format, width: 101, height: 75, color: color)
        let sample = try EvaluationSample(source, name: "", scale: form.scale, rules: Self.rules)
        let (width, height) = (101 / form.scale * form.scale, 75 / form.scale * form.scale)
        #expect(sample.luma.original.width == width && sample.luma.original.height == height)

        let small = Frame(
            format: format, width: width / form.scale, height: height / form.scale, planes: sample.planes.map(\.small),
            color: color)
        let model = try ModelCatalog.model("lanczos3").load()
        let upscaler = try FrameUpscaler(
            scale: form.scale, model: model, chromaFilter: .lanczos3,
            source: FrameUpscaler.Picture(format: format, width: small.width, height: small.height), color: color,
            targetFormat: format)
        let expected = try upscaler.upscale(small, workspace: upscaler.makeWorkspace())
        let luma = try EvaluatedModel(name: "lanczos3", threads: 2).enlarge(sample.luma)
        #expect(PlaneComparison(luma.result, expected.planes[0]).isBitEqual)
        for (plane, large) in zip(sample.planes, expected.planes).dropFirst() {
            let comparison = PlaneComparison(plane.enlarged(by: .lanczos3), large)
            #expect(comparison.isBitEqual, "\(comparison)")
        }
    }

    @Test(
        "chroma is reduced where it is sited: a ramp over the whole picture stays in place",
        arguments: ChromaLocation.allCases)
    func chromaSite(location: ChromaLocation) throws {
        let format = PictureFormat(chroma: .yuv420, bitDepth: 16)
        let color = ColorDescription(range: .full, chromaLocation: location)
        let offset = location.lumaOffset(log2Width: 1, log2Height: 1)
        let ramp = { (x: Int) in Float(((2 * Double(x) + offset.x) * 300 + 2000).rounded()) }
        let source = Self.frame(format, width: 160, height: 160, color: color)
        for plane in source.planes.dropFirst() { plane.fill { x, _ in ramp(x) } }
        let sample = try EvaluationSample(source, name: "", scale: 2, rules: Self.rules)
        // Chroma sample x of the small picture lies on luma 2x + offset of the small picture, that on twice as much and a
        // half of the large one.
        let small = sample.planes[1].small.codes[20]
        for x in 8..<32 {
            let place = 2 * (2 * Double(x) + offset.x) + 0.5
            // Codes of 16 bits: the ramp's own rounding, and that of the result.
            #expect(abs(Double(small[x]) - (place * 300 + 2000)) <= 1.5, "\(location) \(x)")
        }
    }

    @Test("small pictures and results in floating point differ from rounded ones by half a code at most")
    func floatingPoint() throws {
        let format = PictureFormat(chroma: .yuv420, bitDepth: 8)
        let color = ColorDescription(range: .limited)
        let source = Self.frame(format, width: 64, height: 64, color: color)
        var rules = Self.rules
        let rounded = try EvaluationSample(source, name: "", scale: 2, rules: rules)
        (rules.floatSmall, rules.floatResult) = (true, true)
        let floats = try EvaluationSample(source, name: "", scale: 2, rules: rules)
        for (a, b) in zip(rounded.planes, floats.planes) {
            let (left, right) = (a.codes(of: a.small), b.codes(of: b.small))
            let limited = right.samples.map { min(max($0, 0), 255) }
            // Half a code, and the float's own rounding.
            #expect(zip(left.samples, limited).allSatisfy { abs($0 - $1) < 0.5001 })
            #expect(b.enlarged(by: .lanczos3).sample == .float32)
        }
    }

    @Test(
        "a filter as a downscaler makes the luma that the evaluation's own filter makes, and chroma is the filter's",
        arguments: [(2, "lanczos3", 8), (4, "bicubic", 8), (2, "mitchell", 10)])
    func downscalers(scale: Int, name: String, depth: Int) throws {
        let format = PictureFormat(chroma: .yuv420, bitDepth: depth)
        let source = Self.frame(format, width: 101, height: 75, color: ColorDescription(range: .limited))
        let filter = try #require(ResampleFilter(named: name))
        for isFloat in [false, true] {
            var own = SamplePlane.Rules(filter: filter, floatSmall: isFloat, floatResult: false)
            let expected = try EvaluationSample(source, name: "", scale: scale, rules: own)
            own.downscaler = try .named("\(name)-\(scale)x", scale: scale, threads: 2, execution: .automatic)
            let found = try EvaluationSample(source, name: "", scale: scale, rules: own)
            #expect(found.luma.original == expected.luma.original && found.luma.grid == expected.luma.grid)
            let (a, b) = (found.luma.codes(of: found.luma.small), expected.luma.codes(of: expected.luma.small))
            #expect(a.width == 101 / scale && a.height == 75 / scale)
            // Codes of 8 bits: floats and a fixed-point sum in the place of doubles, so that a sum near one half may be
            // rounded the other way; without rounding what the arithmetic itself leaves.
            let most = isFloat ? 0.05 : 1.0
            #expect(zip(a.samples, b.samples).allSatisfy { abs($0 - $1) <= most })
            let off = zip(a.samples, b.samples).count { abs($0 - $1) > 0 }
            #expect(isFloat || off * 20 <= a.samples.count, "\(off) of \(a.samples.count) rounded otherwise")
            for (plane, other) in zip(found.planes, expected.planes).dropFirst() {
                #expect(PlaneComparison(plane.small, other.small).isBitEqual)
            }
        }
    }

    @Test("a downscaler of another factor is refused, and both factors named") func otherFactor() {
        let error = #expect(throws: UplumaError.self) {
            try EvaluatedDownscaler.named("lanczos3-4x", scale: 2, threads: 1, execution: .automatic)
        }
        #expect(error?.kind == .usage)
        for word in ["lanczos3-4x", "4 times", "--scale 2"] { #expect(error?.message.contains(word) == true) }
    }
}
