import Foundation
import UplumaFrames
import UplumaTestSupport

/// Frames for tests.
enum TestFrame {
    /// A frame whose sample at (x, y) of plane p is `code(p, x, y)`.
    static func make(
        _ format: PictureFormat, _ size: (width: Int, height: Int), _ color: ColorDescription,
        _ code: (_ plane: Int, _ x: Int, _ y: Int) -> Int
    ) -> Frame {
        var frame = FramePool(format: format, width: size.width, height: size.height).take()
        for (index, plane) in frame.planes.enumerated() { plane.fill { x, y in Float(code(index, x, y)) } }
        frame.color = color
        return frame
    }

    static func filled(
        _ format: PictureFormat, _ size: (width: Int, height: Int), _ pattern: TestPattern, _ color: ColorDescription
    ) -> Frame {
        var frame = FramePool(format: format, width: size.width, height: size.height).take()
        for (index, plane) in frame.planes.enumerated() {
            plane.fill(pattern, maximum: Float((1 << format.bitDepth) - 1), seed: UInt64(index + 1))
        }
        frame.color = color
        return frame
    }
}

/// Red, green and blue by the equations of ITU-T H.273, sample by sample in double precision.
struct ReferenceRGB {
    /// Codes before rounding, limited to what there is; red, green and blue of each pixel.
    let values: [Double]

    init(_ frame: Frame, depth: Int, sourceHeight: Int) {
        let planes = frame.planes.map(\.codes)
        let top = Double((1 << depth) - 1)
        var values: [Double] = []
        for y in 0..<frame.height {
            for x in 0..<frame.width {
                let chroma = (1...2).map { index -> Double? in
                    frame.format.chroma == .gray ? nil : Self.chroma(planes[index], frame, x, y)
                }
                let rgb = Self.rgb(
                    Double(planes[0][y][x]), chroma[0], chroma[1], frame.format, frame.color.range, frame.color.matrix,
                    sourceHeight)
                values += rgb.map { min(max($0 * top, 0), top) }
            }
        }
        self.values = values
    }

    /// Shares of red and blue in luma, table 4.
    private static func shares(_ matrix: Int32, _ sourceHeight: Int) -> (red: Double, blue: Double) {
        switch matrix {
        case 1: (0.2126, 0.0722)
        case 4: (0.30, 0.11)
        case 5, 6: (0.299, 0.114)
        case 7: (0.212, 0.087)
        case 9, 10: (0.2627, 0.0593)
        default: sourceHeight <= 576 ? (0.299, 0.114) : (0.2126, 0.0722)
        }
    }

    /// Black and white of luma and RGB, and the codes that chroma of 1 spans.
    private static func scale(
        _ format: PictureFormat, _ range: SampleRange
    ) -> (black: Double, white: Double, chroma: Double) {
        let step = Double(1 << (format.bitDepth - 8))
        let top = Double((1 << format.bitDepth) - 1)
        return range == .full ? (0, top, top) : (16 * step, 235 * step, 224 * step)
    }

    private static func rgb(
        _ luma: Double, _ first: Double?, _ second: Double?, _ format: PictureFormat, _ range: SampleRange,
        _ matrix: Int32, _ sourceHeight: Int
    ) -> [Double] {
        let scale = scale(format, range)
        func level(_ code: Double) -> Double { (code - scale.black) / (scale.white - scale.black) }
        guard let first, let second else { return Array(repeating: level(luma), count: 3) }
        let middle = Double(1 << (format.bitDepth - 1))
        switch matrix {
        case 0: return [level(second), level(luma), level(first)]
        case 8:
            // In codes: t = Y - Cg, G = Y + Cg, B = t - Co, R = B + 2 Co.
            let t = luma - (first - middle)
            let blue = t - (second - middle)
            return [level(blue + 2 * (second - middle)), level(luma + (first - middle)), level(blue)]
        default:
            let shares = shares(matrix, sourceHeight)
            let y = level(luma)
            // Cb = (B - Y) / (2 (1 - Kb)), Cr = (R - Y) / (2 (1 - Kr)), Y = Kr R + Kg G + Kb B.
            let blue = y + (first - middle) / scale.chroma * 2 * (1 - shares.blue)
            let red = y + (second - middle) / scale.chroma * 2 * (1 - shares.red)
            let green = (y - shares.red * red - shares.blue * blue) / (1 - shares.red - shares.blue)
            return [red, green, blue]
        }
    }

    /// The codes of a colour, 0...1 each, rounded.
    static func codes(
        of rgb: [Double], _ format: PictureFormat, _ range: SampleRange, _ matrix: Int32, sourceHeight: Int
    ) -> [Int] {
        let scale = scale(format, range)
        func code(_ value: Double) -> Double { scale.black + value * (scale.white - scale.black) }
        let middle = Double(1 << (format.bitDepth - 1))
        let top = Double((1 << format.bitDepth) - 1)
        let exact: [Double]
        switch matrix {
        case 0: exact = [code(rgb[1]), code(rgb[2]), code(rgb[0])]
        case 8:
            let (red, green, blue) = (code(rgb[0]), code(rgb[1]), code(rgb[2]))
            exact = [
                green / 2 + (red + blue) / 4, green / 2 - (red + blue) / 4 + middle, (red - blue) / 2 + middle,
            ]
        default:
            let shares = shares(matrix, sourceHeight)
            let y = shares.red * rgb[0] + (1 - shares.red - shares.blue) * rgb[1] + shares.blue * rgb[2]
            exact = [
                code(y), middle + scale.chroma * (rgb[2] - y) / (2 * (1 - shares.blue)),
                middle + scale.chroma * (rgb[0] - y) / (2 * (1 - shares.red)),
            ]
        }
        return exact.map { Int(min(max($0.rounded(), 0), top)) }
    }

    /// Chroma at a luma sample: Lanczos 3 over the samples around it, those beyond an edge mirrored about it.
    private static func chroma(_ rows: [[Float]], _ frame: Frame, _ x: Int, _ y: Int) -> Double {
        let format = frame.format.chroma
        let offset = frame.color.chromaLocation.lumaOffset(log2Width: format.log2Width, log2Height: format.log2Height)
        let across = taps(Double(x), offset.x, format.log2Width, rows[0].count)
        let down = taps(Double(y), offset.y, format.log2Height, rows.count)
        return down.reduce(0) { sum, row in
            sum + row.weight * across.reduce(0) { $0 + $1.weight * Double(rows[row.place][$1.place]) }
        }
    }

    private static func taps(
        _ luma: Double, _ offset: Double, _ log2: Int, _ count: Int
    ) -> [(place: Int, weight: Double)] {
        let centre = (luma - offset) / Double(1 << log2)
        let around = Int(centre.rounded(.down))
        let weights = (around - 3...around + 4).map { place -> (Int, Double) in
            let distance = abs(Double(place) - centre)
            let weight =
                distance == 0
                ? 1
                : distance >= 3
                    ? 0
                    : 3 * sin(.pi * distance) * sin(.pi * distance / 3) / (.pi * .pi * distance * distance)
            let mirrored = place < 0 ? -1 - place : place >= count ? 2 * count - 1 - place : place
            return (min(max(mirrored, 0), count - 1), weight)
        }
        let sum = weights.reduce(0) { $0 + $1.1 }
        return weights.map { ($0.0, $0.1 / sum) }
    }
}
