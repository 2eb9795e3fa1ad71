import Foundation
import UplumaTestSupport

/// Small clips made by FFmpeg's generators: 0.48 s of a moving test picture at 25 frames a second.
enum Clips {
    static let width = 64
    static let height = 48
    static let frames = 12

    private static let picture = ["-f", "lavfi", "-i", "testsrc2=s=\(width)x\(height):r=25:d=0.48"]
    private static let sound = ["-f", "lavfi", "-i", "sine=f=440:d=0.48:r=44100"]
    // B-frames, so that decoding order and display order differ.
    private static let h264 = ["-c:v", "libx264", "-preset", "fast", "-bf", "2", "-pix_fmt", "yuv420p"]

    /// H.264 4:2:0 and AAC, in the container of the name's ending.
    static func make(_ path: String, _ more: [String] = []) throws {
        try FFmpegTool.ffmpeg(picture + sound + h264 + ["-c:a", "aac"] + more + [path])
    }

    /// FFV1 without sound, any pixel format and size.
    static func makeLossless(_ path: String, pixelFormat: String, size: String? = nil) throws {
        // Drawn at a size that every generator likes, then cut: a smooth picture, so that reductions can be compared.
        try FFmpegTool.ffmpeg(
            [
                "-f", "lavfi", "-i", "testsrc2=s=\(width)x\(height):r=25:d=0.2", "-vf",
                "gblur=2,scale=\((size ?? "\(width)x\(height)").replacingOccurrences(of: "x", with: ":"))",
                "-c:v", "ffv1", "-pix_fmt", pixelFormat, path,
            ])
    }

    /// Picture, two languages of sound, subtitles, a font and another attachment, chapters, tags, dispositions.
    static func makeWithEverything(_ path: String) throws {
        let folder = try TemporaryDirectory()
        let files = [
            "words.srt": "1\n00:00:00,000 --> 00:00:00,200\nHello\n\n2\n00:00:00,240 --> 00:00:00,400\nworld\n",
            "font.ttf": "not really a font",
            "notes.txt": "about this tape",
            "meta.txt": """
            ;FFMETADATA1
            title=Summer: 1987
            [CHAPTER]
            TIMEBASE=1/1000
            START=0
            END=200
            title=Beach
            [CHAPTER]
            TIMEBASE=1/1000
            START=200
            END=480
            title=Garden
            """,
        ]
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: folder.file(name))) }
        try FFmpegTool.ffmpeg(
            picture + sound + ["-f", "lavfi", "-i", "sine=f=660:d=0.48:r=48000"] + ["-i", folder.file("words.srt")]
                + ["-i", folder.file("meta.txt"), "-map", "0", "-map", "1", "-map", "2", "-map", "3"]
                + ["-attach", folder.file("font.ttf"), "-metadata:s:t:0", "mimetype=font/ttf"]
                + ["-attach", folder.file("notes.txt"), "-metadata:s:t:1", "mimetype=text/plain"]
                + ["-map_metadata", "4", "-map_chapters", "4"]
                + h264 + ["-c:a:0", "aac", "-c:a:1", "ac3", "-c:s", "srt"]
                + [
                    "-metadata:s:a:0", "language=ger", "-metadata:s:a:1", "language=fra", "-metadata:s:a:1",
                    "title=Kommentar",
                ]
                + ["-metadata:s:s:0", "language=eng", "-disposition:a:1", "comment", "-disposition:s:0", "forced"]
                + [path])
    }

    /// An MP4 with a cover picture of 16×16.
    static func makeWithCover(_ path: String) throws {
        let folder = try TemporaryDirectory()
        let cover = folder.file("cover.png")
        try FFmpegTool.ffmpeg(["-f", "lavfi", "-i", "color=red:s=16x16", "-frames:v", "1", cover])
        try FFmpegTool.ffmpeg(
            picture + sound + ["-i", cover, "-map", "2", "-map", "0", "-map", "1", "-c:v:0", "png"]
                + [
                    "-c:v:1", "libx264", "-pix_fmt:v:1", "yuv420p", "-c:a", "aac", "-disposition:v:0", "attached_pic",
                    path,
                ])
    }
}
