import Foundation

extension PlaneQuality {
    /// Samples of the SSIM window each way; planes without their borders must be at least as large.
    package static let ssimWindow = 11

    /// Mean structural similarity, at most 1, and 1 when the planes are equal.
    ///
    /// Z. Wang and others, "Image Quality Assessment: From Error Visibility to Structural Similarity", 2004, with the
    /// settings of its `ssim_index.m`: a Gaussian window of 11×11 with σ 1.5, K 0.01 and 0.03, range 255, windows that lie
    /// wholly inside the plane, no reduction beforehand.
    package static func ssim(_ a: CodePlane, _ b: CodePlane, border: Int = 0) -> Double {
        precondition(a.width == b.width && a.height == b.height, "planes of one size are compared")
        let (a, b) = (a.inside(border: border), b.inside(border: border))
        precondition(min(a.width, a.height) >= ssimWindow, "SSIM needs \(ssimWindow) samples each way")
        let columns = a.width - ssimWindow + 1
        var moments = WindowMoments(width: a.width)
        var total = 0.0
        for y in 0...a.height - ssimWindow {
            moments.gather(a, b, fromRow: y)
            var sum = 0.0
            for x in 0..<columns { sum += moments.similarity(at: x) }
            total += sum
        }
        return total / Double(columns * (a.height - ssimWindow + 1))
    }

    /// Gaussian weights of one direction, their sum one.
    fileprivate static let gaussian: [Double] = {
        let weights = (0..<ssimWindow).map { exp(-pow(Double($0 - ssimWindow / 2), 2) / (2 * 1.5 * 1.5)) }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }()
}

/// Weighted sums over one row of windows: of both planes, of their squares and of their product.
private struct WindowMoments {
    private static let c1 = (0.01 * CodePlane.peak) * (0.01 * CodePlane.peak)
    private static let c2 = (0.03 * CodePlane.peak) * (0.03 * CodePlane.peak)

    private let width: Int
    /// Five rows of `width` sums down the columns: a, b, a², b², ab.
    private var sums: [Double]

    init(width: Int) {
        self.width = width
        sums = [Double](repeating: 0, count: 5 * width)
    }

    /// Sums down the columns of the windows whose first row is `first`.
    mutating func gather(_ a: CodePlane, _ b: CodePlane, fromRow first: Int) {
        let width = width
        sums.withUnsafeMutableBufferPointer { sums in
            sums.update(repeating: 0)
            a.samples.withUnsafeBufferPointer { a in
                b.samples.withUnsafeBufferPointer { b in
                    for (tap, weight) in PlaneQuality.gaussian.enumerated() {
                        let row = (first + tap) * width
                        for x in 0..<width {
                            let (p, q) = (a[row + x], b[row + x])
                            sums[x] += weight * p
                            sums[width + x] += weight * q
                            sums[2 * width + x] += weight * p * p
                            sums[3 * width + x] += weight * q * q
                            sums[4 * width + x] += weight * p * q
                        }
                    }
                }
            }
        }
    }

    /// SSIM of the window whose first column is `x`.
    func similarity(at x: Int) -> Double {
        sums.withUnsafeBufferPointer { sums in
            var (a, b, aa, bb, ab) = (0.0, 0.0, 0.0, 0.0, 0.0)
            for (tap, weight) in PlaneQuality.gaussian.enumerated() {
                a += weight * sums[x + tap]
                b += weight * sums[width + x + tap]
                aa += weight * sums[2 * width + x + tap]
                bb += weight * sums[3 * width + x + tap]
                ab += weight * sums[4 * width + x + tap]
            }
            let numerator = (2 * a * b + WindowMoments.c1) * (2 * (ab - a * b) + WindowMoments.c2)
            let denominator =
                (a * a + b * b + WindowMoments.c1) * (aa - a * a + bb - b * b + WindowMoments.c2)
            return numerator / denominator
        }
    }
}
