extension BatchSelection {
    /// Why a file that was opened is left out; nil when it is to be done.
    ///
    /// - Parameters:
    ///   - codec: FFmpeg's name of the pictures' codec.
    ///   - width: stored pixels.
    ///   - height: stored pixels.
    ///   - seconds: length of the video; nil when it does not tell, and then no length is asked for.
    /// - Throws: `UplumaError` of kind `usage` for patterns that are none, which `check` finds before.
    package func refusal(codec: String, width: Int, height: Int, seconds: Double?) throws -> String? {
        if !codecs.isEmpty, try !CodecFilter(codecs, option: "--codec").matches(codec) {
            return "Its codec is \(codec), and --codec takes \(codecs.joined(separator: ", "))."
        }
        if try CodecFilter(notCodecs, option: "--not-codec").matches(codec) {
            return "Its codec is \(codec), which --not-codec leaves out."
        }
        if let below, !below.isAbove(width: width, height: height) {
            return "Its pictures are \(width)×\(height), and --below \(below) takes smaller ones."
        }
        if let atLeast, atLeast.isAbove(width: width, height: height) {
            return "Its pictures are \(width)×\(height), and --at-least \(atLeast) leaves out smaller ones."
        }
        if let seconds, let minimumSeconds, seconds < minimumSeconds {
            return "It is \(Self.text(seconds)) s long, and --shortest takes \(Self.text(minimumSeconds)) s and more."
        }
        if let seconds, let maximumSeconds, seconds > maximumSeconds {
            return "It is \(Self.text(seconds)) s long, and --longest takes \(Self.text(maximumSeconds)) s at most."
        }
        return nil
    }

    /// Seconds with at most two decimals, none where they are whole.
    private static func text(_ seconds: Double) -> String {
        let rounded = (seconds * 100).rounded() / 100
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}

/// Codecs by name, whatever their case.
struct CodecFilter {
    private let patterns: [Glob]

    /// What people call codecs, and what FFmpeg does.
    static let usualNames = [
        "avc": "h264", "x264": "h264", "h.264": "h264", "h265": "hevc", "x265": "hevc", "h.265": "hevc",
        "divx": "mpeg4", "xvid": "mpeg4", "mpeg1": "mpeg1video", "mpeg-1": "mpeg1video", "mpeg2": "mpeg2video",
        "mpeg-2": "mpeg2video", "mpeg-4": "mpeg4", "dv": "dvvideo", "sorenson": "svq*", "realvideo": "rv*",
        "wmv": "wmv*", "divx3": "msmpeg4v3",
    ]

    init(_ names: [String], option: String) throws {
        patterns = try names.map { name in
            let lowered = name.lowercased()
            return try Glob(CodecFilter.usualNames[lowered] ?? lowered, option: option)
        }
    }

    func matches(_ codec: String) -> Bool {
        let lowered = codec.lowercased()
        return patterns.contains { $0.matches(path: lowered, name: lowered) }
    }
}
