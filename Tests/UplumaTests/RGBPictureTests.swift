import Foundation
import Testing
import UplumaFrames
import UplumaTestSupport

@testable import Upluma

/// A frame of any format becomes what a screen shows.
@Suite struct RGBPictureTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let matrix: Int32
        let range: SampleRange
        var testDescription: String { "matrix \(matrix), \(range) range" }
    }

    /// Every code point with a law of its own, one that leaves it open, and one that is unknown.
    static let cases = [0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 14].flatMap { matrix in
        [SampleRange.limited, .full, .unspecified].map { Case(matrix: Int32(matrix), range: $0) }
    }

    /// What a float of 24 bits leaves of the exact value, as a share of white: about ten sums and products of values up to
    /// 2.5, each off by 2^-24 of itself.
    static let floatError = 3e-6

    @Test("codes are those of the equations", arguments: cases)
    func equations(_ example: Case) throws {
        for chroma in ChromaFormat.allCases {
            for (bits, depth) in [(8, 8), (8, 16), (10, 16), (12, 8), (16, 16)] {
                for (pattern, size) in [(TestPattern.noise, (13, 11)), (.alternating, (6, 5)), (.highest, (1, 1))] {
                    let format = PictureFormat(chroma: chroma, bitDepth: bits)
                    let color = ColorDescription(
                        range: example.range, matrix: example.matrix, chromaLocation: .topLeft)
                    let frame = TestFrame.filled(format, size, pattern, color)
                    let picture = RGBPicture(frame, sourceHeight: 480, depth: depth, threads: 2)
                    let expected = ReferenceRGB(frame, depth: depth, sourceHeight: 480)
                    let farthest = zip(picture.samples, expected.values).map { abs(Double($0) - $1) }.max() ?? .infinity
                    let top = Double((1 << depth) - 1)
                    #expect(
                        farthest <= 0.5 + Self.floatError * top,
                        "\(format) to \(depth) bit, \(pattern): \(farthest) codes off")
                }
            }
        }
    }

    @Test("RGB that became Y'CbCr of 16 bits comes back", arguments: cases)
    func roundTrip(_ example: Case) {
        var noise = SeededNoise(seed: 3)
        let corners = (0..<8).map { corner in (0..<3).map { Double(corner >> $0 & 1) } }
        let colors =
            corners + (0..<56).map { _ in (0..<3).map { _ in Double(Int.random(in: 0...255, using: &noise)) / 255 } }
        let format = PictureFormat(chroma: .yuv444, bitDepth: 16)
        let frame = TestFrame.make(
            format, (8, 8), ColorDescription(range: example.range, matrix: example.matrix)
        ) { plane, x, y in
            ReferenceRGB.codes(of: colors[8 * y + x], format, example.range, example.matrix, sourceHeight: 480)[plane]
        }
        let picture = RGBPicture(frame, sourceHeight: 480, depth: 8, threads: 1)
        #expect(picture.samples == colors.joined().map { UInt16(($0 * 255).rounded()) })
    }

    /// Bars of 75 %, in 8-bit codes of the limited range: white, yellow, cyan, green, magenta, red, blue, black.
    static let bars: [(matrix: Int32, codes: [[Int]])] = [
        (
            6,
            [
                [180, 128, 128], [162, 44, 142], [131, 156, 44], [112, 72, 58], [84, 184, 198], [65, 100, 212],
                [35, 212, 114], [16, 128, 128],
            ]
        ),
        (
            1,
            [
                [180, 128, 128], [168, 44, 136], [145, 147, 44], [133, 63, 52], [63, 193, 204], [51, 109, 212],
                [28, 212, 120], [16, 128, 128],
            ]
        ),
    ]

    @Test("colour bars have the colours of bars", arguments: [0, 1])
    func colorBars(index: Int) {
        let bars = Self.bars[index]
        let frame = TestFrame.make(
            PictureFormat(chroma: .yuv444, bitDepth: 8), (8, 1), ColorDescription(range: .limited, matrix: bars.matrix)
        ) { plane, x, _ in bars.codes[x][plane] }
        let picture = RGBPicture(frame, sourceHeight: 480, depth: 8, threads: 1)
        let meant: [[Int]] = [
            [1, 1, 1], [1, 1, 0], [0, 1, 1], [0, 1, 0], [1, 0, 1], [1, 0, 0], [0, 0, 1], [0, 0, 0],
        ]
        // The codes are rounded: half a code of luma is 0.6 of red or blue, half a code of chroma up to 1.1, and 75 % of
        // 255 is no whole number.
        for (found, bit) in zip(picture.samples, meant.joined()) { #expect(abs(Int(found) - 191 * bit) <= 2) }
    }

    @Test("grey stays grey", arguments: [ChromaFormat.gray, .yuv420, .yuv444])
    func gray(chroma: ChromaFormat) {
        for matrix in [1, 2, 6, 7, 9] as [Int32] {
            let frame = TestFrame.make(
                PictureFormat(chroma: chroma, bitDepth: 8), (256, 3), ColorDescription(matrix: matrix)
            ) { plane, x, _ in plane == 0 ? x : 128 }
            let picture = RGBPicture(frame, sourceHeight: 480, depth: 8, threads: 1)
            let expected = (0..<256).map { UInt16((min(max(Double($0) - 16, 0), 219) * 255 / 219).rounded()) }
            for x in 0..<256 { for c in 0..<3 { #expect(picture.samples[3 * x + c] == expected[x]) } }
        }
    }

    @Test("samples do not depend on threads", arguments: ChromaFormat.allCases)
    func threads(chroma: ChromaFormat) {
        let frame = TestFrame.filled(PictureFormat(chroma: chroma, bitDepth: 10), (37, 29), .noise, ColorDescription())
        let one = RGBPicture(frame, sourceHeight: 480, depth: 16, threads: 1)
        for threads in [2, 3, 7, 64] {
            #expect(RGBPicture(frame, sourceHeight: 480, depth: 16, threads: threads) == one)
        }
    }

    /// A frame whose red rises smoothly to the right and downwards while green and blue stay what they are, its chroma
    /// taken where `location` says.
    private static func slope(_ chroma: ChromaFormat, at location: ChromaLocation, width: Double = 10) -> Frame {
        let format = PictureFormat(chroma: chroma, bitDepth: 16)
        let offset = location.lumaOffset(log2Width: chroma.log2Width, log2Height: chroma.log2Height)
        return TestFrame.make(
            format, (96, 96), ColorDescription(range: .limited, matrix: 1, chromaLocation: location)
        ) { plane, x, y in
            let place =
                plane == 0
                ? (Double(x), Double(y))
                : (Double(x << chroma.log2Width) + offset.x, Double(y << chroma.log2Height) + offset.y)
            let red = 0.5 + 0.4 * tanh((place.0 + place.1 - 95) / width)
            return ReferenceRGB.codes(of: [red, 0.5, 0.25], format, .limited, 1, sourceHeight: 480)[plane]
        }
    }

    /// How far green and blue are from what they should be, in codes of 8 bits, where no edge is near.
    private static func fringe(_ frame: Frame) -> Int {
        let picture = RGBPicture(frame, sourceHeight: 480, depth: 8, threads: 2)
        let inside = 16..<80
        var farthest = 0
        for start in inside.flatMap({ y in inside.map { x in 3 * (96 * y + x) } }) {
            let (green, blue) = (Int(picture.samples[start + 1]), Int(picture.samples[start + 2]))
            farthest = max(farthest, abs(green - 128), abs(blue - 64))
        }
        return farthest
    }

    @Test("a coloured edge has its chroma where its luma is", arguments: ChromaLocation.allCases)
    func siting(location: ChromaLocation) {
        for chroma in ChromaFormat.allCases where chroma != .gray {
            // What Lanczos 3 leaves of a slope that chroma can hold, over up to four samples, and rounding.
            #expect(Self.fringe(Self.slope(chroma, at: location)) <= 2, "\(chroma)")
        }
    }

    @Test("chroma that lies elsewhere than said makes a fringe") func misplaced() {
        var frame = Self.slope(.yuv420, at: .center, width: 3)
        #expect(Self.fringe(frame) <= 2)
        frame.color.chromaLocation = .topLeft
        #expect(Self.fringe(frame) > 4)
    }

    @Test("FFmpeg's zscale agrees", arguments: [(1, "709"), (6, "170m"), (9, "2020_ncl")] as [(Int32, String)])
    func zscale(matrix: Int32, name: String) throws {
        for (range, said) in [(SampleRange.limited, "limited"), (.full, "full")] {
            let frame = TestFrame.filled(
                PictureFormat(chroma: .yuv444, bitDepth: 8), (64, 48), .noise,
                ColorDescription(range: range, matrix: matrix))
            let bytes = frame.planes.flatMap { $0.codes.joined().map { UInt8($0) } }
            let output = try FFmpegTool.run(
                "ffmpeg",
                [
                    "-hide_banner", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "yuv444p", "-s", "64x48", "-i",
                    "-", "-vf", "zscale=matrixin=\(name):rangein=\(said):matrix=gbr:range=full,format=gbrp", "-f",
                    "rawvideo", "-pix_fmt", "rgb24", "-",
                ], input: Data(bytes))
            let picture = RGBPicture(frame, sourceHeight: 480, depth: 8, threads: 1)
            try #require(output.count == picture.samples.count)
            // Both work in floats and round once: only a value within a float's error of a half may go either way.
            let apart = zip(picture.samples, output).map { abs(Int($0) - Int($1)) }
            #expect(apart.allSatisfy { $0 <= 1 })
            #expect(apart.count { $0 > 0 } * 1000 < apart.count)
        }
    }

    @Test("a picture is tagged only by a source that names primaries and transfer")
    func tag() {
        func tag(_ primaries: Int32, _ transfer: Int32) -> RGBPicture.ColorTag? {
            let frame = TestFrame.filled(
                PictureFormat(chroma: .yuv420, bitDepth: 8), (2, 2), .noise,
                ColorDescription(primaries: primaries, transfer: transfer))
            return RGBPicture(frame, sourceHeight: 480, depth: 8, threads: 1).tag
        }
        #expect(tag(9, 16) == RGBPicture.ColorTag(primaries: 9, transfer: 16))
        #expect(tag(1, 13) == RGBPicture.ColorTag(primaries: 1, transfer: 13))
        for (primaries, transfer) in [(2, 2), (2, 16), (9, 2), (0, 1), (1, 3), (256, 1), (1, -1)] as [(Int32, Int32)] {
            #expect(tag(primaries, transfer) == nil)
        }
    }

    @Test("the shape of pixels comes along") func aspect() {
        var frame = TestFrame.filled(PictureFormat(chroma: .gray, bitDepth: 8), (4, 4), .noise, ColorDescription())
        #expect(RGBPicture(frame, sourceHeight: 480, depth: 8, threads: 1).pixelAspect == nil)
        frame.sampleAspect = Rational(32, 27)
        #expect(RGBPicture(frame, sourceHeight: 480, depth: 8, threads: 1).pixelAspect == Rational(32, 27))
    }

    @Test("a matrix that is not named is assumed by the source's lines, and said")
    func assumption() throws {
        func frame(_ matrix: Int32, _ chroma: ChromaFormat = .yuv444) -> Frame {
            TestFrame.filled(
                PictureFormat(chroma: chroma, bitDepth: 8), (9, 7), .noise, ColorDescription(matrix: matrix))
        }
        func samples(_ matrix: Int32, _ height: Int) -> [UInt16] {
            RGBPicture(frame(matrix), sourceHeight: height, depth: 8, threads: 1).samples
        }
        for unknown in [2, 3, 14, 200] as [Int32] {
            for (height, matrix, name) in [(480, 6, "BT.601"), (576, 6, "BT.601"), (577, 1, "BT.709")] {
                #expect(samples(unknown, height) == samples(Int32(matrix), 480))
                let said = try #require(RGBPicture.matrixAssumption(frame(unknown), sourceHeight: height))
                #expect(said.contains(name) && said.contains("\(height) lines"), "\(said)")
            }
        }
        for named in [0, 1, 4, 5, 6, 7, 8, 9] as [Int32] {
            #expect(RGBPicture.matrixAssumption(frame(named), sourceHeight: 480) == nil)
        }
        #expect(RGBPicture.matrixAssumption(frame(10), sourceHeight: 480)?.contains("constant luminance") == true)
        #expect(RGBPicture.matrixAssumption(frame(2, .gray), sourceHeight: 480) == nil)
    }
}
