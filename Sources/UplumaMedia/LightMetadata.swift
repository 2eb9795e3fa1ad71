import CFFmpeg

/// HDR10's static metadata (SMPTE ST 2086 and CTA-861.3), as FFmpeg's structures, for encoders and containers.
package struct LightMetadata: Sendable, Hashable {
    /// `AVMasteringDisplayMetadata`: primaries and luminance of the display the film was graded on.
    var mastering: [UInt8]?
    /// `AVContentLightMetadata`: the brightest sample and the brightest frame, in cd/m².
    var contentLevel: [UInt8]?

    /// "G(x,y)B(x,y)R(x,y)WP(x,y)L(max,min)" in units of 1/50000 and 1/10000 cd/m², as x264 and x265 read it; nil when
    /// primaries or luminance are missing.
    var masteringText: String? {
        guard let mastering, mastering.count >= MemoryLayout<AVMasteringDisplayMetadata>.size else { return nil }
        let data = mastering.withUnsafeBytes { $0.loadUnaligned(as: AVMasteringDisplayMetadata.self) }
        guard data.has_primaries != 0, data.has_luminance != 0 else { return nil }
        let scaled = { (value: AVRational, unit: Double) in
            value.den == 0 ? 0 : Int((Double(value.num) / Double(value.den) * unit).rounded())
        }
        let point = { (point: (AVRational, AVRational)) in "(\(scaled(point.0, 50000)),\(scaled(point.1, 50000)))" }
        let (red, green, blue) = data.display_primaries
        return "G\(point(green))B\(point(blue))R\(point(red))WP\(point(data.white_point))"
            + "L(\(scaled(data.max_luminance, 10000)),\(scaled(data.min_luminance, 10000)))"
    }

    /// "brightest sample,brightest frame".
    var contentLevelText: String? {
        guard let contentLevel, contentLevel.count >= MemoryLayout<AVContentLightMetadata>.size else { return nil }
        let data = contentLevel.withUnsafeBytes { $0.loadUnaligned(as: AVContentLightMetadata.self) }
        return "\(data.MaxCLL),\(data.MaxFALL)"
    }

    /// The option of an encoder that puts this into the coding, and its parameters; nil for encoders that have none.
    func parameters(of encoder: String) -> (option: String, parameters: [String])? {
        switch encoder {
        case "libx265":
            (
                "x265-params",
                [masteringText.map { "master-display=\($0)" }, contentLevelText.map { "max-cll=\($0)" }].compactMap {
                    $0
                }
            )
        case "libx264":
            (
                "x264-params",
                [masteringText.map { "mastering-display=\($0)" }, contentLevelText.map { "cll=\($0)" }].compactMap {
                    $0
                }
            )
        default: nil
        }
    }
}
