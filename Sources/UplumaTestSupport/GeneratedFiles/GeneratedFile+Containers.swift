import Foundation

extension GeneratedFile {
    /// Containers and what travels in them beside the picture: sound, subtitles, attachments, chapters, cover art.
    static let containers: [GeneratedFile] = [
        GeneratedFile(
            "plain.mp4", "H.264 and AAC", results: ["mkv", "mp4", "mov"],
            ffmpeg: moving() + tone() + h264 + ["-c:a", "aac"]),
        GeneratedFile("everything.mkv", "two languages, SubRip and ASS, a font, cover art, chapters, tags, marks") {
            path, scratch in
            let side = try SideFiles(in: scratch)
            try FFmpegTool.ffmpeg(
                moving() + tone() + tone() + ["-i", side.words, "-i", side.words, "-i", side.chapters]
                    + (0..<5).flatMap { ["-map", "\($0)"] } + ["-map_metadata", "5", "-map_chapters", "5"] + h264
                    + ["-c:a:0", "aac", "-c:a:1", "ac3", "-c:s:0", "srt", "-c:s:1", "ass"]
                    + ["-metadata:s:a:0", "language=ger", "-metadata:s:a:1", "language=fra"]
                    + ["-metadata:s:a:1", "title=Kommentar", "-metadata:s:s:0", "language=eng"]
                    + ["-disposition:a:0", "default", "-disposition:a:1", "comment+visual_impaired"]
                    + ["-disposition:s:0", "forced", "-disposition:s:1", "hearing_impaired"]
                    + ["-attach", side.font, "-metadata:s:t:0", "mimetype=font/ttf"]
                    + ["-attach", side.cover, "-metadata:s:t:1", "mimetype=image/png", "file:" + path])
        },
        GeneratedFile("film.mp4", "MP4's own subtitles, cover art, chapters, tags", results: ["mp4"]) { path, scratch in
            let side = try SideFiles(in: scratch)
            try FFmpegTool.ffmpeg(
                moving() + tone() + ["-i", side.words, "-i", side.chapters, "-i", side.cover]
                    + ["-map", "0", "-map", "1", "-map", "2", "-map", "4"]
                    + ["-map_metadata", "3", "-map_chapters", "3"] + h264
                    + ["-c:a", "aac", "-c:s", "mov_text", "-c:v:1", "png", "-disposition:v:1", "attached_pic"]
                    + ["-metadata:s:a:0", "language=ger", "-metadata:s:s:0", "language=eng", "file:" + path])
        },
        GeneratedFile(
            "tape.mov", "PCM and a timecode track", results: ["mov"],
            ffmpeg: moving() + tone() + ["-c:v", "mpeg4", "-c:a", "pcm_s16le", "-timecode", "01:02:03:04"]),
        GeneratedFile(
            "sound.mkv", "PCM of 24 bits, FLAC, Vorbis and Opus",
            ffmpeg: moving() + tone() + tone() + tone() + tone() + (0..<5).flatMap { ["-map", "\($0)"] } + h264
                + ["-c:a:0", "pcm_s24le", "-c:a:1", "flac", "-c:a:2", "libvorbis", "-c:a:3", "libopus"]),
        GeneratedFile("bluray.mkv", "subtitles as pictures (PGS)") { path, scratch in
            let sup = scratch.file("words.sup")
            try PresentationGraphics.sup(from: 0.08, to: 0.32).write(to: URL(fileURLWithPath: sup))
            try FFmpegTool.ffmpeg(
                moving() + tone() + ["-i", sup, "-map", "0", "-map", "1", "-map", "2"] + h264
                    + ["-c:a", "ac3", "-c:s", "copy", "file:" + path])
        },
        GeneratedFile(
            "share.avi", "MPEG-4 part 2 and MP3",
            ffmpeg: moving() + tone() + ["-c:v", "mpeg4", "-vtag", "XVID", "-c:a", "libmp3lame"]),
        GeneratedFile(
            "broadcast.ts", "two languages of sound in MPEG-TS",
            ffmpeg: moving() + tone() + tone() + ["-map", "0", "-map", "1", "-map", "2"] + h264
                + ["-c:a:0", "mp2", "-c:a:1", "ac3", "-metadata:s:a:0", "language=ger", "-metadata:s:a:1"]
                + ["language=fra"]),
        GeneratedFile("web.webm", "VP9, Opus and WebVTT", results: ["webm", "mkv"]) { path, scratch in
            let side = try SideFiles(in: scratch)
            try FFmpegTool.ffmpeg(
                moving() + tone() + ["-i", side.words, "-map", "0", "-map", "1", "-map", "2", "-c:v", "libvpx-vp9"]
                    + ["-deadline", "realtime", "-cpu-used", "8", "-c:a", "libopus", "-c:s", "webvtt"]
                    + ["-metadata:s:s:0", "language=eng", "file:" + path])
        },
        GeneratedFile(
            "disc.mpg", "MPEG-2, MP2 and AC-3 in a program stream",
            ffmpeg: moving() + tone() + tone()
                + ["-map", "0", "-map", "1", "-map", "2", "-c:v", "mpeg2video", "-bf", "2", "-b:v", "1M"]
                + ["-c:a:0", "mp2", "-c:a:1", "ac3"]),
    ]

    private static let h264 = ["-c:v:0", "libx264", "-preset", "fast", "-bf", "2", "-pix_fmt:v:0", "yuv420p"]
}

/// What goes into a container beside pictures and sound.
private struct SideFiles {
    let words: String
    let chapters: String
    let font: String
    let cover: String

    init(in folder: TemporaryDirectory) throws {
        (words, chapters) = (folder.file("words.srt"), folder.file("chapters.txt"))
        (font, cover) = (folder.file("font.ttf"), folder.file("cover.png"))
        let texts = [
            words: "1\n00:00:00,040 --> 00:00:00,200\nHello\n\n2\n00:00:00,240 --> 00:00:00,400\nworld\n",
            chapters: """
            ;FFMETADATA1
            title=Summer: 1987
            artist=Someone
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
            font: "not really a font",
        ]
        for (name, text) in texts { try Data(text.utf8).write(to: URL(fileURLWithPath: name)) }
        try FFmpegTool.ffmpeg(["-f", "lavfi", "-i", "color=red:s=16x16", "-frames:v", "1", cover])
    }
}
