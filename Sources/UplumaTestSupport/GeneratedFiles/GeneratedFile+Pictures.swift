extension GeneratedFile {
    /// Pictures: shapes, codecs, depths, subsamplings, chroma locations, colour, sizes, rotation, HDR, changes on the way.
    static let pictures: [GeneratedFile] = [
        GeneratedFile(
            "xvid.avi", "MPEG-4 part 2 with B-frames in AVI",
            ffmpeg: moving() + ["-c:v", "mpeg4", "-bf", "2", "-vtag", "XVID"])
    ]
}
