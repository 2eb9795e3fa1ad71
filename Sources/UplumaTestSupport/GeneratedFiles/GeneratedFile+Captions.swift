import Foundation

extension GeneratedFile {
    /// What is attached to single frames.
    static let captions: [GeneratedFile] = [
        GeneratedFile(
            "captions.mkv", "H.264 with closed captions", options: ["--encoder", "libx264"],
            results: ["mkv", "mp4", "mov", "ts"]
        ) { path, scratch in
            let plain = scratch.file("plain.h264")
            try FFmpegTool.ffmpeg(
                moving() + ["-c:v", "libx264", "-preset", "fast", "-bf", "0", "-pix_fmt", "yuv420p", plain])
            let stream = ClosedCaptions.inserted(into: try Data(contentsOf: URL(fileURLWithPath: plain)))
            let captioned = scratch.file("captioned.h264")
            try stream.write(to: URL(fileURLWithPath: captioned))
            try FFmpegTool.ffmpeg(
                ["-fflags", "+genpts", "-framerate", "25", "-i", captioned, "-c", "copy", "file:" + path])
        }
    ]
}
