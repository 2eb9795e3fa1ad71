import Foundation
import Testing
import Upluma
import UplumaFrames
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

@Suite struct FrameUpscalerTests {
    private static func upscaler(
        _ model: String, scale: Int = 2, source: FrameUpscaler.Picture, to target: PictureFormat? = nil,
        color: ColorDescription = ColorDescription(), sizeMultiple: (width: Int, height: Int) = (1, 1)
    ) throws -> FrameUpscaler {
        try FrameUpscaler(
            scale: scale, model: try ModelCatalog.model(model).load(), chromaFilter: .lanczos3, source: source,
            color: color, targetFormat: target ?? source.format, sizeMultiple: sizeMultiple)
    }

    /// A frame whose sample at (x, y) of plane p is `code(p, x, y)`.
    private static func frame(_ picture: FrameUpscaler.Picture, _ code: (Int, Int, Int) -> Int) -> Frame {
        let frame = FramePool(format: picture.format, width: picture.width, height: picture.height).take()
        for (index, plane) in frame.planes.enumerated() {
            plane.withBytes { base in
                for y in 0..<plane.height {
                    for x in 0..<plane.width {
                        let at = base + y * plane.stride + x * plane.sample.byteCount
                        if plane.sample == .uint8 {
                            at.storeBytes(of: UInt8(code(index, x, y)), as: UInt8.self)
                        } else {
                            at.storeBytes(of: UInt16(code(index, x, y)), as: UInt16.self)
                        }
                    }
                }
            }
        }
        return frame
    }

    private static func code(_ frame: Frame, _ index: Int, _ x: Int, _ y: Int) -> Int {
        let plane = frame.planes[index]
        return plane.withBytes { base in
            let at = base + y * plane.stride + x * plane.sample.byteCount
            return plane.sample == .uint8 ? Int(at.load(as: UInt8.self)) : Int(at.load(as: UInt16.self))
        }
    }

    private static let small = FrameUpscaler.Picture(
        format: PictureFormat(chroma: .yuv420, bitDepth: 8), width: 20, height: 12)

    @Test("a grey card stays the same grey, at every scale and by every model", arguments: [2, 3, 4, 8])
    func flat(scale: Int) throws {
        for model in ModelCatalog.models where !(scale > 4 && model.family == "fir") {
            let upscaler = try Self.upscaler(model.name, scale: scale, source: Self.small)
            let result = try upscaler.upscale(
                Self.frame(Self.small) { plane, _, _ in [126, 90, 200][plane] }, workspace: upscaler.makeWorkspace())
            #expect(result.width == 20 * scale && result.height == 12 * scale)
            // Away from the border, where a network sees zeros. SP-VDSR may be a level off a flat field; networks that
            // make the whole picture, or see as far as the border from here, a few levels.
            let slack = model.family == "fir" ? 0 : model.family == "sp-vdsr" ? 1 : 4
            #expect(abs(Self.code(result, 0, 10 * scale, 6 * scale) - 126) <= slack, "\(model.name)")
            #expect(Self.code(result, 1, 5 * scale, 3 * scale) == 90)
            #expect(Self.code(result, 2, 5 * scale, 3 * scale) == 200)
        }
    }

    @Test(
        "limited codes outside 16 to 235 survive, and greater depth means the same level", arguments: [8, 10, 12, 16])
    func headroom(depth: Int) throws {
        let target = PictureFormat(chroma: .yuv420, bitDepth: depth)
        let upscaler = try Self.upscaler("lanczos3", source: Self.small, to: target)
        for code in [4, 16, 128, 235, 250] {
            let result = try upscaler.upscale(
                Self.frame(Self.small) { plane, _, _ in plane == 0 ? code : 128 }, workspace: upscaler.makeWorkspace())
            #expect(Self.code(result, 0, 20, 12) == code << (depth - 8))
            #expect(Self.code(result, 1, 10, 6) == 128 << (depth - 8))
        }
    }

    @Test("full range maps black to black and white to white") func fullRange() throws {
        var color = ColorDescription()
        color.range = .full
        let upscaler = try Self.upscaler(
            "lanczos3", source: Self.small, to: PictureFormat(chroma: .yuv420, bitDepth: 10), color: color)
        for (code, expected) in [(0, 0), (255, 1023)] {
            let result = try upscaler.upscale(
                Self.frame(Self.small) { plane, _, _ in plane == 0 ? code : 128 }, workspace: upscaler.makeWorkspace())
            #expect(Self.code(result, 0, 20, 12) == expected)
            #expect(Self.code(result, 1, 10, 6) == 512)
        }
    }

