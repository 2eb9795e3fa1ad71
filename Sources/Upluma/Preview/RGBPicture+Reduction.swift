import UplumaFrames

extension RGBPicture {
    /// The whole picture in square pixels, reduced as far as it has to be to fit; never enlarged.
    ///
    /// Each pixel is the mean of the area it covers, of code values as they are. Sizes are at least 1.
    ///
    /// - Parameters:
    ///   - width: pixels there are, from 1.
    ///   - height: pixels there are, from 1.
    ///   - threads: how many work on it; samples do not depend on it.
    package func reduced(toFitWidth width: Int, height: Int, threads: Int = 1) -> RGBPicture {
        precondition(width > 0 && height > 0, "room for \(width)×\(height) pixels")
        let aspect = pixelAspect.flatMap { $0.isPositive ? $0.doubleValue : nil } ?? 1
        // The shape on the screen, with as many pixels as the picture has in the direction in which it is finer.
        let (wide, high) = (Double(self.width) * min(aspect, 1), Double(self.height) / max(aspect, 1))
        let factor = min(1, Double(width) / wide, Double(height) / high)
        func size(_ length: Double, _ most: Int) -> Int { max(1, min(most, Int((length * factor).rounded()))) }
        let target = (width: size(wide, min(width, self.width)), height: size(high, min(height, self.height)))
        var result = reduced(toWidth: target.width, height: target.height, threads: threads)
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
}
