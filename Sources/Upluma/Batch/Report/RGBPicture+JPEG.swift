import UplumaMedia

extension RGBPicture {
    /// The bytes of a JPEG file: 8 bits, codes as they are, without tag and shape. For pictures in square pixels.
    ///
    /// - Parameter quantiser: one of `JPEGEncoding.quantisers`.
    /// - Throws: `MediaError` when FFmpeg was built without its JPEG encoder.
    func jpeg(quantiser: Int = 3) throws -> [UInt8] {
        try JPEGEncoding.encode(rgb: eightBit().samples, width: width, height: height, quantiser: quantiser)
    }
}
