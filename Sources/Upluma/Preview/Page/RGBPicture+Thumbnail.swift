extension RGBPicture {
    /// Width over height of a pixel, 1 where the source does not say.
    var widthOfPixel: Double {
        guard let pixelAspect, pixelAspect.isPositive else { return 1 }
        return pixelAspect.doubleValue
    }

    /// A small copy with square pixels: codes are averaged over the area of each pixel.
    ///
    /// - Parameter longest: the width, or the height of a picture that is higher than wide; smaller pictures are not
    ///   made larger.
    func thumbnail(longest: Int = 160) -> RGBPicture {
        let (shownWidth, shownHeight) = (Double(width) * widthOfPixel, Double(height))
        let factor = min(1, Double(longest) / max(shownWidth, shownHeight))
        // Never more columns than there are: a mean over less than a pixel is none.
        let columns = AreaMean(from: width, to: min(width, max(1, Int((shownWidth * factor).rounded()))))
        let rows = AreaMean(from: height, to: min(height, max(1, Int((shownHeight * factor).rounded()))))
        var result = [UInt16](repeating: 0, count: 3 * columns.count * rows.count)
        var sums = [Float](repeating: 0, count: 3 * columns.count)
        for row in 0..<rows.count {
            for index in sums.indices { sums[index] = 0 }
            let lines = rows.part(row)
            for y in lines.range {
                let lineWeight = lines.weight(y)
                for column in 0..<columns.count {
                    let pixels = columns.part(column)
                    var (red, green, blue): (Float, Float, Float) = (0, 0, 0)
                    for x in pixels.range {
                        let (weight, place) = (pixels.weight(x), 3 * (y * width + x))
                        red += weight * Float(samples[place])
                        green += weight * Float(samples[place + 1])
                        blue += weight * Float(samples[place + 2])
                    }
                    sums[3 * column] += lineWeight * red
                    sums[3 * column + 1] += lineWeight * green
                    sums[3 * column + 2] += lineWeight * blue
                }
            }
            for (index, sum) in sums.enumerated() { result[row * sums.count + index] = UInt16(sum.rounded()) }
        }
        return RGBPicture(width: columns.count, height: rows.count, depth: depth, samples: result, tag: tag)
    }
}

/// Parts of equal length of a line of samples, and by how much each sample belongs to them.
private struct AreaMean {
    /// One part.
    struct Part {
        let range: Range<Int>
        private let start: Double
        private let end: Double

        init(from start: Double, to end: Double, of length: Int) {
            (self.start, self.end) = (start, end)
            range = Int(start)..<min(length, Int(end.rounded(.up)))
        }

        /// The share of the mean that sample `index` has, 0...1; those of a part sum to one.
        func weight(_ index: Int) -> Float {
            Float((min(end, Double(index + 1)) - max(start, Double(index))) / (end - start))
        }
    }

    let count: Int
    private let length: Int

    init(from length: Int, to count: Int) { (self.length, self.count) = (length, count) }

    func part(_ index: Int) -> Part {
        let step = Double(length) / Double(count)
        return Part(from: Double(index) * step, to: Double(index + 1) * step, of: length)
    }
}
