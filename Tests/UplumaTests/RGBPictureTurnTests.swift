import Testing
import UplumaFrames
import UplumaTestSupport

@testable import Upluma

struct RGBPictureTurnTests {
    @Test("each sample goes where a plane's goes", arguments: DisplayMatrix.all.map(\.name)) func turns(name: String)
        throws
    {
        let numbers = try #require(DisplayMatrix.all.first { $0.name == name }).matrix
        let turn = try #require(PictureTurn(matrix: [numbers.a, numbers.b, numbers.c, numbers.d]))
        let (width, height) = (5, 3)
        var samples: [UInt16] = []
        for index in 0..<UInt16(width * height) { samples += [index, 100 + index, 60000 + index] }
        let picture = RGBPicture(
            width: width, height: height, depth: 16, samples: samples,
            tag: RGBPicture.ColorTag(primaries: 1, transfer: 13), pixelAspect: Rational(4, 3))
        let turned = picture.turned(turn)
        let format = PictureFormat(chroma: .gray, bitDepth: 16)
        let plane = Plane(width: width, height: height, sample: .uint16)
        plane.withBytes { base in
            for index in 0..<width * height {
                (base + index / width * plane.stride).storeBytes(
                    of: UInt16(index), toByteOffset: 2 * (index % width), as: UInt16.self)
            }
        }
        let size = turn.size(width: width, height: height)
        let expected = turn.turned(
            Frame(format: format, width: width, height: height, planes: [plane]),
            pool: FramePool(format: format, width: size.width, height: size.height)
        ).planes[0].codes.flatMap { $0 }.map { UInt16($0) }
        #expect(turned.width == size.width && turned.height == size.height)
        let pixels = (0..<width * height).map { Array(turned.samples[3 * $0..<3 * $0 + 3]) }
        #expect(pixels == expected.map { [$0, 100 + $0, 60000 + $0] })
        let aspect = turn.transposes ? Rational(3, 4) : Rational(4, 3)
        #expect(turned.pixelAspect == aspect && turned.tag == picture.tag)
    }
}
