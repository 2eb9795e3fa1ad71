/// What one worker takes on one file, in bytes: the sum that `MemoryPlan` works out, and what program, decoder and
/// encoder keep, as it was measured.
///
/// Peak resident memory of `upluma upscale --model lanczos3 --scale 2` on 352×288, 1024×576 and 1920×1080, with 1, 2
/// and 4 threads, less the sum of `MemoryPlan`, was 80 to 125 MB and this many pictures of the result (4:2:0, 8
/// bits): libx264 `medium` 112, 127 and 138, `veryslow` 283; libx265 `medium` 115 and 122; libsvtav1 140 with 2
/// threads; ffv1 107, since FFmpeg's encoder reserves 148 bytes a pixel whatever a picture needs; rawvideo 43, which
/// are those that wait for the disk; mpeg4 15. Encoders that are not named here are taken to keep 45,
/// and the other thorough presets, those of libx265 too, as many as libx264's `veryslow`.
package enum MemoryEstimate {
    /// Program, libraries, weights.
    private static let program: Int64 = 130_000_000
    /// Source pictures that a decoder keeps beyond those of the plan: references, and one for each thread.
    private static let decoderPictures = 16
    /// Bytes a pixel of the result that FFmpeg's FFV1 reserves for a packet.
    private static let packetBytes = ["ffv1": 148]

    /// Pictures of the result that an encoder keeps: with its usual preset, for each thread, and with presets that look
    /// further ahead.
    private struct Keeping {
        var pictures: Int
        var aThread = 0
        var thorough: Int?
    }

    private static let thoroughPresets: Set<String> = ["slow", "slower", "veryslow", "placebo"]
    private static let other = Keeping(pictures: 45)
    private static let keeping = [
        "libx264": Keeping(pictures: 110, aThread: 8, thorough: 285),
        "libx264rgb": Keeping(pictures: 110, aThread: 8, thorough: 285),
        "libsvtav1": Keeping(pictures: 130, aThread: 8), "libx265": Keeping(pictures: 112, aThread: 8, thorough: 285),
    ]

    /// - Parameters:
    ///   - plan: of the job.
    ///   - sourceFrameBytes: of one decoded picture.
    ///   - targetFrameBytes: of one result.
    ///   - targetPixels: width times height of the result.
    ///   - encoder: FFmpeg's name.
    ///   - preset: of the encoder; nil is its own.
    package static func bytes(
        _ plan: MemoryPlan, sourceFrameBytes: Int, targetFrameBytes: Int, targetPixels: Int, encoder: String,
        preset: String?
    ) -> Int64 {
        let threads = plan.workers * plan.threadsPerFrame
        let keeping = keeping[encoder] ?? other
        let isThorough = preset.map { thoroughPresets.contains($0) } ?? false
        let pictures = (isThorough ? keeping.thorough : nil) ?? keeping.pictures
        return program + Int64(plan.totalBytes)
            + Int64(sourceFrameBytes) * Int64(decoderPictures + threads)
            + Int64(targetFrameBytes) * Int64(pictures + keeping.aThread * threads)
            + Int64(targetPixels) * Int64(packetBytes[encoder] ?? 0)
    }
}
