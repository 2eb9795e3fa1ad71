extension GeneratedFile {
    /// Clocks: variable rates, edit lists, odd starts, missing time stamps, repeated fields, excerpts.
    static let time: [GeneratedFile] = [
        GeneratedFile(
            "variable.mkv", "a variable frame rate on Matroska's clock",
            ffmpeg: [
                "-f", "lavfi", "-i", "testsrc2=s=64x48:r=25:d=1,settb=1/1000,setpts='40*N+mod(N*N*7\\,33)'", "-c:v",
                "libx264", "-bf", "2", "-pix_fmt", "yuv420p", "-fps_mode", "passthrough",
            ])
    ]
}
