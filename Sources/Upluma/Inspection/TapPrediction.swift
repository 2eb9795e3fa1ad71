import UplumaFrames
import UplumaResampling

/// The kernels by which a picture is reduced and where their taps lie, different for every small pixel.
///
/// Tap t of a small pixel samples the picture at `restPositions[t]` from the pixel's middle, moved by its displacement.
/// The middle of small pixel (x, y) lies at factor · x + (factor - 1) / 2 source pixels, rows alike.
protocol TapPrediction: Sendable {
    var targetSize: PlaneSize { get }
    /// Source over result, in both directions.
    var factor: Int { get }
    /// Rows and columns of a kernel.
    var kernelSize: Int { get }
    /// [tap] in source pixels from the middle of the small pixel; taps in rows.
    var restPositions: [(x: Float, y: Float)] { get }
    /// Source pixels for a displacement of 1.
    var unit: Float { get }

    /// Planes of floats, one for each of `taps`, as wide as the result and `rows` of it high: weights, and displacements
    /// to the right and downwards.
    func elements(
        of source: Plane, taps: [Int], rows: Range<Int>
    ) -> (weights: [Plane], horizontal: [Plane], vertical: [Plane])
}
