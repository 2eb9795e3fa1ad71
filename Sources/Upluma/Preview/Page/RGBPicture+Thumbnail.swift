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
        var small = reduced(toFitWidth: longest, height: longest)
        small.pixelAspect = nil
        return small
    }
}
