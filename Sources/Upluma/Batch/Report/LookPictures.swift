import UplumaFrames
import UplumaQuality
import UplumaResampling

/// What a report shows of one frame: the whole, small, and the part with the most detail before and after.
///
/// All in square pixels. The part has the result's pixels as they are, in the direction in which those are finer; the
/// source's part is brought to the same size by Lanczos 3, in one step, from where it lies.
struct LookPictures {
    /// Of the parts; of the whole the height, and one and a half times the width.
    static let mostWidth = 320
    static let mostHeight = 240

    let whole: RGBPicture
    let before: RGBPicture
    let after: RGBPicture
    /// Where the part lies, in pixels of the result.
    let place: Box

    /// - Parameters:
    ///   - source: upright, of 8 bits.
    ///   - result: upright, of 8 bits, of the same frame.
    ///   - weights: what gives luma.
    init(source: RGBPicture, result: RGBPicture, weights: LumaWeights, threads: Int) {
        let aspect = result.widthOfPixel
        /// Of the screen, along one of the result's.
        let stretch = (x: max(1, aspect), y: max(1, 1 / aspect))
        func length(_ most: Int, _ stretch: Double, _ size: Int) -> Int {
            max(1, min(size, Int((Double(most) / stretch).rounded())))
        }
        let width = length(Self.mostWidth, stretch.x, result.width)
        let height = length(Self.mostHeight, stretch.y, result.height)
        let places = CropPlaces(
            [result.luma(weights, threads: threads)], width: result.width, height: result.height,
            side: max(1, min(8, min(width, height) / 4)), threads: threads)
        place =
            places.chosen(1, width: width, height: height).first ?? Box(x: 0, y: 0, width: width, height: height)
        let shown = (
            width: max(1, Int((Double(width) * stretch.x).rounded())),
            height: max(1, Int((Double(height) * stretch.y).rounded()))
        )
        whole = result.reduced(toFitWidth: Self.mostWidth * 3 / 2, height: Self.mostHeight, threads: threads)
        after = result.enlargedPart(place, of: (result.width, result.height), to: shown)
        before = source.enlargedPart(place, of: (result.width, result.height), to: shown)
    }
}

extension RGBPicture {
    /// A part at another size, by Lanczos 3, in square pixels.
    ///
    /// - Parameters:
    ///   - box: in pixels of a picture of the same frame.
    ///   - size: of that picture.
    ///   - target: of the result.
    fileprivate func enlargedPart(
        _ box: Box, of size: (width: Int, height: Int), to target: (width: Int, height: Int)
    ) -> RGBPicture {
        /// The samples that the part needs, and how its pixels lie on them.
        func span(_ start: Int, _ length: Int, _ whole: Int, _ own: Int, _ target: Int) -> (Range<Int>, SampleAxis) {
            let step = (numerator: length * own, denominator: whole * target)
            let first = Double(start * own) / Double(whole)
            let reach = 4 * max(1, (step.numerator + step.denominator - 1) / step.denominator)
            let end = Double((start + length) * own) / Double(whole)
            let range = max(0, Int(first) - reach)..<min(own, Int(end.rounded(.up)) + reach)
            return (
                range,
                SampleAxis(
                    sourceCount: range.count, targetCount: target, stepNumerator: step.numerator,
                    stepDenominator: step.denominator, shift: first - Double(range.lowerBound))
            )
        }
        let (columns, x) = span(box.x, box.width, size.width, width, target.width)
        let (rows, y) = span(box.y, box.height, size.height, height, target.height)
        let part = part(Box(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count))
        var result = [UInt16](repeating: 0, count: 3 * target.width * target.height)
        for channel in 0..<3 {
            let codes = stride(from: channel, to: part.samples.count, by: 3).map { Double(part.samples[$0]) }
            let plane = CodePlane(width: part.width, height: part.height, samples: codes)
                .resized(filter: .lanczos3, grid: SampleGrid(x: x, y: y))
            for (index, code) in plane.samples.enumerated() {
                result[3 * index + channel] = UInt16(min(255, max(0, code.rounded())))
            }
        }
        return RGBPicture(width: target.width, height: target.height, depth: 8, samples: result, tag: tag)
    }
}
