import UplumaFrames
import UplumaResampling

/// How a picture's size changes: enlarged by `scale`, then divided by `factor` and rounded up.
///
/// Pixels stay where they are: target (x, y) lies on source (x + 0.5) · factor / scale - 0.5, whatever was rounded.
struct PictureScale: Sendable, Hashable {
    /// 1 for a picture that is not enlarged.
    var scale = 1
    /// 1 for one that is not reduced.
    var factor = 1

    /// What lies between the two steps.
    func enlarged(_ size: PlaneSize) -> PlaneSize { PlaneSize(size.width * scale, size.height * scale) }

    func target(_ size: PlaneSize) -> PlaneSize {
        let large = enlarged(size)
        return PlaneSize((large.width + factor - 1) / factor, (large.height + factor - 1) / factor)
    }

    /// The way of luma in one step, which chroma follows.
    func grid(_ size: PlaneSize) -> SampleGrid {
        let target = target(size)
        return SampleGrid(
            x: SampleAxis(source: size.width, target: target.width, step: (factor, scale)),
            y: SampleAxis(source: size.height, target: target.height, step: (factor, scale)))
    }
}
