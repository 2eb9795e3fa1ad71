import Foundation
import Testing
import UplumaFrames
import UplumaNetworks
import UplumaResampling
import UplumaTestSupport

@testable import Upluma

/// Pictures made smaller, alone and after they were enlarged: nothing moves, whatever is rounded.
@Suite struct FrameReductionTests {
    /// Every enlargement that a downscaler may follow, and none.
    static let changes = [(1, 2), (1, 4), (2, 2), (2, 4), (3, 2), (3, 4), (8, 4)].map {
        PictureScale(scale: $0.0, factor: $0.1)
    }
    /// Even, odd, and one that no factor divides.
    static let sizes = [PlaneSize(96, 80), PlaneSize(97, 83), PlaneSize(90, 79)]

    static func upscaler(
        _ change: PictureScale, filter: String = "catmullrom", model: String = "catmullrom", source: PictureFormat,
        size: PlaneSize, color: ColorDescription = ColorDescription()
    ) throws -> FrameUpscaler {
        try FrameUpscaler(
            scale: change.scale, model: change.scale == 1 ? nil : try ModelCatalog.model(model).load(),
            downscaler: try DownscalerCatalog.downscaler("\(filter)-\(change.factor)x").load(),
            chromaFilter: .catmullrom,
            source: FrameUpscaler.Picture(format: source, width: size.width, height: size.height), color: color,
            targetFormat: source)
    }

    /// A picture whose sample on luma place (x, y) of a job's source is 20000 + 256 x + 128 y, in every plane.
    ///
    /// - Parameter zoom: how many samples of it lie on one of the job's source.
    static func ramp(_ format: PictureFormat, _ size: PlaneSize, _ color: ColorDescription, zoom: Int = 1) -> Frame {
        let chroma = format.chroma
        let offset = color.chromaLocation.lumaOffset(log2Width: chroma.log2Width, log2Height: chroma.log2Height)
        var frame = FramePool(format: format, width: size.width * zoom, height: size.height * zoom).take()
        for (index, plane) in frame.planes.enumerated() {
            let (log2x, log2y) = index == 0 ? (0, 0) : (chroma.log2Width, chroma.log2Height)
            let (left, top) = index == 0 ? (0, 0) : (offset.x, offset.y)
            plane.withBytes { base in
                for y in 0..<plane.height {
                    for x in 0..<plane.width {
                        let across = (Double(x << log2x) + left + 0.5) / Double(zoom) - 0.5
                        let down = (Double(y << log2y) + top + 0.5) / Double(zoom) - 0.5
                        base.storeBytes(
                            of: UInt16(level(across, down).rounded()), toByteOffset: y * plane.stride + 2 * x,
                            as: UInt16.self)
                    }
                }
            }
        }
        frame.color = color
        return frame
    }

    private static func level(_ x: Double, _ y: Double) -> Double { 20000 + 256 * x + 128 * y }

    /// The largest distance of a result's inner samples from the ramp, in codes.
    static func worst(_ result: Frame, _ change: PictureScale, _ size: PlaneSize) -> Double {
        let (chroma, location) = (result.format.chroma, result.color.chromaLocation)
        let offset = location.lumaOffset(log2Width: chroma.log2Width, log2Height: chroma.log2Height)
        let step = Double(change.factor) / Double(change.scale)
        // Filters of two samples a side, of the coarser of the two grids, subsampled; and a little for the second step.
        func margin(_ log2: Int) -> Double { 2 * max(step, 1) * Double(1 << log2) + 4 }
        let (marginX, marginY) = (margin(chroma.log2Width), margin(chroma.log2Height))
        var (worst, compared) = (0.0, 0)
        for (index, plane) in result.planes.enumerated() {
            let (log2x, log2y) = index == 0 ? (0, 0) : (chroma.log2Width, chroma.log2Height)
            let (left, top) = index == 0 ? (0, 0) : (offset.x, offset.y)
            plane.withBytes { base in
                for y in 0..<plane.height {
                    for x in 0..<plane.width {
                        let across = (Double(x << log2x) + left + 0.5) * step - 0.5
                        let down = (Double(y << log2y) + top + 0.5) * step - 0.5
                        guard across > marginX, down > marginY, across < Double(size.width) - marginX,
                            down < Double(size.height) - marginY
                        else { continue }
                        let code = base.load(fromByteOffset: y * plane.stride + 2 * x, as: UInt16.self)
                        worst = max(worst, abs(Double(code) - level(across, down)))
                        compared += index + 1
                    }
                }
            }
        }
        #expect(compared > 0)
        return worst
    }

