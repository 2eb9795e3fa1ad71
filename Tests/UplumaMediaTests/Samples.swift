import Foundation
import UplumaTestSupport

/// Small files made by ffmpeg, one kind of trouble each.
enum Samples {
    /// 64×48, 30 frames at 25 a second, H.264 with B-frames, two audio streams, a subtitle stream, two chapters, tags and
    /// dispositions; in Matroska also a font and cover art, in MP4 cover art.
    static func film(_ kind: String, in folder: TemporaryDirectory) throws -> String {
        let metadata = folder.file("metadata.txt")
        let subtitles = folder.file("subtitles.srt")
        let cover = folder.file("cover.png")
        let font = folder.file("font.ttf")
        try Data(
            """
            ;FFMETADATA1
            title=A film
            artist=Someone
            [CHAPTER]
            TIMEBASE=1/1000
            START=0
            END=500
            title=First
            [CHAPTER]
            TIMEBASE=1/1000
            START=500
            END=1200
            title=Second
            """.utf8
        ).write(to: URL(fileURLWithPath: metadata))
        try Data(
            """
            1
            00:00:00,100 --> 00:00:00,400
            Hello

            2
            00:00:00,600 --> 00:00:01,100
            World
            """.utf8
        ).write(to: URL(fileURLWithPath: subtitles))
        try Data((0..<500).map { UInt8($0 % 251) }).write(to: URL(fileURLWithPath: font))
        try FFmpegTool.ffmpeg(["-f", "lavfi", "-i", "testsrc2=s=32x32:d=0.04", "-frames:v", "1", cover])
        let path = folder.file("film.\(kind)")
        var arguments = [
            "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1.2", "-f", "lavfi", "-i", "sine=f=440:d=1.2", "-f", "lavfi",
            "-i", "sine=f=880:d=1.2", "-i", subtitles, "-i", metadata,
        ]
        if kind == "mp4" { arguments += ["-i", cover] }
        arguments += ["-map", "1:a", "-map", "0:v", "-map", "2:a", "-map", "3:s"]
        if kind == "mp4" { arguments += ["-map", "5:v", "-c:v:1", "png", "-disposition:v:1", "attached_pic"] }
        arguments += [
            "-map_metadata", "4", "-map_chapters", "4", "-c:v:0", "libx264", "-bf", "2", "-preset", "ultrafast",
            "-pix_fmt",
            "yuv420p", "-c:a", "aac", "-b:a", "32k", "-c:s", kind == "mp4" ? "mov_text" : "srt", "-metadata:s:a:0",
            "language=fre", "-metadata:s:a:1", "language=ger", "-metadata:s:s:0", "language=eng", "-disposition:a:0",
            "0",
            "-disposition:a:1", "default", "-disposition:s:0", "forced",
        ]
        if kind == "mkv" {
            arguments += [
                "-metadata:s:a:1", "title=Commentary", "-attach", font, "-metadata:s:t:0", "mimetype=font/ttf",
                "-attach",
                cover, "-metadata:s:t:1", "mimetype=image/png",
            ]
        }
        try FFmpegTool.ffmpeg(arguments + [path])
        return path
    }

    /// A short video from a lavfi source, coded as the arguments say.
    @discardableResult
    static func make(
        _ name: String, in folder: TemporaryDirectory, source: String = "testsrc2=s=64x48:r=25:d=0.4",
        _ arguments: [String]
    ) throws -> String {
        let path = folder.file(name)
        try FFmpegTool.ffmpeg(["-f", "lavfi", "-i", source] + arguments + ["file:" + path])
        return path
    }
}
