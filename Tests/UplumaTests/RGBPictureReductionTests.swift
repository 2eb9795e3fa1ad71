import Testing
import UplumaFrames
import UplumaTestSupport

@testable import Upluma

@Suite struct RGBPictureReductionTests {
    private static func noise(_ width: Int, _ height: Int, depth: Int = 8, aspect: Rational? = nil) -> RGBPicture {
        var noise = SeededNoise(seed: 4)
        let top = UInt16((1 << depth) - 1)
        return RGBPicture(
            width: width, height: height, depth: depth,
            samples: (0..<3 * width * height).map { _ in UInt16.random(in: 0...top, using: &noise) },
            tag: RGBPicture.ColorTag(primaries: 9, transfer: 16), pixelAspect: aspect)
    }

    @Test(
        "the whole picture fits, in its shape on the screen",
        arguments: [
            ((1440, 960), nil, (800, 600), (800, 533)), ((1440, 960), nil, (3000, 200), (300, 200)),
            ((640, 480), nil, (800, 600), (640, 480)), ((720, 480), Rational(8, 9), (800, 600), (640, 480)),
            ((720, 576), Rational(16, 15), (2000, 2000), (720, 540)),
            ((720, 576), Rational(64, 45), (512, 512), (512, 288)),
            ((7, 5), nil, (1, 1), (1, 1)), ((1000, 1), nil, (10, 10), (10, 1)),
        ] as [((Int, Int), Rational?, (Int, Int), (Int, Int))])
    func size(source: (Int, Int), aspect: Rational?, room: (Int, Int), expected: (Int, Int)) {
        let picture = Self.noise(source.0, source.1, aspect: aspect)
        let result = picture.reduced(toFitWidth: room.0, height: room.1)
        #expect((result.width, result.height) == expected)
        #expect(result.pixelAspect == aspect.map { _ in Rational(1, 1) })
        #expect(result.tag == picture.tag && result.depth == picture.depth)
    }

    @Test("a picture that fits is left alone") func untouched() {
        let picture = Self.noise(20, 10)
        #expect(picture.reduced(toFitWidth: 20, height: 10) == picture)
        #expect(picture.reduced(toFitWidth: 100, height: 100) == picture)
    }

    @Test("a pixel is the mean of the area it covers", arguments: [8, 16])
    func means(depth: Int) {
        let picture = Self.noise(21, 14, depth: depth)
        for (width, height) in [(7, 5), (20, 13), (3, 2), (10, 7)] {
            let result = picture.reduced(toFitWidth: width, height: height)
            let (across, down) = (21 / Double(result.width), 14 / Double(result.height))
            func overlap(_ sample: Int, _ index: Int, _ length: Double) -> Double {
                let (start, end) = (Double(index) * length, Double(index + 1) * length)
                return max(0, min(Double(sample + 1), end) - max(Double(sample), start))
            }
            for y in 0..<result.height {
                for x in 0..<result.width {
                    for channel in 0..<3 {
                        var sum = 0.0
                        for row in 0..<14 {
                            for column in 0..<21 {
                                sum +=
                                    overlap(row, y, down) * overlap(column, x, across)
                                    * Double(picture.samples[3 * (21 * row + column) + channel])
                            }
                        }
                        let found = Double(result.samples[3 * (result.width * y + x) + channel])
                        // Rounded once; a float's error of 1e-6 of the range is 0.07 codes of 16 bits.
                        #expect(abs(found - sum / (across * down)) <= (depth == 8 ? 0.501 : 0.6))
                    }
                }
            }
        }
    }

    @Test("white stays white and black black", arguments: [8, 16])
    func extremes(depth: Int) {
        for code in [0, UInt16((1 << depth) - 1)] {
            let flat = RGBPicture(
                width: 601, height: 403, depth: depth, samples: Array(repeating: code, count: 3 * 601 * 403))
            #expect(flat.reduced(toFitWidth: 100, height: 90).samples.allSatisfy { $0 == code })
        }
    }

    @Test("16 bits become the nearest 8") func depth() {
        let all = (0...65535).map { UInt16($0) }
        let picture = RGBPicture(width: 65536, height: 1, depth: 16, samples: all + all + all)
        let expected = all.map { UInt16((Double($0) * 255 / 65535).rounded()) }
        #expect(picture.eightBit().samples == expected + expected + expected)
        #expect(picture.eightBit().depth == 8)
    }

    @Test("a picture's PNG says what the picture says", arguments: [8, 16]) func png(depth: Int) throws {
        let picture = Self.noise(9, 7, depth: depth, aspect: Rational(32, 27))
        let file = try #require(PNGFile(try picture.png()))
        #expect(file["cICP"] == [9, 16, 0, 1])
        #expect(file["pHYs"] == [0, 0, 0, 27, 0, 0, 0, 32, 0])
        #expect(file["IHDR"]?[8] == UInt8(depth))
    }
}
