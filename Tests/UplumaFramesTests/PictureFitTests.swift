import Testing
import UplumaFrames

@Suite struct PictureFitTests {
    private static func shape(_ width: Int, _ height: Int, _ aspect: Rational? = nil) -> PictureFit.Shape {
        PictureFit.Shape(width: width, height: height, sampleAspect: aspect)
    }

    @Test("a picture of the same shape fills the whole, whatever its size")
    func same() {
        let target = Self.shape(1440, 1152, Rational(16, 15))
        for shape in [
            Self.shape(720, 576, Rational(16, 15)), Self.shape(1024, 768), Self.shape(352, 288, Rational(12, 11)),
        ] {
            let fit = PictureFit(shape, into: target, unit: (2, 2))
            #expect((fit.x, fit.y, fit.width, fit.height) == (0, 0, 1440, 1152))
            #expect(PictureFit.bars(shape, into: target) == .none)
        }
    }

    @Test("a narrower picture gets bars at its sides, a wider one above and below, each in the middle")
    func bars() {
        let narrow = PictureFit(Self.shape(720, 576, Rational(16, 15)), into: Self.shape(1920, 1080), unit: (2, 2))
        #expect((narrow.x, narrow.y, narrow.width, narrow.height) == (240, 0, 1440, 1080))
        let wide = PictureFit(
            Self.shape(720, 576, Rational(64, 45)), into: Self.shape(1440, 1152, Rational(16, 15)), unit: (2, 2))
        #expect((wide.x, wide.y, wide.width, wide.height) == (0, 144, 1440, 864))
    }

    @Test("edges lie on chroma samples, and nothing vanishes", arguments: [1, 2, 4])
    func edges(unit: Int) {
        for width in [1, 2, 7, 33, 63, 64] {
            for aspect in [Rational(1, 1000), Rational(1, 3), Rational(7, 5), Rational(1000, 1)] {
                let fit = PictureFit(Self.shape(10, 10, aspect), into: Self.shape(width, 48), unit: (unit, unit))
                #expect(fit.x % unit == 0 && fit.y % unit == 0)
                #expect(fit.width >= 1 && fit.height >= 1 && fit.x + fit.width <= width && fit.y + fit.height <= 48)
            }
        }
    }
}
