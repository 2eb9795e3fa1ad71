import UplumaFrames
import UplumaNetworks
import UplumaResampling

/// Puts pictures of another size, format or shape than the job's into the job's result: for recordings that change on the
/// way.
///
/// Such a picture goes from its own size to the result's in one step, by Lanczos 3 in all planes, so that nothing is
/// resampled twice. It keeps its shape on the screen: bars in black fill what it leaves free. Depth, subsampling, chroma
/// location and range become the job's; its matrix is taken to be the job's.
///
/// Not sendable: one thread at a time, like the workspace that holds it.
final class FrameFitter {
    /// What fitters differ in.
    struct Source: Hashable {
        let format: PictureFormat
        let width: Int
        let height: Int
        let sampleAspect: Rational?
        let isFullRange: Bool
        let location: ChromaLocation

        init(_ frame: Frame) {
            format = frame.format
            width = frame.width
            height = frame.height
            sampleAspect = frame.sampleAspect
            isFullRange = frame.color.range == .full
            location = frame.color.chromaLocation
        }
    }

    /// What they have in common: the picture of the result.
    struct Target {
        let format: PictureFormat
        /// How the job's own pictures lie on those of the result; a picture of another size fills the same rectangle.
        let grid: SampleGrid
        let sampleAspect: Rational?
        let range: SampleRange
        let location: ChromaLocation

        var width: Int { grid.x.targetCount }
        var height: Int { grid.y.targetCount }

        /// The way of a picture's luma into the part that it fills. Where that is the whole width or height, its edges are
        /// those of the job's pictures, which need not end with the last sample of a size that was rounded up.
        fileprivate func luma(_ source: Source, _ fit: PictureFit) -> SampleGrid {
            func axis(_ count: Int, _ part: Int, _ whole: SampleAxis) -> SampleAxis {
                guard part == whole.targetCount else { return SampleAxis(source: count, target: part) }
                return SampleAxis(
                    source: count, target: part,
                    step: (count * whole.stepNumerator, whole.sourceCount * whole.stepDenominator))
            }
            return SampleGrid(x: axis(source.width, fit.width, grid.x), y: axis(source.height, fit.height, grid.y))
        }
    }

    private let target: Target
    private let fit: PictureFit
    private let luma: StripRunner
    private let chroma: StripRunner?

    init(_ source: Source, into target: Target, threads: Int) {
        self.target = target
        let unit = (x: 1 << target.format.chroma.log2Width, y: 1 << target.format.chroma.log2Height)
        fit = PictureFit(
            PictureFit.Shape(width: source.width, height: source.height, sampleAspect: source.sampleAspect),
            into: PictureFit.Shape(width: target.width, height: target.height, sampleAspect: target.sampleAspect),
            meant: PictureFit.Shape(
                width: target.grid.x.sourceCount, height: target.grid.y.sourceCount, sampleAspect: target.sampleAspect),
            unit: unit)
        let range: SampleRange = source.isFullRange ? .full : .limited
        let grid = target.luma(source, fit)
        luma = StripRunner(
            ScalerChain(stages: [
                FIRScaler(
                    filter: .lanczos3, grid: grid, source: .shade(source.format, range: range),
                    target: .shade(target.format, range: target.range))
            ]), threads: threads)
        guard source.format.chroma != .gray, target.format.chroma != .gray else {
            chroma = nil
            return
        }
        let chromaGrid = SampleGrid.chroma(
            luma: grid, format: source.format.chroma,
            offset: ChromaPlacement(source.location, source.format.chroma).cb, targetFormat: target.format.chroma,
            targetLocation: target.location)
        chroma = StripRunner(
            ScalerChain(stages: [
                FIRScaler(
                    filter: .lanczos3, grid: chromaGrid, source: .tint(source.format, range: range),
                    target: .tint(target.format, range: target.range))
            ]), threads: threads)
    }

    /// Fills plane `index` of the result, which has the target's size.
    func fill(_ index: Int, of frame: Frame, into plane: Plane) throws {
        let black = target.range == .full ? 0 : 16 << (target.format.bitDepth - 8)
        let background = index == 0 ? black : 1 << (target.format.bitDepth - 1)
        let (log2x, log2y) =
            index == 0 ? (0, 0) : (target.format.chroma.log2Width, target.format.chroma.log2Height)
        let size = target.format.planeSize(index, width: fit.width, height: fit.height)
        if size.width < plane.width || size.height < plane.height { plane.fill(code: background) }
        let part = Plane(
            storage: plane.storage,
            offset: plane.offset + (fit.y >> log2y) * plane.stride + (fit.x >> log2x) * plane.sample.byteCount,
            stride: plane.stride, width: size.width, height: size.height, sample: plane.sample)
        if index == 0 {
            try luma.scale(frame.planes[0], into: part)
        } else if let chroma {
            try chroma.scale(frame.planes[index], into: part)
        } else {
            part.fill(code: background)
        }
    }
}
