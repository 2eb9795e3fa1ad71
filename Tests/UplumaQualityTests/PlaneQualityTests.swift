import Foundation
import Testing
import UplumaFrames
import UplumaQuality
import UplumaTestSupport

/// The laws of the scores, and values worked out by hand.
@Suite struct PlaneQualityTests {
    private static func plane(
        width: Int = 40, height: Int = 32, _ code: (_ x: Int, _ y: Int) -> Double
    ) -> CodePlane {
        let samples = (0..<width * height).map { code($0 % width, $0 / width) }
        return CodePlane(width: width, height: height, samples: samples)
    }

    private static let drawing = plane { x, y in
        let isBright = (x / 6 + y / 5) % 2 == 1
        return isBright ? 190 - Double(y) : 60 + Double(x)
    }

    private static func noisy(_ amount: Double) -> CodePlane {
        var noise = SeededNoise(seed: 3)
        let samples = drawing.samples.map { code in code + amount * Double(noise.float(in: -1...1)) }
        return CodePlane(width: 40, height: 32, samples: samples)
    }

    @Test func equalPlanes() {
        #expect(PlaneQuality.psnr(Self.drawing, Self.drawing) == .infinity)
        // Sums of a few hundred products in double precision.
        #expect(abs(PlaneQuality.ssim(Self.drawing, Self.drawing) - 1) < 1e-12)
        #expect(PlaneQuality.errorMap(Self.drawing, Self.drawing).samples.allSatisfy { $0 == 0 })
    }

    @Test("a constant error of 5 codes is 10 · log10(255² / 25) dB") func knownError() {
        let other = CodePlane(width: 40, height: 32, samples: Self.drawing.samples.map { $0 + 5 })
        #expect(abs(PlaneQuality.psnr(Self.drawing, other) - 34.151404) < 1e-6)
        #expect(PlaneQuality.errorMap(Self.drawing, other).samples.allSatisfy { abs($0 - 5) < 1e-12 })
    }

    @Test("two flat planes have the SSIM of its luminance term") func flat() {
        let (a, b) = (100.0, 120.0)
        let c1 = 2.55 * 2.55
        let found = PlaneQuality.ssim(Self.plane { _, _ in a }, Self.plane { _, _ in b })
        let expected = (2 * a * b + c1) / (a * a + b * b + c1)
        #expect(abs(found - expected) < 1e-10)
    }

    @Test("scores are symmetric and fall as noise rises") func orderAndSymmetry() {
        let scores = [2.0, 8, 30].map { amount in
            let other = Self.noisy(amount)
            let pair = (PlaneQuality.psnr(Self.drawing, other), PlaneQuality.ssim(Self.drawing, other))
            #expect(pair.0 == PlaneQuality.psnr(other, Self.drawing))
            #expect(abs(pair.1 - PlaneQuality.ssim(other, Self.drawing)) < 1e-12)
            return pair
        }
        #expect(scores[0].0 > scores[1].0 && scores[1].0 > scores[2].0)
        #expect(scores[0].1 > scores[1].1 && scores[1].1 > scores[2].1 && scores[0].1 < 1)
    }

    @Test("exactly the border is left out") func border() {
        let other = Self.plane { x, y in
            let code = Self.drawing.samples[y * 40 + x]
            return y == 1 || x == 38 ? code + 80 : code
        }
        #expect(PlaneQuality.psnr(Self.drawing, other, border: 2) == .infinity)
        #expect(abs(PlaneQuality.ssim(Self.drawing, other, border: 2) - 1) < 1e-12)
        #expect(PlaneQuality.psnr(Self.drawing, other, border: 1) < 30)
        // The window hardly weighs its outermost row.
        #expect(PlaneQuality.ssim(Self.drawing, other, border: 1) < 0.9999)
    }

    struct Form: Sendable, CustomTestStringConvertible {
        let chroma: Bool
        let depth: Int
        let range: SampleRange
        var testDescription: String { "\(chroma ? "chroma" : "luma") \(depth) bit \(range)" }

        var mapping: SampleMapping {
            let format = PictureFormat(chroma: .yuv444, bitDepth: depth)
            return chroma ? .chroma(format, range: range) : .luma(format, range: range)
        }

        static let all = [SampleRange.limited, .full].flatMap { range in
            [8, 10, 16].flatMap { depth in
                [false, true].map { Form(chroma: $0, depth: depth, range: range) }
            }
        }
    }

    @Test(
        "codes of every depth survive the way to code planes and back, and floats hold their values",
        arguments: Form.all)
    func conversions(form: Form) {
        var noise = SeededNoise(seed: 5)
        let mapping = form.mapping
        let source = GuardedPlane(width: 21, height: 9, sample: mapping.sample).plane
        source.fill { x, y in
            TestPattern.noise.code(x: x, y: y, width: 21, maximum: mapping.maximum, noise: &noise)
        }
        let codes = CodePlane(source, mapping: mapping)
        #expect(PlaneComparison(source, codes.rounded(to: mapping)).isBitEqual)
        // One unit is the peak, whatever the depth.
        let span = 255 * Double(mapping.maximum) / Double(mapping.unit)
        #expect(codes.samples.allSatisfy { (0...span + 1e-9).contains($0) })
        let floats = codes.floats(of: mapping)
        let value = (source.codes[4][7] - mapping.zero) / mapping.unit
        // Values of order one in 32-bit floats.
        #expect(abs(floats.codes[4][7] - value) < 1e-6)
        let back = CodePlane(floats, mapping: mapping)
        #expect(zip(back.samples, codes.samples).allSatisfy { abs($0 - $1) < 3e-5 })
    }

    @Test("rounding is half up and limited") func rounding() {
        let mapping = SampleMapping.luma(PictureFormat(chroma: .gray, bitDepth: 8), range: .full)
        let plane = CodePlane(width: 6, height: 1, samples: [-3, 0.49, 0.5, 1.5, 2.5, 300])
        #expect(plane.rounded(to: mapping).codes == [[0, 0, 1, 2, 3, 255]])
    }
}
