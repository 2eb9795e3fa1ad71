import Foundation

/// How near one plane is to another: the scores of the papers.
///
/// Both planes have one size; `border` samples are left out on every side first. Scores are symmetric in the two planes.
package enum PlaneQuality {
    /// Peak signal to noise ratio in dB with the peak 255; infinite when the planes are equal.
    package static func psnr(_ a: CodePlane, _ b: CodePlane, border: Int = 0) -> Double {
        let error = meanSquaredError(a, b, border: border)
        return error == 0 ? .infinity : 10 * log10(CodePlane.peak * CodePlane.peak / error)
    }

    /// The mean of the squared differences, in squared code values.
    package static func meanSquaredError(_ a: CodePlane, _ b: CodePlane, border: Int = 0) -> Double {
        precondition(a.width == b.width && a.height == b.height, "planes of one size are compared")
        precondition(min(a.width, a.height) > 2 * border, "a border of \(border) leaves nothing")
        let columns = border..<a.width - border
        var total = 0.0
        a.samples.withUnsafeBufferPointer { left in
            b.samples.withUnsafeBufferPointer { right in
                for y in border..<a.height - border {
                    var sum = 0.0
                    for index in y * a.width + columns.lowerBound..<y * a.width + columns.upperBound {
                        let difference = left[index] - right[index]
                        sum += difference * difference
                    }
                    total += sum
                }
            }
        }
        return total / Double(columns.count * (a.height - 2 * border))
    }

    /// The differences without sign, in code values.
    package static func errorMap(_ a: CodePlane, _ b: CodePlane) -> CodePlane {
        precondition(a.width == b.width && a.height == b.height, "planes of one size are compared")
        return CodePlane(width: a.width, height: a.height, samples: zip(a.samples, b.samples).map { abs($0 - $1) })
    }
}
