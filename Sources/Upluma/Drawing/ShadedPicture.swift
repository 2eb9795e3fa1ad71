package import UplumaFrames
import UplumaKernels

/// A plane of luma as something to look at: black is 0 and white is 1, whatever the range of its codes.
package struct ShadedPicture: Sendable {
    package let plane: Plane
    private let mapping: SampleMapping
    private let kernels = SampleKernels()

    /// - Parameters:
    ///   - plane: luma of `format`.
    ///   - range: of its codes.
    package init(_ plane: Plane, format: PictureFormat, range: SampleRange) {
        self.plane = plane
        mapping = .shade(format, range: range)
    }

    package var bounds: Box { Box(x: 0, y: 0, width: plane.width, height: plane.height) }

    /// The shades of a row, footroom and headroom outside of 0...1.
    package func row(_ y: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: plane.width) { buffer, count in
            if let start = buffer.baseAddress { kernels.load(row: y, of: plane, mapping: mapping, into: start) }
            count = plane.width
        }
    }

    /// All rows, one after the other.
    package func shades() -> [Float] { (0..<plane.height).flatMap(row) }
}