    @Test(
        "chroma stays on its luma: a ramp in all planes stays one ramp, for every location and subsampling",
        arguments: ChromaLocation.allCases, ChromaFormat.allCases.filter { $0 != .gray })
    func chromaPhase(location: ChromaLocation, chroma: ChromaFormat) throws {
        var color = ColorDescription()
        color.chromaLocation = location
        let source = FrameUpscaler.Picture(format: PictureFormat(chroma: chroma, bitDepth: 16), width: 64, height: 48)
        let offset = location.lumaOffset(log2Width: chroma.log2Width, log2Height: chroma.log2Height)
        // The level at luma position (x, y); the same function in every plane.
        func level(_ x: Double, _ y: Double) -> Double { 20000 + 256 * x + 128 * y }
        let frame = Self.frame(source) { plane, x, y in
            guard plane > 0 else { return Int(level(Double(x), Double(y))) }
            return Int(
                level(Double(x << chroma.log2Width) + offset.x, Double(y << chroma.log2Height) + offset.y).rounded())
        }
        for scale in UpscaleOptions.supportedScales {
            let upscaler = try FrameUpscaler(
                scale: scale, model: try ModelCatalog.model("catmullrom").load(), chromaFilter: .catmullrom,
                source: source,
                color: color, targetFormat: source.format)
            let result = try upscaler.upscale(frame, workspace: upscaler.makeWorkspace())
            for (x, y) in [(30, 24), (31, 25), (40, 30)] {
                // Chroma sample (x, y) of the result, on the result's luma, on the source's luma.
                let (cx, cy) = ((x * scale) >> chroma.log2Width, (y * scale) >> chroma.log2Height)
                let luma = (Double(cx << chroma.log2Width) + offset.x, Double(cy << chroma.log2Height) + offset.y)
                let position = ((luma.0 + 0.5) / Double(scale) - 0.5, (luma.1 + 0.5) / Double(scale) - 0.5)
                let expected = level(position.0, position.1)
                // One code of 256 a luma sample: a phase error of a hundredth of a sample would show as 2.56.
                #expect(abs(Double(Self.code(result, 1, cx, cy)) - expected) <= 1.5)
                #expect(abs(Double(Self.code(result, 2, cx, cy)) - expected) <= 1.5)
            }
        }
    }

    @Test("models move nothing: a spot stays on its place, at every scale", arguments: UpscaleOptions.supportedScales)
    func lumaPhase(scale: Int) throws {
        let source = FrameUpscaler.Picture(format: PictureFormat(chroma: .gray, bitDepth: 8), width: 48, height: 40)
        let spot = SmoothSpot(x: 22.3, y: 19.6, sigma: 5)
        let grid = SmoothSpot.Grid(width: 48, height: 40, step: (1, 1), offset: (0, 0))
        let bytes = spot.bytes([grid])
        let frame = Self.frame(source) { _, x, y in Int(bytes[y * 48 + x]) }
        for model in ModelCatalog.models {
            let upscaler = try Self.upscaler(model.name, scale: scale, source: source)
            let result = try upscaler.upscale(frame, workspace: upscaler.makeWorkspace())
            let large = SmoothSpot.Grid(width: 48 * scale, height: 40 * scale, step: (1, 1), offset: (0, 0))
            let data = Data(
                (0..<large.width * large.height).map { index in
                    UInt8(Self.code(result, 0, index % large.width, index / large.width))
                })
            let place = try #require(spot.places(in: data, [large], scale: Double(scale))?.first)
            // In samples of the source. Filters are symmetric, but nearest, whose steps a spot of five samples hides; what
            // is left of them is rounding. A network is trained to, and weights are not symmetric.
            let slack = model.family == "fir" ? 0.01 : 0.05
            let x = (place.x + 0.5) / Double(scale) - 0.5 - spot.x
            let y = (place.y + 0.5) / Double(scale) - 0.5 - spot.y
            #expect(abs(x) < slack && abs(y) < slack, "\(model.name): off by (\(x), \(y))")
        }
    }

