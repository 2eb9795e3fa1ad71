import UplumaFrames
import UplumaQuality
import UplumaResampling

/// How near a result is to what there is to hold it against: its own source, a reference, itself before encoding.
struct PreviewMeasure {
    private let source: CodePlane?
    private let change: PictureScale
    private let exact: PlaneSize

    /// - Parameters:
    ///   - frame: that was made larger, as decoded.
    ///   - plan: of the job; all versions have its sizes.
    init(_ frame: Frame, _ plan: UpscalePlan) {
        change = plan.makers.change
        exact = PlaneSize(plan.upscaler.exact.width, plan.upscaler.exact.height)
        let turn = plan.uprighting.turn
        var upright = frame
        if let turn, turn.fits(frame.format.chroma) {
            let size = turn.size(width: frame.width, height: frame.height)
            upright = turn.turned(
                frame, pool: FramePool(format: frame.format, width: size.width, height: size.height))
        }
        let size = PlaneSize(plan.upscaler.source.width, plan.upscaler.source.height)
        // A picture of another size is fitted into the job's, and is not what its source was.
        let isUsual = upright.width == size.width && upright.height == size.height
        source = isUsual ? PreviewMeasure.luma(upright) : nil
    }

    /// Luma in 8-bit code values of the frame's own range.
    static func luma(_ frame: Frame) -> CodePlane {
        CodePlane(frame.planes[0], mapping: .luma(frame.format, range: frame.color.range))
    }

    /// PSNR of luma between the source and the result reduced to its size again (MATLAB's antialiased bicubic): how far the
    /// result says the same as the source. Not how good it looks: what a model adds between the source's samples does not
    /// count, what it changes of them does.
    ///
    /// - Returns: nil for results that are not larger than their source.
    func selfConsistency(_ result: Frame) -> Double? {
        guard let source, change.scale > change.factor else { return nil }
        let luma = PreviewMeasure.luma(result).cropped(width: exact.width, height: exact.height)
        let back = SampleGrid(
            x: SampleAxis(source: exact.width, target: source.width, step: (change.scale, change.factor)),
            y: SampleAxis(source: exact.height, target: source.height, step: (change.scale, change.factor)))
        return PlaneQuality.psnr(source, luma.resized(filter: .catmullrom, grid: back))
    }

    /// PSNR and SSIM of luma beside that of a reference.
    ///
    /// - Parameter reference: of the size of the results, or of what they are without the encoder's padding.
    /// - Returns: SSIM is nil for pictures smaller than its window.
    func compare(_ result: Frame, with reference: CodePlane) -> (psnr: Double, ssim: Double?) {
        let luma = PreviewMeasure.luma(result).cropped(width: exact.width, height: exact.height)
        let other = reference.cropped(width: exact.width, height: exact.height)
        let isLarge = min(exact.width, exact.height) >= PlaneQuality.ssimWindow
        return (PlaneQuality.psnr(luma, other), isLarge ? PlaneQuality.ssim(luma, other) : nil)
    }

    /// PSNR of luma between two frames of one form.
    static func psnr(_ a: Frame, _ b: Frame) -> Double { PlaneQuality.psnr(luma(a), luma(b)) }
}