    @Test(
        "a ramp in all planes stays one ramp, at every change of size", arguments: changes,
        [ChromaFormat.gray, .yuv420, .yuv422, .yuv411, .yuv444])
    func ramps(change: PictureScale, chroma: ChromaFormat) throws {
        let format = PictureFormat(chroma: chroma, bitDepth: 16)
        for size in Self.sizes {
            // All places at the size that no factor divides.
            for location in chroma == .yuv420 && size == Self.sizes[1] ? ChromaLocation.allCases : [.left] {
                let color = ColorDescription(chromaLocation: location)
                let upscaler = try Self.upscaler(change, source: format, size: size, color: color)
                let expected = change.target(size)
                #expect((upscaler.target.width, upscaler.target.height) == (expected.width, expected.height))
                let frame = Self.ramp(format, size, color)
                let result = try upscaler.upscale(frame, workspace: upscaler.makeWorkspace())
                // Codes, 256 of which are one luma sample: rounding on both sides; a filter stretched by a ratio that is not
                // whole is not exact on ramps, by a tenth of a sample. A phase that follows the rounded sizes would be
                // off by half a sample in the middle, one location for another by a quarter or more.
                let isExact = change.factor % change.scale == 0 || change.factor < change.scale
                #expect(Self.worst(result, change, size) <= (isExact ? 1.5 : 25), "\(location) \(size)")
            }
        }
    }

    @Test("a picture of another size fills the same rectangle", arguments: changes)
    func otherSize(change: PictureScale) throws {
        let format = PictureFormat(chroma: .yuv420, bitDepth: 16)
        let color = ColorDescription(chromaLocation: .left)
        for size in Self.sizes {
            let upscaler = try Self.upscaler(change, source: format, size: size, color: color)
            let frame = Self.ramp(format, size, color, zoom: 2)
            let result = try upscaler.upscale(frame, workspace: upscaler.makeWorkspace())
            // As above; Lanczos 3, which fits the picture, is not exact on ramps: less than a percent of a step of 1024.
            #expect(Self.worst(result, change, size) <= 8, "\(size)")
        }
    }

    @Test("rounding up makes no bars where the shape is the same") func noBars() throws {
        // 18×10 divided by 4 is 5×3, another shape by 8 %.
        let format = PictureFormat(chroma: .gray, bitDepth: 8)
        let upscaler = try Self.upscaler(
            PictureScale(scale: 1, factor: 4), source: format, size: PlaneSize(18, 10))
        let frame = FramePool(format: format, width: 36, height: 20).take()
        frame.planes[0].fill(code: 200)
        let result = try upscaler.upscale(frame, workspace: upscaler.makeWorkspace())
        #expect((result.width, result.height) == (5, 3))
        let codes = result.planes[0].codes
        #expect(codes.flatMap { $0 }.allSatisfy { $0 == 200 }, "\(codes)")
    }

    @Test("floats lie between model and downscaler, and nothing else", arguments: ["sp-vdsr", "lanczos3"])
    func between(model: String) throws {
        let change = PictureScale(scale: 2, factor: 4)
        let (size, format) = (PlaneSize(45, 38), PictureFormat(chroma: .gray, bitDepth: 8))
        let upscaler = try Self.upscaler(change, filter: "lanczos3", model: model, source: format, size: size)
        let frame = FramePool(format: format, width: size.width, height: size.height).take()
        frame.planes[0].fill { x, y in Float((x * x + 7 * y) % 256) }
        let result = try upscaler.upscale(frame, workspace: upscaler.makeWorkspace())
        let large = Plane(width: 90, height: 76, sample: .float32)
        let luma = SampleMapping.luma(format, range: .unspecified)
        try ModelCatalog.model(model).load().makeScaler(
            sourceSize: size, targetSize: PlaneSize(90, 76), source: luma, target: .float
        ).scale(frame.planes[0], into: large)
        let expected = Plane(width: 23, height: 19, sample: .uint8)
        try DownscalerCatalog.downscaler("lanczos3-4x").load().makeScaler(
            sourceSize: PlaneSize(90, 76), source: .float, target: luma
        ).scale(large, into: expected)
        let comparison = PlaneComparison(expected, result.planes[0])
        #expect(comparison.isBitEqual, "\(comparison)")
        for threads in [2, 5] {
            let divided = try upscaler.upscale(frame, workspace: upscaler.makeWorkspace(threads: threads))
            #expect(PlaneComparison(expected, divided.planes[0]).isBitEqual)
        }
    }

    @Test("enlarged and reduced by the same factor, chroma is the source's own")
    func sameSize() throws {
        let format = PictureFormat(chroma: .yuv420, bitDepth: 16)
        let (size, color) = (PlaneSize(53, 41), ColorDescription(chromaLocation: .topLeft))
        let upscaler = try Self.upscaler(
            PictureScale(scale: 4, factor: 4), source: format, size: size, color: color)
        let frame = Self.ramp(format, size, color)
        let result = try upscaler.upscale(frame, workspace: upscaler.makeWorkspace())
        for plane in 1...2 { #expect(PlaneComparison(frame.planes[plane], result.planes[plane]).isBitEqual) }
    }

    @Test("the plane between is counted") func memory() throws {
        let (size, format) = (PlaneSize(1920, 1080), PictureFormat(chroma: .yuv420, bitDepth: 8))
        let both = try Self.upscaler(PictureScale(scale: 2, factor: 4), source: format, size: size)
        let alone = try Self.upscaler(PictureScale(scale: 1, factor: 2), source: format, size: size)
        #expect(both.workspaceByteCount(threads: 1) > 3840 * 2160 * 4)
        // Rows of both chains alone.
        #expect(both.workspaceByteCount(threads: 1) < 3840 * 2160 * 4 + 4 << 20)
        #expect(alone.workspaceByteCount(threads: 1) < 4 << 20)
        #expect(alone.targetFrameBytes < 2 * 960 * 540)
    }
}