    @Test("planes that lie apart come out at one location")
    func split() throws {
        let source = FrameUpscaler.Picture(format: PictureFormat(chroma: .yuv420, bitDepth: 8), width: 64, height: 64)
        let spot = SmoothSpot(x: 30.2, y: 33.4, sigma: 7)
        let luma = SmoothSpot.Grid(width: 64, height: 64, step: (1, 1), offset: (0, 0))
        let drawn = [ChromaPlacement.dv.cb, ChromaPlacement.dv.cr].map {
            SmoothSpot.Grid(width: 32, height: 32, step: (2, 2), offset: ($0.x, $0.y))
        }
        let bytes = spot.bytes([luma] + drawn)
        let frame = Self.frame(source) { plane, x, y in
            Int(bytes[[0, 4096, 5120][plane] + y * (plane == 0 ? 64 : 32) + x])
        }
        for scale in UpscaleOptions.supportedScales {
            let upscaler = try FrameUpscaler(
                scale: scale, model: try ModelCatalog.model("lanczos3").load(), chromaFilter: .lanczos3, source: source,
                color: ColorDescription(chromaLocation: .topLeft), targetFormat: source.format, placement: .dv)
            let result = try upscaler.upscale(frame, workspace: upscaler.makeWorkspace())
            let size = 64 * scale
            let grids = [
                SmoothSpot.Grid(width: size, height: size, step: (1, 1), offset: (0, 0)),
                SmoothSpot.Grid(width: size / 2, height: size / 2, step: (2, 2), offset: (0, 0)),
                SmoothSpot.Grid(width: size / 2, height: size / 2, step: (2, 2), offset: (0, 0)),
            ]
            var data = Data()
            for (index, grid) in grids.enumerated() {
                for y in 0..<grid.height {
                    for x in 0..<grid.width { data.append(UInt8(Self.code(result, index, x, y))) }
                }
            }
            let places = try #require(spot.places(in: data, grids, scale: Double(scale)))
            for plane in 1...2 {
                // In samples of the result: rounding to 8 bits on both sides of the spot, which grows with the scale.
                #expect(abs(places[plane].x - places[0].x) < 0.015 * Double(scale))
                #expect(abs(places[plane].y - places[0].y) < 0.015 * Double(scale))
            }
        }
    }

    @Test("a frame divided among threads is the same frame", arguments: ["sp-vdsr", "sp-vdsr-medium", "lanczos3"])
    func threads(model: String) throws {
        let source = FrameUpscaler.Picture(format: PictureFormat(chroma: .yuv420, bitDepth: 8), width: 45, height: 37)
        let upscaler = try FrameUpscaler(
            scale: 2, model: try ModelCatalog.model(model).load(), chromaFilter: .lanczos3, source: source,
            color: ColorDescription(), targetFormat: source.format)
        let frame = Self.frame(source) { plane, x, y in (plane + 1) * (x * x + 3 * y) % 256 }
        let whole = try upscaler.upscale(frame, workspace: upscaler.makeWorkspace())
        for threads in [2, 3, 16] {
            let divided = try upscaler.upscale(frame, workspace: upscaler.makeWorkspace(threads: threads))
            for (expected, found) in zip(whole.planes, divided.planes) {
                let comparison = PlaneComparison(expected, found)
                #expect(comparison.isBitEqual, "\(threads) threads: \(comparison)")
            }
        }
    }

    @Test("even sizes are made by repeating the last column and row") func padding() throws {
        let source = FrameUpscaler.Picture(format: PictureFormat(chroma: .yuv420, bitDepth: 8), width: 5, height: 3)
        let exact = try Self.upscaler("bilinear", scale: 3, source: source)
        let even = try Self.upscaler("bilinear", scale: 3, source: source, sizeMultiple: (2, 2))
        #expect((exact.target.width, exact.target.height) == (15, 9))
        #expect((even.target.width, even.target.height) == (16, 10))
        let frame = Self.frame(source) { _, x, y in 40 + 30 * x + 11 * y }
        let (a, b) = (
            try exact.upscale(frame, workspace: exact.makeWorkspace()),
            try even.upscale(frame, workspace: even.makeWorkspace())
        )
        for y in 0..<10 {
            for x in 0..<16 { #expect(Self.code(b, 0, x, y) == Self.code(a, 0, min(x, 14), min(y, 8))) }
        }
    }

    @Test("grey becomes colourless colour, and colour becomes grey") func grey() throws {
        let gray = FrameUpscaler.Picture(format: PictureFormat(chroma: .gray, bitDepth: 8), width: 8, height: 6)
        let toColor = try Self.upscaler("lanczos3", source: gray, to: PictureFormat(chroma: .yuv420, bitDepth: 10))
        let result = try toColor.upscale(Self.frame(gray) { _, _, _ in 77 }, workspace: toColor.makeWorkspace())
        #expect(Self.code(result, 0, 8, 6) == 77 * 4)
        #expect(Self.code(result, 1, 0, 0) == 512 && Self.code(result, 2, 7, 5) == 512)
        let toGray = try Self.upscaler("lanczos3", source: Self.small, to: gray.format)
        let flat = try toGray.upscale(
            Self.frame(Self.small) { plane, _, _ in [50, 1, 2][plane] }, workspace: toGray.makeWorkspace())
        #expect(flat.planes.count == 1 && Self.code(flat, 0, 3, 3) == 50)
    }
}
