import Foundation
import Testing
import UplumaFrames
import UplumaMedia
import UplumaTestSupport

/// PNG files with a depth, a colour and a shape.
@Suite struct PNGEncodingTests {
    private let folder: TemporaryDirectory

    init() throws { folder = try TemporaryDirectory() }

    private static func picture(
        _ size: (width: Int, height: Int), depth: Int, color: PNGEncoding.Color? = nil, aspect: Rational? = nil
    ) -> PNGEncoding.Picture {
        var noise = SeededNoise(seed: UInt64(depth))
        let top = UInt16((1 << depth) - 1)
        // The corners of the cube first.
        let samples = (0..<3 * size.width * size.height).map { index in
            index < 24 ? ((index / 3) >> (index % 3) & 1 == 1 ? top : 0) : UInt16.random(in: 0...top, using: &noise)
        }
        return PNGEncoding.Picture(
            width: size.width, height: size.height, depth: depth, samples: samples, color: color, pixelAspect: aspect)
    }

    @Test("FFmpeg reads the samples that were written", arguments: [8, 16], PNGEncoding.Effort.allCases)
    func samples(depth: Int, effort: PNGEncoding.Effort) throws {
        for size in [(37, 23), (1, 1), (64, 3)] {
            let picture = Self.picture(
                size, depth: depth, color: PNGEncoding.Color(primaries: 9, transfer: 16), aspect: Rational(8, 9))
            let path = folder.file("\(size).png")
            try Data(PNGEncoding.encode(picture, effort)).write(to: URL(fileURLWithPath: path))
            let output = try FFmpegTool.ffmpeg([
                "-i", path, "-f", "rawvideo", "-pix_fmt", depth == 8 ? "rgb24" : "rgb48le", "-",
            ])
            let found =
                depth == 8
                ? output.map { UInt16($0) }
                : stride(from: 0, to: output.count, by: 2).map { UInt16(output[$0]) | UInt16(output[$0 + 1]) << 8 }
            #expect(found == picture.samples)
        }
    }

    @Test("every chunk is whole, and the header says the depth", arguments: [8, 16])
    func header(depth: Int) throws {
        let picture = Self.picture((37, 23), depth: depth)
        let file = try #require(PNGFile(try PNGEncoding.encode(picture, .fast)))
        #expect(file.chunks.allSatisfy { $0.isIntact })
        #expect(file.names == ["IHDR", "IDAT", "IEND"])
        // Width, height, depth, RGB, deflate, adaptive filters, not interlaced.
        #expect(file["IHDR"] == [0, 0, 0, 37, 0, 0, 0, 23, UInt8(depth), 2, 0, 0, 0])
    }

    @Test("a colour is a cICP right after the header, and sRGB says so in the old way, too")
    func color() throws {
        for (primaries, transfer) in [(9, 16), (9, 18), (1, 1), (6, 6), (1, 13)] as [(UInt8, UInt8)] {
            let color = PNGEncoding.Color(primaries: primaries, transfer: transfer)
            let picture = Self.picture((5, 4), depth: 8, color: color)
            let file = try #require(PNGFile(try PNGEncoding.encode(picture, .fast)))
            #expect(file.chunks.allSatisfy { $0.isIntact })
            #expect(file["cICP"] == [primaries, transfer, 0, 1])
            let isSRGB = (primaries, transfer) == (1, 13)
            #expect(file.names == ["IHDR", "cICP"] + (isSRGB ? ["sRGB"] : []) + ["IDAT", "IEND"])
            #expect(file["sRGB"] == (isSRGB ? [1] : nil))
        }
    }

    @Test("pixels that are not square have their shape said, across first")
    func shape() throws {
        func shape(_ aspect: Rational?) throws -> [UInt8]? {
            let file = try #require(
                PNGFile(try PNGEncoding.encode(Self.picture((5, 4), depth: 8, aspect: aspect), .fast)))
            #expect(file.chunks.allSatisfy { $0.isIntact })
            return file["pHYs"]
        }
        // A pixel 32 wide and 27 high: 27 of them across are as long as 32 down. No unit.
        #expect(try shape(Rational(32, 27)) == [0, 0, 0, 27, 0, 0, 0, 32, 0])
        #expect(try shape(Rational(4320, 4739)) == [0, 0, 0x12, 0x83, 0, 0, 0x10, 0xE0, 0])
        for square in [nil, Rational(1, 1), Rational(7, 7), Rational(0, 1), Rational(-1, 2)] {
            #expect(try shape(square) == nil)
        }
    }

    @Test("little effort takes more bytes than much") func effort() throws {
        var picture = Self.picture((256, 256), depth: 8)
        picture.samples = (0..<3 * 65536).map { index in
            let (x, y) = (Double(index / 3 % 256), Double(index / 768))
            return UInt16(128 + 100 * sin(x / 40) * cos(y / 30))
        }
        let (fast, small) = (try PNGEncoding.encode(picture, .fast), try PNGEncoding.encode(picture, .small))
        #expect(small.count < fast.count)
        // Predicted: pictures without detail take a fraction of their samples.
        #expect(fast.count < picture.samples.count / 3)
    }
}
