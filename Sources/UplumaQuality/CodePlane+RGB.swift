package import UplumaFrames

extension CodePlane {
    /// Luma of a picture as MATLAB's `rgb2ycbcr` makes it of 8-bit input: BT.601, limited range (16...235), rounded.
    ///
    /// `red`, `green` and `blue` are planes of 8-bit codes 0...255 of one size. A grey picture is its own red, green and
    /// blue.
    package static func luma(red: Plane, green: Plane, blue: Plane) -> CodePlane {
        let codes = SampleMapping.luma(PictureFormat(chroma: .gray, bitDepth: 8), range: .full)
        let (red, green, blue) = (
            CodePlane(red, mapping: codes), CodePlane(green, mapping: codes), CodePlane(blue, mapping: codes)
        )
        precondition(
            red.width == green.width && red.height == green.height && red.width == blue.width
                && red.height == blue.height, "three planes of one size")
        // MATLAB's own matrix, not the rounded 0.257 / 0.504 / 0.098.
        let samples = red.samples.indices.map { index in
            let sum = 65.481 * red.samples[index] + 128.553 * green.samples[index] + 24.966 * blue.samples[index]
            return (16 + sum / 255 + 0.5).rounded(.down)
        }
        return CodePlane(width: red.width, height: red.height, samples: samples)
    }
}
