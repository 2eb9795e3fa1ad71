import Foundation

/// How large results will be: roughly by their pixels, or by their sources' bytes as long as these were not opened, and
/// nearer to the truth the more results are there to learn from.
///
/// Rough means within a factor of `uncertainty` for what people have; noise costs more, drawings less.
package struct ExpectedBytes: Sendable {
    /// What the first results may be wrong by, up or down.
    package static let uncertainty = 3.0

    /// Bits a pixel of a result at the default CRF; two clips enlarged twice had 0.18 and 0.28.
    private static let bitsAPixel = 0.25
    /// Bits a pixel of lossless results of old video; the clips had 0.8 and 2.6, film grain has more.
    private static let losslessBits = 3.0
    private static let rawBits = 12.0
    /// Steps of CRF that halve the bytes.
    private static let stepsAHalf = 6.0
    /// Bits a pixel of sources: MPEG-4 ASP at 1 Mbit/s has 0.1 to 0.2.
    private static let sourceBits = 0.15
    private static let lossless: Set<String> = ["ffv1", "ffvhuff", "huffyuv", "utvideo", "magicyuv", "libx264rgb"]
    private static let framesASecond = 25.0

    private let bits: Double
    private let pixelRatio: Double
    private var expected = 0.0
    private var actual = 0.0

    /// - Parameters:
    ///   - encoder: of the results.
    ///   - scale: how many times pictures are enlarged each way.
    package init(_ encoder: EncoderOptions, scale: Int) {
        pixelRatio = Double(scale * scale)
        if encoder.name == "rawvideo" {
            bits = Self.rawBits
        } else if Self.lossless.contains(encoder.name) || encoder.crf == 0 {
            bits = Self.losslessBits
        } else {
            let crf = encoder.crf ?? EncoderOptions.defaultCRF
            bits = Self.bitsAPixel * exp2(Double(EncoderOptions.defaultCRF - crf) / Self.stepsAHalf)
        }
    }

    /// Takes a finished file's size into account; others change nothing.
    package mutating func learn(from file: BatchFile) {
        guard let result = file.result else { return }
        expected += rough(file)
        actual += Double(result.outputBytes)
    }

    /// Of the result of a file that is to be done.
    package func bytes(of file: BatchFile) -> Int64 {
        Int64(min(rough(file) * (expected > 0 ? actual / expected : 1), 1e18))
    }

    private func rough(_ file: BatchFile) -> Double {
        if let survey = file.survey,
            let frames = survey.frames.map(Double.init) ?? survey.seconds.map({ $0 * Self.framesASecond })
        {
            return frames * Double(survey.targetWidth) * Double(survey.targetHeight) * bits / 8
        }
        return Double(file.sourceBytes) * pixelRatio * bits / Self.sourceBits
    }
}
