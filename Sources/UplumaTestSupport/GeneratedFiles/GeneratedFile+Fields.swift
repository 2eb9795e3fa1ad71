extension GeneratedFile {
    /// Fields: interlaced, telecined, wrongly marked.
    static let fields: [GeneratedFile] = [
        GeneratedFile(
            "interlaced.mpg", "interlaced MPEG-2, marked so",
            ffmpeg: moving(rate: "50") + ["-vf", "interlace", "-c:v", "mpeg2video", "-flags", "+ildct+ilme"])
    ]
}
