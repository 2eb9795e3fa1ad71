import UplumaFrames

extension RGBPicture {
    /// The whole picture in square pixels, reduced as far as it has to be to fit; never enlarged.
    ///
    /// Each pixel is the mean of the area it covers, of code values as they are. Sizes are at least 1.
    ///
    /// - Parameters:
    ///   - width: pixels there are, from 1.
    ///   - height: pixels there are, from 1.
    package func reduced(toFitWidth width: Int, height: Int) -> RGBPicture {
        precondition(width > 0 && height > 0, "room for \(width)×\(height) pixels")
        let aspect = pixelAspect.flatMap { $0.isPositive ? $0.doubleValue : nil } ?? 1
        // The shape on the screen, with as many pixels as the picture has in the direction in which it is finer.
        let (wide, high) = (Double(self.width) * min(aspect, 1), Double(self.height) / max(aspect, 1))
        let factor = min(1, Double(width) / wide, Double(height) / high)
        func size(_ length: Double, _ most: Int) -> Int { max(1, min(most, Int((length * factor).rounded()))) }
        let target = (width: size(wide, min(width, self.width)), height: size(high, min(height, self.height)))
        var result = self
        if target.width != self.width || target.height != self.height {
            result = averaged(width: target.width, height: target.height)
        }
        if pixelAspect != nil { result.pixelAspect = Rational(1, 1) }
        return result
    }

    /// The picture at 8 bits a sample, each rounded to nearest.
    package func eightBit() -> RGBPicture {
        guard depth == 16 else { return self }
        return RGBPicture(
            width: width, height: height, depth: 8, samples: samples.map { UInt16((UInt32($0) + 128) / 257) }, tag: tag,
            pixelAspect: pixelAspect)
    }

    private func averaged(width newWidth: Int, height newHeight: Int) -> RGBPicture {
        let columns = areaShares(source: width, target: newWidth)
        let rows = areaShares(source: height, target: newHeight)
        let stride = 3 * width
        var column = [Float](repeating: 0, count: stride)
        let reduced = [UInt16](unsafeUninitializedCapacity: 3 * newWidth * newHeight) { target, initialized in
            samples.withUnsafeBufferPointer { source in
                column.withUnsafeMutableBufferPointer { column in
                    for y in 0..<newHeight {
                        column.update(repeating: 0)
                        for (row, weight) in rows[y] {
                            let start = row * stride
                            for x in 0..<stride { column[x] += weight * Float(source[start + x]) }
                        }
                        for x in 0..<newWidth {
                            var sum = SIMD3<Float>()
                            for (pixel, weight) in columns[x] {
                                let start = 3 * pixel
                                sum += weight * SIMD3(column[start], column[start + 1], column[start + 2])
                            }
                            let start = 3 * (y * newWidth + x)
                            // Means of codes are codes; float sums exceed the highest by less than a rounding step.
                            for channel in 0..<3 { target[start + channel] = UInt16(sum[channel].rounded()) }
                        }
                    }
                }
            }
            initialized = 3 * newWidth * newHeight
        }
        return RGBPicture(
            width: newWidth, height: newHeight, depth: depth, samples: reduced, tag: tag, pixelAspect: pixelAspect)
    }
}

/// Which samples of a row each sample of a shorter one covers, and how much of its length each makes up.
private func areaShares(source: Int, target: Int) -> [[(sample: Int, weight: Float)]] {
    let ratio = Double(source) / Double(target)
    return (0..<target).map { index in
        let (start, end) = (Double(index) * ratio, Double(index + 1) * ratio)
        return (Int(start)..<min(source, Int(end.rounded(.up)))).compactMap { sample in
            let overlap = min(end, Double(sample + 1)) - max(start, Double(sample))
            return overlap > 0 ? (sample, Float(overlap / ratio)) : nil
        }
    }
}
