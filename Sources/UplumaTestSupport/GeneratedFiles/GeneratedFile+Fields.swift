extension GeneratedFile {
    /// Fields: interlaced, telecined, wrongly marked.
    static let fields = progressiveAndWoven + softTelecined

    private static let progressiveAndWoven: [GeneratedFile] = [
        GeneratedFile(
            "interlaced.mpg", "interlaced MPEG-2, marked so",
            ffmpeg: moving(rate: "50") + ["-vf", "interlace", "-c:v", "mpeg2video", "-flags", "+ildct+ilme"]),
        GeneratedFile(
            "top-first.mpg", "50 fields a second, the top one first, marked so",
            ffmpeg: video(50) + ["-vf", woven("tff")] + mpeg2),
        GeneratedFile(
            "bottom-first.mpg", "50 fields a second, the bottom one first, marked so",
            ffmpeg: video(50) + ["-vf", woven("bff")] + mpeg2),
        GeneratedFile(
            "woven.avi", "fields woven into MPEG-4 frames that are marked as progressive",
            ffmpeg: video(50) + ["-vf", woven("tff") + ",setfield=prog"] + xvid),
        GeneratedFile(
            "woven.mkv", "fields woven into H.264 frames that are marked as progressive, the bottom one first",
            ffmpeg: video(50) + ["-vf", woven("bff") + ",setfield=prog"] + x264),
        GeneratedFile(
            "marked-progressive.mpg", "progressive pictures marked as interlaced, as on many PAL DVDs",
            ffmpeg: video(25) + ["-vf", "setfield=tff"] + mpeg2),
        GeneratedFile(
            "wrong-order.mpg", "the top field first, marked as the bottom field",
            ffmpeg: video(50) + ["-vf", woven("tff") + ",setfield=bff"] + mpeg2),
        GeneratedFile(
            "telecined.mpg", "film in NTSC video by the 2:3 pattern, marked as interlaced",
            ffmpeg: film + ["-vf", "telecine=pattern=23"] + mpeg2),
        GeneratedFile(
            "telecined.avi", "film in NTSC video by the 2:3 pattern, marked as progressive",
            ffmpeg: film + ["-vf", "telecine=pattern=23,setfield=prog"] + xvid),
        GeneratedFile(
            "film-and-video.avi", "a second of film in NTSC video, then a second of video, unmarked",
            ffmpeg: film + ["-f", "lavfi", "-i", pictures("60000/1001", seconds: 1.2)] + [
                "-filter_complex",
                "[0]telecine=pattern=23,settb=1001/30000,setpts=N[a];[1]\(woven("tff")),settb=1001/30000,setpts=N[b];"
                    + "[a][b]concat,setfield=prog", "-r", "30000/1001",
            ] + xvid),
        GeneratedFile(
            "partly-woven.mkv", "progressive pictures, then woven fields, all marked as progressive",
            ffmpeg: video(25) + ["-f", "lavfi", "-i", pictures("50", seconds: 1.2)] + [
                "-filter_complex",
                "[0]settb=1/25,setpts=N[a];[1]\(woven("tff")),settb=1/25,setpts=N[b];[a][b]concat,setfield=prog", "-r",
                "25",
            ] + x264),
        GeneratedFile(
            "pal.dv", "PAL DV, the bottom field first",
            ffmpeg: ["-f", "lavfi", "-i", pictures("50", seconds: 0.48, size: "720x576"), "-vf", woven("bff")] + [
                "-pix_fmt", "yuv420p", "-c:v", "dvvideo",
            ]),
    ]

    /// Film whose frames ask for repeated fields.
    private static let softTelecined = [
        softTelecine("soft-telecine.m2v", copy: nil),
        softTelecine("soft-telecine.mpg", copy: "mpeg"),
        softTelecine("soft-telecine.ts", copy: "mpegts"),
    ]

    /// Colour bars that move sideways: what moves up and down can look interlaced, as FFmpeg's moving test picture does.
    /// A height of 128 rows suits the macroblocks of interlaced MPEG-2.
    package static func pictures(_ rate: String, seconds: Double, size: String = "160x128") -> String {
        "smptebars=s=\(size):r=\(rate):d=\(seconds),scroll=horizontal=0.0125"
    }

    private static let film = ["-f", "lavfi", "-i", pictures("24000/1001", seconds: 2)]
    private static let mpeg2 = ["-c:v", "mpeg2video", "-q:v", "3", "-flags", "+ildct+ilme"]
    private static let xvid = ["-c:v", "mpeg4", "-q:v", "3", "-vtag", "XVID"]
    private static let x264 = ["-c:v", "libx264", "-preset", "fast", "-crf", "18", "-pix_fmt", "yuv420p"]

    private static func video(_ rate: Int) -> [String] { ["-f", "lavfi", "-i", pictures("\(rate)", seconds: 1.2)] }

    /// Two pictures to a frame, without the filter that softens what would flicker.
    private static func woven(_ scan: String) -> String { "interlace=lowpass=off:scan=\(scan)" }

    /// Film at 23.976 that asks players to repeat fields: an elementary stream, or copied into a container.
    private static func softTelecine(_ name: String, copy format: String?) -> GeneratedFile {
        GeneratedFile(name, "film as film, with flags to repeat fields up to NTSC's rate") { path, scratch in
            let plain = scratch.file("plain.m2v")
            try FFmpegTool.ffmpeg(film + ["-c:v", "mpeg2video", "-q:v", "3", "-bf", "2", plain])
            let flagged = scratch.file("flagged.m2v")
            try SoftTelecine.flag(plain, to: format == nil ? path : flagged)
            if let format {
                try FFmpegTool.ffmpeg(["-fflags", "+genpts", "-i", flagged, "-c", "copy", "-f", format, "file:" + path])
            }
        }
    }
}
